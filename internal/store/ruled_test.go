package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postea/internal/mail"
)

func unruledIDs(t *testing.T, s *Store) []mail.ID {
	t.Helper()
	u, err := s.Unruled(t.Context())
	must(t, err)
	first, err := s.FirstUnruled(t.Context())
	must(t, err)
	if (first != 0) != (len(u.IDs) > 0 || u.More) {
		t.Errorf("%v is new to rules, and the first of it is %d", u, first)
	}
	return u.IDs
}

// pulled says that an inbox was read up to a UID.
func pulled(t *testing.T, s *Store, inbox mail.FolderID, next uint32) {
	t.Helper()
	must(t, s.SetFolderState(t.Context(), inbox, next, 0, true))
}

// New to rules is what comes to an inbox after they began: nothing of the first round, nothing
// that was fetched of what lay there before, nothing that is only moved there, and nothing twice.
func TestWhatIsNewToRules(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	must(t, s.BeginRules(t.Context(), true))
	add(t, s, inbox, header(50, "<first@x>"))
	pulled(t, s, inbox, 51)
	must(t, s.RoundDone(t.Context(), "a"))
	must(t, s.BeginRules(t.Context(), true))
	want := func(when string, ids ...mail.ID) {
		t.Helper()
		if got := unruledIDs(t, s); !slices.Equal(got, ids) {
			t.Errorf("%s: %v is new to rules, not %v", when, got, ids)
		}
	}
	want("after the first round")
	add(t, s, inbox, header(7, "<older@x>"))
	want("fetched of what lay there before")
	elsewhere := add(t, s, archive, header(1, "<elsewhere@x>"))
	fresh := add(t, s, inbox, header(51, "<new@x>"))
	want("come since", fresh...)

	u, err := s.Unruled(t.Context())
	must(t, err)
	must(t, s.Rule(t.Context(), u.UpTo, []Part{{fresh, Change{MoveTo: archive, Add: []string{mail.FlagFlagged}}}}))
	want("asked about")
	m, err := s.Summary(t.Context(), fresh[0])
	must(t, err)
	if m.Folder != archive || !slices.Contains(m.Flags, mail.FlagFlagged) {
		t.Errorf("what a rule wanted was not done: %+v", m)
	}
	if undo, err := s.LastUndo(t.Context()); err == nil {
		t.Errorf("a rule is a step of undo: %+v", undo)
	}
	// The user puts both where rules would have been asked about them.
	if _, err := s.Apply(t.Context(), append(fresh, elsewhere...), Change{MoveTo: inbox}); err != nil {
		t.Fatal(err)
	}
	must(t, s.MoveDone(t.Context(), inbox, map[mail.ID]mail.UID{elsewhere[0]: 60}))
	want("moved back by the user")

	// So with a copy, also where the server has made it.
	if _, err := s.Apply(t.Context(), elsewhere, Change{CopyTo: inbox}); err != nil {
		t.Fatal(err)
	}
	copied, err := s.LastMessage(t.Context())
	must(t, err)
	must(t, s.CopiesDone(t.Context(), inbox, map[mail.ID]mail.UID{copied: 61}))
	want("copied by the user")
	fresh = add(t, s, inbox, header(62, "<newer@x>"))
	want("come after the copy", fresh...)
	u, err = s.Unruled(t.Context())
	must(t, err)
	must(t, s.Rule(t.Context(), u.UpTo, nil))
	want("asked about, after the copy")

	must(t, s.BeginRules(t.Context(), false))
	add(t, s, inbox, header(70, "<without@x>"))
	must(t, s.BeginRules(t.Context(), true))
	want("come while there were no rules")
}

// A server that numbers its messages anew makes none of them new to rules, and hides none that is.
func TestRulesAndNewNumbers(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	must(t, s.SetUIDValidity(t.Context(), inbox, 1))
	add(t, s, inbox, header(900, "<1@x>"))
	pulled(t, s, inbox, 901)
	must(t, s.RoundDone(t.Context(), "a"))
	must(t, s.BeginRules(t.Context(), true))
	must(t, s.SetUIDValidity(t.Context(), inbox, 2))
	add(t, s, inbox, header(1, "<1@x>"))
	fresh := add(t, s, inbox, header(2, "<2@x>"))
	if got := unruledIDs(t, s); !slices.Equal(got, fresh) {
		t.Errorf("%v is new to rules, not %v", got, fresh)
	}
}

