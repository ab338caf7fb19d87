package tui_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui"
	"postea/tui/tuitest"
)

func count(list []string, want string) int {
	n := 0
	for _, s := range list {
		if s == want {
			n++
		}
	}
	return n
}

// write fills in a whole message.
func write(d *tuitest.Driver, to, subject, body string) {
	d.Press("c")
	d.Type(to)
	d.Press("shift+tab", "tab", "tab") // past what is offered
	d.Type(subject)
	d.Press("tab")
	d.Type(body)
}

func TestSendWithUndo(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Lunch", "At noon?")
		d.Press("ctrl+s")
		d.See("Queued, goes out in 10 s", "u undo", "Re: the talk on Thursday")
		d.SeeNot("sent")
		d.Advance(3 * time.Second)
		d.See("Queued, goes out in 7 s")
		d.Press("j")
		d.See("Queued, goes out in 7 s")
		d.Press("u")
		d.See("Sending taken back", "At noon?", "grace@example.net")
		if len(d.Backend.Sent) != 0 {
			d.T.Error("it was sent all the same")
		}
		d.Press("ctrl+s")
		d.Advance(11 * time.Second)
		d.SeeNot("Queued")
		got := d.Backend.Sent[0]
		if got.To != "grace@example.net" || got.Subject != "Lunch" || !strings.HasPrefix(got.Body, "At noon?") {
			d.T.Errorf("sent %+v", got)
		}
	})(t)
}

func TestChecksBeforeSending(t *testing.T) {
	tests := []struct {
		name, to, subject, body string
		says                    string
		asks                    bool
	}{
		{"nobody", "", "Hi", "x", "There is nobody to send this to yet.", false},
		{"bad address", "grace at example", "Hi", "x", "no @ in the address", false},
		{"no subject", "grace@example.net", "", "x", "Send without a subject?", true},
		{"no attachment", "grace@example.net", "Hi", "The file is attached.", "Send without an attachment?", true},
		{"a slip", "grace@gmial.com", "Hi", "x", "It looks like gmail.com.", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, at(120, 36, func(d *tuitest.Driver) {
			write(d, tt.to, tt.subject, tt.body)
			d.Press("ctrl+s")
			d.See(tt.says)
			if len(d.Backend.Sent) > 0 {
				d.T.Fatal("sent without asking")
			}
			if !tt.asks {
				return
			}
			d.Press("n", "ctrl+s")
			d.See(tt.says)
			d.Press("y")
			if len(d.Backend.Sent) != 1 {
				d.T.Error("yes does not send")
			}
		}))
	}
}

func TestTheWordInAQuoteDoesNotAsk(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Messages[3].Body = "The patch is attached.\n"
		d.Press("j", "r")
		d.Type("Thanks.")
		d.Press("ctrl+s")
		d.See("Queued")
	})(t)
}

func TestARefusalToQueueStaysInTheComposer(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["Send"] = errors.New("~/moth.jpg: no such file; attach it again or take it off")
		write(d, "grace@example.net", "Moth", "Here it is.")
		d.Press("ctrl+s")
		d.See("~/moth.jpg: no such file", "Here it is.")
		delete(d.Backend.Fail, "Send")
		d.Press("ctrl+s")
		d.See("Queued")
	})(t)
}

// What was sent from another window goes out once more only for who says so.
func TestADraftThatWasSentElsewhere(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["Send"] = &app.SentError{ID: "o1", At: time.Now().Add(-time.Minute)}
		write(d, "grace@example.net", "Moth", "Here it is.")
		d.Press("ctrl+s")
		d.See("This draft was sent already. Send it once more?", "from another window")
		d.Press("n")
		d.See("Here it is.")
		d.Press("ctrl+s")
		d.See("Send it once more?")
		delete(d.Backend.Fail, "Send")
		d.Press("y")
		d.See("Queued")
		if got := d.Backend.Sent[0]; !got.Again || got.Subject != "Moth" {
			d.T.Errorf("%+v", got)
		}
	})(t)
}

