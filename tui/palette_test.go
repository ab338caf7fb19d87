package tui_test

import (
	"slices"
	"strings"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

// In the palette an action is found by what other programs call it, before what
// has these letters by chance.
func TestPaletteKnowsOtherNames(t *testing.T) {
	for typed, want := range map[string]string{
		"flag": "Star", "tag": "Labels…", "bounce": "Redirect", "spam": "Mark as junk", "unread": "Mark read or unread", "read": "Mark read or unread", "next unread": "Next unread", "limit": "Filter this list",
		"remove": "Delete", "mv": "Move to a folder…", "check mail": "Sync now", "exit": "Quit", "archive": "Archive", "reply": "Reply", "star": "Star",
	} {
		t.Run(typed, func(t *testing.T) {
			tuitest.Run(t, tuitest.Setup{Width: 80, Height: 24, Options: tui.Options{Plain: true}}, func(d *tuitest.Driver) {
				d.Press(":")
				d.Type(typed)
				lines := strings.FieldsFunc(d.Screen(), func(r rune) bool { return r == '\n' })
				lines = slices.DeleteFunc(lines, func(s string) bool { return strings.TrimSpace(s) == "" })
				if first, _, _ := strings.Cut(lines[1], ","); strings.TrimSpace(first) != want {
					t.Errorf("%q finds %q first, not %s:\n%s", typed, first, want, d.Screen())
				}
			})
		})
	}
}
