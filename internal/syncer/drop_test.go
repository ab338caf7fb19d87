package syncer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
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

// TestDropNames: what is written as the name of a folder means it, also where another one
// has that role or differs in case.
func TestDropNames(t *testing.T) {
	s := newServer(t, modern)
	s.create("Deleted Items", `\Trash`)
	s.change("Trash", func(b *box) { b.attrs = "" })
	s.create("work", "")
	s.create("Work", "")
	s.create("Lists", `\Noselect`)
	for name, want := range map[string]string{"Trash": "Trash", "trash": "Deleted Items", "work": "work", "Work": "Work", "WORK": "Work", "Lists": "Lists"} {
		d := NewDrop(s.profile(), name)
		if err := d.Open(t.Context()); err != nil || d.wire != want {
			t.Errorf("%s is %s, %v", name, d.wire, err)
		}
		if made := len(s.said("CREATE")) > 0; made != (name == "Lists") {
			t.Errorf("%s was made: %t", name, made)
		}
		d.Close()
	}
}

// TestDropFinds what it looks for, and nothing else, where a search takes no notice of
// fields or is refused: what is found is not put, or is deleted.
func TestDropFinds(t *testing.T) {
	by := func(mid string) Fields { return Fields{{Key: "Message-ID", Value: "<" + mid + ">"}} }
	for _, refuses := range []bool{false, true} {
		s := newServer(t, modern)
		s.fill("Archive", 10)
		if s.ignoresHeader(); refuses {
			s.bend(func(c string) string {
				if strings.HasPrefix(c, "UID SEARCH") {
					return "NO [SERVERBUG] UID SEARCH Server error - Please try again later"
				}
				return ""
			})
		}
		d := NewDrop(s.profile(), "Archive")
		defer d.Close()
		if err := d.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		size := int64(len(letter("m7", "x")))
		for i, tt := range []struct {
			mid   string
			size  int64
			after mail.UID
			want  Found
		}{
			{"m7", 0, 5, Found{7}}, {"m7", size, 5, Found{7}}, {"m7", 0, 8, nil}, {"m11", 0, 5, nil},
		} {
			got, err := d.Find(t.Context(), Sought{Fields: by(tt.mid), Size: tt.size, After: tt.after})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("refuses %t, %d: found %v, %v", refuses, i, got, err)
			}
		}
		if got, err := d.Find(t.Context(), Sought{Fields: by("m7"), Size: size + 9, After: 5}); refuses && (err != nil || len(got) > 0) {
			t.Errorf("of another size: %v, %v", got, err)
		}
		got, err := d.Find(t.Context(), Sought{Fields: by("m7")})
		if refuses == (err == nil) || !refuses && !slices.Equal(got, Found{7}) {
			t.Errorf("refuses %t: anywhere %v, %v", refuses, got, err)
		}
		s.fill("Archive", 200)
		if _, err := d.Find(t.Context(), Sought{Fields: by("m7")}); !refuses && !errors.Is(err, errHeedless) {
			t.Errorf("of so many: %v", err)
		}
	}
}
