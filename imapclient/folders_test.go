package imapclient

import (
	"slices"
	"testing"

	imap "github.com/emersion/go-imap/v2"
)

func TestRename(t *testing.T) {
	c := session(t, "IMAP4rev1 NAMESPACE", func(s *script) {
		s.expect(`LIST "" ""`)
		s.send(`* LIST (\Noselect) "." ""`, "@ OK")
		s.expect("NAMESPACE")
		s.send(`* NAMESPACE (("INBOX." ".")) NIL NIL`, "@ OK")
		s.expect(`RENAME "INBOX.Old" "INBOX.Entw&APw-rfe.2026"`)
		s.send("@ OK")
		s.expect(`SUBSCRIBE "INBOX.Entw&APw-rfe.2026"`)
		s.send("@ OK")
		s.expect(`UNSUBSCRIBE "INBOX.Old"`)
		s.send("@ NO never was")
	})
	wire, err := c.Rename(t.Context(), "INBOX.Old", "Entwürfe/2026")
	if err != nil || wire != "INBOX.Entw&APw-rfe.2026" {
		t.Errorf("got %q, %v", wire, err)
	}
}

// GNU and UW have INBOX without a delimiter, and folders in folders elsewhere.
func TestInboxWithoutDelimiter(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect(`LIST "" "*"`)
		s.send(`* LIST (\NoInferiors) NIL INBOX`, "@ OK")
		s.expect(`LIST "" ""`)
		s.send(`* LIST (\Noselect) "/" ""`, "@ OK")
		for range 2 {
			s.expect(`CREATE "a/b"`)
			s.send("@ OK")
			s.expect(`SUBSCRIBE "a/b"`)
			s.send("@ OK")
		}
	})
	if _, err := c.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if wire, err := c.Create(t.Context(), "a/b"); err != nil || wire != "a/b" {
			t.Errorf("got %q, %v", wire, err)
		}
	}
}

// A server without levels is asked once.
func TestNoDelimiter(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect(`LIST "" ""`)
		s.send(`* LIST (\Noselect) NIL ""`, "@ OK")
	})
	for range 2 {
		_, err := c.Create(t.Context(), "a/b")
		want(t, err, KindUnsupported, false)
	}
}

func TestRenameRefused(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect(`LIST "" ""`)
		s.send(`* LIST (\Noselect) "/" ""`, "@ OK")
		s.expect(`RENAME "a" "b"`)
		s.send("@ NO [ALREADYEXISTS] there is one")
	})
	_, err := c.Rename(t.Context(), "a", "b")
	want(t, err, KindNo, false)
	for _, name := range []string{"", "/", "a\r\nX"} {
		if _, err := c.Rename(t.Context(), "a", name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func TestDelete(t *testing.T) {
	for _, answer := range []string{"@ OK", "@ NO [NONEXISTENT] none"} {
		c := session(t, "IMAP4rev1", func(s *script) {
			s.expect(`DELETE "a"`)
			s.send(answer)
			s.expect(`UNSUBSCRIBE "a"`)
			s.send("@ OK")
		})
		if err := c.Delete(t.Context(), "a"); err != nil {
			t.Errorf("%s: %v", answer, err)
		}
	}
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect(`DELETE "a"`)
		s.send("@ NO [HASCHILDREN] others lie in it")
	})
	want(t, c.Delete(t.Context(), "a"), KindNo, false)
}

func TestSubscribe(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect(`UNSUBSCRIBE "a"`)
		s.send("@ OK")
		s.expect(`SUBSCRIBE "a"`)
		s.send("@ NO")
	})
	if err := c.Subscribe(t.Context(), "a", false); err != nil {
		t.Error(err)
	}
	want(t, c.Subscribe(t.Context(), "a", true), KindNo, false)
}

