package syncer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/store"
)

// A server is asked for words as they were typed, and as the mirror has them where that is
// something else.
func TestWordsForTheServer(t *testing.T) {
	show := func(c imap.SearchCriteria) string {
		var parts []string
		for _, h := range c.Header {
			parts = append(parts, h.Key+" "+h.Value)
		}
		parts = append(parts, c.Text...)
		return strings.Join(append(parts, c.Body...), "+")
	}
	for typed, want := range map[string]string{
		"Grüße":                   "Grüße | grusse",
		"from:ada@example.org":    "From ada@example.org | From ada example org",
		`body:"(Dry  run!)"`:      "dry run",
		"subject:dry-run":         "Subject dry-run | Subject dry run",
		"Engine":                  "engine",
		"invo*":                   "invo",
		"日本語":                     "日本語 | 日本 本語",
		"e\u0301te\u0301":         "\u00e9t\u00e9 | ete",
		`subject:"Re: Köln, now"`: "Subject Re: Köln, now | Subject re koln now",
	} {
		c, ok := criteriaFor(query.Parse(typed, time.Now()).Root, store.FolderState{})
		got := show(*c)
		for _, or := range c.Or {
			got += show(or[0]) + " | " + show(or[1])
		}
		if !ok || got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// What the mirror looks at may hold or not: the server is asked for the words all the same.
func TestNegationsForTheServer(t *testing.T) {
	f := store.FolderState{Folder: mail.Folder{Account: "a", Name: "Old"}}
	for typed, want := range map[string]string{
		"ham -spam":                   `[ham] not [[spam]]`,
		"ham -filename:pdf":           `[ham] not []`,
		"ham -(is:read is:starred)":   `[ham] not []`,
		"ham -(spam OR is:read)":      `[ham] not [[spam]]`,
		"ham -(spam is:read)":         `[ham] not []`, // what is unread may hold the word
		"ham -in:Old":                 `nothing`,
		"ham -(in:Old OR is:read)":    `nothing`,
		"ham -(in:New larger:5M)":     `[ham] not []`,
		"ham -(account:b -is:unread)": `[ham] not []`,
	} {
		got := "nothing"
		if c, ok := criteriaFor(query.Parse(typed+" ", time.Now()).Root, f); ok {
			var not [][]string
			for _, n := range c.Not {
				not = append(not, n.Text)
			}
			got = fmt.Sprint(c.Text, " not ", not)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", typed, got, want)
		}
	}
}

// For older mail a server is asked for each of one's own addresses.
func TestOwnAddressesForTheServer(t *testing.T) {
	own := query.Addresses{Field: query.From, Of: []string{"ada@example.org", "byron@example.net"}}
	var c imap.SearchCriteria
	narrow(query.And{own, query.Size{Over: 10}}, &c)
	var asked []string
	var walk func(imap.SearchCriteria)
	walk = func(c imap.SearchCriteria) {
		for _, h := range c.Header {
			asked = append(asked, h.Value)
		}
		for _, or := range c.Or {
			walk(or[0])
			walk(or[1])
		}
	}
	walk(c)
	if got := strings.Join(asked, " | "); got != "ada@example.org | ada example org | byron@example.net | byron example net" || c.Larger != 10 {
		t.Errorf("%s, larger than %d", got, c.Larger)
	}
}

// One that knows ASCII only is asked for that.
func TestServerWithoutCharset(t *testing.T) {
	s := newServer(t, modern)
	s.fill("INBOX", 3)
	r := newRig(t, s.profile())
	r.sync()
	inbox, err := r.store.FolderByRole(t.Context(), "a", mail.RoleInbox)
	if err != nil {
		t.Fatal(err)
	}
	s.bend(func(c string) string {
		if strings.Contains(c, "CHARSET") {
			return "NO [BADCHARSET (US-ASCII)] no"
		}
		return ""
	})
	s.said("")
	if _, whole, err := r.Ask(t.Context(), []store.FolderState{inbox}, query.Parse("Grüße", time.Now()).Root); err != nil || !whole {
		t.Errorf("whole %t, %v", whole, err)
	}
	asked := s.said("UID SEARCH")
	if len(asked) != 2 || !strings.Contains(asked[1], `TEXT "grusse"`) {
		t.Errorf("asked %q", asked)
	}
}

// One that finds every message by any word has found nothing.
func TestServerThatHeedsNoWords(t *testing.T) {
	for _, heeds := range []bool{true, false} {
		s := newServer(t, modern)
		s.fill("INBOX", 3)
		r := newRig(t, s.profile())
		r.sync()
		inbox, err := r.store.FolderByRole(t.Context(), "a", mail.RoleInbox)
		if err != nil {
			t.Fatal(err)
		}
		s.strain(func(c, out, answer string) (string, string) {
			if strings.HasPrefix(c, "UID SEARCH") && !heeds {
				return "* ESEARCH UID ALL 1:3\r\n", answer
			}
			return out, answer
		})
		for word, n := range map[string]int{"hello": 3, "m2": 1} {
			if !heeds {
				n = 0
			}
			found, whole, err := r.Ask(t.Context(), []store.FolderState{inbox}, query.Parse(word, time.Now()).Root)
			if err != nil || whole != heeds || len(found[inbox.ID]) != n {
				t.Errorf("heeds words %t: %s is found in %v, whole %t, %v", heeds, word, found, whole, err)
			}
		}
	}
}
