package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postea/internal/event"
	"postea/internal/mail"
)

func TestKnownSender(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "work")
	one, two, copied := header(1, "one@x"), header(2, "two@x"), header(3, "one@x")
	two.From[0] = mail.Address{Address: "Stranger@example.net"}
	ids := add(t, s, inbox, one, two)
	add(t, s, archive, copied)
	known := func(address string, except mail.ID) bool {
		t.Helper()
		got, err := s.KnownSender(t.Context(), address, except)
		must(t, err)
		return got
	}
	if known("GRACE@example.net", ids[0]) {
		t.Error("a copy of the message itself is taken for an earlier one")
	}
	if !known("grace@example.net", ids[1]) || known("nobody@example.net", 0) || known("stranger@example.net", ids[1]) {
		t.Error("wrong about who has written")
	}
	add(t, s, archive, Header{UID: 4, MessageID: "four@x", From: two.From})
	if !known("stranger@example.net", ids[1]) {
		t.Error("the second message is not seen")
	}
	_, err := s.Queue(t.Context(), QueueItem{Wire: []byte("x"), Outgoing: mail.Outgoing{
		Account: "work", MessageID: "o@x", Recipients: []mail.Recipient{{Address: "friend@example.net", State: mail.RecipientPending}},
	}})
	must(t, err)
	if !known("Friend@Example.net", 0) {
		t.Error("somebody who was written to is not known")
	}
	if _, err := s.KnownSender(t.Context(), `"'); DROP TABLE msg; --`, 0); err != nil {
		t.Error(err)
	}

	var plan strings.Builder
	rows, err := s.mail.read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT 1 FROM msg WHERE sender_hash = 1`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var a, b, c int
		var detail string
		must(t, rows.Scan(&a, &b, &c, &detail))
		plan.WriteString(detail + "\n")
	}
	if !strings.Contains(plan.String(), "msg_sender") {
		t.Errorf("not found by the index: %s", plan.String())
	}
}

func TestContacts(t *testing.T) {
	s, _ := open(t)
	folders(t, s, "work")
	sent, err := s.EnsureFolder(t.Context(), "work", mail.RoleSent, "Sent")
	must(t, err)
	_, err = s.Queue(t.Context(), QueueItem{Wire: []byte("x"), Outgoing: mail.Outgoing{
		Account: "work", MessageID: "o@x", To: []mail.Address{{Name: "Friend", Address: "friend@example.net"}},
		Recipients: []mail.Recipient{{Address: "friend@example.net", State: mail.RecipientPending}},
	}})
	must(t, err)
	must(t, s.SeenContact(t.Context(), []mail.Address{{Address: "writer@example.net"}}))
	sub := s.bus.Subscribe()
	defer sub.Close()
	must(t, s.KeepContacts(t.Context(), []mail.Address{{Name: "Kept", Address: "kept@example.net"}, {Address: "FRIEND@example.net"}}))
	if news, err := sub.Next(t.Context()); err != nil || !hasEvent(news, event.ContactsChanged{}) {
		t.Errorf("the news are %v, %v", news, err)
	}
	list := func() string {
		all, err := s.Contacts(t.Context())
		must(t, err)
		var out []string
		for _, c := range all {
			out = append(out, fmt.Sprintln(c.Address, c.Sent, c.Seen, c.Kept))
		}
		slices.Sort(out)
		return strings.ReplaceAll(strings.TrimSpace(strings.Join(out, "")), "\n", "; ")
	}
	if got := list(); got != "Friend <friend@example.net> 1 0 true; Kept <kept@example.net> 0 0 true; writer@example.net 0 1 false" {
		t.Error(got)
	}
	team := ContactGroup{"Team", []mail.Address{{Address: "friend@example.net"}, {Address: "kept@example.net"}}}
	was, err := s.SaveContactGroup(t.Context(), team)
	must(t, err)
	_, err = s.RemoveContacts(t.Context(), []string{"kept@EXAMPLE.net", "writer@example.net", "other@example.net"})
	must(t, err)
	hidden, err := s.HiddenContacts(t.Context())
	must(t, err)
	groups, err := s.ContactGroups(t.Context())
	must(t, err)
	if got := list(); was || got != "Friend <friend@example.net> 1 0 true" || len(hidden) != 3 || len(groups) != 1 || len(groups[0].Members) != 1 {
		t.Errorf("%s, hidden %v, groups %v", got, hidden, groups)
	}
	must(t, s.SeenContact(t.Context(), []mail.Address{{Address: "writer@example.net"}}))
	if strings.Contains(list(), "writer") {
		t.Error("what was removed comes back by being read")
	}
	must(t, s.KeepContacts(t.Context(), []mail.Address{{Address: "writer@example.net"}}))
	if !strings.Contains(list(), "writer@example.net 0 2 true") {
		t.Error(list())
	}
	if was, err = s.SaveContactGroup(t.Context(), ContactGroup{Name: "TEAM"}); err != nil || !was {
		t.Errorf("the group goes: %v %v", was, err)
	}

	h := header(7, "seven@x")
	h.To = []mail.Address{{Name: "Elsewhere", Address: "Else@example.net"}, {Address: "root"}}
	h.Cc = nil
	add(t, s, sent.ID, h)
	got, err := s.SentTo(t.Context())
	must(t, err)
	if len(got) != 1 || got[0].Address != (mail.Address{Name: "Elsewhere", Address: "Else@example.net"}) || got[0].Sent != 1 || got[0].Last.IsZero() {
		t.Errorf("%+v", got)
	}
}

// What is put back into the address book is as it was before it was removed: in its groups, also
// in one that had nobody else, and not kept by the user where it was not.
func TestRestoreContacts(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	ann, bob, carl := mail.Address{Name: "Ann", Address: "ann@example.net"}, mail.Address{Address: "Bob@example.net"}, mail.Address{Address: "carl@example.net"}
	must(t, s.KeepContacts(ctx, []mail.Address{ann}))
	must(t, s.SeenContact(ctx, []mail.Address{bob}))
	for _, g := range []ContactGroup{{"Alone", []mail.Address{bob}}, {"Team", []mail.Address{ann, carl}}} {
		_, err := s.SaveContactGroup(ctx, g)
		must(t, err)
	}
	state := func() string {
		all, err := s.Contacts(ctx)
		must(t, err)
		groups, err := s.ContactGroups(ctx)
		must(t, err)
		hidden, err := s.HiddenContacts(ctx)
		must(t, err)
		for _, g := range groups {
			slices.SortFunc(g.Members, func(a, b mail.Address) int { return strings.Compare(a.Address, b.Address) })
		}
		return fmt.Sprint(all, groups, hidden)
	}
	was := state()
	r, err := s.RemoveContacts(ctx, []string{"ann@example.net", "bob@example.net", "infile@example.net"})
	must(t, err)
	if state() == was {
		t.Fatal("nothing is removed")
	}
	for range 2 {
		must(t, s.RestoreContacts(ctx, r))
		if got := state(); got != was {
			t.Errorf("put back is\n%s\nand it was\n%s", got, was)
		}
	}
}