// An account whose mirror begins anew, or that comes in the place of another one, has a first round
// again, of which nothing is new to rules.
func TestRulesAndANewMirror(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	begin := func(account string) mail.FolderID {
		inbox, _, _ := folders(t, s, account)
		must(t, s.SetUIDValidity(ctx, inbox, 1))
		return inbox
	}
	inbox := begin("a")
	is := func(mailbox string) {
		t.Helper()
		_, err := s.SetMailbox(ctx, "a", mailbox)
		must(t, err)
	}
	is("one@x")
	add(t, s, inbox, header(1, "<1@x>"))
	pulled(t, s, inbox, 2)
	must(t, s.RoundDone(ctx, "a"))
	must(t, s.BeginRules(ctx, true))

	is("two@x")
	inbox = begin("a")
	add(t, s, inbox, header(5, "<5@y>"))
	if got := unruledIDs(t, s); len(got) > 0 {
		t.Errorf("%v is new to rules in the midst of a first round", got)
	}
	pulled(t, s, inbox, 6)
	must(t, s.RoundDone(ctx, "a"))
	must(t, s.BeginRules(ctx, true))
	if got := unruledIDs(t, s); len(got) > 0 {
		t.Errorf("%v of a first round is new to rules", got)
	}
	fresh := add(t, s, inbox, header(6, "<6@y>"))
	if got := unruledIDs(t, s); !slices.Equal(got, fresh) {
		t.Errorf("%v is new to rules, not %v", got, fresh)
	}

	must(t, s.DropAccount(ctx, "a"))
	other := begin("b")
	add(t, s, other, header(9, "<9@z>"))
	must(t, s.RoundDone(ctx, "b"))
	if got := unruledIDs(t, s); len(got) > 0 {
		t.Errorf("%v of another account is new to rules", got)
	}
}

// Rules wait for the words of a message, and for no others.
func TestRulesWaitForWords(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	pulled(t, s, inbox, 1)
	must(t, s.RoundDone(t.Context(), "a"))
	must(t, s.BeginRules(t.Context(), true))
	ids := add(t, s, inbox, header(1, "<1@x>"), header(2, "<2@x>"), header(3, "<3@x>"))
	must(t, s.writeMail(t.Context(), "a wish", func(t *txn) error { return t.exec(wishQuery, ids[1]) }))
	u, err := s.Unruled(t.Context())
	must(t, err)
	if !slices.Equal(u.IDs, ids[:1]) || u.UpTo != ids[1]-1 || !u.More {
		t.Fatalf("%+v is new to rules", u)
	}
	must(t, s.Rule(t.Context(), u.UpTo, nil))
	if _, err := s.Reindex(t.Context(), func([]byte) BodyInfo { return BodyInfo{} }); err != nil {
		t.Fatal(err)
	}
	if got := unruledIDs(t, s); !slices.Equal(got, ids[1:]) {
		t.Errorf("%v is new to rules, not %v", got, ids[1:])
	}
}

// An inbox that could not be read in the first round of its account is new to rules as little as
// one that could, also where the account becomes another mailbox.
func TestRulesAndAnInboxReadLater(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	for _, mailbox := range []string{"one@x", "two@x"} {
		_, err := s.SetMailbox(ctx, "a", mailbox)
		must(t, err)
		inbox, archive, _ := folders(t, s, "a")
		add(t, s, archive, header(1, "<archived@"+mailbox))
		must(t, s.RoundDone(ctx, "a"))
		must(t, s.BeginRules(ctx, true))
		must(t, s.SetUIDValidity(ctx, inbox, 7))
		add(t, s, inbox, header(4, "<4@"+mailbox), header(5, "<5@"+mailbox))
		if got := unruledIDs(t, s); len(got) > 0 {
			t.Errorf("%s: %v is new to rules while the inbox is first read", mailbox, got)
		}
		pulled(t, s, inbox, 6)
		must(t, s.BeginRules(ctx, true))
		if got := unruledIDs(t, s); len(got) > 0 {
			t.Errorf("%s: %v lay there before, and is new to rules", mailbox, got)
		}
		fresh := add(t, s, inbox, header(6, "<6@"+mailbox))
		if got := unruledIDs(t, s); !slices.Equal(got, fresh) {
			t.Errorf("%s: %v is new to rules, not %v", mailbox, got, fresh)
		}
	}
}

