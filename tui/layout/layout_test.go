package layout

import (
	"testing"
	"unicode/utf8"
)

func TestLatin(t *testing.T) {
	for _, l := range layouts {
		if n := utf8.RuneCountInString(l.letters); n != len(l.latin) {
			t.Errorf("%s has %d letters for %d keys", l.letters, n, len(l.latin))
		}
	}
	for key, want := range map[string]string{"о": "j", "Щ": "O", "Γ": "G", "ש": "a", "ت": "j", "ㅓ": "j", "ö": "ö", "ctrl+о": "ctrl+о", "": "", "j": "j"} {
		if got := Latin(key); got != want {
			t.Errorf("%s stands on %s, not on %s", key, got, want)
		}
	}
}
