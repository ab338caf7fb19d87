package app

import (
	"strings"
	"testing"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// What became of a message of one's own stands in it and beside it in Sent.
func TestFate(t *testing.T) {
	a, _ := holding(t)
	a.cfg.Accounts[0].SMTP = config.Server{Host: "smtp.x.example", Port: 465, Password: config.Secret{Value: "x"}}
	d, err := a.NewDraft(t.Context(), "work")
	if err != nil {
		t.Fatal(err)
	}
	d.To, d.Subject = "bob@y.example, void@y.example", "Both of you"
	out, _, err := a.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	o, err := a.OutgoingItem(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := a.store.EnsureFolder(t.Context(), "work", mail.RoleSent, "Sent")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.store.AddHeaders(t.Context(), sent.ID, []store.Header{{UID: 1, MessageID: o.MessageID, Subject: d.Subject, From: []mail.Address{{Address: "ada@x.example"}}}})
	if err != nil {
		t.Fatal(err)
	}
	raw := "From: ada@x.example\r\nMessage-ID: <" + o.MessageID + ">\r\nSubject: Both of you\r\n\r\nx\r\n"
	if err := a.store.PutBody(t.Context(), ids[0], []byte(raw), store.BodyInfo{}); err != nil {
		t.Fatal(err)
	}
	look := func() (*OutboxItem, bool) {
		t.Helper()
		m, err := a.Open(t.Context(), ids[0])
		if err != nil {
			t.Fatal(err)
		}
		page, err := a.List(t.Context(), Place{Kind: PlaceFolder, Account: "work", Folder: sent.ID, Name: "Sent", Role: mail.RoleSent}, Window{Limit: 10})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		return m.Outgoing, page.Rows[0].Failed
	}
	if item, failed := look(); item == nil || item.ID != out || failed {
		t.Errorf("%+v, failed %v", item, failed)
	}
	byExchange := strings.Replace(raw, "Message-ID:", "Message-ID: <another@outlook.example>\r\nX-Microsoft-Original-Message-ID:", 1)
	if err := a.store.PutBody(t.Context(), ids[0], []byte(byExchange), store.BodyInfo{}); err != nil {
		t.Fatal(err)
	}
	if item, _ := look(); item == nil || item.ID != out {
		t.Errorf("under another Message-ID: %+v", item)
	}
	err = a.store.Reported(t.Context(), out, "report-1", []store.RecipientChange{{Index: 1, State: mail.RecipientFailed, Source: mail.SourceReport, Code: 550, Enhanced: "5.1.1", Text: "no such user"}}, "bounced", "")
	if err != nil {
		t.Fatal(err)
	}
	item, failed := look()
	if !failed || item == nil || !strings.Contains(item.Recipients[1].Words.String(), "no such mailbox") {
		t.Errorf("after the bounce: %+v, failed %v", item, failed)
	}
	if err := a.Settle(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, failed := look(); failed {
		t.Error("dealt with, and still marked")
	}
}
