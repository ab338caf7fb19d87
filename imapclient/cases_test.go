package imapclient

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
)

// What servers in the wild have been seen to say, and what must come of it. The
// numbers are those of the list in the research; i5, i10, i15, i23 and i29 have
// tests of their own too.

type wildCase struct {
	name string
	run  func(*testing.T)
}

func TestServersInTheWild(t *testing.T) {
	for _, c := range slices.Concat(signInCases(), folderCases(), messageCases(), changeCases(), hostileCases()) {
		t.Run(c.name, c.run)
	}
}

// greeted connects to a server that greets so, and reports the error.
func greeted(t *testing.T, o Options, run func(*script)) (*Client, error) {
	t.Helper()
	c, err := New(t.Context(), serve(t, run), o)
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, err
}

func clearPassword() Options {
	o := withPassword(plain())
	o.Auth.Policy, o.Dial.Insecure = "plain", true
	return o
}

func signInCases() []wildCase {
	noop := func(t *testing.T, c *Client, err error) {
		t.Helper()
		if err == nil {
			err = c.Noop(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
	}
	answer := func(s *script) { s.expect("NOOP"); s.send("@ OK") }
	return []wildCase{
		{"i1 greeting without capabilities", func(t *testing.T) {
			c, err := greeted(t, plain(), func(s *script) {
				s.send("* OK hello")
				s.expect("CAPABILITY")
				s.send("* CAPABILITY IMAP4rev1 IDLE", "@ OK")
				answer(s)
			})
			noop(t, c, err)
		}},
		{"i1 greeting that ends in LF, behind NULs", func(t *testing.T) {
			c, err := greeted(t, plain(), func(s *script) {
				s.raw("\x00\x00* OK [CAPABILITY IMAP4rev1] hello\n")
				answer(s)
			})
			noop(t, c, err)
		}},
		{"i1 signed in already", func(t *testing.T) {
			c, err := greeted(t, clearPassword(), func(s *script) {
				s.send("* PREAUTH [CAPABILITY IMAP4rev1] welcome back")
				answer(s)
			})
			noop(t, c, err)
		}},
		{"i1 goodbye for a greeting", func(t *testing.T) {
			_, err := greeted(t, plain(), func(s *script) { s.send("* BYE [UNAVAILABLE] later") })
			if e := want(t, err, KindBye, true); !e.Temporary() {
				t.Error("not temporary")
			}
		}},
		{"i2 capabilities untagged before the OK", func(t *testing.T) {
			c, err := greeted(t, clearPassword(), func(s *script) {
				s.greet("IMAP4rev1 SASL-IR AUTH=PLAIN")
				s.line()
				s.tag = "P1"
				s.send("* CAPABILITY IMAP4rev1 X-GM-EXT-1 MOVE", "@ OK ada@example.org authenticated (Success)")
				answer(s)
			})
			noop(t, c, err)
			if c != nil && !c.has(imap.CapMove) {
				t.Error("capabilities are those before sign-in")
			}
		}},
		{"i3 refusal with a web page", func(t *testing.T) {
			_, err := greeted(t, clearPassword(), func(s *script) {
				s.greet("IMAP4rev1 SASL-IR AUTH=PLAIN")
				s.line()
				s.tag = "P1"
				s.send("* NO [WEBALERT https://accounts.example/signin?x=1] Web login required.", "@ NO [ALERT] Please log in via your web browser: https://support.example (Failure)")
			})
			if e := want(t, err, KindAuth, true); !strings.Contains(e.Text, "web browser") || e.Code != "ALERT" {
				t.Errorf("error is %v", e)
			}
		}},
		{"i4 no initial response, XOAUTH2 refused by a challenge", func(t *testing.T) {
			o := plain()
			o.Auth = Auth{Username: "ada", Policy: "xoauth2", Token: func(context.Context) (string, error) { return "token", nil }}
			o.Dial.Insecure = true
			_, err := greeted(t, o, func(s *script) {
				s.greet("IMAP4rev1 AUTH=XOAUTH2")
				s.expect("AUTHENTICATE XOAUTH2")
				s.send("+ ")
				s.line()
				s.send("+ eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=")
				s.expectLine("")
				s.send("@ NO SASL authentication failed")
			})
			want(t, err, KindAuth, true)
		}},
		{"i6 lower case everywhere", func(t *testing.T) {
			c, err := greeted(t, plain(), func(s *script) {
				s.send("* ok hi")
				s.expect("CAPABILITY")
				s.send("* capability imap4rev1 idle", "@ Ok done")
				s.expect(`LIST "" "*"`)
				s.send(`* List (\hasnochildren \sent) "/" Gesendete`, "@ ok")
			})
			if err != nil {
				t.Fatal(err)
			}
			checkRoles(t, list(t, c), map[string]mail.Role{"Gesendete": mail.RoleSent})
		}},
		{"i30 too many connections", func(t *testing.T) {
			for _, text := range []string{"[LIMIT] too many", "[INUSE] locked", "[UNAVAILABLE] try later", "[THROTTLED] slow down", "Too many simultaneous connections."} {
				c := session(t, "IMAP4rev1", func(s *script) {
					s.expect(`SELECT "INBOX"`)
					s.send("@ NO " + text)
				})
				_, err := c.Select(t.Context(), "INBOX", false)
				if e := want(t, err, KindNo, false); !e.Temporary() {
					t.Errorf("%v is not temporary", e)
				}
			}
		}},
	}
}

const resyncing = "IMAP4rev1 ENABLE CONDSTORE QRESYNC ESEARCH"

func known() *Look {
	return &Look{Wire: "INBOX", Mirror: Mirror{UIDValidity: 7, UIDNext: 100, ModSeq: 50}, Fetch: 10}
}

const (
	askResync  = `SELECT "INBOX" (QRESYNC (7 50 1:99))`
	askHeaders = "UID FETCH 100:109 (" + headerItems + " BODYSTRUCTURE)"
)

// resync is a look at INBOX; enabled is the answer to ENABLE.
func resync(t *testing.T, enabled []string, answer func(*script)) *Look {
	t.Helper()
	c := session(t, resyncing, func(s *script) {
		s.expect("ENABLE QRESYNC")
		s.send(enabled...)
		answer(s)
	})
	l := known()
	if err := c.Look(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l
}

// opened answers SELECT and the FETCH behind it.
func opened(lines ...string) func(*script) {
	return func(s *script) {
		s.expect(askResync)
		s.send(lines...)
		s.send("@ OK [READ-WRITE] done")
		s.expect(askHeaders)
		s.send("@ OK done")
	}
}

func state(validity, next, modseq int) []string {
	return []string{"* 40 EXISTS", fmt.Sprintf("* OK [UIDVALIDITY %d] ok", validity), fmt.Sprintf("* OK [UIDNEXT %d] ok", next), fmt.Sprintf("* OK [HIGHESTMODSEQ %d] ok", modseq)}
}

func folderCases() []wildCase {
	enabled := []string{"* ENABLED QRESYNC", "@ OK"}
	return []wildCase{
		{"i7 QRESYNC switched on", func(t *testing.T) {
			l := resync(t, enabled, opened(append(state(7, 100, 60), "* VANISHED (EARLIER) 3:5,9", "* 4 FETCH (UID 12 FLAGS (\\Seen) MODSEQ (55))")...))
			if !l.Whole || !l.Exact || l.Vanished.String() != "3:5,9" || len(l.Changed) != 1 || l.Changed[0].UID != 12 || l.Changed[0].ModSeq != 55 {
				t.Errorf("look is %+v", l)
			}
		}},
		{"i7 switched on without a word", func(t *testing.T) {
			if l := resync(t, []string{"@ OK"}, opened(state(7, 100, 50)...)); !l.Exact {
				t.Errorf("look is %+v", l)
			}
		}},
		{"i7 not switched on", func(t *testing.T) {
			l := resync(t, []string{"@ BAD what"}, func(s *script) {
				s.expect(askResync)
				s.send("@ BAD what")
				s.expect(askHeaders)
				s.send("@ BAD No mailbox selected")
				s.expect(`SELECT "INBOX" (CONDSTORE)`)
				s.send(append(state(7, 100, 60), "@ OK")...)
				s.expect("UID FETCH 1:99 (UID FLAGS MODSEQ) (CHANGEDSINCE 50)")
				s.send("* 4 FETCH (UID 12 FLAGS (\\Seen) MODSEQ (55))", "@ OK")
				s.expect(askHeaders)
				s.send("@ OK")
			})
			if !l.Whole || l.Exact || len(l.Changed) != 1 {
				t.Errorf("look is %+v", l)
			}
		}},
		{"i8 three thousand ranges, UID last, UID behind a literal", func(t *testing.T) {
			var ranges []string
			for i := range 3000 {
				ranges = append(ranges, fmt.Sprint(10*i+1))
			}
			c := session(t, resyncing, func(s *script) {
				s.expect("ENABLE QRESYNC")
				s.send(enabled...)
				s.expect(`SELECT "INBOX" (QRESYNC (7 50 1:99999))`)
				s.send(state(7, 100001, 60)...)
				s.send("* VANISHED (EARLIER) "+strings.Join(ranges, ","), "* 4 FETCH (FLAGS (\\Seen) MODSEQ (55) UID 12)", "@ OK")
				s.expect("UID FETCH 100000:100009 (" + headerItems + " BODYSTRUCTURE)")
				s.send("* 40 FETCH (FLAGS () RFC822.SIZE 9 BODY[HEADER.FIELDS (DATE)] {13}", "Subject: hi", " UID 100000)", "@ OK")
			})
			l := &Look{Wire: "INBOX", Mirror: Mirror{UIDValidity: 7, UIDNext: 100000, ModSeq: 50}, Fetch: 10}
			if err := c.Look(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			if !l.Exact || len(l.Vanished) != 3000 || len(l.Changed) != 1 || len(l.New) != 1 || string(l.New[0].Header) != "Subject: hi\r\n" {
				t.Errorf("%d vanished, changed %+v, new %+v, %v", len(l.Vanished), l.Changed, l.New, l.Err)
			}
		}},
		{"i9 another UIDVALIDITY, a lost count", func(t *testing.T) {
			for name, lines := range map[string][]string{
				"renumbered": state(8, 100, 60), "lower": state(7, 100, 40), "UIDNEXT lower": state(7, 90, 60), "more than asked for": state(7, 200, 60),
				"none": append(state(7, 100, 0)[:3], "* OK [NOMODSEQ] none"), "garbled": append(state(7, 100, 60), "* VANISHED (EARLIER) 1:*"),
			} {
				if l := resync(t, enabled, opened(lines...)); l.Whole || l.Exact || l.Data == nil || l.Err != nil || len(l.Vanished) > 0 {
					t.Errorf("%s: look is %+v", name, l)
				}
			}
		}},
		{"i9 negative and zero MODSEQ", func(t *testing.T) {
			l := resync(t, enabled, opened(append(state(7, 100, 60), "* 4 FETCH (UID 12 FLAGS (a) MODSEQ (-1))", "* 5 FETCH (UID 13 FLAGS (b) MODSEQ (0))")...))
			if !l.Whole || len(l.Changed) != 2 || l.Changed[0].ModSeq != 0 {
				t.Errorf("look is %+v", l)
			}
		}},
		{"i14 names of all kinds", func(t *testing.T) {
			c := session(t, "IMAP4rev1", func(s *script) {
				s.expect(`LIST "" "*"`)
				s.send(`* LIST () "/" {5}`, "a (b)", "* LIST () NIL flat", `* LIST () "" empty`, `* LIST () "\\" "x\\y"`, `* LIST () "/" Gr`+"ü"+`n`,
					"* LIST () \"/\" tab\there", `* LIST () "/" &Jjo-broken&`, "@ OK")
			})
			boxes := list(t, c)
			for _, name := range []string{"INBOX", "a (b)", "flat", "empty", "x/y", "Grün", "tab\there", "&Jjo-broken&"} {
				if _, ok := boxes[name]; !ok {
					t.Errorf("%q is not listed: %v", name, boxes)
				}
			}
		}},
		{"i16 never more than 25 commands under way", func(t *testing.T) {
			c := session(t, "IMAP4rev1", func(s *script) {
				for i := range 60 {
					s.expect(fmt.Sprintf(`SELECT "f%d"`, i))
					if s.br.Buffered() > maxFlight*20 {
						s.t.Errorf("%d bytes wait", s.br.Buffered())
					}
					s.send("* 1 EXISTS", "@ OK")
				}
			})
			var looks []*Look
			for i := range 60 {
				looks = append(looks, &Look{Wire: fmt.Sprint("f", i)})
			}
			if n := fit(commandsOf(c, looks)); n != maxFlight {
				t.Errorf("%d together", n)
			}
			if err := c.Look(t.Context(), looks...); err != nil || looks[59].Data == nil || looks[59].Data.NumMessages != 1 {
				t.Errorf("%v, %+v", err, looks[59])
			}
		}},
		{"i26 STATUS of a folder nobody knows", func(t *testing.T) {
			c := session(t, "IMAP4rev1 LIST-STATUS", func(s *script) {
				s.line()
				s.tag = "P1"
				s.send(`* STATUS "unknown" (MESSAGES 1)`, `* LIST () "/" a`, `* STATUS a (MESSAGES 5 UIDNEXT 6)`, "@ OK")
			})
			if boxes := list(t, c); boxes["a"].Status == nil || *boxes["a"].Status.NumMessages != 5 || len(boxes) != 2 {
				t.Errorf("list is %+v", boxes)
			}
		}},
		{"i26 told of other folders, until there is too much to tell", func(t *testing.T) {
			c := folder(t, offers+" NOTIFY", 9, func(s *script) {
				s.expect("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName))")
				s.send("@ NO [BADEVENT (MessageNew)] no flags")
				s.expect("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge MailboxName))")
				s.send("@ OK")
				for _, line := range []string{`* STATUS "Trash" (MESSAGES 1 UIDNEXT 5)`, `* LIST () "/" new`, "* OK [NOTIFICATIONOVERFLOW] too much"} {
					s.expect("IDLE")
					s.send("+ ", line)
					s.expectLine("DONE")
					s.send("@ OK")
				}
			})
			if on, err := c.Notify(t.Context()); !on || err != nil {
				t.Fatalf("%t, %v", on, err)
			}
			for _, want := range []string{"[Trash] false", "[] true", "[] true"} {
				news, err := c.Idle(t.Context(), time.Minute)
				if wires, all := c.Elsewhere(); news || err != nil || fmt.Sprint(wires, all) != want {
					t.Errorf("news %t, %v %t, %v, want %s", news, wires, all, err, want)
				}
			}
			if c.Notified() {
				t.Error("it is still relied on")
			}
		}},
		{"the name in the answer to SELECT is no news of a folder", func(t *testing.T) {
			c := folder(t, offers+" NOTIFY", 9, func(s *script) {
				s.expect("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName))")
				s.send("@ OK")
				s.expect(`SELECT "Inbox"`)
				s.send("* 3 EXISTS", `* LIST () "/" INBOX`, "@ OK")
				s.expect(`SELECT "Caf&AOk-"`)
				s.send("* 3 EXISTS", `* LIST () "/" "Caf&AOk-2" ("OLDNAME" ("Caf&AOk-"))`, "@ OK")
				s.expect(`SELECT "a"`)
				s.send("* 3 EXISTS", `* LIST () "/" b`, "@ OK")
			})
			if on, err := c.Notify(t.Context()); !on || err != nil {
				t.Fatalf("%t, %v", on, err)
			}
			for _, x := range []struct {
				wire string
				news bool
			}{{"Inbox", false}, {"Caf&AOk-", false}, {"a", true}} {
				if _, err := c.Select(t.Context(), x.wire, false); err != nil {
					t.Fatal(err)
				}
				if _, all := c.Elsewhere(); all != x.news {
					t.Errorf("%s: news %t", x.wire, all)
				}
			}
		}},
		{"i31 goodbye with 12 commands under way", func(t *testing.T) {
			c := session(t, "IMAP4rev1", func(s *script) {
				s.expect(`SELECT "f0"`)
				s.send("* 3 EXISTS", "@ OK", "* BYE Autologout; idle for too long")
			})
			var looks []*Look
			for i := range 12 {
				looks = append(looks, &Look{Wire: fmt.Sprint("f", i)})
			}
			err := c.Look(t.Context(), looks...)
			if e := want(t, err, KindBye, true); !strings.Contains(e.Text, "Autologout") {
				t.Errorf("error is %v", e)
			}
			if looks[0].Err != nil || looks[0].Data.NumMessages != 3 {
				t.Errorf("the first is %+v", looks[0])
			}
			for _, l := range looks[1:] {
				want(t, l.Err, KindNetwork, true)
			}
		}},
	}
}

func commandsOf(c *Client, looks []*Look) []*command {
	var out []*command
	for _, l := range looks {
		out = append(out, l.ask(c)...)
	}
	return out
}

// fetched asks for messages 5 to 7 with the answer given.
func fetched(t *testing.T, lines ...string) []Message {
	t.Helper()
	c := folder(t, offers, 9, func(s *script) {
		s.expect("UID FETCH 5:7 (" + headerItems + " BODYSTRUCTURE)")
		s.send(append(lines, "@ OK")...)
		for range 3 { // what was spoiled is asked for again
			if s.line() == "" {
				return
			}
			s.tag = fmt.Sprintf("P%d", 3)
			s.send("P3 OK", "P4 OK", "P5 OK")
		}
	})
	var out []Message
	var set imap.UIDSet
	set.AddRange(5, 7)
	if err := c.FetchHeaders(t.Context(), set, func(m Message) error { out = append(out, m); return nil }); err != nil {
		t.Fatal(err)
	}
	c.Close()
	return out
}

const someHeader = "BODY[HEADER.FIELDS (DATE)] \"Subject: x\""

func messageCases() []wildCase {
	return []wildCase{
		{"i11 an old UID, one twice, number 0", func(t *testing.T) {
			got := fetched(t, "* 1 FETCH (UID 4 FLAGS () RFC822.SIZE 1 "+someHeader+")", "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 1 "+someHeader+")",
				"* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 1 "+someHeader+")", "* 0 FETCH (UID 6 FLAGS () RFC822.SIZE 1 "+someHeader+")")
			if len(got) != 1 || got[0].UID != 5 {
				t.Errorf("got %+v", got)
			}
		}},
		{"i12 others speak in between", func(t *testing.T) {
			got := fetched(t, "* 2 FETCH (UID 5 RFC822.SIZE 1)", "* 10 EXISTS", "* 9 FETCH (FLAGS (\\Seen))", "* 2 FETCH (FLAGS (a) "+someHeader+")", "* 9 EXPUNGE",
				"* 3 FETCH (UID 6 FLAGS () RFC822.SIZE 1 "+someHeader+")")
			if len(got) != 2 || got[0].UID != 5 || got[0].Flags[0] != "a" || got[0].Size != 1 {
				t.Errorf("got %+v", got)
			}
		}},
		{"i13 odd flags", func(t *testing.T) {
			got := fetched(t, `* 2 FETCH (UID 5 FLAGS (\Seen  foo] \ Foo "" [x] \seen) RFC822.SIZE 1 `+someHeader+")")
			if len(got) != 1 || !slices.Contains(got[0].Flags, imap.FlagSeen) || !slices.Contains(got[0].Flags, imap.Flag("foo]")) || slices.Contains(got[0].Flags, `\`) {
				t.Errorf("got %+v", got)
			}
		}},
		{"i17 numbers that are none", func(t *testing.T) {
			got := fetched(t, "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 9.3736e+06 "+someHeader+")", "* 3 FETCH (UID 6 FLAGS () RFC822.SIZE -1 "+someHeader+")")
			if len(got) != 2 || got[0].Size != 9373600 || got[1].Size != 0 {
				t.Errorf("got %+v", got)
			}
		}},
		{"i18 an ENVELOPE nobody asked for, a subject of 1 MiB", func(t *testing.T) {
			long := "Subject: " + strings.Repeat("x", 1<<20)
			got := fetched(t, `* 2 FETCH (ENVELOPE (NIL "a" ((NIL NIL "group" NIL) ("x" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")) () NIL NIL NIL NIL NIL NIL) UID 5 FLAGS () RFC822.SIZE 1 `+someHeader+")",
				fmt.Sprintf("* 3 FETCH (UID 6 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] {%d}\r\n%s)", len(long), long))
			if len(got) != 2 || len(got[1].Header) != int(headerLimits.literal) {
				t.Errorf("got %d messages", len(got))
			}
		}},
		{"i19 structures of all kinds", func(t *testing.T) {
			deep := strings.Repeat("(", 200) + `"text" "plain" NIL NIL NIL "7bit" 1 1` + strings.Repeat(")", 200)
			for _, structure := range []string{
				`("text" "plain" ("charset") NIL NIL "7bit" 1 1)`, `(NIL "mixed")`, `("text" NIL NIL NIL NIL NIL 1 1)`, deep,
				`("message" "rfc822" NIL NIL NIL "7bit" 1 () () 1)`, `("text" "plain" NIL NIL NIL "7bit" 1 1 NIL ("de") ("inline" NIL))`, `()`, `NIL`,
			} {
				got := fetched(t, "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 1 BODYSTRUCTURE "+structure+" "+someHeader+")", "* 3 FETCH (UID 6 FLAGS () RFC822.SIZE 1 "+someHeader+")")
				if !slices.ContainsFunc(got, func(m Message) bool { return m.UID == 6 }) {
					t.Errorf("%s costs other messages: %+v", structure[:min(len(structure), 50)], got)
				}
			}
		}},
		{"i20 items nobody knows, a part without a value", func(t *testing.T) {
			got := fetched(t, `* 2 FETCH (X-FOO (a (b)) X-BAR "c" UID 5 FLAGS () RFC822.SIZE 1 BODY[1]<0> NIL `+someHeader+` BODY[2])`)
			if len(got) != 1 || got[0].UID != 5 {
				t.Errorf("got %+v", got)
			}
		}},
		{"i20 a literal that is cut off", func(t *testing.T) {
			c := folder(t, offers, 9, func(s *script) {
				s.line()
				s.raw("* 5 FETCH (UID 5 BODY[] {100}\r\nonly this")
			})
			_, err := c.FetchBody(t.Context(), 5, 0)
			want(t, err, KindNetwork, true)
		}},
		{"i27 200,000 numbers in a line, none, and the other kind", func(t *testing.T) {
			var b strings.Builder
			for i := range 200_000 {
				fmt.Fprintf(&b, " %d", 3*i+1)
			}
			for answer, n := range map[string]int{"* SEARCH" + b.String(): 200_000, "* SEARCH": 0, "* NO such thing": 0} {
				c := folder(t, offers, n, func(s *script) {
					s.expect("UID SEARCH RETURN (ALL) ALL")
					s.send(answer, "@ OK")
				})
				if uids, err := c.UIDs(t.Context()); err != nil || len(uids) != n || n > 0 && uids[n-1] != 599_998 {
					t.Errorf("%d UIDs, %v", len(uids), err)
				}
			}
		}},
		{"i28 ESEARCH without correlator, falling", func(t *testing.T) {
			c := folder(t, offers, 5, func(s *script) {
				s.expect("UID SEARCH RETURN (ALL) ALL")
				s.send("* ESEARCH UID ALL 9:7,3,2", "@ OK")
			})
			if uids, err := c.UIDs(t.Context()); err != nil || fmt.Sprint(uids) != "[2 3 7 8 9]" {
				t.Errorf("%v, %v", uids, err)
			}
		}},
	}
}

func changeCases() []wildCase {
	return []wildCase{
		{"i21 COPYUID on a line of its own", func(t *testing.T) {
			for _, line := range []string{"[COPYUID 9 5 50]", "* OK [COPYUID 9 5 50] moved"} {
				c := folder(t, offers, 9, func(s *script) {
					s.expect(`UID MOVE 5 "Archive"`)
					s.send(line, "* 5 EXPUNGE", "@ OK done")
				})
				if moved, err := c.Move(t.Context(), imap.UIDSetNum(5), "Archive"); err != nil || moved.UIDs[5] != 50 || moved.UIDValidity != 9 {
					t.Errorf("%v, %v", moved, err)
				}
			}
		}},
		{"i22 MODIFIED although nobody asked for a condition", func(t *testing.T) {
			c := folder(t, offers, 9, func(s *script) {
				s.expect(`UID STORE 5 +FLAGS.SILENT (\Seen)`)
				s.send("* 5 FETCH (MODSEQ (9))", "@ OK [MODIFIED 7,9] some")
				s.expect(`UID STORE 5 +FLAGS.SILENT (\Seen)`)
				s.send("@ NO [MODIFIED 7] none")
			})
			if err := c.AddFlags(t.Context(), imap.UIDSetNum(5), []imap.Flag{imap.FlagSeen}); err != nil {
				t.Error(err)
			}
			want(t, c.AddFlags(t.Context(), imap.UIDSetNum(5), []imap.Flag{imap.FlagSeen}), KindNo, false)
		}},
		{"i24 APPEND in all its ways", func(t *testing.T) {
			big := []byte(strings.Repeat("x", 5000))
			for _, test := range []struct {
				answer func(*script)
				kind   Kind
				fatal  bool
			}{
				{func(s *script) { s.send("@ NO [TRYCREATE] no folder") }, KindNo, false},
				{func(s *script) { s.send("@ NO [OVERQUOTA] full") }, KindNo, false},
				{func(s *script) { s.send("@ NO [TOOBIG] too big") }, KindTooLarge, false},
				{func(s *script) { s.send("@ BAD no") }, KindBad, false},
				{func(s *script) { s.send("+ go"); s.literal(len(big)) }, KindNetwork, true},
			} {
				c := session(t, offers, func(s *script) {
					s.expect(`APPEND "Sent" {5000}`)
					test.answer(s)
				})
				_, err := c.Append(t.Context(), "Sent", NewMessage{Raw: big})
				want(t, err, test.kind, test.fatal)
			}
			synctest.Test(t, func(t *testing.T) {
				c := session(t, offers, func(s *script) {
					s.expect(`APPEND "Sent" {5000}`)
					time.Sleep(19 * time.Second)
					s.send("+ go")
					s.literal(len(big))
					s.expectLine("")
					s.send("@ OK done")
				})
				if uid, err := c.Append(t.Context(), "Sent", NewMessage{Raw: big}); err != nil || uid != 0 {
					t.Errorf("UID %d, %v", uid, err)
				}
				c.Close()
			})
		}},
		{"i25 a server that goes silent in IDLE", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := folder(t, offers, 9, func(s *script) {
					s.expect("IDLE")
					s.send("+ ", "+ again", "* OK Still here")
					s.drain()
				})
				_, err := c.Idle(t.Context(), 6*time.Minute)
				want(t, err, KindTimeout, true)
			})
		}},
		{"i33 one line a second, for long", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := folder(t, offers, 9, func(s *script) {
					s.expect("UID SEARCH RETURN (ALL) ALL")
					for i := range 1000 {
						time.Sleep(time.Second)
						s.send(fmt.Sprintf(`* OK [INPROGRESS ("P2" %d 1000)] working`, i))
					}
					s.send("* ESEARCH UID ALL 1:9", "@ OK")
				})
				if uids, err := c.UIDs(t.Context()); err != nil || len(uids) != 9 {
					t.Errorf("%v, %v", uids, err)
				}
				c.Close()
			})
		}},
	}
}

func hostileCases() []wildCase {
	return []wildCase{
		{"i32 foreign tags, empty lines, no text, no end of a code", func(t *testing.T) {
			c := session(t, "IMAP4rev1", func(s *script) {
				s.expect("NOOP")
				s.send("", "X99 OK who", "* OK", "* OK [ALERT no end", "*", "* ", "@ OK")
			})
			if err := c.Noop(t.Context()); err != nil {
				t.Error(err)
			}
		}},
		{"i34 a literal of 4 GiB", func(t *testing.T) {
			c := folder(t, offers, 9, func(s *script) {
				s.line()
				s.raw("* 5 FETCH (UID 5 BODY[] {4294967296}\r\n")
				s.drain()
			})
			_, err := c.FetchBody(t.Context(), 5, 1000)
			want(t, err, KindTooLarge, true)
		}},
		{"i34 10,000 nested lists", func(t *testing.T) {
			got := fetched(t, "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 1 "+someHeader+" X "+strings.Repeat("(", 10_000)+strings.Repeat(")", 10_000)+")",
				"* 3 FETCH (UID 6 FLAGS () RFC822.SIZE 1 "+someHeader+")")
			if !slices.ContainsFunc(got, func(m Message) bool { return m.UID == 6 }) {
				t.Errorf("got %+v", got)
			}
		}},
		{"i34 messages without end, none with a UID", func(t *testing.T) {
			part := strings.Repeat("x", 100<<10)
			heap := func() int64 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				return int64(m.HeapInuse)
			}
			held := int64(0)
			c := folder(t, offers, 9, func(s *script) {
				s.line()
				before := heap()
				for i := range 3000 { // 300 MB
					s.raw(fmt.Sprintf("* %d FETCH (BODY[HEADER.FIELDS (X)] {%d}\r\n%s)\r\n", i+1, len(part), part))
				}
				held = heap() - before // all has been read, and the command goes on
				s.send("P2 OK")
			})
			if err := c.FetchHeaders(t.Context(), imap.UIDSetNum(5), func(Message) error { return nil }); err != nil {
				t.Error(err)
			}
			if held > 128<<20 {
				t.Errorf("%d MiB are held", held>>20)
			}
		}},
		{"i34 changes without end", func(t *testing.T) {
			flags := strings.Repeat(" "+strings.Repeat("f", 200), 100)
			l := resync(t, []string{"@ OK"}, func(s *script) {
				s.expect(askResync)
				s.send(state(7, 100, 60)...)
				for i := range 5000 { // 100 MB about the 99 there can be
					s.raw(fmt.Sprintf("* %d FETCH (UID %d FLAGS (%s))\r\n", i+1, i%99+1, flags))
				}
				s.send("@ OK")
				s.expect(askHeaders)
				s.send("@ OK")
			})
			if len(l.Changed) > 99 {
				t.Errorf("%d changes", len(l.Changed))
			}
		}},
	}
}

