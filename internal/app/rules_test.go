package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
)

const ruleAccounts = `
[[account]]
name = "work"
address = "ada@example.org"
[account.imap]
host = "h.example"
password = { env = "X" }
[[account]]
name = "home"
address = "ada@home.example"
[account.imap]
host = "h.example"
password = { env = "X" }
`

// ruledApp has rules and two accounts whose first rounds are over, with folders Inbox, Trash, Junk and
// Lists/Build.
func ruledApp(t *testing.T, rules string) *App {
	t.Helper()
	cfg, err := config.Parse("test", []byte(rules+ruleAccounts))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Options{Config: cfg, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	for _, account := range []string{"work", "home"} {
		err := a.store.SetFolders(t.Context(), account, []store.RemoteFolder{
			{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
			{Name: "Junk", Wire: "Junk", Role: mail.RoleJunk, Selectable: true},
			{Name: "Lists", Wire: "Lists"},
			{Name: "Lists/Build", Wire: "Lists/Build", Selectable: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.store.RoundDone(t.Context(), account); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.store.BeginRules(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return a
}

// come puts a message into the inbox of an account.
func come(t *testing.T, a *App, account, from, subject string) mail.ID {
	t.Helper()
	f, err := a.store.FolderByRole(t.Context(), account, mail.RoleInbox)
	if err != nil {
		t.Fatal(err)
	}
	last, err := a.store.LastMessage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.store.AddHeaders(t.Context(), f.ID, []store.Header{{UID: mail.UID(last) + 1, MessageID: "<" + subject + "@" + account + ">", Subject: subject,
		Date: time.Now(), Internal: time.Now(), From: []mail.Address{{Address: from}}}})
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	return ids[0]
}

// stands says where a message is and which flags it has.
func stands(t *testing.T, a *App, id mail.ID) string {
	t.Helper()
	m, err := a.store.Summary(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(m.Flags)
	return strings.TrimSpace(m.FolderName + " " + strings.Join(m.Flags, " "))
}

func TestWhatRulesDo(t *testing.T) {
	a := ruledApp(t, `
[[rule]]
name = "spam of work"
match = "account:work subject:lottery"
move = "junk"
stop = true
[[rule]]
name = "builds"
match = "from:ci subject:build"
move = "lists/build"
label = ["ci", "to read"]
[[rule]]
name = "all of ci"
match = "from:ci@example.org"
move = "trash"
read = true
star = true
[[rule]]
name = "unread only"
match = "subject:plain is:unread"
label = "plain"
`)
	for _, c := range []struct{ account, from, subject, want string }{
		{"work", "x@example.org", "You won the lottery", "Junk $Junk"},
		{"home", "x@example.org", "You won the lottery", "INBOX"},
		{"work", "ci@example.org", "Build failed", `Lists/Build \Flagged \Seen ci to_read`},
		{"home", "ci@example.org", "Build failed", `Lists/Build \Flagged \Seen ci to_read`},
		{"home", "ci@example.org", "Deployed", `Trash \Flagged \Seen`}, // made, as there was none
		{"home", "cinema@example.org", "Buildings", "INBOX"},           // the last word does not go on
		{"work", "ci@example.org", "plain lottery", "Junk $Junk"},      // nothing is asked after stop
		{"work", "ada@example.org", "plain", "INBOX plain"},
	} {
		id := come(t, a, c.account, c.from, c.subject)
		ruled, err := a.ruleNew(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := stands(t, a, id); got != c.want {
			t.Errorf("%s from %s in %s: %s, not %s", c.subject, c.from, c.account, got, c.want)
		}
		if held := c.want != "INBOX"; held != (len(ruled) == 1 && ruled[0] == c.account) {
			t.Errorf("%s: %v were changed", c.subject, ruled)
		}
	}
}

// A rule that cannot do what it says is told of once, and keeps the others from nothing.
func TestRulesInTrouble(t *testing.T) {
	a := ruledApp(t, `
[[rule]]
name = "nowhere"
match = "subject:one"
move = "Nowhere"
star = true
[[rule]]
name = "only folders"
match = "subject:two"
move = "Lists"
[[rule]]
name = "no account"
match = "account:play"
read = true
[[rule]]
name = "good"
match = "subject:one OR subject:two"
label = "seen"
`)
	events := a.bus.Subscribe()
	defer events.Close()
	one, two := come(t, a, "work", "x@example.org", "one"), come(t, a, "work", "x@example.org", "two")
	if _, err := a.ruleNew(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := come(t, a, "work", "x@example.org", "one more")
	if _, err := a.ruleNew(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[mail.ID]string{one: `INBOX \Flagged seen`, two: "INBOX seen", again: `INBOX \Flagged seen`} {
		if got := stands(t, a, id); got != want {
			t.Errorf("%d: %s, not %s", id, got, want)
		}
	}
	a.bus.Publish(event.Notice{Text: "end"})
	list, err := events.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range list {
		if n, ok := e.(event.Notice); ok && n.Error {
			told = append(told, n.Text)
		}
	}
	want := []string{`The rule "no account": there is no account "play"; there are work, home`, `The rule "nowhere": there is no folder "Nowhere"`, `The rule "only folders": Lists holds only folders, no messages`}
	if len(told) != len(want) {
		t.Fatalf("told:\n%s", strings.Join(told, "\n"))
	}
	for _, w := range want {
		if !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, w) }) {
			t.Errorf("%s is not among\n%s", w, strings.Join(told, "\n"))
		}
	}
}

// What is tried is not done; what is run is one step of undo.
func TestRulesOnWhatIsThere(t *testing.T) {
	a := ruledApp(t, "[[rule]]\nname = \"a\"\nmatch = \"subject:letter\"\nmove = \"archive\"\nread = true\n")
	first, second, other := come(t, a, "work", "x@example.org", "letter one"), come(t, a, "home", "x@example.org", "letter two"), come(t, a, "home", "x@example.org", "parcel")
	list, err := a.TryRules(t.Context(), []mail.ID{first, second, other})
	if err != nil || len(list) != 2 || list[0].MoveTo != "Archive" || !list[0].Read || !slices.Equal(list[0].Rules, []string{"a"}) {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := a.store.FolderByRole(t.Context(), "work", mail.RoleArchive); !errors.Is(err, ErrNotFound) {
		t.Errorf("trying has made a folder: %v", err)
	}
	alone := []mail.ThreadID{mail.Alone(first), mail.Alone(second), mail.Alone(other)}
	if words, err := a.RunRules(t.Context(), Place{}, alone); err != nil || words != "Did as rules say with 2 messages" {
		t.Fatal(words, err)
	}
	for id, want := range map[mail.ID]string{first: `Archive \Seen`, second: `Archive \Seen`, other: "INBOX"} {
		if got := stands(t, a, id); got != want {
			t.Errorf("%d: %s, not %s", id, got, want)
		}
	}
	if _, err := a.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, a, first) + ", " + stands(t, a, second); got != "INBOX, INBOX" {
		t.Errorf("after undo: %s", got)
	}
}

// Of mail that a rule takes away nobody is told, however the two come together.
func TestRulesComeBeforeNotices(t *testing.T) {
	a := ruledApp(t, "[[rule]]\nname = \"a\"\nmatch = \"subject:quiet\"\nmove = \"archive\"\n")
	events := a.bus.Subscribe()
	defer events.Close()
	come(t, a, "work", "x@example.org", "quiet")
	loud := come(t, a, "work", "x@example.org", "loud")
	last, err := a.tellOf(t.Context(), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.ruleNew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last, err = a.tellOf(t.Context(), last, nil); err != nil || last < loud {
		t.Fatal(last, err)
	}
	batch, err := events.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []event.Arrived
	for _, e := range batch {
		if n, ok := e.(event.Arrived); ok {
			told = append(told, n)
		}
	}
	if len(told) != 1 || told[0] != (event.Arrived{First: loud, Newest: loud, Count: 1}) {
		t.Errorf("told of %+v; %d is the only one that stays", told, loud)
	}
}
