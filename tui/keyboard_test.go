package tui_test

import (
	"context"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"postea/tui"
	"postea/tui/tuitest"
)

// pressBytes gives the program what a terminal sends.
func pressBytes(d *tuitest.Driver, sent string) {
	d.T.Helper()
	events := make(chan uv.Event, 100)
	if err := uv.NewTerminalReader(struct{ io.Reader }{strings.NewReader(sent)}, "xterm-kitty").StreamEvents(context.Background(), events); err != nil {
		d.T.Fatal(err)
	}
	close(events)
	for e := range events {
		if k, ok := e.(uv.KeyPressEvent); ok {
			d.Send(tea.KeyPressMsg(k))
		}
	}
}

// With the Kitty protocol the keys of the keypad, those of other scripts and locks
// do what they do without it.
func TestKeysOfTheKittyProtocol(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		if !d.View().KeyboardEnhancements.ReportAlternateKeys {
			t.Error("the terminal does not tell where a letter stands")
		}
		pressBytes(d, "\x1b[57420u\x1b[57414u") // keypad: down, enter
		d.See("2 of 30", "Looks good to me.")
		pressBytes(d, "\x1b[27u")
		d.Press("c")
		d.Type("grace@example.net")
		pressBytes(d, "\x1b[57414u\x1b[57414u") // keypad: enter takes the address, and goes on
		d.Type("Счёт")
		pressBytes(d, "\x1b[57417u\x1b[57426u") // keypad: left, delete
		d.See("Subject  Счё\n")
		pressBytes(d, "\x1b[57401u\x1b[57416u\x1b[57409u") // keypad: 2 , .
		d.See("Subject  Счё2,.\n")
		pressBytes(d, "\x1b[1092::97;5u") // ctrl and the Russian letter on the key of a
		d.See("Attach")
		pressBytes(d, "\x1b[27;129u") // esc, with NumLock on
		d.SeeNot("Attach  ")
		pressBytes(d, "\x1b[1099::115;133u") // ctrl+s, with NumLock on
		d.See("Queued")
	})(t)
	o := tui.Options{Keys: map[string][]string{"send": {"ctrl+ф"}}}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
		d.Press("c")
		d.Type("grace@example.net")
		pressBytes(d, "\x1b[97::113;5u") // ctrl+a of a French layout, where q is elsewhere
		d.See("Attach")
		d.Press("esc")
		pressBytes(d, "\x1b[1092::97;5u") // the user's own
		d.See("Send without a subject?")
	})
}
