package store

import (
	"strings"
	"testing"

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
	rows, err := s.mail.read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT 1 FROM msg WHERE lower(json_extract(sender, '$[0].address')) = 'a'`)
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