// What another window writes into a draft that rests here is gone on with here, and saved
// by this one only when something is written.
func TestADraftThatIsWrittenElsewhere(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "Here it is.")
		d.Advance(2 * time.Second)
		theirs := d.Backend.Drafted[0]
		theirs.To, theirs.Subject, theirs.Body = "bob@example.net", "Moth, again", "Here it is, in the lamp."
		saves := count(d.Backend.Calls, "SaveDraft")
		d.Backend.Rewritten = map[mail.DraftID]mail.Draft{theirs.ID: theirs}
		d.Type("!")
		d.Backend.Bus.Publish(event.Overflow{})
		d.Advance(10 * time.Millisecond)
		d.See("Here it is.!")
		d.Advance(2 * time.Second)
		d.Backend.Bus.Publish(event.Overflow{})
		d.Advance(2 * time.Second)
		d.See("Moth, again", "Here it is, in the lamp.", "Written in another window, and taken over")
		d.SeeNot("Here it is.!")
		if n := count(d.Backend.Calls, "SaveDraft"); n != saves+1 {
			d.T.Errorf("saved %d times", n-saves)
		}
		clear(d.Backend.Rewritten)
		d.Type("?")
		d.Press("ctrl+z", "ctrl+z")
		d.See("Here it is.!", "grace@example.net")
		d.SeeNot("Moth, again", "bob@example.net")
		d.Press("ctrl+y", "ctrl+s")
		if got := d.Backend.Sent[0]; got.Body != theirs.Body || got.Subject != theirs.Subject || got.To != theirs.To {
			d.T.Errorf("%+v", got)
		}
	})(t)
}

func TestAutosave(t *testing.T) {
	saved := func(d *tuitest.Driver) []mail.Draft { return d.Backend.Drafted }
	t.Run("within a second, while typing", at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "tab", "tab")
		for range 30 {
			d.Type("x")
			d.Advance(100 * time.Millisecond)
		}
		if n := count(d.Backend.Calls, "SaveDraft"); n < 3 || n > 5 {
			d.T.Errorf("saved %d times in 3 s of typing", n)
		}
		if len(saved(d)) != 1 {
			d.T.Errorf("%d drafts", len(saved(d)))
		}
		d.Advance(time.Second)
		d.See("draft saved")
	}))
	t.Run("on leaving", at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "S", "Body")
		d.Press("esc")
		d.See("Draft kept", "Re: the talk on Thursday")
		if len(saved(d)) != 1 || !strings.HasPrefix(saved(d)[0].Body, "Body") {
			d.T.Errorf("saved %+v", saved(d))
		}
	}))
	t.Run("on quitting", at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Do(func() { d.Backend.Outgoing = nil })
		write(d, "grace@example.net", "S", "Body")
		d.Press("ctrl+c")
		if !d.Quit || len(saved(d)) != 1 || !strings.HasPrefix(saved(d)[0].Body, "Body") {
			d.T.Errorf("quit %v, saved %+v", d.Quit, saved(d))
		}
	}))
	t.Run("nothing written, nothing saved", at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "esc")
		d.SeeNot("Draft kept")
		if len(saved(d)) != 0 {
			d.T.Errorf("saved %+v", saved(d))
		}
	}))
	t.Run("failure is said and leaving waits", at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["SaveDraft"] = errors.New("disk full")
		write(d, "grace@example.net", "S", "Body")
		d.Press("esc")
		d.See("The draft could not be saved. Leave without it?", "disk full")
		d.SeeNot("Draft kept")
		d.Press("n")
		d.See("Not saved: disk full. It is tried again as you type.", "Body")
		delete(d.Backend.Fail, "SaveDraft")
		d.Advance(time.Second)
		if len(saved(d)) != 1 {
			d.T.Error("not tried again")
		}
		d.See("draft saved")
		d.SeeNot("Not saved")
	}))
}

func TestLeavingThoughNothingCanBeSaved(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["SaveDraft"] = errors.New("disk full")
		write(d, "grace@example.net", "S", "Body")
		d.Press("esc", "y")
		d.See("Re: the talk on Thursday", "Stripe")
		d.Advance(2 * time.Second)
		if len(d.Backend.Drafted) != 0 {
			d.T.Error("saved after all")
		}
	})(t)
}

func TestContinueADraft(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press(":")
		d.Type("continue")
		d.Press("enter")
		d.See("There is no draft")
		write(d, "grace@example.net", "Unfinished", "Half a")
		d.Press("esc", ":")
		d.Type("continue")
		d.Press("enter")
		d.See("Unfinished", "grace@example.net")
		d.Press("enter")
		d.See("Half a", "Subject  Unfinished")
		d.Press("tab")
		d.Type("!")
		d.Press("esc")
		if len(d.Backend.Drafted) != 1 {
			d.T.Errorf("%d drafts", len(d.Backend.Drafted))
		}
	})(t)
}

