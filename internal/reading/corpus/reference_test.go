package corpus

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/reading"
)

// reference is what another parser, CPython's, read in a mail.
type reference struct {
	File     string
	Subject  *string
	From, To []string
	Date     string
	Parts    []struct{ Type, Name string }
}

// TestReference compares us with a second opinion. It is no truth: every
// difference is in testdata/reference.tsv, with the word who is right.
func TestReference(t *testing.T) {
	known := listed(t, "reference.tsv")
	seen := map[string]bool{}
	var all, same score
	for _, r := range rows[reference](t, "REFERENCE.jsonl") {
		m := reading.Parse(read(t, r.File))
		for _, d := range []struct{ field, ours, theirs string }{
			{"subject", subject(m), squeeze(deref(r.Subject))},
			{"from", addresses(m.Header.From), lower(r.From)},
			{"to", addresses(m.Header.To), lower(r.To)},
			{"date", date(m.Header.Date), dateOf(r.Date)},
			{"parts", leaves(m), theirLeaves(r)},
		} {
			if d.field == "parts" && sameParts(strings.Split(d.ours, ", "), strings.Split(d.theirs, ", ")) {
				d.ours = d.theirs
			}
			key := r.File + " " + d.field
			verdict, listed := known[key]
			seen[key] = true
			all.add(d.ours == d.theirs)
			same.add(d.ours == d.theirs || strings.HasPrefix(verdict, "we\t") || strings.HasPrefix(verdict, "both\t"))
			switch {
			case d.ours != d.theirs && !listed:
				t.Errorf("%s: %s: we read %.300q, the reference %.300q", r.File, d.field, d.ours, d.theirs)
				if out := os.Getenv("POSTEA_TEST_DUMP"); out != "" {
					dump(out, key, d.ours, d.theirs)
				}
			case d.ours == d.theirs && listed:
				t.Errorf("%s: %s: listed as a difference, and there is none", r.File, d.field)
			}
		}
	}
	for key := range known {
		if !seen[key] {
			t.Errorf("%s is listed and not in the reference", key)
		}
	}
	t.Logf("the same in %d of %d fields, %.1f %%; right or equally right in %.1f %%", all.right, all.asked, all.percent(), same.percent())
}

func dump(file string, list ...string) {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	for _, s := range list {
		fmt.Fprintf(f, "%.600q\n", s)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func subject(m *reading.Message) string { return squeeze(m.Header.Subject) }

func lower(list []string) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s != "" {
			out = append(out, strings.ToLower(squeeze(s)))
		}
	}
	return strings.Join(out, ", ")
}

func addresses(list []mail.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.Address)
	}
	return lower(out)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func dateOf(s string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return date(t)
		}
	}
	return s
}

// leaves gives the types and names of what holds content. A message inside the
// message counts by what it holds.
func leaves(m *reading.Message) string {
	var out []string
	for i, p := range m.Parts {
		inner := i+1 < len(m.Parts) && strings.HasPrefix(m.Parts[i+1].Path, p.Path+".")
		if !strings.HasPrefix(p.Type, "multipart/") && !inner {
			out = append(out, leaf(p.Type, p.Name))
		}
	}
	return strings.Join(out, ", ")
}

func leaf(kind, name string) string {
	if name = squeeze(name); name != "" {
		return kind + " " + name
	}
	return kind
}

func theirLeaves(r reference) string {
	var out []string
	for _, p := range r.Parts {
		out = append(out, leaf(p.Type, p.Name))
	}
	return strings.Join(out, ", ")
}

// sameParts compares leaves. That parser takes the content of every message/*
// type for a message, and each group of fields in it for a part.
func sameParts(ours, theirs []string) bool {
	if len(ours) == 0 || len(theirs) == 0 {
		return len(ours) == len(theirs)
	}
	if ours[0] == theirs[0] {
		return sameParts(ours[1:], theirs[1:])
	}
	if !strings.HasPrefix(ours[0], "message/") {
		return false
	}
	for n := 0; n < len(theirs) && theirs[n] == "text/plain"; n++ {
		if sameParts(ours[1:], theirs[n+1:]) {
			return true
		}
	}
	return false
}
