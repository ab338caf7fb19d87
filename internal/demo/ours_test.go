package demo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/demo"
	"postea/internal/dial"
)

// TestOurClient reads the work account with postea's own client.
func TestOurClient(t *testing.T) {
	s := start(t, demo.Options{})
	u := s.Users[1]
	for _, e := range []demo.Endpoint{s.Info().IMAP, s.IMAPStartTLS()} {
		c, err := imapclient.Connect(t.Context(), imapclient.Options{
			Dial: dial.Config{Host: e.Host, Port: e.Port, TLS: dial.TLSMode(e.TLS), CAFile: s.Info().CAFile},
			Auth: imapclient.Auth{Username: u.Username, Password: func(context.Context) (string, error) { return u.Password, nil }},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		list, err := c.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var roles []string
		for _, folder := range list {
			if folder.Role != "" {
				roles = append(roles, string(folder.Role))
			}
			if _, err := c.Select(t.Context(), folder.Wire, false); err != nil {
				t.Errorf("%s: %v", folder.Name, err)
				continue
			}
			stored, err := s.Messages(u.Address, folder.Name)
			if err != nil {
				t.Error(err)
			}
			n := 0
			err = c.FetchHeaders(t.Context(), imap.UIDSet{{Start: 1, Stop: 0}}, func(m imapclient.Message) error {
				if m.Structure == nil || m.Size == 0 {
					t.Errorf("%s %d: %+v", folder.Name, m.UID, m)
				}
				n++
				return nil
			})
			if err != nil || n != len(stored) {
				t.Errorf("%s: %d of %d messages, %v", folder.Name, n, len(stored), err)
			}
		}
		slices.Sort(roles)
		if want := []string{"archive", "drafts", "inbox", "junk", "sent", "trash"}; !slices.Equal(roles, want) {
			t.Errorf("roles %q, want %q", roles, want)
		}
		if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
			t.Fatal(err)
		}
		if err := s.Deliver(u.Address, "INBOX", []byte("Subject: news\n\n")); err != nil {
			t.Fatal(err)
		}
		if news, err := c.Idle(t.Context(), 20*time.Second); !news || err != nil {
			t.Errorf("idle: %v, %v", news, err)
		}
	}
}
