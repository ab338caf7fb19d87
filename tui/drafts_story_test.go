package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/lab"
)

// drafts waits until the server has one draft with these words, or none for "".
func (d *deskOf) drafts(words string) {
	d.T.Helper()
	d.Until("the draft to be saved", func(string) bool {
		list, err := d.app.Drafts(d.T.Context())
		if err != nil || words == "" || len(list) != 1 {
			return err == nil && words == "" && len(list) == 0
		}
		saved, err := d.app.Draft(d.T.Context(), list[0].ID)
		return err == nil && strings.Contains(saved.Body, words)
	})
	d.turn(5 * time.Minute) // it has rested
	d.Press("ctrl+r")
	d.Until(fmt.Sprintf("the drafts on the server to be %q", words), func(string) bool {
		list, err := d.other.everything("Drafts")
		if err != nil || words == "" {
			return err == nil && len(list) == 0
		}
		return len(list) == 1 && strings.Contains(string(list[0].raw), words)
	})
}

// A draft lies in the Drafts folder once, in its last state, is gone on with by
// another postea, and is gone when it is discarded.
func TestStoryServerDrafts(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.begin("first words")
		d.Press("esc")
		d.See("Draft kept")
		d.drafts("first words")
		for _, more := range []string{" second", " third"} {
			d.goOn()
			d.Type(more)
			d.Press("esc")
			d.See("Draft kept")
			d.drafts(more)
		}

		if err := d.app.Close(); err != nil {
			t.Fatal(err)
		}
		another := &deskOf{person: &person{saves: t.TempDir()}, ground: d.ground, cfg: d.cfg, dir: emptyStore.Dir(t)}
		another.start(t)
		another.See("synced")
		another.Press("g d")
		another.See("Trestle")
		another.Press("enter")
		another.See("first words second third")
		another.Press("ctrl+end")
		another.Type(" fourth")
		another.Press("esc")
		another.See("Draft kept")
		another.drafts("third fourth")
		another.goOn()
		another.Press("alt+x")
		another.See("synced", "Drafts")
		another.drafts("")
	})
}

// A draft is in Drafts at once, offline too, and there once when its copy is.
func TestStoryDraftIsInDraftsAtOnce(t *testing.T) {
	d := deskAt(t, demoGround(t))
	write := func(words string) {
		d.begin(words)
		d.Press("esc")
		d.See("Draft kept")
	}
	write("first words")
	d.Press("g d")
	d.See("Trestle", "first words", "1 message")
	d.drafts("first words")
	d.Until("the draft to be listed once", func(screen string) bool { return strings.Count(screen, "first words") == 1 })

	d.Press("enter")
	d.See("Subject  Trestle")
	d.Press("ctrl+end")
	d.Type(" and more")
	d.Press("esc")
	d.See("Draft kept", "first words and more", "1 message")
	d.drafts("first words and more")
	d.Until("the copy to be here", func(string) bool {
		here, err := d.app.Messages(t.Context(), "", "drafts", 5)
		there, oerr := d.other.everything("Drafts")
		return err == nil && oerr == nil && len(here) == 1 && len(there) == 1 && strings.Contains(string(there[0].raw), here[0].MessageID)
	})
	d.Press("g d", "d") // the list is asked for anew, with the copy in it
	d.See("No drafts")
	d.drafts("")

	d.Press("ctrl+o")
	d.See("You are offline")
	write("offline")
	d.See("Trestle", "offline", "1 message")
	d.Press("e")
	d.See("kept only here")
	d.Press("d")
	d.See("No drafts", "Deleted 1 draft")
	d.Press("u")
	d.See("Taken back: Deleted 1 draft", "Trestle", "offline", "1 message")
	write("another")
	d.See("2 messages")
	d.Press("*", "d")
	d.See("No drafts", "Deleted 2 drafts")
	d.Press("u")
	d.See("Taken back: Deleted 2 drafts", "offline", "another", "2 messages")
}

// A draft of another program is discarded as one's own is, and comes back.
func TestStoryDiscardingTheDraftOfAnother(t *testing.T) {
	d := deskAt(t, demoGround(t))
	d.other.deliver("Drafts", letter("Ada <"+d.account.Address+">", "bob@x.example", "Trestle", "", "sawhorse", time.Now()), `\Draft`, `\Seen`)
	d.Press("ctrl+r", "g d")
	d.See("Trestle")
	d.Press("enter")
	d.See("Subject  Trestle", "sawhorse")
	d.Press("alt+x")
	d.See("Draft discarded")
	d.See("No drafts")
	d.drafts("")
	d.Press("u")
	d.See("Subject  Trestle", "sawhorse")
}

