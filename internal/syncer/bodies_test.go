package syncer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
)

func (r *rig) has(mid string) bool {
	r.t.Helper()
	has, err := r.store.HasBody(r.t.Context(), r.message(mid).ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return has
}

func large(mid string) []byte {
	return append(letter(mid, "x"), strings.Repeat("large\r\n", prefetchSize/7)...)
}

func TestWhichBodiesAreFetchedBeforehand(t *testing.T) {
	for policy, want := range map[string]map[string]bool{
		"recent": {"new": true, "old": false, "large": false, "spam": false, "archived": true},
		"all":    {"new": true, "old": true, "large": true, "spam": false, "archived": true},
		"none":   {"new": false, "old": false, "large": false, "spam": false, "archived": false},
	} {
		t.Run(policy, func(t *testing.T) {
			s := newServer(t, modern)
			s.change("INBOX", func(b *box) {
				b.add(dated("old", 0), s.start())
				for i := range prefetchCount {
					b.add(dated(fmt.Sprint("m", i), 1+i), s.start())
				}
				b.add(dated("new", prefetchCount+2), s.start())
			})
			s.add("Sent", large("large"))
			s.add("Junk", letter("spam", "x"))
			s.add("Archive", letter("archived", "x"))
			r := newRig(t, s.profile(), func(o *Options) { o.Bodies = policy })
			r.sync()
			for mid, fetched := range want {
				if got := r.has(mid); got != fetched {
					t.Errorf("the body of %s is here: %t, want %t", mid, got, fetched)
				}
			}
			if policy == "none" {
				return
			}
			if m := r.message("new"); m.Snippet != "hello from new" {
				t.Errorf("snippet is %q", m.Snippet)
			}
			raw, err := r.store.Body(t.Context(), r.message("archived").ID)
			if err != nil || string(raw) != string(letter("archived", "x")) {
				t.Errorf("body is %q, %v", raw, err)
			}
			s.said("")
			r.sync()
			if again := bodiesAsked(s); len(again) > 0 {
				t.Errorf("the second round asks %q", again)
			}
		})
	}
}

func dated(mid string, minutes int) []byte {
	at := time.Date(2026, 11, 1, 0, minutes, 0, 0, time.UTC).Format(time.RFC1123Z)
	return fmt.Appendf(nil, "From: g@example.net\r\nDate: %s\r\nMessage-ID: <%s>\r\n\r\nhello from %s\r\n", at, mid, mid)
}

func TestRefusedBodyDoesNotStopTheRest(t *testing.T) {
	for _, bad := range []string{"NO it is damaged", "drop", "OK nothing"} {
		t.Run(bad, func(t *testing.T) {
			s := newServer(t, modern)
			for i := range 4 {
				s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
			}
			s.change("INBOX", func(b *box) {
				if bad != "drop" {
					b.find("m2").noBody = bad
				}
			})
			r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
			if bad == "drop" {
				s.bendOnce("UID FETCH 3 (UID BODY", "drop")
				_ = r.Round(t.Context())
			}
			l := r.listen()
			r.sync()
			for _, mid := range []string{"m0", "m1", "m3"} {
				if !r.has(mid) {
					t.Errorf("the body of %s is missing", mid)
				}
			}
			if bad == "drop" {
				return
			}
			for _, e := range l.so() {
				if b, ok := e.(event.BodyArrived); ok && b.Failed != "" {
					t.Errorf("%+v about a body nobody waits for", b)
				}
			}
			s.said("")
			r.sync()
			if again := bodiesAsked(s); len(again) > 0 {
				t.Errorf("the second round asks %q", again)
			}
			// The user may ask all the same, and is told why not.
			id := r.message("m2").ID
			if err := r.store.Want(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			r.sync()
			l.await("the refusal", func(e event.Event) bool {
				b, ok := e.(event.BodyArrived)
				return ok && b.ID == id && b.Failed != ""
			})
		})
	}
}

// TestBodyThatEndsTheConnection: the others come all the same, and it is not
// asked for for ever.
func TestBodyThatEndsTheConnection(t *testing.T) {
	s := newServer(t, modern)
	for i := range 40 {
		s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
	}
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID FETCH") && strings.Contains(c, "BODY.PEEK[]") && inSet(strings.Fields(c)[2], 21) {
			return "drop"
		}
		return ""
	})
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
	for rounds := 0; r.Round(t.Context()) != nil; rounds++ {
		if rounds > 20 {
			t.Fatal("the connection is lost in every round")
		}
	}
	for i := range 40 {
		if mid := fmt.Sprint("m", i); r.has(mid) != (i != 20) {
			t.Errorf("the body of %s is here: %t", mid, r.has(mid))
		}
	}
}

func TestBodiesComeTogether(t *testing.T) {
	s := newServer(t, modern)
	for i := range 500 {
		s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
	}
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
	r.sync()
	if asked := bodiesAsked(s); len(asked) == 0 || len(asked) > 3 {
		t.Errorf("%d commands for 500 bodies", len(asked))
	}
	for i := range 500 {
		if mid := fmt.Sprint("m", i); !r.has(mid) {
			t.Errorf("the body of %s is missing", mid)
		}
	}
}

