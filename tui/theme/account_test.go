package theme

import "testing"

func TestOfAccount(t *testing.T) {
	for color, want := range map[string]Ink{"": Dim, "green": Green, "yellow": Yellow, "blue": Blue, "violet": Violet, "red": Red, "pink": Dim} {
		if got := OfAccount(color, Dim); got != want {
			t.Errorf("%q: %v", color, got)
		}
	}
}
