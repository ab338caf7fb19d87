package config

import (
	"testing"
	"time"
)

func TestDepth(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]struct {
		d     Depth
		text  string
		since string
	}{
		"all":   {Depth{}, "all", ""},
		"20000": {Depth{Newest: 20000}, "20000", ""},
		"500":   {Depth{Newest: 500}, "500", ""},
		"2y":    {Depth{Months: 24}, "2y", "2024-11-28"},
		"6mo":   {Depth{Months: 6}, "6mo", "2026-05-28"},
		"8w":    {Depth{Days: 56}, "56d", "2026-10-03"},
		"90d":   {Depth{Days: 90}, "90d", "2026-08-30"},
	} {
		got, err := ParseDepth(text)
		since := ""
		if at := got.Since(now); !at.IsZero() {
			since = at.Format(time.DateOnly)
		}
		if err != nil || got != want.d || got.String() != want.text || since != want.since || got.All() != (text == "all") {
			t.Errorf("%s is %+v, %s since %q, %v", text, got, got, since, err)
		}
		if again, err := ParseDepth(got.String()); err != nil || again != got {
			t.Errorf("%s is read again as %+v, %v", got, again, err)
		}
	}
	for _, text := range []string{"", "0", "499", "-3d", "6m", "1.5y", "y", "101y", "9999999999", "2 y", "2yy", "some"} {
		if d, err := ParseDepth(text); err == nil {
			t.Errorf("%q is %+v", text, d)
		}
	}
}
