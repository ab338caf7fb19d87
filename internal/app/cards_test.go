package app

import (
	"testing"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

func readingOptions() reading.LayoutOptions { return reading.LayoutOptions{Graphemes: true} }

// A good mark is only for what the configured server says; without one, bad
// news are believed and good ones are not.
func TestWhoseWordCounts(t *testing.T) {
	good, bad, odd := "Authentication-Results: mx.x.example; dmarc=pass header.from=y.example\n", "Authentication-Results: mx.x.example; dmarc=fail header.from=y.example\n", "Authentication-Results: mx.evil.example; dmarc=pass header.from=y.example\n"
	tests := []struct {
		name, host, id, field string
		confirmed, warned     bool
	}{
		{"configured, good", "imap.x.example", "mx.x.example", good, true, false},
		{"configured, bad", "imap.x.example", "mx.x.example", bad, false, true},
		{"configured, from another", "imap.x.example", "mx.x.example", odd, false, false},
		{"configured, below another", "imap.x.example", "mx.x.example", odd + good, true, false},
		{"by default, good", "imap.x.example", "", good, false, false},
		{"by default, bad", "imap.x.example", "", bad, false, true},
		{"by default, good on top of bad", "imap.x.example", "", good + bad, false, false},
		{"by default, from another", "imap.x.example", "", odd, false, false},
		{"by default, another on top", "imap.x.example", "", odd + bad, false, false},
		{"an address for a host", "127.0.0.1", "", bad, false, false},
		{"Gmail", "imap.gmail.com", "", "Authentication-Results: mx.google.com; dmarc=pass header.from=y.example\n", true, false},
		{"none", "imap.x.example", "mx.x.example", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, ids := holding(t, tt.field+"From: bob@y.example\nSubject: s\n\ntext\n")
			a.cfg.Accounts[0].AuthServID, a.cfg.Accounts[0].IMAP.Host = tt.id, tt.host
			m, err := a.Open(t.Context(), ids[0])
			if err != nil {
				t.Fatal(err)
			}
			if m.Confirmed != tt.confirmed || (len(m.Warnings) > 0) != tt.warned || m.Confirmed && m.Verdict.String() == "" {
				t.Errorf("confirmed %v (%s), warned %v", m.Confirmed, m.Verdict, m.Warnings)
			}
		})
	}
}

func TestFirstMail(t *testing.T) {
	a, ids := holding(t, "From: bob@y.example\nSubject: one\n\ntext\n")
	m, err := a.Open(t.Context(), ids[0])
	if err != nil || !m.FirstTime {
		t.Errorf("%v, %v", m.FirstTime, err)
	}
	a, ids = holding(t, "From: bob@y.example\nSubject: one\n\ntext\n", "From: bob@y.example\nSubject: two\n\ntext\n")
	if m, err = a.Open(t.Context(), ids[1]); err != nil || m.FirstTime {
		t.Errorf("%v, %v", m.FirstTime, err)
	}
	a, ids = holding(t, "From: bob@y.example\nList-Id: <l.y.example>\nSubject: one\n\ntext\n")
	if m, err = a.Open(t.Context(), ids[0]); err != nil || m.FirstTime {
		t.Errorf("on a list everybody is new: %v, %v", m.FirstTime, err)
	}
}

func TestHowListsAreLeft(t *testing.T) {
	const post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
	const signed = "DKIM-Signature: v=1; h=from:list-unsubscribe:list-unsubscribe-post; b=x\n"
	tests := []struct {
		header string
		want   LeaveBy
		at     string
	}{
		{"List-Unsubscribe: <https://l.example/x?u=1>, <mailto:leave@l.example>\n" + post + signed, LeaveByPost, "l.example"},
		{"List-Unsubscribe: <https://l.example/x?u=1>, <mailto:leave@l.example?subject=a>\n" + post, LeaveByMail, "leave@l.example"},
		{"List-Unsubscribe: <https://l.example/x?u=1>\n" + post, LeaveByWeb, "l.example"},
		{"List-Unsubscribe: <javascript:alert(1)>\nList-Id: <l.example>\n", LeaveNot, ""},
	}
	for _, tt := range tests {
		a, ids := holding(t, tt.header+"From: l@l.example\nSubject: s\n\ntext\n")
		m, err := a.Open(t.Context(), ids[0])
		if err != nil || m.List == nil || m.List.Leave != tt.want || m.List.LeaveAt.String() != tt.at {
			t.Errorf("%s: %+v, %v", tt.header, m.List, err)
		}
	}
}

func TestMailto(t *testing.T) {
	d, err := mailtoDraft("mailto:a%2Bb@l.example?subject=x%0d%0aBcc:%20y@z&body=one%0d%0atwo&cc=c@z.example&attach=/etc/passwd")
	if err != nil || d.To != "a+b@l.example" || d.Subject != "x Bcc: y@z" || d.Body != "one\ntwo" || d.Cc+d.Bcc != "" || len(d.Attach) > 0 {
		t.Errorf("%+v, %v", d, err)
	}
	for _, bad := range []string{"mailto:", "mailto:a@b.example,c@d.example", "https://x.example", "mailto:a%0a@b.example"} {
		if d, err := mailtoDraft(bad); err == nil {
			t.Errorf("%s: %+v", bad, d)
		}
	}
}

func TestKnownDomainsAreCompared(t *testing.T) {
	a, ids := holding(t, "From: bob@x.examp1e\nSubject: s\n\ntext\n")
	a.cfg.Accounts = []config.Account{{Name: "work", Address: "ada@paypal.example"}}
	m, err := a.Open(t.Context(), ids[0])
	if err != nil || len(m.Warnings) != 0 {
		t.Errorf("%v, %v", m.Warnings, err)
	}
	a, ids = holding(t, "From: bob@paypa1.example\nSubject: s\n\ntext\n")
	a.cfg.Accounts = []config.Account{{Name: "work", Address: "ada@paypal.example"}}
	if m, err = a.Open(t.Context(), ids[0]); err != nil || len(m.Warnings) != 1 {
		t.Errorf("%v, %v", m.Warnings, err)
	}
}

// Under one Message-ID there may be a message for each recipient: a bounce leads to that of
// its own.
func TestBounceLeadsToItsMessage(t *testing.T) {
	a, ids := holding(t, "From: MAILER-DAEMON@mx.y.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n<bob@y.example>:\nno mailbox here (#5.1.1)\n\n"+
		"--- Below this line is a copy of the message.\n\nMessage-ID: <mine@x.example>\n\nhi\n")
	var list []store.QueueItem
	for _, to := range []string{"bob@y.example", "carol@y.example"} {
		list = append(list, store.QueueItem{Outgoing: mail.Outgoing{Account: "work", MessageID: "mine@x.example", Recipients: []mail.Recipient{{Address: to}}}})
	}
	sent, err := a.store.QueueAll(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	m, err := a.Open(t.Context(), ids[0])
	if err != nil || m.Bounce == nil || m.Bounce.Outgoing != sent[0] {
		t.Errorf("%+v, %v", m.Bounce, err)
	}
}