// So is one's own that another program has changed: with what it holds by then.
func TestStoryDiscardingWhatAnotherHasChanged(t *testing.T) {
	d := deskAt(t, demoGround(t))
	d.begin("plain words")
	d.Press("esc")
	d.See("Draft kept")
	d.drafts("plain words")
	list, err := d.other.everything("Drafts")
	d.other.must(err)
	theirs := strings.ReplaceAll(string(list[0].raw), "plain words", "sawhorse")
	d.other.deliver("Drafts", []byte(strings.ReplaceAll(theirs, compose.FieldDraft, "X-Other")), `\Draft`, `\Seen`)
	_, err = d.other.c.Select("Drafts", nil).Wait()
	d.other.must(err)
	d.other.must(d.other.c.Store(imap.UIDSetNum(list[0].uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	d.other.must(d.other.c.UIDExpunge(imap.UIDSetNum(list[0].uid)).Close())
	d.Press("ctrl+r")
	d.Until("only the other to be here", func(string) bool {
		here, err := d.app.Messages(t.Context(), "", "drafts", 5)
		return err == nil && len(here) == 1 && strings.Contains(here[0].Snippet, "sawhorse")
	})
	d.Press("g d", "enter")
	d.See("Subject  Trestle", "sawhorse")
	d.Press("alt+x")
	d.See("Draft discarded", "No drafts")
	d.drafts("")
	d.Press("u")
	d.See("Subject  Trestle", "sawhorse")
}

// begin writes a draft to bob about a trestle.
func (d *deskOf) begin(words string) {
	d.T.Helper()
	d.Press("c")
	d.See("New message")
	d.Type("bob@x.example")
	d.Press("shift+tab", "tab", "tab")
	d.Type("Trestle")
	d.Press("tab")
	d.Type(words)
}

// goOn takes up the draft and goes to the end of its text.
func (d *deskOf) goOn() {
	d.T.Helper()
	d.Press(":")
	d.Type("continue")
	d.Press("enter")
	d.See("Continue", "Trestle")
	d.Press("enter")
	d.See("Subject  Trestle")
	d.Press("ctrl+end")
}

// A redirected message arrives as it was, with the fields of who sent it on.
func TestStoryRedirectPostfix(t *testing.T) { redirect(t, lab.Postfix(t)) }
func TestStoryRedirectMox(t *testing.T)     { redirect(t, lab.Mox(t)) }

func redirect(t *testing.T, s *lab.Server) {
	alice, bob := labProfile(t, s, 0, "Alice", false), labProfile(t, s, 1, "Bob", true)
	there := dialOther(t, bob)
	mine := dialOther(t, alice)
	for _, o := range []*otherClient{there, mine} {
		before := o.mustFolders()
		t.Cleanup(func() { o.tidy(before) })
	}
	tag := fmt.Sprint("Girder", time.Now().UnixNano())
	mine.deliver("INBOX", letter("Alice <"+alice.Address+">", alice.Address, tag, "", "As it was.\r\n-- \r\nA. Smith", time.Now()))
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts = []config.Account{alice}
	d := &deskOf{person: &person{saves: t.TempDir()}, ground: ground{account: alice, other: mine}, cfg: cfg, dir: emptyStore.Dir(t)}
	d.start(t)
	d.See("synced", tag)
	d.Press("g g", "enter")
	d.See("As it was.", "A. Smith") // which the list does not show
	d.Press(":")
	d.Type("redirect")
	d.Press("enter")
	d.See("Redirect: " + tag)
	d.Type(bob.Address)
	d.Press("shift+tab", "tab")
	d.send()
	d.Until("it to arrive", func(string) bool {
		list, err := there.messages("INBOX")
		for _, m := range list {
			raw := string(m.raw)
			if m.subject == tag {
				if !strings.Contains(raw, "As it was.\r\n-- \r\nA. Smith") || !strings.Contains(raw, "Resent-To: "+bob.Address) || !strings.Contains(raw, "To: "+alice.Address+"\r\nSubject") {
					t.Errorf("it arrived as\n%s", raw)
				}
				return true
			}
		}
		return err != nil
	})
}

// What is answered or continued before its text is here waits for it, or begins with what
// is kept of it.
func TestStoryTextIsWaitedFor(t *testing.T) {
	g := demoGround(t)
	g.letters()
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	g.account.Bodies = "none"
	cfg.Accounts = []config.Account{g.account}
	d := &deskOf{person: &person{saves: t.TempDir()}, ground: g, cfg: cfg, dir: emptyStore.Dir(t)}
	d.start(t)
	d.See("synced", "Anvil")
	d.Press("g g", "r")
	d.See("Subject  Re: Anvil", "│ About the anvil.")
	d.Press("alt+x")
	d.Gone("Subject  Re: Anvil")

	d.Press("c")
	d.See("New message")
	d.Type("bob@x.example")
	d.Press("tab")
	d.Type("Trestle")
	d.Press("tab")
	d.Type("sawhorse")
	d.Press("esc")
	d.See("Draft kept")
	d.Press("g d")
	d.drafts("sawhorse")
	d.Until("the copy to be here", func(string) bool {
		list, err := d.app.Messages(t.Context(), "", "drafts", 5)
		return err == nil && len(list) == 1
	})
	d.Press("ctrl+o")
	d.See("You are offline", "Trestle")
	d.Press("enter")
	d.See("Subject  Trestle", "sawhorse")
	d.Press("esc", "g i", "j", "r")
	d.See("the message is not here yet")
}