// How many messages there can be is what the server says of the folder, wherever in its
// answer to SELECT it says so.
func TestLargeFolderWhoseCountComesLate(t *testing.T) {
	for _, caps := range []string{"IMAP4rev1", "IMAP4rev1 ESEARCH"} {
		c := session(t, caps, func(s *script) {
			s.expect(`SELECT "Big"`)
			s.send("* OK [PERMANENTFLAGS ()] none", "* 0 RECENT", "* FLAGS ()", "* OK [UIDVALIDITY 7] ", "* 50000 EXISTS", "* OK [UIDNEXT 50001] ", "@ OK")
			search, answer := "UID SEARCH ALL", "* SEARCH"+manyNumbers(50000)
			if strings.Contains(caps, "ESEARCH") {
				search, answer = "UID SEARCH RETURN (ALL) ALL", "* ESEARCH UID ALL 1:50000"
			}
			s.expect(search)
			s.send(answer, "@ OK")
		})
		l := &Look{Wire: "Big", List: true}
		if err := c.Look(t.Context(), l); err != nil || l.Err != nil || len(l.UIDs) != 50000 {
			t.Errorf("%s: %d UIDs, %v, %v", caps, len(l.UIDs), err, l.Err)
		}
	}
}

func manyNumbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " %d", i+1)
	}
	return b.String()
}