// Of much new mail the newest comes first, and rules may be asked before the rest is here.
func TestRulesAndTheNewestFirst(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	inbox, archive, _ := folders(t, s, "a")
	add(t, s, inbox, header(1, "<1@x>"))
	pulled(t, s, inbox, 2)
	must(t, s.RoundDone(ctx, "a"))
	must(t, s.BeginRules(ctx, true))
	ask := func(want ...mail.ID) {
		t.Helper()
		u, err := s.Unruled(ctx)
		must(t, err)
		if !slices.Equal(u.IDs, want) {
			t.Errorf("%v is new to rules, not %v", u.IDs, want)
		}
		must(t, s.Rule(ctx, u.UpTo, []Part{{u.IDs, Change{MoveTo: archive}}}))
	}
	ask(add(t, s, inbox, header(9, "<9@x>"))...)
	ask(add(t, s, inbox, header(5, "<5@x>"), header(6, "<6@x>"))...)
	pulled(t, s, inbox, 10)
	add(t, s, archive, header(1, "<other@x>"))
	ask()
	// From then on what turns up below that is not new.
	add(t, s, inbox, header(7, "<7@x>"))
	ask()

	// So with more than are asked about at once.
	var many []Header
	for uid := mail.UID(1000); uid < 1000+maxUnruled; uid++ {
		many = append(many, header(uid, fmt.Sprintf("<%d@x>", uid)))
	}
	first := add(t, s, inbox, many...)
	last := add(t, s, inbox, header(500, "<500@x>"))
	pulled(t, s, inbox, 1000+maxUnruled)
	ask(first...)
	ask(last...)
}

// Mail from below the depth of an account is not new to rules, whatever the inbox holds of it when
// they begin, and whatever the server numbers its messages by.
func TestRulesAndOlderMail(t *testing.T) {
	for _, renumbered := range []bool{false, true} {
		s, _ := open(t)
		ctx := t.Context()
		inbox, archive, _ := folders(t, s, "a")
		must(t, s.SetUIDValidity(ctx, inbox, 1))
		add(t, s, archive, header(1, "<1@x>"))
		pulled(t, s, inbox, 51) // all of them lie below
		must(t, s.RoundDone(ctx, "a"))
		must(t, s.BeginRules(ctx, true))
		if renumbered {
			must(t, s.SetUIDValidity(ctx, inbox, 2))
			pulled(t, s, inbox, 51)
			for u, err := s.Unruled(ctx); u.UpTo != 0 || err != nil; u, err = s.Unruled(ctx) {
				must(t, err)
				must(t, s.Rule(ctx, u.UpTo, nil))
			}
		}
		add(t, s, inbox, header(40, "<40@x>"), header(50, "<50@x>"))
		if got := unruledIDs(t, s); len(got) > 0 {
			t.Errorf("renumbered: %v: %v from below the depth is new to rules", renumbered, got)
		}
		fresh := add(t, s, inbox, header(51, "<51@x>"))
		if got := unruledIDs(t, s); !slices.Equal(got, fresh) {
			t.Errorf("renumbered: %v: %v is new to rules, not %v", renumbered, got, fresh)
		}
	}
}

