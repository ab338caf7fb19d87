package tui_test

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui"
	"postea/tui/keys"
	"postea/tui/tuitest"
)

// monkey presses anything anywhere.
type monkey struct {
	*tuitest.Driver
	r     *rand.Rand
	keys  []string
	w, h  int
	width func(string) int
	trace []string
	fresh mail.ID // messages that have arrived
}

// odd is what text may be made of.
var odd = []string{
	"a", "word", " ", "\n", "\t", "é", "e\u0301", "日本語", "👩‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "🇩🇪", "مرحبا", "שלום", "\u200b", "\u202e", "\u00ad", "\u0300", "\u200d",
	"ﷺ", "ａ", "①", "─", "\x1b[31m", "\x00", "\x7f", "\xff", "> quoted", "-- \n", "https://example.org/a?b", "'/tmp/a b'", "file:///tmp/x%20y", strings.Repeat("long", 100), strings.Repeat("ก็็็็็", 20),
}

func (m *monkey) odd() string {
	var b strings.Builder
	for range 1 + m.r.IntN(4) {
		b.WriteString(odd[m.r.IntN(len(odd))])
	}
	return b.String()
}

func (m *monkey) step() {
	switch n := m.r.IntN(100); {
	case n < 60:
		key := m.keys[m.r.IntN(len(m.keys))]
		m.note("press " + key)
		m.Press(key)
	case n < 70:
		text := odd[m.r.IntN(len(odd))]
		m.note(fmt.Sprintf("type %q", text))
		m.Send(tea.KeyPressMsg{Code: []rune(text)[0], Text: text})
	case n < 73:
		text := m.odd()
		m.note(fmt.Sprintf("paste %q", text))
		m.Paste(text)
	case n < 83:
		m.mouse()
	case n < 90:
		m.w, m.h = m.r.IntN(220), m.r.IntN(70)
		if m.r.IntN(3) == 0 {
			m.w, m.h = m.r.IntN(30), m.r.IntN(14)
		}
		m.note(fmt.Sprintf("size %d %d", m.w, m.h))
		m.Resize(m.w, m.h)
	case n < 95:
		by := time.Duration(m.r.IntN(3000)) * time.Millisecond
		m.note("wait " + by.String())
		m.Advance(by)
	case n < 97:
		m.terminal()
	default:
		m.note("news")
		m.news()
	}
}

func (m *monkey) note(s string) { m.trace = append(m.trace, s) }

func (m *monkey) mouse() {
	x, y := m.r.IntN(m.w+4)-2, m.r.IntN(m.h+4)-2
	var msg tea.Msg
	switch m.r.IntN(6) {
	case 0, 1:
		msg = tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}
	case 2:
		msg = tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft}
	case 3:
		msg = tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft}
	case 4:
		msg = tea.MouseWheelMsg{X: x, Y: y, Button: []tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown, tea.MouseWheelLeft}[m.r.IntN(3)]}
	case 5:
		msg = tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseRight}
	}
	m.note(fmt.Sprintf("%T %v", msg, msg))
	m.Send(msg)
}

// terminal is what a terminal answers, late and more than once.
func (m *monkey) terminal() {
	msg := []tea.Msg{
		clusters, tea.TerminalVersionMsg{Name: "kitty(0.40)"}, tea.TerminalVersionMsg{Name: "WezTerm"}, uv.PrimaryDeviceAttributesEvent{62, 4},
		tea.BackgroundColorMsg{Color: color.White}, tea.BackgroundColorMsg{Color: color.Black}, tea.ColorProfileMsg{Profile: colorprofile.TrueColor}, tea.ColorProfileMsg{Profile: colorprofile.ASCII},
	}[m.r.IntN(8)]
	m.note(fmt.Sprintf("%T %v", msg, msg))
	if m.Send(msg); msg == tea.Msg(clusters) {
		m.width = ansi.StringWidth
	}
}

// news changes the mailbox behind the interface's back.
func (m *monkey) news() {
	b := m.Backend
	b.Do(func() {
		switch m.r.IntN(4) {
		case 0:
			if len(b.Messages) > 0 {
				b.Messages = b.Messages[1:]
			}
		case 1:
			m.fresh++
			arrived := tuitest.Sample().Messages[m.r.IntN(20)]
			arrived.ID += m.fresh * 1000
			b.Messages = append(b.Messages, arrived)
		case 2:
			if len(b.Outgoing) > 0 {
				b.Outgoing = b.Outgoing[1:]
			}
		case 3:
			b.States = []app.Status{{Kind: app.StatusOffline, Account: "work"}}
		}
	})
}

// Whatever is pressed, pasted, clicked and answered, at whatever size, nothing breaks
// down, and no frame is larger than its window.
func TestMonkey(t *testing.T) {
	seeds, first := 12, uint64(1)
	if v := os.Getenv("POSTEA_TEST_MONKEY"); v != "" { // how many, and from which on
		if _, err := fmt.Sscanf(v+",1", "%d,%d", &seeds, &first); err != nil {
			t.Fatal(err)
		}
	}
	var all []string
	for _, e := range keys.Table() {
		if e.ID != keys.Quit && e.ID != keys.Leave {
			all = append(all, e.Keys...)
		}
	}
	all = append(all, strings.Fields("enter enter enter esc esc tab shift+tab up down left right backspace delete home end pgup pgdown space space j k c r / : y n 1 2 3 9 0 ctrl+w ctrl+u ctrl+k shift+left shift+right shift+down ctrl+z ctrl+y ctrl+left ctrl+right")...)
	for seed := first; seed < first+uint64(seeds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 0))
			o := tui.Options{
				Editor: []string{"", "emacs", "vi"}[r.IntN(3)], Plain: r.IntN(6) == 0, Glyphs: []string{"", "ascii"}[r.IntN(2)],
				Rows: []string{"", "compact", "comfortable"}[r.IntN(3)], Preset: []string{"", "gmail", "aerc", "mutt"}[r.IntN(4)],
				Pictures: []string{"", "cells", "auto"}[r.IntN(3)], Preview: []string{"", "below", "right"}[r.IntN(3)],
				Setup: &tuitest.World{Rings: true, Found: gmail()}, First: r.IntN(8) == 0,
			}
			b := []func() *tuitest.Backend{tuitest.Sample, tuitest.Sample, arranged, parted, partly, tuitest.SampleCards, tuitest.Empty}[r.IntN(7)]()
			hangPictures(t, b)
			tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b, Options: o}, func(d *tuitest.Driver) {
				m := &monkey{Driver: d, r: r, keys: all, w: 120, h: 36, width: ansi.StringWidthWc}
				defer func() {
					if p := recover(); p != nil {
						fmt.Fprintf(os.Stderr, "seed %d, options %+v, after\n%s\n", seed, o, strings.Join(m.trace, "\n")) // the panic takes the log along
						panic(p)
					}
					if t.Failed() {
						t.Logf("options %+v after\n%s", o, strings.Join(m.trace, "\n"))
					}
				}()
				for range 400 {
					if m.step(); d.Quit {
						return
					}
					if r.IntN(3) > 0 { // keys come faster than frames
						checkFrame(d, m.w, m.h, m.width)
					}
				}
			})
		})
	}
}
