package store

import (
	"fmt"
	"testing"
	"time"

	"postea/internal/mail"
)

// someHeaders makes headers as a list of a mailbox has them: a third of the
// messages answer others.
func someHeaders(first, n int) []Header {
	out := make([]Header, 0, n)
	for i := first; i < first+n; i++ {
		h := Header{
			UID: mail.UID(i), MessageID: fmt.Sprintf("%d.message@mail.example.org", i), Size: int64(2000 + i%5000),
			Subject: fmt.Sprintf("About the %dth matter of the day", i/3), Flags: []string{mail.FlagSeen},
			Date: time.Unix(1_700_000_000+int64(i)*60, 0), Internal: time.Unix(1_700_000_000+int64(i)*60, 0),
			From: []mail.Address{{Name: fmt.Sprint("Person ", i%500), Address: fmt.Sprintf("p%d@example.net", i%500)}},
			To:   []mail.Address{{Name: "Ada", Address: "ada@example.org"}, {Address: "list@example.org"}},
		}
		if i%3 != 0 {
			h.InReplyTo = []string{fmt.Sprintf("%d.message@mail.example.org", i-1)}
			h.References = []string{fmt.Sprintf("%d.message@mail.example.org", i/3*3), fmt.Sprintf("%d.message@mail.example.org", i-1)}
		}
		out = append(out, h)
	}
	return out
}

// BenchmarkAddHeaders stores a mailbox in batches of 1,000; one op is a message.
func BenchmarkAddHeaders(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.SetFolders(b.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}); err != nil {
		b.Fatal(err)
	}
	f, err := s.FolderByRole(b.Context(), "a", mail.RoleInbox)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	const batch = 1000
	for done := 0; done < b.N; done += batch {
		if _, err := s.AddHeaders(b.Context(), f.ID, someHeaders(done+1, min(batch, b.N-done))); err != nil {
			b.Fatal(err)
		}
	}
}
