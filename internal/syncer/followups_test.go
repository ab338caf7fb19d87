package syncer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// queue puts a message in the outbox as the composer does.
func (r *rig) queue(mid string, q store.QueueItem, to ...string) mail.OutboxID {
	r.t.Helper()
	q.Outgoing = mail.Outgoing{Account: cmp.Or(q.Outgoing.Account, "a"), MessageID: mid, EnvID: "env-" + mid, From: "ada@example.org", Subject: "x"}
	for _, a := range to {
		q.Outgoing.Recipients = append(q.Outgoing.Recipients, mail.Recipient{Address: a, State: mail.RecipientPending})
	}
	q.Wire, q.Bcc, q.WantsCopy = letter(mid, "sent"), []byte("Bcc: secret@example.net\r\n"), true
	id, err := r.store.Queue(r.t.Context(), q)
	if err != nil {
		r.t.Fatal(err)
	}
	return id
}

// hand lets the outbox's part happen: to the end, or up to the commit point.
func (r *rig) hand(id mail.OutboxID, state mail.RecipientState) {
	r.t.Helper()
	o, err := r.store.BeginAttempt(r.t.Context(), id, "smtp.example.org", time.Time{})
	if err != nil {
		r.t.Fatal(err)
	}
	var changes []store.RecipientChange
	for i := range o.Recipients {
		changes = append(changes, store.RecipientChange{Index: i, State: mail.RecipientUnsure})
	}
	if err := r.store.CommitPoint(r.t.Context(), id, changes); err != nil {
		r.t.Fatal(err)
	}
	for i := range changes {
		changes[i].State = state
	}
	if err := r.store.EndAttempt(r.t.Context(), id, store.Outcome{Changes: changes, Kind: string(state)}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) sent(mid string, to ...string) mail.OutboxID {
	id := r.queue(mid, store.QueueItem{}, to...)
	r.hand(id, mail.RecipientAccepted)
	return id
}

// forward is a new process, d later.
func (r *rig) forward(d time.Duration) {
	r.t.Helper()
	r.options.Now = func() time.Time { return time.Now().Add(d) }
	r.reopen()
}

func (r *rig) outgoing(id mail.OutboxID) mail.Outgoing {
	r.t.Helper()
	o, err := r.store.OutboxItem(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return o
}

// always files the copy without waiting for a provider that may do it.
func always(p config.Account) config.Account {
	p.Sent.Copy = "always"
	return p
}

func (s *server) copies() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, m := range s.boxes["Sent"].msgs {
		out = append(out, string(m.raw))
	}
	return out
}

func TestCopyInSentExactlyOnce(t *testing.T) {
	for _, how := range []string{"", "drop", "drop after", "tear", "NO [OVERQUOTA] full"} {
		t.Run(how, func(t *testing.T) {
			s := newServer(t, modern)
			r := newRig(t, always(s.profile()))
			r.sync()
			id := r.sent("mine", "bob@example.net")
			s.bendOnce("APPEND", how)
			_ = r.Round(t.Context())
			if strings.HasPrefix(how, "NO") {
				if o := r.outgoing(id); o.Copy != mail.CopyPending || !strings.Contains(o.LastText, "full") || o.State != mail.ItemAccepted {
					t.Errorf("item is %+v", o)
				}
				at, err := r.store.NextFollowUp(t.Context(), "a")
				if err != nil || time.Until(at) < 30*time.Second {
					t.Errorf("tried again at %v, %v", at, err)
				}
				r.options.Now = func() time.Time { return time.Now().Add(2 * time.Minute) }
			}
			r.reopen()
			r.sync()
			r.sync()
			want := "Bcc: secret@example.net\r\n" + string(letter("mine", "sent"))
			if got := s.copies(); len(got) != 1 || got[0] != want {
				t.Errorf("Sent holds %q", got)
			}
			if o := r.outgoing(id); o.Copy != mail.CopyFiled {
				t.Errorf("item is %+v", o)
			}
			if m := r.message("mine"); m.FolderRole != mail.RoleSent || m.Unread() {
				t.Errorf("the copy is %+v", m)
			}
		})
	}
}

func TestProviderThatFilesItself(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	r.sync()
	first := r.sent("one", "bob@example.net")
	r.sync() // it is not there yet: wait
	if o := r.outgoing(first); o.Copy != mail.CopyPending || len(s.copies()) != 0 {
		t.Errorf("item is %+v, Sent holds %q", o, s.copies())
	}
	s.add("Sent", letter("one", "sent"))
	r.forward(2 * time.Second)
	r.sync()
	if o := r.outgoing(first); o.Copy != mail.CopyFiled || len(s.copies()) != 1 {
		t.Errorf("item is %+v, Sent holds %q", o, s.copies())
	}
	// It is known now, and given more time; but never for ever.
	second := r.sent("two", "bob@example.net")
	r.forward(20 * time.Second)
	r.sync()
	if o := r.outgoing(second); o.Copy != mail.CopyPending {
		t.Errorf("item is %+v", o)
	}
	r.forward(2 * time.Minute)
	r.sync()
	if o := r.outgoing(second); o.Copy != mail.CopyFiled || len(s.copies()) != 2 {
		t.Errorf("item is %+v, Sent holds %q", o, s.copies())
	}
}

func TestSentFolderIsMade(t *testing.T) {
	s := newServer(t, modern)
	s.mu.Lock()
	delete(s.boxes, "Sent")
	s.mu.Unlock()
	r := newRig(t, always(s.profile()))
	id := r.sent("mine", "bob@example.net")
	if err := r.FollowUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := r.outgoing(id); o.Copy != mail.CopyFiled || len(s.copies()) != 1 {
		t.Errorf("item is %+v", o)
	}
	r.sync()
	if m := r.message("mine"); m.FolderRole != mail.RoleSent {
		t.Errorf("the copy is %+v", m)
	}
}

func TestCopyNever(t *testing.T) {
	s := newServer(t, modern)
	p := s.profile()
	p.Sent.Copy = "never"
	r := newRig(t, p)
	id := r.sent("mine", "bob@example.net")
	r.sync()
	if o := r.outgoing(id); o.Copy != mail.CopySkipped || len(s.copies()) != 0 {
		t.Errorf("item is %+v", o)
	}
}

func TestFollowUpWaitsForTheProviderAndPullsNothingElse(t *testing.T) {
	s := newServer(t, modern)
	for i := range 20 {
		s.add("Sent", letter(fmt.Sprint("old", i), "x"))
	}
	r := newRig(t, s.profile())
	id := r.sent("mine", "bob@example.net")
	if err := r.FollowUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := r.outgoing(id); o.Copy != mail.CopyFiled {
		t.Errorf("item is %+v", o)
	}
	if got := s.said("UID FETCH"); len(got) != 0 {
		t.Errorf("it fetched %q", got)
	}
}

func TestAnsweredAndForwardedParentsAreMarked(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("question", "x"))
	s.add("Archive", letter("news", "x"))
	r := newRig(t, always(s.profile()))
	r.sync()
	r.hand(r.queue("refused", store.QueueItem{Answers: "news"}, "bob@example.net"), mail.RecipientFailed)
	id := r.queue("answer", store.QueueItem{Answers: "question", Forwards: "news"}, "bob@example.net")
	r.sync()
	if got := s.truth(); slices.ContainsFunc(got, func(l string) bool { return strings.Contains(l, "answered") }) {
		t.Errorf("marked before anything was accepted: %q", got)
	}
	r.hand(id, mail.RecipientAccepted)
	if err := r.FollowUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(s.truth(), "\n")
	if !strings.Contains(got, `question \answered`) || !strings.Contains(got, "news $forwarded") {
		t.Errorf("the server has %s", got)
	}
	// The user may take the flag off again.
	r.apply(store.Change{Remove: []string{mail.FlagAnswered}}, r.message("question").ID)
	r.sync()
	r.sync()
	if got := strings.Join(s.truth(), "\n"); strings.Contains(got, "answered") {
		t.Errorf("marked again: %s", got)
	}
}

