package tuitest

import (
	"fmt"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/transcript"
)

func (s *sampler) item(n int64, state mail.ItemState, subject, to, detail string, rec ...app.OutboxRecipient) app.OutboxItem {
	if len(rec) == 0 {
		st := mail.RecipientPending
		if state == mail.ItemAccepted || state == mail.ItemDone {
			st = mail.RecipientAccepted
		}
		rec = []app.OutboxRecipient{{Address: reading.Line(to), State: st, Sending: state == mail.ItemSending}}
	}
	return app.OutboxItem{
		ID: mail.NewOutboxID(n), Account: "ada@example.org", State: state, Subject: reading.Line(subject), To: reading.Line(to),
		Detail: reading.Line(detail), Recipients: rec, Created: s.now.Add(-time.Hour), Size: 4_400_000,
		MessageID: reading.Line("k3v9mq4d2x7p5b8c6n1z0w@example.org"),
	}
}

func recipients(n int, state mail.RecipientState) []app.OutboxRecipient {
	var list []app.OutboxRecipient
	for i := range n {
		list = append(list, app.OutboxRecipient{Address: reading.Line(fmt.Sprintf("reader%d@example.com", i)), State: state})
	}
	return list
}

func (s *sampler) outbox() {
	sending := s.item(1, mail.ItemSending, "Re: the talk on Thursday", "grace@example.net", "")
	sending.Sent = 3_100_000
	held := s.item(2, mail.ItemHeld, "Lunch?", "barbara@example.org", "")
	held.HeldFor, held.NotBefore = mail.HeldForUndo, s.now.Add(7*time.Second)
	deferred := s.item(3, mail.ItemDeferred, "Invoice 2031", "books@example.com", "451 try again later")
	deferred.Attempts, deferred.NextAttempt = 3, s.now.Add(4*time.Minute)
	later := s.item(4, mail.ItemHeld, "Weekly report", "team@example.org", "")
	later.More, later.HeldFor, later.NotBefore = 6, mail.HeldForSchedule, time.Date(s.now.Year(), s.now.Month(), s.now.Day(), 17, 30, 0, 0, s.now.Location())
	refused := s.item(5, mail.ItemRejected, "Hello", "nobody@example.org", "", app.OutboxRecipient{
		Address: reading.Line("nobody@example.org"), State: mail.RecipientFailed, Source: mail.SourceReply, Code: 550,
		Enhanced: reading.Line("5.1.1"), Words: reading.Line("no such mailbox"), Text: reading.Line("User unknown"),
	})
	unsure := s.item(6, mail.ItemUnsure, "Contract, signed", "legal@example.com", "", app.OutboxRecipient{Address: reading.Line("legal@example.com"), State: mail.RecipientUnsure})
	minutes := s.item(7, mail.ItemDone, "Minutes", "3 recipients", "", append(recipients(2, mail.RecipientDelivered), recipients(1, mail.RecipientRelayed)...)...)
	minutes.Finished = s.now.Add(-2 * time.Hour)
	photos := s.item(8, mail.ItemAccepted, "Photos", "katherine@example.gov", "")
	photos.QueueID, photos.Created = reading.Line("4XyZ12"), s.now.Add(-3*time.Hour)
	bounced := s.item(9, mail.ItemRejected, "Newsletter 14", "118 recipients", "", append(recipients(117, mail.RecipientDelivered), app.OutboxRecipient{
		Address: reading.Line("howard@example.edu"), State: mail.RecipientFailed, Source: mail.SourceReport, Code: 552, Enhanced: reading.Line("5.2.2"),
		Words: reading.Line("The mailbox is full. Nothing you can do; they have to make room."), Text: reading.Line("Over quota (in reply to end of DATA command)"),
	})...)
	old := s.item(10, mail.ItemDone, "Last week's notes", "sophie@example.org", "")
	old.Created, old.Finished = s.now.Add(-6*day), s.now.Add(-6*day)
	s.b.Outgoing = []app.OutboxItem{sending, held, deferred, later, refused, unsure, minutes, photos, bounced, old}
	s.b.Journeys[bounced.ID] = s.journey(bounced)
}

func (s *sampler) journey(it app.OutboxItem) app.Journey {
	it.Size = 48_000
	at := s.now.Add(-time.Hour)
	j := app.Journey{Item: it}
	for i, l := range [][3]string{
		{"queued", "queued", "written to disk, undo until 10:02:21"},
		{"sent", "sent to smtp.example.org:465", "TLS 1.3 · signed in · 1 round trip · 118 recipients accepted"},
		{"accepted", "250 2.0.0 Ok: queued as 4XyZ12", "the server has taken responsibility"},
		{"copied", "copy filed in Sent", "by the provider"},
		{"reported", "117 delivered", "reports from 9 servers"},
		{"rejected", "1 failed", "bounce from mx2.example.edu"},
	} {
		j.Log = append(j.Log, app.LogLine{At: at.Add(time.Duration(i*10) * time.Second), Kind: l[0], Text: reading.Line(l[1]), Detail: reading.Line(l[2])})
	}
	t := app.AttemptView{N: 1, Started: at.Add(10 * time.Second), Server: reading.Line("smtp.example.org:465"), TLS: reading.Line("TLS 1.3"), Outcome: reading.Line("accepted")}
	for _, l := range []string{
		"Server 220 smtp.example.org ESMTP", "Client EHLO [127.0.0.1]",
		"Server 250-PIPELINING  250-SIZE 52428800  250-CHUNKING  250-DSN  250 AUTH PLAIN", "Client AUTH PLAIN ********",
		"Server 235 2.7.0 Authentication successful", "Client MAIL FROM:<ada@example.org> RET=HDRS ENVID=k3v9 SIZE=49152",
		"Client RCPT TO:<howard@example.edu> NOTIFY=FAILURE,DELAY", "Client BDAT 49152 LAST", "Server 250 2.1.0 Ok",
		"Info 49,152 bytes sent", "Server 250 2.0.0 Ok: queued as 4XyZ12",
	} {
		from, text, _ := strings.Cut(l, " ")
		t.Lines = append(t.Lines, app.TraceView{At: t.Started, From: transcript.Speaker(from), Text: reading.Line(text)})
	}
	j.Attempts = []app.AttemptView{t}
	return j
}