func TestCompletion(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.Type("Howard Ai")
		d.See("howard@example.edu", "h.aitken@example.ac.uk")
		d.Press("down", "enter")
		d.See("Howard Aitken <h.aitken@example.ac.uk>,")
		d.Type("grace")
		d.Press("tab")
		d.See("Grace Hopper <grace@example.net>,")
		d.Type("田")
		d.Press("enter")
		d.See("misaki@example.jp")
		d.Type("zzz")
		d.SeeNot("12 mails")
	})(t)
}

func TestIdentities(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.See("2 identities", "ada@example.org", "Analytical Society")
		d.Press("ctrl+f")
		d.See("lovelace@work.example", "A. Lovelace", "via smtp.work.example")
		d.SeeNot("Analytical Society")
		d.Press("up", "left")
		d.See("From  Ada Lovelace <ada@example.org>", "Analytical Society")
	})(t)
}

// What is said names the keys that the user has: with those of Gmail u leaves.
func TestHintsNameTheKeysOfThePreset(t *testing.T) {
	b := tuitest.Sample()
	b.Hold, b.Outgoing = 10*time.Second, nil
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b, Options: tui.Options{Preset: "gmail"}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "Found.")
		d.Press("ctrl+s")
		d.See("Queued, goes out in 10 s", "z undo")
		d.SeeNot("u undo")
		d.Press("g o")
		d.See("z brings it back")
		d.Press("z")
		d.See("Sending taken back", "Subject  Moth")
		d.Press("alt+x")
		d.See("Draft discarded; z brings it back")
	})
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Preset: "gmail"}}, func(d *tuitest.Driver) {
		d.Press("enter", "u")
		d.See("Linus T.")
		d.Press("/")
		d.Type("guru")
		d.See("/ guru")
		d.Press("esc", "u", "u")
		d.SeeNot("Quit")
		if d.Quit {
			t.Error("u at the top quits")
		}
	})
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: tuitest.Empty(), Options: tui.Options{Preset: "mutt"}}, func(d *tuitest.Driver) {
		d.See("All read and put away", "m  writes a message", "ctrl+x r  goes to the")
	})
}

// Going through the addresses keeps a signature, also past one that has none, and
// the place where one writes.
func TestSignaturesOfIdentities(t *testing.T) {
	b := tuitest.Sample()
	b.Accounts[1].Signature = ""
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "The moth", "Found it. ")
		d.See("Analytical Society")
		d.Press("ctrl+f")
		d.See("lovelace@work.example")
		d.SeeNot("Analytical Society")
		d.Type("In relay 70, ")
		d.Press("ctrl+f")
		d.See("ada@example.org", "Analytical Society")
		d.Type("panel F.")
		d.See("Found it. In relay 70, panel F.")
		d.Press("alt+s") // without a signature now
		d.SeeNot("Analytical Society")
		d.Press("ctrl+f", "ctrl+f")
		d.See("ada@example.org")
		d.SeeNot("Analytical Society")
	})
}

func TestAttachments(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "ctrl+a")
		d.Type("~/dcm") // these letters in this order
		d.See("~/Documents/")
		d.Press("enter")
		d.See("~/Documents/programme.pdf")
		d.Press("enter")
		d.See("programme.pdf", "2.1 MB", "2.9 MB of 50 MB")
		d.Press("ctrl+a")
		d.Type("missing")
		d.Press("enter")
		d.See("missing: no such file")
		d.Press("esc", "shift+tab", "delete")
		d.SeeNot("programme.pdf")
		d.Press("ctrl+a")
		d.Type("~/*.csv")
		d.Press("enter")
		d.See("one.csv", "two.csv")
		d.Press("ctrl+z")
		d.SeeNot("one.csv", "two.csv")
	})(t)
}

func TestCopyFields(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.SeeNot("Bcc")
		d.Press("ctrl+o")
		d.Type("a@example.org")
		d.Press("tab")
		d.Type("b@example.org")
		d.See("Cc  a@example.org", "Bcc  b@example.org", "2 recipients")
	})(t)
}