// What was answered from another account, which may be one without a mailbox, is
// marked too; the copy of the answer is that one's.
func TestParentOfAnotherAccountIsMarked(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("question", "x"))
	r := newRig(t, always(s.profile()))
	r.sync()
	id := r.queue("answer", store.QueueItem{Outgoing: mail.Outgoing{Account: "b"}, Answers: "question"}, "bob@example.net")
	r.hand(id, mail.RecipientAccepted)
	r.sync()
	if got := strings.Join(s.truth(), "\n"); !strings.Contains(got, `question \answered`) {
		t.Errorf("the server has %s", got)
	}
	if o := r.outgoing(id); o.Copy != mail.CopyPending || len(s.copies()) != 0 {
		t.Errorf("item is %+v, with the copies %q", o, s.copies())
	}
}

func TestUnsureMessagesAreLookedFor(t *testing.T) {
	for _, where := range []string{"Sent", "INBOX", ""} {
		t.Run(where, func(t *testing.T) {
			s := newServer(t, modern)
			r := newRig(t, always(s.profile()))
			id := r.queue("mine", store.QueueItem{}, "bob@example.net")
			r.hand(id, mail.RecipientUnsure)
			s.add("INBOX", letter("answer", "x", "In-Reply-To: <mine>\r\n"))
			if where != "" {
				s.add(where, letter("mine", "sent"))
			}
			r.sync()
			o := r.outgoing(id)
			if want := map[bool]mail.RecipientState{true: mail.RecipientAccepted, false: mail.RecipientUnsure}[where != ""]; o.Recipients[0].State != want {
				t.Errorf("recipient is %+v, want %s", o.Recipients[0], want)
			}
			if where == "" {
				s.said("")
				r.sync()
				if got := s.said("UID SEARCH HEADER"); len(got) != 0 || o.Reconciled != 1 {
					t.Errorf("it was looked for again before its time: %q, %d times", got, o.Reconciled)
				}
				r.forward(2 * time.Hour)
				r.sync()
				r.sync()
				if o = r.outgoing(id); o.Reconciled != 2 || o.State != mail.ItemUnsure {
					t.Errorf("item is %+v", o)
				}
			}
			r.sync()
			if n := len(s.copies()); where != "" && n != 1 {
				t.Errorf("Sent holds %d copies", n)
			}
		})
	}
}

