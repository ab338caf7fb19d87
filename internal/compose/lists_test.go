package compose

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/reading"
)

func TestMailFollowupTo(t *testing.T) {
	lists := Lists{
		Known: []string{"announce@lists.example", "open@bücher.example"}, Subscribed: []string{"talk@lists.example", "dev@lists.example"},
		Own: []mail.Address{{Address: "a.lovelace@example.org"}},
	}
	tests := []struct {
		name        string
		lists       Lists
		to, cc, bcc string
		want        string // "" for no field
	}{
		{"nothing configured", Lists{}, "talk@lists.example", "", "", ""},
		{"no list", lists, "bob@x.example", "carol@x.example", "", ""},
		{"a list that is read", lists, "talk@lists.example", "", "", "talk@lists.example"},
		{"in another case", lists, "Talk@LISTS.example", "", "", "Talk@LISTS.example"},
		{"one that is not", lists, "announce@lists.example", "", "", "announce@lists.example, Ada Lovelace <ada@example.org>"},
		{"both", lists, "talk@lists.example", "announce@lists.example", "", "talk@lists.example, announce@lists.example"},
		{"a person too", lists, "Bob <bob@x.example>", "talk@lists.example", "", "Bob <bob@x.example>, talk@lists.example"},
		{"oneself in copy", lists, "talk@lists.example, ada@example.org", "a.lovelace@example.org, Ada+list@example.org", "", "talk@lists.example"},
		{"oneself in copy, not subscribed", lists, "announce@lists.example, ada@example.org", "", "", "announce@lists.example, Ada Lovelace <ada@example.org>"},
		{"twice", lists, "talk@lists.example, Talk <talk@lists.example>", "bob@x.example, bob@x.example", "", "talk@lists.example, bob@x.example"},
		{"a list unseen", lists, "bob@x.example", "", "talk@lists.example", ""},
		{"somebody unseen", lists, "talk@lists.example", "", "secret@x.example", "talk@lists.example"},
		{"in a group", lists, "friends: bob@x.example, talk@lists.example;", "", "", "bob@x.example, talk@lists.example"},
		{"an international domain", lists, "open@xn--bcher-kva.example", "", "", "open@xn--bcher-kva.example, Ada Lovelace <ada@example.org>"},
		{"a name that must be encoded", lists, "Zoë <zoe@x.example>, dev@lists.example", "", "", "Zoë <zoe@x.example>, dev@lists.example"},
	}
	for _, tt := range tests {
		o := fixed()
		o.Lists = tt.lists
		b, err := Build(mail.Draft{From: ada, To: tt.to, Cc: tt.cc, Bcc: tt.bcc, Subject: "Moth", Body: "x"}, o)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		checkWire(t, b)
		m, err := netmail.ReadMessage(bytes.NewReader(b.Wire))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Header["Mail-Followup-To"]; (len(got) == 0) != (tt.want == "") || len(got) > 1 {
			t.Errorf("%s: %q", tt.name, got)
		}
		if got := mail.FormatAddresses(reading.ParseHeader(b.Wire).MailFollowupTo); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	draft := DraftMessage(mail.Draft{From: ada, To: "talk@lists.example"}, "x@example.org", "", Options{Lists: lists})
	if strings.Contains(string(draft), "Mail-Followup-To") {
		t.Errorf("a draft has one:\n%s", draft)
	}
}
