package tui_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/tui"
	"postea/tui/keys"
	"postea/tui/tuitest"
)

// Whatever is pressed but what takes text away, and whenever the terminal is closed:
// what was typed into a message is a draft, was sent, or was discarded and can be
// brought back.
func TestNothingTypedIsLost(t *testing.T) {
	takes := strings.Fields("ctrl+z ctrl+_ ctrl+y ctrl+x ctrl+u ctrl+d ctrl+k ctrl+w backspace delete")
	all := strings.Fields("enter esc tab up down left right home end pgup pgdown enter esc : ? ctrl+s ctrl+s y n")
	for _, e := range keys.Table() {
		for _, k := range e.Keys {
			if !slices.Contains(takes, k) && !strings.Contains(k, "shift+") {
				all = append(all, k)
			}
		}
	}
	const word = "ŧøĸŋ"
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			at(120, 36, func(d *tuitest.Driver) {
				trace := [][]string{{"c"}, {"r"}, {"f"}, {"enter", "R"}, {"g d", "enter"}}[r.IntN(5)]
				d.Press(trace...)
				d.Type(word)
				d.See(word)
				note := func(s ...any) { trace = append(trace, fmt.Sprint(s...)) }
				for range 30 {
					switch x, y := r.IntN(220), r.IntN(60); r.IntN(12) {
					case 0:
						note("size ", x, " ", y)
						d.Resize(x, y)
					case 1:
						by := time.Duration(r.IntN(1500)) * time.Millisecond
						note("wait ", by)
						d.Advance(by)
					case 2:
						note("click ", x, " ", y)
						d.Click(x, y)
					default:
						k := all[r.IntN(len(all))]
						note(k)
						d.Press(k)
					}
					if d.Quit {
						break
					}
				}
				if d.Send(tui.End); !d.Quit {
					t.Errorf("it does not end after %q", trace)
				}
				for _, x := range slices.Concat(d.Backend.Drafted, d.Backend.Sent, d.Backend.Discarded, d.Backend.Versions) {
					if has(x, word) {
						return
					}
				}
				t.Errorf("lost after %q", trace)
			})(t)
		})
	}
}

// has tells whether the letters of a word are in a draft, where others may have come
// between them.
func has(d mail.Draft, word string) bool {
	all := d.To + d.Cc + d.Bcc + d.Subject + d.Body
	for _, letter := range word {
		if !strings.ContainsRune(all, letter) {
			return false
		}
	}
	return true
}