func TestRunDoesWhatFallsDue(t *testing.T) {
	s := newServer(t, modern)
	p := always(s.profile())
	p.Send.Reconcile = []time.Duration{300 * time.Millisecond}
	r := newRig(t, p, func(o *Options) { o.Pace.Round = time.Hour })
	r.run()
	r.awaitKind(Online)
	id := r.queue("mine", store.QueueItem{}, "bob@example.net")
	s.add("Sent", letter("mine", "sent"))
	r.hand(id, mail.RecipientUnsure)
	r.Wake()
	r.await("waiting for the copy to be found", func() string {
		if o := r.outgoing(id); o.Recipients[0].State != mail.RecipientAccepted || o.Copy != mail.CopyFiled {
			return fmt.Sprintf("item is %+v", o)
		}
		return ""
	})
}

// Exchange sends a message under a Message-ID of its own: its copy in Sent is the copy all
// the same, and one that is found there was sent.
func TestMessageIDOfExchange(t *testing.T) {
	const original = "X-Microsoft-Original-Message-ID: <mine>\r\n"
	for _, how := range []string{"", "NO this field is not searched"} {
		s := newServer(t, old)
		p := s.profile()
		p.SMTP.Host = "smtp-mail.outlook.com"
		r := newRig(t, p)
		r.sync()
		s.bend(func(c string) string {
			if strings.Contains(c, "X-Microsoft-Original-Message-ID\" \"") {
				return how
			}
			return ""
		})
		s.add("Sent", letter("theirs", "sent", original))
		copied := r.sent("mine", "bob@example.net")
		r.sync()
		r.forward(10 * time.Minute)
		r.sync()
		if o := r.outgoing(copied); o.Copy != mail.CopyFiled || len(s.copies()) != 1 {
			t.Errorf("%q: the copy is %s, and there are %d", how, o.Copy, len(s.copies()))
		}
	}
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	r.sync()
	s.add("Sent", letter("theirs", "sent", original))
	unsure := r.queue("mine", store.QueueItem{}, "bob@example.net")
	r.hand(unsure, mail.RecipientUnsure)
	r.sync()
	if o := r.outgoing(unsure); o.Recipients[0].State != mail.RecipientAccepted {
		t.Errorf("what is in Sent is %s", o.Recipients[0].State)
	}
}

// overQuota is a mailbox that takes nothing more.
func overQuota(command string) string {
	if strings.HasPrefix(command, "APPEND") {
		return "NO [OVERQUOTA] Over quota"
	}
	return ""
}

// TestWhyThereIsNoCopy: that Sent does not take it, and why, stands in the journey of the
// message, once.
func TestWhyThereIsNoCopy(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, always(s.profile()))
	s.bend(overQuota)
	id := r.sent("m1", "bob@example.net")
	for i := range 3 {
		r.sync()
		r.forward(time.Duration(i+1) * time.Hour)
	}
	log, err := r.store.OutboxLog(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, l := range log {
		if strings.Contains(l.Detail, "Over quota") {
			told = append(told, l.Text)
		}
	}
	if want := []string{"no copy in Sent yet"}; !slices.Equal(told, want) || len(s.said("APPEND")) < 2 {
		t.Errorf("told %q", told)
	}
}

// Each try at a copy is the whole message, and a full mailbox stays so for days.
func TestFullSentIsTriedSeldom(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, always(s.profile()))
	s.bend(overQuota)
	r.sent("m1", "bob@example.net")
	for hour := range 36 {
		r.forward(time.Duration(hour) * time.Hour)
		r.sync()
	}
	if n := len(s.said("APPEND")); n > 8 {
		t.Errorf("uploaded %d times in a day and a half", n)
	}
}
