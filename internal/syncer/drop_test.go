package syncer

import (
	"strings"
	"testing"
)

// TestDropWithoutKeywords: a server that refuses keywords gets the messages without them,
// and is not asked for each again; what it refuses anyway is told in its own words.
func TestDropWithoutKeywords(t *testing.T) {
	s := newServer(t, old+" UIDPLUS")
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "APPEND") && strings.Contains(c, "$") {
			return "BAD Unrecognized flag"
		}
		return ""
	})
	d := NewDrop(s.profile(), "Archive")
	defer d.Close()
	if err := d.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, mid := range []string{"m1", "m2"} {
		if uid, err := d.Put(t.Context(), Dropped{Flags: []string{`\Seen`, "$Forwarded"}, Raw: letter(mid, "x")}); err != nil || uid == 0 {
			t.Errorf("%s: %d, %v", mid, uid, err)
		}
	}
	if got := s.truth(); len(got) != 2 || !strings.Contains(got[0], `\seen`) || strings.Contains(got[0], "$") {
		t.Errorf("the server has %q", got)
	}
	if n := len(s.said("APPEND")); n != 3 {
		t.Errorf("%d commands", n)
	}

	s.bend(func(c string) string {
		if strings.HasPrefix(c, "APPEND") {
			return "NO not this one"
		}
		return ""
	})
	d.plain = false
	if _, err := d.Put(t.Context(), Dropped{Flags: []string{"$Forwarded"}, Raw: letter("m3", "x")}); err == nil || !strings.Contains(err.Error(), "not this one") || !Rejected(err) {
		t.Errorf("it said %v", err)
	}
}
