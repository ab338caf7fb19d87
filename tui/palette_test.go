package tui_test

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/reading"
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

// Every place of the sidebar is found in the palette, also those that are no folders.
func TestPaletteGoesToSearches(t *testing.T) {
	b := tuitest.Sample()
	b.Searches = []app.SavedSearch{{Name: reading.Line("Bills to pay"), Raw: "Bills to pay", Query: "subject:engine"}}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press(":")
		d.Type("starred")
		d.Press("enter")
		if first, _, _ := strings.Cut(d.Screen(), "\n"); !strings.Contains(first, "Starred") {
			t.Errorf("starred leads to %s", first)
		}
		d.Press(":")
		d.Type("bills")
		d.Press("enter")
		d.See("/ subject:engine")
	})
}