func bodiesAsked(s *server) []string {
	return slices.DeleteFunc(s.said("UID FETCH"), func(c string) bool { return !strings.Contains(c, "BODY.PEEK[]") })
}

func TestWantedBodiesComeBetweenWindows(t *testing.T) {
	s := newServer(t, modern)
	s.add("Archive", large("wanted"))
	s.add("Archive", letter("moveme", "x"))
	r := newRig(t, s.profile())
	r.sync()
	const n = 2*window + 1
	s.change("INBOX", func(b *box) {
		for i := range n {
			b.add(letter(fmt.Sprint("m", i), "x"), s.start())
		}
	})
	wanted, moved := r.message("wanted").ID, r.message("moveme").ID
	trash := r.folder(mail.RoleTrash)
	first := true
	s.bend(func(c string) string {
		if first && strings.HasPrefix(c, "UID FETCH") {
			first = false
			if err := r.store.Want(t.Context(), wanted); err != nil {
				t.Error(err)
			}
			if _, err := r.store.Apply(t.Context(), []mail.ID{moved}, store.Change{MoveTo: trash}); err != nil {
				t.Error(err)
			}
			r.Wake()
		}
		return ""
	})
	r.sync()
	r.agree(s.truth)
	var order []string
	for _, c := range s.said("UID ") {
		switch {
		case strings.Contains(c, "RFC822.SIZE"):
			order = append(order, "headers")
		case strings.Contains(c, "BODY.PEEK[]"):
			order = append(order, "body")
		case strings.HasPrefix(c, "UID MOVE"):
			order = append(order, "move")
		}
	}
	got := strings.Join(order, " ")
	if !strings.Contains(got, "headers body move headers") {
		t.Errorf("the order was %s", got)
	}
	if !r.has("wanted") {
		t.Error("the body is missing")
	}
}

