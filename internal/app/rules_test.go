package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
	cfg.Path = ""
	return ruledWith(t, cfg)
}

func ruledWith(t *testing.T, cfg *config.Config) *App {
	t.Helper()
	a, err := Open(t.Context(), Options{Config: cfg, Dir: emptyStore.Dir(t)})
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
		inbox, err := a.store.FolderByRole(t.Context(), account, mail.RoleInbox)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.store.SetFolderState(t.Context(), inbox.ID, 1, 0, true); err != nil {
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
	want := []string{`The rule "no account": there is no account "play"; there are work, home`, `The rule "nowhere": in work there is no folder "Nowhere"`, `The rule "only folders": in work Lists holds only folders, no messages`}
	if len(told) != 1 { // a second one would hide the first
		t.Fatalf("told:\n%s", strings.Join(told, "\n"))
	}
	for _, w := range want {
		if strings.Count(told[0], w) != 1 {
			t.Errorf("%s is not once in\n%s", w, told[0])
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
	if words, err := a.RunRules(t.Context(), Place{}, alone); err != nil || words != "Ran the rules on 2 messages" {
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

// What is proposed for mail like a message, and what becomes of a rule in the file.
func TestRulesAreMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(ruleAccounts), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	a := ruledWith(t, cfg)
	f, err := a.store.FolderByRole(t.Context(), "work", mail.RoleInbox)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.store.AddHeaders(t.Context(), f.ID, []store.Header{{UID: 1, MessageID: "<1@x>", Subject: "Re: AW: the \"dry\" run", ListID: "dev.lists.example", Date: time.Now(),
		From: []mail.Address{{Name: "Grace Hopper", Address: "grace@navy.example"}}, To: []mail.Address{{Address: "dev@lists.example"}}}})
	if err != nil {
		t.Fatal(err)
	}
	one := mail.Alone(ids[0])
	list, err := a.RulesFor(t.Context(), Place{}, one)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, r.Words.String()+" = "+r.Match)
		found, err := a.SearchMessages(t.Context(), r.Match+" ", "", 10)
		if err != nil || len(found) != 1 {
			t.Errorf("%s finds %d messages, %v", r.Match, len(found), err)
		}
	}
	want := []string{
		"Of the list dev.lists.example = account:work list:dev.lists.example", "From Grace Hopper = account:work from:grace@navy.example",
		"From anybody at navy.example = account:work from:navy.example", "To dev@lists.example = account:work to:dev@lists.example",
		`About “the "dry" run” = account:work subject:"the dry run"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("proposed:\n%s", strings.Join(got, "\n"))
	}

	for range 2 {
		if _, err := a.MakeRule(t.Context(), Place{}, nil, NewRule{Name: "From Grace Hopper", Match: list[1].Match, Move: "Lists/Build", Label: "navy"}); err != nil {
			t.Fatal(err)
		}
	}
	names := func(list []config.Rule) string {
		var out []string
		for _, r := range list {
			out = append(out, r.Name)
		}
		return strings.Join(out, ", ")
	}
	const both = "From Grace Hopper, From Grace Hopper (2)"
	kept, err := config.Load(path)
	if err != nil || names(kept.Rules) != both || names(a.ruleList()) != both {
		t.Errorf("kept are %s, asked %s; %v", names(kept.Rules), names(a.ruleList()), err)
	}
	if words, err := a.RunRules(t.Context(), Place{}, []mail.ThreadID{one}); err != nil || stands(t, a, ids[0]) != "Lists/Build navy" {
		t.Errorf("%s: %s, %v", words, stands(t, a, ids[0]), err)
	}
	for _, match := range []string{"", "in:nowhere", "from:("} {
		if _, err := a.MakeRule(t.Context(), Place{}, nil, NewRule{Name: "bad", Match: match, Star: true}); err == nil {
			t.Errorf("%q is kept", match)
		}
	}
	if _, err := a.ForgetRule(t.Context(), "From Grace Hopper"); err != nil {
		t.Fatal(err)
	}
	if kept, err = config.Load(path); err != nil || names(kept.Rules) != "From Grace Hopper (2)" || len(a.Rules()) != 1 || a.Rules()[0].Says.String() != "account:work from:grace@navy.example → move to Lists/Build; label navy" {
		t.Errorf("left are %s, shown %+v; %v", names(kept.Rules), a.Rules(), err)
	}
	for range 2 { // the second time it takes back what RunRules did
		if _, err := a.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if kept, err = config.Load(path); err != nil || names(kept.Rules) != both || names(a.ruleList()) != both {
			t.Errorf("kept again are %s, asked %s; %v", names(kept.Rules), names(a.ruleList()), err)
		}
	}
	if stands(t, a, ids[0]) == "Lists/Build navy" {
		t.Error("what the rules did was not taken back")
	}

	if _, err = a.Archive(t.Context(), folderItem(f).Place, []mail.ThreadID{one}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.ForgetRule(t.Context(), "From Grace Hopper"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.MakeRule(t.Context(), Place{}, nil, NewRule{Name: "From Grace Hopper", Match: list[1].Match, Star: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Undo(t.Context()); err == nil || !strings.Contains(err.Error(), "Another rule is called “From Grace Hopper” by now") {
		t.Errorf("kept again beside another of that name: %v", err)
	}
	if u, err := a.Undo(t.Context()); err != nil || !strings.Contains(u.What, "Archived") || len(a.ruleList()) != 2 {
		t.Errorf("before that: %q, %v", u.What, err)
	}

	b, err := Open(t.Context(), Options{Config: cfg, Dir: a.store.Dir()}) // another window
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.ForgetRule(t.Context(), "From Grace Hopper"); err != nil {
		t.Fatal(err)
	}
	if u, err := a.Undo(t.Context()); err != nil || !strings.Contains(u.What, "Forgot") {
		t.Errorf("%q, %v", u.What, err)
	}
	if kept, err = config.Load(path); err != nil || len(kept.Rules) != 2 {
		t.Errorf("what another window has forgotten is not kept again: %s, %v", names(kept.Rules), err)
	}
	for _, r := range kept.Rules {
		if _, err := b.ForgetRule(t.Context(), r.Name); err != nil {
			t.Fatal(err)
		}
	}
	if said, err := a.RunRules(t.Context(), folderItem(f).Place, []mail.ThreadID{one}); err == nil {
		t.Errorf("when another window has forgotten all: %q", said)
	}
}

// What is proposed can be kept: nothing that a search cannot ask for, and no word of every answer.
func TestRulesThatCannotBeAsked(t *testing.T) {
	a := ruledApp(t, "[[rule]]\nname = \"a\"\nmatch = \"x\"\nstar = true\n")
	for _, c := range []struct{ from, subject string }{{"@", "!!! ???"}, {"", "Re: "}, {"*@*", "\""}} {
		id := come(t, a, "work", c.from, c.subject)
		if list, err := a.RulesFor(t.Context(), Place{}, mail.Alone(id)); err != nil || len(list) > 0 {
			t.Errorf("%q from %q: %+v, %v", c.subject, c.from, list, err)
		}
	}
}

// A rule that is made runs on what it was made for, and no other rule does, nor does one in trouble keep
// it from that.
func TestARuleThatIsMadeRunsAlone(t *testing.T) {
	a := ruledApp(t, `
[[rule]]
name = "all"
match = "from:grace"
move = "junk"
stop = true
[[rule]]
name = "lost"
match = "in:nowhere"
star = true
`)
	id, other := come(t, a, "work", "grace@navy.example", "kept here"), come(t, a, "work", "grace@navy.example", "another")
	these := []mail.ThreadID{mail.Alone(id), mail.Alone(other)}
	for _, c := range []struct {
		rule  NewRule
		words string
	}{
		{NewRule{Name: "one", Match: "subject:kept", Star: true}, "Kept the rule “one”. Ran it on 1 message"},
		{NewRule{Name: "none", Match: "subject:parcel", Star: true}, "Kept the rule “none”. It is for none of these"},
		{NewRule{Name: "gone", Match: "subject:kept", Move: "Nowhere"}, "Kept the rule “gone”. The rule \"gone\": in work there is no folder \"Nowhere\"; there are: "},
	} {
		words, err := a.MakeRule(t.Context(), Place{}, these, c.rule)
		if err != nil || !strings.HasPrefix(words, c.words) {
			t.Errorf("%s: %s, %v", c.rule.Name, words, err)
		}
	}
	if got := stands(t, a, id) + ", " + stands(t, a, other); got != `INBOX \Flagged, INBOX` || len(a.Rules()) != 5 {
		t.Errorf("%s; %d rules", got, len(a.Rules()))
	}
}

// Rules that are written into the file by hand are asked from then on, by a postea that runs.
func TestRulesOfTheFileAreTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text+ruleAccounts), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	a := ruledWith(t, cfg)
	events := a.bus.Subscribe()
	defer events.Close()
	tick, ended := make(chan time.Time), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { defer close(ended); a.watchConfig(ctx, tick) }()
	for step, text := range []string{"[[rule]]\nname = \"a\"\nmatch = \"x\"\nstar = true\n", "[[rule]]\nname = \"a\"\nmatch = \"x (\"\nstar = true\n", ""} {
		write(text)
		for range 3 {
			tick <- time.Time{}
		}
		if want := []int{1, 1, 0}[step]; len(a.ruleList()) != want { // one with a fault is passed over
			t.Errorf("%d: %d rules, not %d", step, len(a.ruleList()), want)
		}
	}
	cancel()
	<-ended
	batch, err := events.Next(t.Context())
	if err != nil || !slices.Contains(batch, event.Event(event.RulesChanged{})) || slices.Contains(batch, event.Event(event.ConfigChanged{})) {
		t.Errorf("told of %v, %v", batch, err)
	}
	var faults []string
	for _, e := range batch {
		if n, ok := e.(event.Notice); ok {
			faults = append(faults, n.Text)
		}
	}
	if want := "The configuration has a fault, and what has changed in it waits: " + path + ":3:1: match: the bracket is not closed (at character 3 of the search)"; !slices.Equal(faults, []string{want}) {
		t.Errorf("told %q, not %q", faults, want)
	}
}
