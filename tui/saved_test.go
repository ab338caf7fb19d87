package tui_test

import (
	"strings"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

// What was saved can be opened and dragged from where it stands on the screen.
func TestSavedFileIsALink(t *testing.T) {
	for term, links := range map[string]bool{"xterm-256color": true, "linux": false, "dumb": false} {
		o := tui.Options{Getenv: func(name string) string { return map[string]string{"TERM": term}[name] }}
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
			d.Backend.Downloads = "/home/ada/My downloads"
			d.Press("enter", "S")
			d.Type("moth")
			d.Press("enter")
			d.See("Saved /home/ada/My downloads/moth.jpg", "image/jpeg  ✓ /home/ada/My downloads/moth.jpg")
			screen := d.View().Content
			begin := strings.Count(screen, "/home/ada/My%20downloads/moth.jpg\x1b\\")
			if all := strings.Count(screen, "\x1b]8;;"); links && (begin != 3 || all != 6) || !links && all != 0 {
				d.T.Errorf("%s: %d links in %d sequences", term, begin, all)
			}
			d.Press("?") // behind an overlay nothing is to be clicked
			if n := strings.Count(d.View().Content, "moth.jpg\x1b\\"); n > 1 {
				d.T.Errorf("%d links behind the help", n)
			}
			d.Press("esc")
			d.Advance(5e9)
			d.Press("S", "ctrl+a")
			d.See("Saved 2 files, the last one /home/ada/My downloads/schedule.ics", "✓ /home/ada/My downloads/schedule.ics")
		})
	}
}