func TestWantedBodyOfAMessageThatIsGone(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	id := r.message("one").ID
	if err := r.store.Want(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.change("INBOX", func(b *box) { b.remove(1) })
	l := r.listen()
	r.sync()
	l.await("word that it is gone", func(e event.Event) bool {
		b, ok := e.(event.BodyArrived)
		return ok && b.ID == id && b.Failed != ""
	})
}

func TestReportsAreFetchedWhateverThePolicy(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	id := r.sent("mine", "bob@example.net", "carol@example.net")
	bounce := "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\nTo: ada@example.org\r\nSubject: Undelivered\r\nMessage-ID: <bounce>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nsorry\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; carol@example.net\r\nAction: failed\r\n" +
		"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <mine>\r\nSubject: hi\r\n\r\n" +
		strings.Repeat("the whole of it\r\n", prefetchSize/16) + "--b--\r\n"
	s.add("INBOX", []byte(bounce))
	s.add("INBOX", []byte(strings.ReplaceAll(strings.ReplaceAll(bounce, "<mine>", "<forged>"), "<bounce>", "<backscatter>")))
	s.add("INBOX", letter("other", "x"))
	l := r.listen()
	r.sync()
	o, err := r.store.OutboxItem(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	bob, carol := o.Recipients[0], o.Recipients[1]
	if carol.State != mail.RecipientFailed || carol.Source != mail.SourceReport || carol.Enhanced != "5.1.1" || bob.State != mail.RecipientAccepted {
		t.Errorf("recipients are %+v", o.Recipients)
	}
	if got := notices(l.so()); len(got) != 1 || !strings.Contains(got[0], "carol@example.net") {
		t.Errorf("notices %q", got)
	}
	if r.has("other") {
		t.Error("a body nobody asked for was fetched")
	}
}

// What a recipient's mailbox answers by itself is no bounce, though it quotes the message
// and speaks of failure.
func TestAnswerThatReadsLikeABounce(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
	id := r.sent("mine", "carol@example.net")
	s.add("INBOX", []byte("Return-Path: <>\r\nFrom: Carol <Carol@example.net>\r\nTo: ada@example.org\r\nSubject: Automatic reply: hi\r\nMessage-ID: <away>\r\nIn-Reply-To: <mine>\r\n"+
		"\r\nI have left; your message could not be delivered to anybody. Write to the following address:\r\n\r\nbob@example.net\r\n\r\n-----Original Message-----\r\nFrom: Ada\r\nTo: carol@example.net\r\n\r\nhi\r\n"))
	l := r.listen()
	r.sync()
	o, err := r.store.OutboxItem(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.Recipients[0].State; got != mail.RecipientAccepted {
		t.Errorf("carol is %s", got)
	}
	if got := notices(l.so()); len(got) != 0 {
		t.Errorf("notices %q", got)
	}
}

// A server that passes mail on from an alias may say only whom that did not reach.
func TestReportOfWhereARecipientLeads(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	id := r.sent("mine", "bob@example.net", "team@example.net")
	report := "From: MAILER-DAEMON@mx.example.net\r\nTo: ada@example.org\r\nSubject: failed\r\nMessage-ID: <bounce>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nkarl@elsewhere.example: 550 5.1.1 no such user\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; karl@elsewhere.example\r\nAction: failed\r\n" +
		"Status: 5.0.0\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <mine>\r\nSubject: hi\r\n\r\n--b--\r\n"
	s.add("INBOX", []byte(report))
	s.add("INBOX", []byte(strings.NewReplacer("<bounce>", "<again>", "karl@elsewhere.example", "bob@example.net").Replace(report)))
	s.add("INBOX", []byte(strings.NewReplacer("<bounce>", "<word>", "Action: failed", "Action: relayed", "5.0.0", "2.0.0").Replace(report)))
	l := r.listen()
	r.sync()
	o, err := r.store.OutboxItem(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if bob, team := o.Recipients[0].State, o.Recipients[1].State; bob != mail.RecipientFailed || team != mail.RecipientAccepted {
		t.Errorf("bob is %s, the team is %s", bob, team)
	}
	got := notices(l.so())
	if len(got) != 2 || !slices.Contains(got, "failed for karl@elsewhere.example, to whom one of the recipients leads: no such mailbox") {
		t.Errorf("notices %q", got)
	}
}

// Outlook.com gives what it is handed another Message-ID, and its reports come from
// a name with a number.
func TestReportOfARenamedMessage(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	id := r.sent("mine", "carol@example.net")
	s.add("INBOX", []byte("From: Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>\r\nTo: ada@example.org\r\nSubject: Undeliverable: hi\r\nMessage-ID: <bounce>\r\n"+
		"In-Reply-To: <renamed@prod.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nsorry\r\n--b\r\n"+
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;prod.example\r\n\r\nFinal-Recipient: rfc822;carol@example.net\r\nAction: failed\r\n"+
		"Status: 5.1.10\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nX-Microsoft-Original-Message-ID: <mine>\r\nMessage-ID: <renamed@prod.example>\r\nSubject: hi\r\n\r\n"+
		strings.Repeat("the whole of it\r\n", prefetchSize/16)+"--b--\r\n"))
	r.sync()
	o, err := r.store.OutboxItem(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if carol := o.Recipients[0]; carol.State != mail.RecipientFailed || carol.Enhanced != "5.1.10" {
		t.Errorf("%+v", carol)
	}
}

// bounced is a report that a message with a header did not reach somebody.
func bounced(to, header string) []byte {
	return []byte("From: MAILER-DAEMON@mx.example.net\r\nTo: ada@example.org\r\nSubject: failed\r\nMessage-ID: <bounce>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nsorry\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; " + to + "\r\nAction: failed\r\n" +
		"Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + header + "\r\n--b--\r\n")
}

// One's own message that was sent on to somebody else has two names: what came back is the
// one under the name of the sending on.
func TestReportOfWhatWasSentOn(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	mine, on := r.sent("mine", "bob@example.net"), r.sent("on", "carol@example.net")
	s.add("INBOX", bounced("carol@example.net", "Resent-Message-ID: <on>\r\nMessage-ID: <mine>\r\nSubject: hi\r\n"))
	r.sync()
	if bob, carol := r.outgoing(mine).Recipients[0].State, r.outgoing(on).Recipients[0].State; bob != mail.RecipientAccepted || carol != mail.RecipientFailed {
		t.Errorf("bob is %s, carol %s", bob, carol)
	}
}

// The bounces of qmail have no Message-ID, and two servers may write one in the same second.
func TestReportsWithoutMessageID(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	id := r.sent("mine", "bob@example.net", "carol@example.org")
	for _, to := range []string{"bob@example.net", "carol@example.org"} {
		s.add("INBOX", []byte("Return-Path: <>\r\nDate: 30 Nov 2026 10:00:00 -0000\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: ada@example.org\r\nSubject: failure notice\r\n\r\n"+
			"Hi. This is the qmail-send program at mx.example.net.\r\n\r\n<"+to+">:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"+
			"--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <mine>\r\nSubject: hi\r\n\r\nhi\r\n"))
	}
	r.sync()
	for _, to := range r.outgoing(id).Recipients {
		if to.State != mail.RecipientFailed {
			t.Errorf("%s is %s", to.Address, to.State)
		}
	}
}

// What a program hands over for each recipient by itself has one Message-ID: the bounce of
// one is none of the others.
func TestReportOfOneOfSeveralWithAMessageID(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	bob, carol := r.sent("mine", "bob@example.net"), r.sent("mine", "carol@example.org")
	s.add("INBOX", bounced("bob@example.net", "Message-ID: <mine>\r\n"))
	r.sync()
	if b, c := r.outgoing(bob).Recipients[0].State, r.outgoing(carol).Recipients[0].State; b != mail.RecipientFailed || c != mail.RecipientAccepted {
		t.Errorf("bob is %s, carol %s", b, c)
	}
}
