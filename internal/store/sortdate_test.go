package store

import (
	"testing"
	"time"
)

func TestSortDate(t *testing.T) {
	said, came := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC), time.Date(2026, 11, 28, 10, 5, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		h    Header
		want time.Time
	}{
		"as it says":               {Header{Date: said, Internal: came}, said},
		"no date":                  {Header{Internal: came}, came},
		"from the future":          {Header{Date: said.AddDate(9, 0, 0), Internal: came}, came},
		"no arrival":               {Header{Date: said}, said},
		"an arrival that was lost": {Header{Date: said, Internal: time.Unix(0, 0)}, said},
	} {
		if got := c.h.sortDate(); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