func TestListTellsSubscriptions(t *testing.T) {
	c := session(t, "IMAP4rev1 LIST-EXTENDED", func(s *script) {
		s.expect(`LIST "" "*" RETURN (SUBSCRIBED)`)
		s.send(`* LIST (\Subscribed) "/" INBOX`, `* LIST () "/" Lists`, "@ OK")
	})
	list, err := c.List(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if !list[0].Told || !list[0].Subscribed || !list[1].Told || list[1].Subscribed {
		t.Errorf("got %+v", list)
	}
}

func TestQuota(t *testing.T) {
	tests := []struct {
		name, caps string
		say        []string
		want       Quota
	}{
		{"one root", "IMAP4rev1 QUOTA", []string{`* QUOTAROOT INBOX ""`, `* QUOTA "" (STORAGE 10 512)`, "@ OK"}, Quota{10240, 524288}},
		{"fullest of several", "IMAP4rev1 QUOTA QUOTA=RES-STORAGE", []string{`* QUOTA "User quota" (STORAGE 10 512 MESSAGE 1 2)`, `* QUOTA x (MESSAGE 1 5)`, `* QUOTA "y" (STORAGE 9 10)`, "@ OK"}, Quota{9216, 10240}},
		{"nothing", "IMAP4rev1 QUOTA", []string{`* QUOTAROOT INBOX`, "@ OK"}, Quota{}},
		{"nonsense", "IMAP4rev1 QUOTA", []string{`* QUOTA`, `* QUOTA "" STORAGE`, `* QUOTA "" (STORAGE`, `* QUOTA "" (STORAGE -1 -1)`, "@ OK"}, Quota{}},
		{"refused", "IMAP4rev1 QUOTA", []string{"@ NO"}, Quota{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := session(t, tt.caps, func(s *script) {
				s.expect(`GETQUOTAROOT "INBOX"`)
				s.send(tt.say...)
			})
			if got, err := c.Quota(t.Context()); err != nil || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
	c := session(t, "IMAP4rev1", (*script).drain)
	if got, err := c.Quota(t.Context()); err != nil || got != (Quota{}) {
		t.Errorf("without QUOTA: %+v, %v", got, err)
	}
}

func TestLabels(t *testing.T) {
	c := folder(t, "IMAP4rev1 X-GM-EXT-1", 9, func(s *script) {
		s.expect("UID FETCH 1:3 (UID FLAGS X-GM-LABELS)")
		s.send(`* 1 FETCH (UID 1 X-GM-LABELS (\Inbox "\\Sent" Work "Caf&AOk-" {3}`, `a b) FLAGS (\Seen))`,
			`* 2 FETCH (UID 2 FLAGS ())`, `* 2 FETCH (X-GM-LABELS ())`,
			`* 3 FETCH (UID 3 FLAGS ())`, "@ OK")
		s.expect(`UID STORE 1 +X-GM-LABELS.SILENT ("Caf&AOk-" "a b")`)
		s.send("@ OK")
		s.expect(`UID STORE 1 -X-GM-LABELS.SILENT ("Work")`)
		s.send("@ NO no")
	})
	got := map[imap.UID][]string{}
	err := c.FetchFlags(t.Context(), imap.UIDSetNum(1, 2, 3), 0, func(m Message) error {
		got[m.UID] = m.Labels
		return nil
	})
	if err != nil || !slices.Equal(got[1], []string{`\Inbox`, `\Sent`, "Work", "Café", "a b"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if got[2] == nil || len(got[2]) != 0 || got[3] != nil {
		t.Errorf("none told: %#v; not told: %#v", got[2], got[3])
	}
	one := imap.UIDSetNum(1)
	if err := c.AddLabels(t.Context(), one, []string{"Café", "a b"}); err != nil {
		t.Error(err)
	}
	want(t, c.RemoveLabels(t.Context(), one, []string{"Work"}), KindNo, false)
	if err := c.AddLabels(t.Context(), one, []string{"a\r\nb"}); err == nil {
		t.Error("a line break in a label was sent")
	}
	plain := folder(t, "IMAP4rev1", 9, (*script).drain)
	if err := plain.AddLabels(t.Context(), one, []string{"x"}); err == nil {
		t.Error("labels on a server that has none")
	}
}