// What another client moves or copies to an inbox, where it is seen before it is gone from the other
// folder, is not new to rules; what came to both is, and so is what was sent to oneself.
func TestRulesAndWhatOthersPutBack(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	must(t, s.SetFolders(ctx, "a", []RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "Sent", Wire: "Sent", Role: mail.RoleSent, Selectable: true},
		{Name: "Lists", Wire: "Lists", Selectable: true},
	}))
	id := func(name string) mail.FolderID {
		f, err := s.FolderNamed(ctx, "a", name)
		must(t, err)
		return f.ID
	}
	inbox, sent, lists := id("INBOX"), id("Sent"), id("Lists")
	pulled(t, s, inbox, 1)
	must(t, s.RoundDone(ctx, "a"))
	must(t, s.BeginRules(ctx, true))
	at := func(uid mail.UID, mid string, ago time.Duration) Header {
		h := header(uid, mid)
		h.Internal = c.Now().Add(-ago)
		return h
	}
	ask := func(when string, want ...mail.ID) {
		t.Helper()
		u, err := s.Unruled(ctx)
		must(t, err)
		if !slices.Equal(u.IDs, want) {
			t.Errorf("%s: %v is new to rules, not %v", when, u.IDs, want)
		}
		if u.UpTo != 0 {
			must(t, s.Rule(ctx, u.UpTo, nil))
		}
	}
	add(t, s, lists, at(1, "<1@x>", time.Minute))
	add(t, s, sent, at(1, "<2@x>", time.Minute))
	ask("elsewhere")
	add(t, s, inbox, at(1, "<1@x>", time.Minute))
	ask("put back")
	ask("sent to oneself", add(t, s, inbox, at(2, "<2@x>", time.Minute))...)
	ask("come once more", add(t, s, inbox, at(3, "<1@x>", 0))...)
	add(t, s, lists, at(4, "<4@x>", 0))
	ask("come to both at once", add(t, s, inbox, at(4, "<4@x>", 0))...)

	// A message is also in all mail.
	must(t, s.SetFolders(ctx, "a", []RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "All Mail", Wire: "All Mail", Role: mail.RoleAll, Selectable: true},
	}))
	all := id("All Mail")
	add(t, s, all, at(1, "<10@x>", time.Minute), at(2, "<11@x>", 2*time.Hour))
	ask("in all mail")
	ask("come just now", add(t, s, inbox, at(10, "<10@x>", time.Minute))...)
	add(t, s, inbox, at(11, "<11@x>", 2*time.Hour))
	ask("put back from all mail")
}

// What the user moves while rules are asked about it stays there.
func TestRulesAndWhatTheUserMoves(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	inbox, archive, trash := folders(t, s, "a")
	pulled(t, s, inbox, 1)
	must(t, s.RoundDone(ctx, "a"))
	must(t, s.BeginRules(ctx, true))
	ids := add(t, s, inbox, header(1, "<1@x>"), header(2, "<2@x>"))
	u, err := s.Unruled(ctx)
	must(t, err)
	if _, err := s.Apply(ctx, ids[:1], Change{MoveTo: trash}); err != nil {
		t.Fatal(err)
	}
	must(t, s.Rule(ctx, u.UpTo, []Part{{ids[:1], Change{MoveTo: archive, Add: []string{mail.FlagFlagged}}}, {ids[1:], Change{MoveTo: archive}}}))
	for i, want := range []mail.FolderID{trash, archive} {
		if m, err := s.Summary(ctx, ids[i]); err != nil || m.Folder != want || len(m.Flags) > 0 {
			t.Errorf("%d lies in %d and has %v, not in %d; %v", ids[i], m.Folder, m.Flags, want, err)
		}
	}
}

// That nothing is new to rules is found out without looking at all mail, at each of its changes.
func TestWhatIsNewToRulesIsFoundByTheInbox(t *testing.T) {
	s, _ := open(t)
	rows, err := s.mail.read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT coalesce(min(m.id), 0) `+unruled, 0)
	must(t, err)
	plan, err := collect(rows, func() (step string, err error) {
		var a, b, c int
		err = rows.Scan(&a, &b, &c, &step)
		return step, err
	})
	must(t, err)
	if !slices.Contains(plan, "SEARCH m USING INDEX msg_srv (srv_folder=? AND srv_uid>?)") {
		t.Errorf("messages are found by %q", plan)
	}
}
