package demo_test

import (
	"bytes"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/demo"
	"postea/internal/reading"
)

// noon is a time for tests that compare runs.
func noon() time.Time { return time.Date(2026, time.March, 14, 12, 0, 0, 0, time.UTC) }

type found struct {
	demo.Stored
	user, folder string
	mail         *reading.Message
}

// samples returns all sample mail by the local part of its Message-ID.
func samples(t *testing.T, s *demo.Server) map[string]found {
	t.Helper()
	all := make(map[string]found)
	for _, u := range s.Users {
		folders, err := s.Folders(u.Address)
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			stored, err := s.Messages(u.Address, folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range stored {
				f := found{m, u.Name, folder, reading.Parse(m.Raw)}
				key, _, _ := strings.Cut(f.mail.Header.MessageID, "@")
				if _, twice := all[key]; twice {
					t.Errorf("two messages %q", key)
				}
				all[key] = f
			}
		}
	}
	return all
}

func TestSamples(t *testing.T) {
	s := start(t, demo.Options{Now: noon})
	all := samples(t, s)
	if len(all) < 38 {
		t.Errorf("only %d messages", len(all))
	}
	unread := 0
	for key, f := range all {
		h := f.mail.Header
		if len(f.mail.Defects) > 0 {
			t.Errorf("%s: defects %q", key, f.mail.Defects)
		}
		if key == "" || h.Subject == "" || len(h.From) != 1 || len(h.To) == 0 {
			t.Errorf("%s: header %+v", key, h)
		}
		if h.Date.IsZero() || h.Date.After(noon()) || h.Date.Sub(f.Received).Abs() > time.Minute {
			t.Errorf("%s: dated %s, received %s", key, h.Date, f.Received)
		}
		if !slices.Contains(f.Flags, `\Seen`) {
			unread++
		}
		for _, parent := range h.References {
			local, _, _ := strings.Cut(parent, "@")
			if _, ok := all[local]; !ok {
				t.Errorf("%s answers %s, which is not there", key, parent)
			}
		}
		if bytes.Contains(bytes.ReplaceAll(f.Raw, []byte("\r\n"), nil), []byte("\n")) {
			t.Errorf("%s: a bare line feed", key)
		}
		for line := range bytes.SplitSeq(f.Raw, []byte("\r\n")) {
			if len(line) > 998 {
				t.Errorf("%s: a line of %d", key, len(line))
			}
		}
	}
	if unread*5 < len(all) || unread*2 > len(all) {
		t.Errorf("%d of %d messages are unread", unread, len(all))
	}
	t.Logf("%d messages, %d unread", len(all), unread)
}

// TestShow looks for what the sample mail is there to show.
func TestShow(t *testing.T) {
	all := samples(t, start(t, demo.Options{Now: noon}))

	report := all["misspelt-report"].mail.Report()
	if report == nil || report.Kind != "failed" || report.OriginalMessageID != all["misspelt"].mail.Header.MessageID || all["misspelt"].folder != "Sent" {
		t.Errorf("report %+v", report)
	}
	if h := all["carriage-7"].mail.Header; len(h.References) != 6 {
		t.Errorf("the long conversation has %d references", len(h.References))
	}
	if !strings.Contains(all["visitors"].mail.Calendar, "BEGIN:VEVENT") {
		t.Error("the invitation has no calendar")
	}
	if n := strings.Count(string(all["almanack-41"].Raw), "\n"); n < 200 {
		t.Errorf("the long letter has %d lines", n)
	}
	for key, want := range map[string]string{
		"cranes": "石井 花子", "samovar": "пропал самовар", "silk": "我们一般拆三行", "tiles": "Querida Ada", "algebra": "الخوارزمية",
		"difference-52": "The loom forgets everything", "treasury": "ask what an engine is for",
	} {
		if text := all[key].mail.Text(); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", key, want, text)
		}
	}
	if text := all["difference-52"].mail.Text(); strings.Contains(text, "What the weavers knew, where") {
		t.Error("the preheader shows")
	}
	if !strings.ContainsRune(all["hostile"].mail.Header.Subject, 0x1b) || bytes.ContainsRune(firstHeader(all["hostile"].Raw), 0x1b) {
		t.Error("the hostile subject is not what it should be")
	}

	names := make(map[string]string)
	for _, f := range all {
		for _, a := range f.mail.Attachments {
			names[a.Name] = a.Type
		}
	}
	for name, kind := range map[string]string{
		"arms.csv": "text/csv", "arm-drawing.pdf": "application/pdf", "pattern.png": "image/png",
		"Paradoxa für Ada – naïve Fassung.txt": "text/plain", "invite.ics": "application/ics",
	} {
		if names[name] != kind {
			t.Errorf("%s is %q; there are %q", name, names[name], slices.Sorted(maps.Keys(names)))
		}
	}
}

func firstHeader(raw []byte) []byte {
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return header
}

func TestDeterministic(t *testing.T) {
	one, two := samples(t, start(t, demo.Options{Now: noon})), samples(t, start(t, demo.Options{Now: noon}))
	for key, f := range one {
		if !bytes.Equal(f.Raw, two[key].Raw) || f.UID != two[key].UID {
			t.Errorf("%s differs from one start to the next", key)
		}
	}
}

// TestFetch has another parser read all of it over the wire.
func TestFetch(t *testing.T) {
	s := start(t, demo.Options{})
	for user := range s.Users {
		c := signIn(t, s, user, nil)
		folders, err := c.List("", "*", nil).Collect()
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			selected, err := c.Select(folder.Mailbox, nil).Wait()
			if err != nil {
				t.Fatal(err)
			}
			if selected.NumMessages == 0 {
				continue
			}
			whole := &imap.FetchItemBodySection{Peek: true}
			list, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: selected.NumMessages}}, &imap.FetchOptions{
				Envelope: true, Flags: true, UID: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
				BodySection: []*imap.FetchItemBodySection{whole},
			}).Collect()
			if err != nil {
				t.Fatalf("%s: %v", folder.Mailbox, err)
			}
			for _, m := range list {
				if m.Envelope.MessageID == "" || m.Envelope.Date.IsZero() || m.BodyStructure == nil || len(m.FindBodySection(whole)) == 0 {
					t.Errorf("%s %d: %+v", folder.Mailbox, m.UID, m.Envelope)
				}
			}
		}
	}
}

func TestPicture(t *testing.T) {
	m := samples(t, start(t, demo.Options{Now: noon}))["pattern-1"].mail
	for _, a := range m.Attachments {
		if a.Type == "image/png" {
			if _, err := png.Decode(m.Open(a)); err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Error("no picture")
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := demo.Start(b.Context(), demo.Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
