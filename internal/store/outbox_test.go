package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

// longQueue has n messages of all kinds of states.
func longQueue(tb testing.TB, n int) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), emptyStore.Dir(tb), Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	list := make([]QueueItem, n)
	for i := range list {
		list[i] = QueueItem{Wire: []byte("Subject: x\r\n\r\n"), Outgoing: mail.Outgoing{
			Account: "work", MessageID: fmt.Sprintf("m%d@a.test", i), EnvID: fmt.Sprint(i), From: "ada@a.test", Subject: fmt.Sprintf("message %d", i),
			Recipients: []mail.Recipient{{Address: "bob@b.test"}, {Address: "eve@e.test"}},
		}}
	}
	ids, err := s.QueueAll(tb.Context(), list)
	if err != nil {
		tb.Fatal(err)
	}
	for i, id := range ids {
		change := Outcome{Kind: "accepted", Changes: []RecipientChange{{Index: 0, State: mail.RecipientAccepted}, {Index: 1, State: mail.RecipientAccepted}}}
		switch i % 50 {
		case 0:
			change.Changes[1].State = mail.RecipientUnsure
		case 1:
			change.Changes[0].State = mail.RecipientFailed
		case 2:
			change = Outcome{Kind: "blocked", Blocked: "the password was refused"}
		default:
			continue
		}
		if err := s.EndAttempt(tb.Context(), id, change); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// The counts are made by the database, the states by mail.Derive: they agree.
func TestCountOutbox(t *testing.T) {
	s := longQueue(t, 300)
	list, err := s.Outbox(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want OutboxCounts
	for _, o := range list {
		if len(o.Recipients) != 2 {
			t.Fatalf("%s has %d recipients", o.ID, len(o.Recipients))
		}
		switch o.State {
		case mail.ItemSending:
			want.Sending++
		case mail.ItemQueued, mail.ItemHeld, mail.ItemDeferred:
			want.Waiting++
			if o.State == mail.ItemQueued || o.HeldFor == mail.HeldForUndo {
				want.Soon++
			}
		case mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected:
			want.NeedYou++
		}
	}
	if got, err := s.CountOutbox(t.Context()); err != nil || got != want || want.NeedYou != 18 {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
}

func BenchmarkOutboxOf10000(b *testing.B) {
	s := longQueue(b, 10_000)
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if list, err := s.Outbox(b.Context()); err != nil || len(list) != 10_000 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, more, err := s.OutboxPage(b.Context(), 1000); err != nil || more == 0 {
				b.Fatal(more, err)
			}
		}
	})
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.CountOutbox(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.DueItems(b.Context(), "work", 16, 1<<20); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestOutboxPage(t *testing.T) {
	s := longQueue(t, 300)
	list, more, err := s.OutboxPage(t.Context(), 40)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Outbox(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	needy := 0
	for _, o := range all {
		if o.State == mail.ItemUnsure || o.State == mail.ItemRejected || o.State == mail.ItemBlocked {
			needy++
		}
	}
	shown := map[mail.ItemState]int{}
	for _, o := range list {
		shown[o.State]++
	}
	if more != 300-len(list) || shown[mail.ItemUnsure]+shown[mail.ItemRejected]+shown[mail.ItemBlocked] != needy || list[0].ID != all[0].ID || len(list) < 40 || len(list) > 40+needy {
		t.Errorf("%d shown, %d more, %v, %d need the user", len(list), more, shown, needy)
	}
}

// Two windows with the same draft do not send it twice, unless somebody wants that.
func TestDraftIsSentOnce(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	draft := mail.Draft{Account: "a", To: "bob@b.example", Subject: "once"}
	var err error
	if draft.ID, err = s.SaveDraft(ctx, draft); err != nil {
		t.Fatal(err)
	}
	queue := func(d mail.Draft) (mail.OutboxID, error) {
		return s.Queue(ctx, QueueItem{Draft: d, Wire: []byte("x"), Outgoing: mail.Outgoing{Account: "a", From: "a@x.example", MessageID: "m", Recipients: []mail.Recipient{{Address: "bob@b.example"}}}})
	}
	first, err := queue(draft)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveDraft(ctx, draft); err != nil { // the other window types on
		t.Fatal(err)
	}
	var sent *SentError
	if _, err := queue(draft); !errors.As(err, &sent) || sent.ID != first || sent.At.IsZero() {
		t.Errorf("%v", err)
	}
	if d, err := s.Draft(ctx, draft.ID); err != nil || d.Subject != "once" {
		t.Errorf("the refused draft: %+v, %v", d, err)
	}
	again, err := s.EditAgain(ctx, first) // the undo of the send
	if err != nil || again.ID == draft.ID {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := queue(draft); err != nil {
		t.Errorf("after the undo: %v", err)
	}
	draft.Again = true
	if _, err := queue(draft); err != nil {
		t.Errorf("wanted twice: %v", err)
	}
	for range 2 {
		if _, err := queue(mail.Draft{Account: "a"}); err != nil {
			t.Errorf("without a draft: %v", err)
		}
	}
}

// Who is unsure since an earlier try does not make a later one, which a crash ended before
// anything was handed over, one that the server was taking.
func TestRecoverBesideUnsure(t *testing.T) {
	s, ctx := longQueue(t, 0), t.Context()
	id, err := s.Queue(ctx, QueueItem{Outgoing: mail.Outgoing{Account: "work", Recipients: []mail.Recipient{{Address: "bob@b.test"}, {Address: "eve@e.test"}}}})
	if err != nil {
		t.Fatal(err)
	}
	unsure := []RecipientChange{{State: mail.RecipientUnsure}}
	if _, err := s.BeginAttempt(ctx, id, "a.test", s.now()); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitPoint(ctx, id, unsure); err != nil {
		t.Fatal(err)
	}
	if err := s.EndAttempt(ctx, id, Outcome{Kind: "unsure", Changes: unsure, Next: s.now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.BeginAttempt(ctx, id, "a.test", s.now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	log, err := s.OutboxLog(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if last := log[len(log)-1]; last.Kind != "deferred" {
		t.Errorf("the log ends with %s: %s", last.Kind, last.Text)
	}
}

// own.db does not keep the bytes of all that was ever sent: what is listed no more lies
// in Sent. Elsewhere it has no other copy.
func TestBytesOfWhatWasSentAreLetGo(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), emptyStore.Dir(t), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	send := func(wants bool, state mail.RecipientState) mail.OutboxID {
		t.Helper()
		id, err := s.Queue(t.Context(), QueueItem{
			Wire: []byte("Subject: x\r\n\r\n"), Draft: mail.Draft{Attach: []mail.AttachmentRef{{Name: "a", Data: []byte("data")}}}, WantsCopy: wants,
			Outgoing: mail.Outgoing{Account: "work", From: "ada@a.test", Recipients: []mail.Recipient{{Address: "bob@b.test"}}},
		})
		if err == nil {
			err = s.EndAttempt(t.Context(), id, Outcome{Kind: "accepted", Changes: []RecipientChange{{Index: 0, State: state}}})
		}
		if err == nil && wants && state == mail.RecipientAccepted {
			err = s.CopyFiled(t.Context(), id, "postea")
		}
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	filed, only, refused := send(true, mail.RecipientAccepted), send(false, mail.RecipientAccepted), send(true, mail.RecipientFailed)
	now = now.Add(time.Minute)
	bounced := send(true, mail.RecipientAccepted)
	must(t, s.Reported(t.Context(), bounced, "r1", []RecipientChange{{State: mail.RecipientFailed, Source: mail.SourceReport}}, "bounced", ""))
	must(t, s.Settle(t.Context(), bounced))
	kept := func(id mail.OutboxID, want bool) {
		t.Helper()
		if _, err := s.OutboxContent(t.Context(), id); (err == nil) != want {
			t.Errorf("%s: %v, want its bytes: %v", id, err, want)
		}
	}
	now = now.Add(keepFinished - time.Hour)
	late := send(true, mail.RecipientAccepted)
	kept(filed, true)
	now = now.Add(2 * time.Hour)
	last := send(true, mail.RecipientAccepted)
	kept(filed, false)
	for _, id := range []mail.OutboxID{only, refused, bounced, late, last} {
		kept(id, true)
	}
	var data int
	if err := s.own.read.QueryRowContext(t.Context(), `SELECT count(DISTINCT outgoing) FROM content_data`).Scan(&data); err != nil || data != 5 {
		t.Errorf("the files of %d messages are here (%v), want 5", data, err)
	}
	if o, err := s.OutboxItem(t.Context(), filed); err != nil || o.State != mail.ItemDone {
		t.Errorf("what became of it: %s, %v", o.State, err)
	}

	if _, err := s.EditAgain(t.Context(), last); err == nil || !strings.HasSuffix(err.Error(), ": a server has it already") {
		t.Errorf("edited after it was taken: %v", err)
	}
	must(t, s.Reported(t.Context(), filed, "r2", []RecipientChange{{State: mail.RecipientFailed, Source: mail.SourceReport}}, "bounced", ""))
	for verb, do := range map[string]func() error{
		"retry":    func() error { return s.Retry(t.Context(), filed) },
		"edit":     func() error { _, err := s.EditAgain(t.Context(), filed); return err },
		"redirect": func() error { _, err := s.Redirect(t.Context(), filed, "bob@b.test", "rob@b.test", "e2"); return err },
	} {
		var state *StateError
		if err := do(); !errors.As(err, &state) {
			t.Errorf("%s, long after: %v", verb, err)
		}
	}
	must(t, s.Settle(t.Context(), filed))
}