func TestDiscard(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "S", "Body")
		d.Advance(time.Second)
		d.Type(" and the last words")
		d.Press("alt+x")
		d.See("Draft discarded; u brings it back", "Re: the talk on Thursday")
		d.Advance(2 * time.Second)
		if len(d.Backend.Drafted) != 0 {
			d.T.Error("the draft is still there")
		}
		d.Press("u")
		d.See("Draft restored", "Body and the last words")
		d.Press("alt+x")
		d.Press(":")
		d.Type("recover")
		d.Press("enter")
		d.See("Recover", "S", "Body and the last words")
		d.Press("enter")
		d.See("Subject  S", "Body and the last words")
		d.Press("esc", "c", "alt+x")
		d.See("Nothing was written")
	})(t)
}

func TestEarlierVersions(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "S", "the new text")
		d.Press("alt+v")
		d.See("There is no earlier version")
		d.Advance(time.Second)
		d.Backend.Versions = []mail.Draft{{
			Account: "work", From: mail.Address{Name: "A. Lovelace", Address: "lovelace@work.example"},
			To: "grace@example.net, bob@example.net", Subject: "S, earlier", Body: "the old text\n\n-- \nA. Lovelace\n",
		}}
		d.Press("alt+v")
		d.See("Go back to an earlier version", "08:41", "the old text")
		d.Press("enter")
		d.See("the old text", "S, earlier", "bob@example.net", "lovelace@work.example")
		d.SeeNot("the new text")
		d.Press("ctrl+f") // to the other address, with its signature
		d.See("the old text", "ada@example.org", "Analytical Society")
		d.Press("ctrl+z", "ctrl+z")
		d.See("the new text")
		d.SeeNot("S, earlier", "bob@example.net")
	})(t)
}

func TestPasteIsText(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.Paste("a@example.org\nb@example.org\n")
		d.See("a@example.org, b@example.org")
		d.Press("tab", "tab")
		d.Paste("one\r\ntwo q e d\x1b[31m\u202ethree")
		d.See("one", "two q e d�[31m�three")
	})(t)
}

func TestReplyForwardAndDrafts(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("R")
		d.See("To  Grace Hopper <grace@example.net>", "Cc  Howard Aiken <howard@example.edu>", "Re: the talk on Thursday")
		d.Press("esc", "f")
		d.See("Fwd: Re: the talk", "moth.jpg", "schedule.ics")
		d.Press("esc", "g d", "enter")
		d.See("Barbara Liskov <barbara@example.org>", "I have half a th")
	})(t)
}

// A draft of an account that there is no longer goes out from another one.
func TestSenderIsNoLonger(t *testing.T) {
	b := tuitest.Sample()
	b.Accounts = b.Accounts[:1]
	draft := mail.Draft{Account: "gone", From: mail.Address{Address: "ada@gone.example"}, To: "x@example.org", Subject: "Left behind"}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b, Options: tui.Options{Compose: &draft}}, func(d *tuitest.Driver) {
		d.See("From  ada@gone.example", "1 identity")
		d.Press("ctrl+f")
		d.See("From  Ada Lovelace <ada@example.org>")
		d.SeeNot("1 identity")
		d.Press("ctrl+s")
		if len(d.Backend.Sent) != 1 || d.Backend.Sent[0].Account == "gone" {
			d.T.Errorf("sent %+v", d.Backend.Sent)
		}
	})
}

func TestComposerAtStart(t *testing.T) {
	draft := mail.Draft{Account: "ada@example.org", From: mail.Address{Address: "ada@example.org"}, To: "x@example.org", Subject: "From a link"}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Compose: &draft}}, func(d *tuitest.Driver) {
		d.See("From a link", "x@example.org")
	})
	draft.Scheduled = time.Now().AddDate(0, 0, 40) // as postea outbox edit has it
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Compose: &draft}}, func(d *tuitest.Driver) {
		d.See("From a link", "No longer scheduled for")
	})
}

func TestOutboxVerbs(t *testing.T) {
	tests := []struct {
		name string
		keys []string // after g o
		call string
		see  string
	}{
		{"send now", []string{"j", "S"}, "SendNow", "Sending now"},
		{"cancel", []string{"j", "d", "y"}, "CancelSend", "Cancelled"},
		{"edit", []string{"j", "e"}, "EditOutbox", "barbara@example.org"},
		{"retry", []string{"j", "j", "r"}, "Retry", "Trying again"},
		{"settle unsure", []string{"5 j", "t"}, "Settle", "Settled"},
		{"decide: arrived", []string{"5 j", "enter", "down", "enter"}, "Settle", "Settled"},
		{"decide: again, grave", []string{"5 j", "r", "y"}, "Retry", "Trying again"},
		{"edit refused", []string{"4 j", "e"}, "EditOutbox", "nobody@example.org"},
		{"later", []string{"j", "l", "down", "down", "enter"}, "Reschedule", "Goes out "},
		{"correct the address", []string{"4 j", "c", "home", "delete", "s", "enter"}, "Redirect", "Queued for sobody@example.org"},
		{"another address", []string{"4 j", "c", "x", "@", "y", ".", "z", "enter"}, "Redirect", "Queued for x@y.z"},
		{"from the journey", []string{"4 j", "enter", "t"}, "Settle", "Settled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, at(120, 36, func(d *tuitest.Driver) {
			d.Press("g o")
			d.Press(tt.keys...)
			if !slices.Contains(d.Backend.Calls, tt.call) {
				d.T.Errorf("%s was not called", tt.call)
			}
			d.See(tt.see)
		}))
	}
}

func TestOutboxSaysWhyNot(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("g o", "d")
		d.See("It is on its way")
		d.Press("t")
		d.See("It is on its way")
	})(t)
}

func TestJourneyAndBack(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("g o", "6 j", "enter")
		d.See("Newsletter 14", "Client   EHLO [127.0.0.1]", "552 5.2.2 Over quota", "117 delivered")
		d.Press("q")
		d.See("NEEDS YOU")
		d.Press("esc")
		d.See("Re: the talk on Thursday", "Stripe")
		d.Press("g o", "g i")
		d.See("ada@example.org › Inbox")
	})(t)
}

// While something is written the server of its account is kept ready, and no
// other one.
func TestServerIsKeptReady(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		ready := func(want ...string) {
			d.T.Helper()
			if !slices.Equal(d.Backend.Ready, want) {
				d.T.Errorf("kept ready: %q, want %q", d.Backend.Ready, want)
			}
		}
		ready()
		d.Press("c")
		ready("ada@example.org")
		d.Type("grace@example.net")
		ready("ada@example.org")
		d.Press("ctrl+f")
		d.See("work")
		ready("work")
		d.Press("esc", "esc") // what is offered, then the composer
		ready()
	})(t)
}

// Files that are dropped on the terminal are attached, which undo turns into the
// text that came; what only looks like files is text.
func TestDroppedFiles(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Papers", "")
		d.Paste("'/home/ada/My Paper.pdf' /home/ada/moth.jpg ")
		d.See("Attached 2 files", "My Paper.pdf", "moth.jpg")
		d.Press("ctrl+z")
		d.See("'/home/ada/My Paper.pdf' /home/ada/moth.jpg")
		d.Press("ctrl+z")
		d.SeeNot("My Paper.pdf")
		d.Paste("file:///home/ada/My%20Paper.pdf\n")
		d.See("Attached My Paper.pdf")
		d.Type("x")
		d.Press("ctrl+z")
		d.See("My Paper.pdf") // the letter was undone, not the file
		d.Paste("/etc/missing")
		d.See("/etc/missing")
		d.Press("ctrl+s")
		if len(d.Backend.Sent) != 1 || len(d.Backend.Sent[0].Attach) != 1 {
			d.T.Errorf("sent %+v", d.Backend.Sent)
		}
	})(t)
}

// What is typed or pasted at the sender does not vanish without a word.
func TestTypingAtTheSender(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "shift+tab")
		d.Press("x")
		d.See("The sender is chosen, not typed")
		d.Advance(20 * time.Second)
		d.SeeNot("not typed")
		d.Paste("eve@example.org")
		d.See("The sender is chosen, not typed")
		d.Press("right")
		d.See("lovelace@work.example")
	})(t)
}

// Of several files that cannot be sent each is named by itself.
func TestSeveralThatCannotBeSent(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Lunch", "At noon?")
		d.Backend.Do(func() {
			d.Backend.Fail["Send"] = errors.Join(errors.New("cannot attach a"), errors.New("cannot attach b"))
		})
		d.Press("ctrl+s")
		d.See("cannot attach a; cannot attach b")
	})
}
