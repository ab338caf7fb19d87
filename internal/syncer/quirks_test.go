package syncer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// strain lets f change what the server says: the untagged answers and the last words.
func (s *server) strain(f func(command, out, answer string) (string, string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sieve = f
}

// listed are the messages of a folder here, newest first.
func (r *rig) listed(role mail.Role) []mail.ID {
	r.t.Helper()
	list, err := r.store.Newest(r.t.Context(), []mail.FolderID{r.folder(role)}, 1_000_000)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []mail.ID
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return ids
}

func (r *rig) count(role mail.Role) int { return len(r.listed(role)) }

// ignoresHeader is a server that answers a search for a header field with all there is.
func (s *server) ignoresHeader() {
	box := ""
	s.strain(func(c, out, answer string) (string, string) {
		if strings.HasPrefix(c, "SELECT") {
			box = unquote(quoted.FindString(c))
		}
		if !strings.HasPrefix(c, "UID SEARCH") || !strings.Contains(c, "HEADER") {
			return out, answer
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		all := "* SEARCH"
		for _, m := range s.boxes[box].msgs {
			all += fmt.Sprint(" ", m.uid)
		}
		return all + "\r\n", answer
	})
}

// TestHeaderSearchIgnored: what a search for a Message-ID finds is deleted, or taken for a
// message that was sent, so it is looked at before.
func TestHeaderSearchIgnored(t *testing.T) {
	t.Run("drafts", func(t *testing.T) {
		s := newServer(t, modern)
		for i := range 5 {
			s.add("Drafts", letter(fmt.Sprintf("other%d", i), "another program's"), `\Draft`)
		}
		s.ignoresHeader()
		r := newRig(t, s.profile())
		r.sync()
		d := r.write(mail.Draft{Account: "a", Body: "one"})
		for i := range 3 {
			d.Body = fmt.Sprint("text ", i)
			r.write(d)
			r.forward(time.Hour * time.Duration(i+1))
			r.sync()
		}
		others, mine := 0, 0
		for _, raw := range s.drafts() {
			switch {
			case strings.Contains(raw, "another program"):
				others++
			case strings.Contains(raw, "text 2"):
				mine++
			}
		}
		if others != 5 || mine != 1 || len(s.drafts()) != 6 {
			t.Errorf("there are %d drafts, %d of the 5 of another program, %d of the last state of our own", len(s.drafts()), others, mine)
		}
	})
	t.Run("sent or not", func(t *testing.T) {
		s := newServer(t, modern)
		s.ignoresHeader()
		s.add("INBOX", letter("another", "x"))
		r := newRig(t, always(s.profile()))
		r.sync()
		id := r.queue("mine", store.QueueItem{}, "bob@example.net")
		r.hand(id, mail.RecipientUnsure)
		r.sync()
		if o := r.outgoing(id); o.Recipients[0].State != mail.RecipientUnsure {
			t.Errorf("another message makes it %v", o.Recipients[0].State)
		}
	})
	t.Run("copy in Sent", func(t *testing.T) {
		s := newServer(t, modern)
		s.ignoresHeader()
		s.add("Sent", letter("older", "x"))
		r := newRig(t, always(s.profile()))
		r.sync()
		r.sent("mine", "bob@example.net")
		r.sync()
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := len(s.boxes["Sent"].msgs); n != 2 {
			t.Errorf("%d messages in Sent, want 2", n)
		}
	})
}

// TestHeaderSearchUseless: what has a Message-ID is known all the same, at Yahoo too: no copy
// of a draft stays, Sent has each message once, and a move that was cut is not done twice.
func TestHeaderSearchUseless(t *testing.T) {
	const nothing = "nothing is found"
	for _, how := range []string{nothing, "NO [SERVERBUG] UID SEARCH Server error - Please try again later", "BAD [CLIENTBUG] UID SEARCH Command arguments invalid"} {
		useless := func(s *server) {
			s.strain(func(c, out, answer string) (string, string) {
				switch {
				case !strings.HasPrefix(c, "UID SEARCH") || !strings.Contains(c, "HEADER") && (how == nothing || !strings.Contains(c, "SMALLER")):
					return out, answer
				case how == nothing:
					return "", answer
				}
				return "", how
			})
		}
		t.Run("draft "+how, func(t *testing.T) {
			s := newServer(t, modern)
			useless(s)
			r := newRig(t, s.profile())
			r.sync()
			d := r.write(mail.Draft{Account: "a"})
			for i, words := range []string{"first", "second", "third", "third"} {
				if d.Body != words {
					d.Body = words
					r.write(d)
				}
				r.forward(time.Hour * time.Duration(i+1))
				r.sync()
				oneWith(t, s.drafts(), words)
			}
			if n := len(s.said("APPEND")); n != 3 {
				t.Errorf("copied %d times", n)
			}
			if err := r.store.DiscardDraft(t.Context(), d.ID); err != nil {
				t.Fatal(err)
			}
			r.sync()
			if list := s.drafts(); len(list) != 0 {
				t.Errorf("still there: %s", list)
			}
		})
		for _, filed := range []string{"", "mine", "another"} { // by the provider
			t.Run("sent "+filed+how, func(t *testing.T) {
				s := newServer(t, modern)
				useless(s)
				p := s.profile()
				p.SMTP.Host = "smtp-mail.outlook.com"
				r := newRig(t, p)
				r.sync()
				id := r.sent("mine", "bob@example.net")
				if filed != "" {
					s.add("Sent", letter(filed, "sent", "X-Microsoft-Original-Message-ID: <mine>\r\n"))
				}
				r.sync()
				r.forward(time.Hour)
				r.sync()
				if o := r.outgoing(id); o.Copy != mail.CopyFiled || len(s.copies()) != 1 {
					t.Errorf("the copy is %s, and there are %d", o.Copy, len(s.copies()))
				}
			})
		}
		for _, cut := range []string{"drop after", "tear"} {
			t.Run("copy "+cut+how, func(t *testing.T) {
				s := newServer(t, modern)
				useless(s)
				r := newRig(t, always(s.profile()))
				r.sync()
				id := r.sent("mine", "bob@example.net")
				s.bendOnce("APPEND", cut)
				_ = r.Round(t.Context())
				r.forward(time.Hour)
				r.sync()
				if o := r.outgoing(id); o.Copy != mail.CopyFiled || len(s.copies()) != 1 || !strings.HasSuffix(s.copies()[0], string(letter("mine", "sent"))) {
					t.Errorf("the copy is %s, and there are %q", o.Copy, s.copies())
				}
			})
		}
		t.Run("move "+how, func(t *testing.T) {
			s := newServer(t, old+" UIDPLUS")
			useless(s)
			s.fill("INBOX", 2)
			r := newRig(t, s.profile())
			r.sync()
			r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("m1").ID)
			s.bendOnce("UID COPY", "drop after")
			_ = r.Round(t.Context())
			s.bend(nil)
			r.sync()
			r.sync()
			r.agree(s.truth)
			if n := len(s.truth()); n != 2 {
				t.Errorf("%d messages at the server", n)
			}
		})
	}
}

// TestHeaderSearchTakesForever: it costs the connection once.
func TestHeaderSearchTakesForever(t *testing.T) {
	for _, how := range []string{"stall", "drop"} {
		s := newServer(t, old+" UIDPLUS")
		r := newRig(t, s.profile())
		r.sync()
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "UID SEARCH HEADER") {
				return how
			}
			return ""
		})
		id := r.sent("mine", "bob@example.net")
		s.add("Sent", letter("mine", "sent"))
		impatient(&r.options)
		r.timeouts = r.options.Timeouts
		if err := r.Round(t.Context()); err == nil {
			t.Errorf("%s: the search was answered", how)
		}
		r.timeouts = quickTimeouts
		r.sync()
		if o := r.outgoing(id); o.Copy != mail.CopyFiled || len(s.copies()) != 1 {
			t.Errorf("%s: the copy is %s, and there are %d", how, o.Copy, len(s.copies()))
		}
	}
}

// TestSearchTellsLess than there is: nothing, or what a limit of the server lets through.
func TestSearchTellsLess(t *testing.T) {
	newest := func(n int) func(c, out, answer string) (string, string) {
		return func(c, out, answer string) (string, string) {
			words := strings.Fields(out)
			switch {
			case !strings.HasPrefix(c, "UID SEARCH"):
				return out, answer
			case n == 0:
				return "", answer
			case strings.Contains(out, "* ESEARCH"):
				return fmt.Sprintf("* ESEARCH UID ALL %d:500\r\n", 501-n), "OK [MESSAGELIMIT 100 400] partial"
			case len(words) > n+2:
				return "* SEARCH " + strings.Join(words[len(words)-n:], " ") + "\r\n", "OK [MESSAGELIMIT 100 400] partial"
			}
			return out, answer
		}
	}
	for name, caps := range map[string]string{"old": old, "modern": modern} {
		for _, told := range []int{0, 100} {
			t.Run(fmt.Sprint(name, " ", told), func(t *testing.T) {
				s := newServer(t, caps)
				s.fill("INBOX", 500)
				s.add("Archive", letter("a1", "x"))
				r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "none" })
				r.sync()
				r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("m3").ID)
				s.strain(newest(told))
				s.change("INBOX", func(b *box) { b.remove(50) })
				r.sync()
				r.sync()
				if n := r.count(mail.RoleInbox); n != 499 {
					t.Errorf("of 499 messages %d are here", n)
				}
				s.strain(nil)
				r.sync()
				r.agree(s.truth)
				if r.pending() != 0 {
					t.Error("the flag waits")
				}
			})
		}
	}
	t.Run("depth", func(t *testing.T) {
		s := newServer(t, old)
		s.fill("INBOX", 300)
		p := s.profile()
		p.Depth = config.Depth{Newest: 200}
		r := newRig(t, p)
		r.sync()
		s.strain(newest(0))
		r.sync()
		if n := r.count(mail.RoleInbox); n != 200 {
			t.Errorf("of 200 messages %d are here", n)
		}
	})
}

// TestFetchLimited: RFC 9738.
func TestFetchLimited(t *testing.T) {
	s := newServer(t, modern+" MESSAGELIMIT=1000")
	s.fill("INBOX", 3500)
	s.strain(func(c, out, answer string) (string, string) {
		if parts := strings.SplitAfter(out, "\r\n* "); strings.Contains(c, "FETCH") && len(parts) > 1000 {
			return strings.TrimSuffix(strings.Join(parts[len(parts)-1000:], ""), "* "), "OK [MESSAGELIMIT 1000 2500] FETCH completed with 1000 partial results"
		}
		return out, answer
	})
	r := newRig(t, s.profile())
	r.sync()
	if n := r.count(mail.RoleInbox); n != 3500 {
		t.Errorf("%d of 3500 after a round", n)
	}
	if n := len(s.said("UID FETCH")); n > 20 {
		t.Errorf("%d commands", n)
	}
}

// TestTemporaryRefusals keep the changes of the user, whatever words a server has for them.
func TestTemporaryRefusals(t *testing.T) {
	for how, kept := range map[string]bool{
		"BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds":   true,
		"NO Request is throttled. Suggest Backoff Time: 92415 milliseconds":      true,
		"NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)": true,
		"NO System Error (Failure)":                               true,
		"NO Internal error occurred":                              true,
		"NO Server busy":                                          true,
		"NO Mailbox is locked by POP server":                      true,
		"NO Timeout waiting for lock":                             true,
		"NO [SERVERBUG] x":                                        true,
		"NO [OVERQUOTA] Quota exceeded":                           false,
		"NO [NOPERM] this folder is locked by your administrator": false,
	} {
		s := newServer(t, modern)
		s.fill("INBOX", 3)
		r := newRig(t, s.profile())
		r.sync()
		r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("m2").ID)
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "UID MOVE") {
				return how
			}
			return ""
		})
		_ = r.Round(t.Context())
		s.bend(nil)
		r.sync()
		if moved := r.message("m2").Folder == r.folder(mail.RoleArchive); moved != kept {
			t.Errorf("%s: moved once the server takes it: %v, want %v", how, moved, kept)
		}
	}
}

// TestThrottled: a server that wants the account to wait is left alone at once, and nothing
// is given up for it.
func TestThrottled(t *testing.T) {
	for _, at := range []string{"LIST", "SELECT", "UID SEARCH ", "HEADER.FIELDS", "BODY.PEEK[]", "BODY.PEEK[1]", "BODY.PEEK[2]<", "UID STORE", "UID MOVE", "APPEND"} {
		s := newServer(t, old+" UIDPLUS MOVE")
		s.fill("INBOX", 40)
		s.add("INBOX", parcel("large", noise(1<<20)))
		for i := range 20 {
			name := fmt.Sprint("F", i)
			s.create(name, `\HasNoChildren`)
			s.add(name, letter(name, "x"))
		}
		r := newRig(t, always(s.profile()), func(o *Options) { o.Bodies = "recent" })
		if at == "UID STORE" || at == "UID MOVE" || at == "APPEND" {
			r.sync()
			r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("m3").ID, r.message("F4").ID)
			r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("m5").ID)
			r.sent("mine", "bob@example.net")
		}
		if at == "BODY.PEEK[2]<" {
			r.sync()
			r.wantPart("large", "2")
		}
		refused := 0
		s.bend(func(c string) string {
			if refused > 0 && c != "LOGOUT" || strings.Contains(c, at) {
				refused++
				return "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds"
			}
			return ""
		})
		r.now = s.start
		stop := r.run()
		st := r.awaitKind(Offline)
		stop()
		if refused > 3 || at == "LIST" && refused > 1 || !strings.Contains(st.Text, "for now: Request is throttled") || st.Retry.Sub(s.start()) != 92415*time.Millisecond {
			t.Errorf("%s: %d commands in vain, %+v", at, refused, st)
		}
		r.now = time.Now
		s.bend(nil)
		r.sync()
		r.agree(s.truth)
		if _, err := r.store.Body(t.Context(), r.message("m7").ID); err != nil || r.pending() != 0 {
			t.Errorf("%s: then %v, and %d changes wait", at, err, r.pending())
		}
		if text := r.partial("large").Text(); text != "The quagga is in the parcel." || at == "BODY.PEEK[2]<" && !r.part("large", "2").Done {
			t.Errorf("%s: then %q and %+v of the large one", at, text, r.part("large", "2"))
		}
	}
}

// TestRefusedSignIns are tried again where they say nothing of the password.
func TestRefusedSignIns(t *testing.T) {
	for how, want := range map[string]Kind{
		"NO [ALERT] Account exceeded command or bandwidth limits. (Failure)": Offline,
		"NO [ALERT] Too many simultaneous connections. (Failure)":            Offline,
		"NO Internal Server Error":                                           Offline,
		"NO Server busy":                                                     Offline,
		"NO Maximum number of connections from user+IP exceeded":             Offline,
		"NO User is over the connection limit":                               Offline,
		"NO Authentication failed: backend timed out":                        Offline,
		"NO Login failed. Please try again.":                                 NeedsYou,
		"NO [AUTHENTICATIONFAILED] wrong, please try again":                  NeedsYou,
		"NO Invalid user name or password, try again":                        NeedsYou,
		"NO Your account was locked by your administrator":                   NeedsYou,
		"NO LOGIN failed":                                                    NeedsYou,
	} {
		s := newServer(t, modern)
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "AUTHENTICATE") {
				return how
			}
			return ""
		})
		r := newRig(t, s.profile())
		if got := r.failed(r.Round(t.Context()), time.Time{}); got.Kind != want {
			t.Errorf("%s: %+v", how, got)
		}
	}
}

// TestManyChanges go out in commands that a server can read and end in time.
func TestManyChanges(t *testing.T) {
	if !testing.Short() {
		t.Run("long sets", longSets)
	}
	t.Run("slow moves", func(t *testing.T) {
		for _, caps := range []string{modern, old + " UIDPLUS"} {
			if testing.Short() && caps != modern {
				continue
			}
			s := newServer(t, caps)
			s.fill("INBOX", 2000)
			r := newRig(t, s.profile())
			r.sync()
			r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.listed(mail.RoleInbox)...)
			s.bend(func(c string) string {
				f := strings.Fields(c)
				if len(f) < 3 || f[1] != "MOVE" && f[1] != "COPY" {
					return ""
				}
				n := 0
				for i := uint32(1); i <= 2000; i++ {
					if inSet(f[2], i) {
						n++
					}
				}
				if n > 900 {
					return "drop" // the client has lost patience, and nothing is done
				}
				return ""
			})
			r.sync()
			if n := r.pending(); n > 0 {
				t.Errorf("%d moves wait", n)
			}
			r.agree(s.truth)
		}
	})
}

func longSets(t *testing.T) {
	s := newServer(t, modern)
	s.fill("INBOX", 4000)
	r := newRig(t, s.profile())
	r.sync()
	var ids []mail.ID
	for i, id := range r.listed(mail.RoleInbox) {
		if i%2 == 0 {
			ids = append(ids, id)
		}
	}
	r.apply(store.Change{Add: []string{mail.FlagSeen}}, ids...)
	s.bend(func(c string) string {
		if len(c) > 8192 {
			return "BAD Command line too long"
		}
		return ""
	})
	r.sync()
	if n := r.pending(); n > 0 {
		t.Errorf("%d of %d changes wait", n, len(ids))
	}
	r.agree(s.truth)
}

// agreesAfter mirrors an INBOX of n messages from a server of each kind, and looks whether
// the mirror is right two rounds after something has happened there.
func agreesAfter(t *testing.T, n int, kinds map[string]string, happen func(*server)) {
	for name, caps := range kinds {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, caps)
			s.fill("INBOX", n)
			r := newRig(t, s.profile())
			r.sync()
			r.sync()
			happen(s)
			r.sync()
			r.sync()
			r.agree(s.truth)
		})
	}
}

// TestModSeqBeginsAgain: a server that has lost count makes its state anew.
func TestModSeqBeginsAgain(t *testing.T) {
	agreesAfter(t, 1200, map[string]string{"condstore": modern, "qresync": qresync}, func(s *server) {
		s.change("INBOX", func(b *box) {
			b.set("m5", `\Flagged`, true)
			b.modseq = 3
			for _, m := range b.msgs {
				m.modseq = 3
			}
		})
	})
}

// TestFlagsNotAllTold: RFC 2180 §4.1.2 lets a server answer NO behind what it gives.
func TestFlagsNotAllTold(t *testing.T) {
	agreesAfter(t, 20, map[string]string{"old": old, "modern": modern}, func(s *server) {
		s.change("INBOX", func(b *box) { b.set("m3", `\Flagged`, true); b.remove(7) })
		s.add("INBOX", letter("new", "new"))
		s.strain(func(c, out, answer string) (string, string) {
			if strings.HasPrefix(c, "UID FETCH") && !strings.Contains(c, "HEADER") && strings.Contains(c, "FLAGS") {
				return out, "NO Some of the requested messages no longer exist."
			}
			return out, answer
		})
	})
}

// TestEmptyBody is none, of a message that has a size.
func TestEmptyBody(t *testing.T) {
	for _, nothing := range []string{"BODY[] NIL", `BODY[] ""`, "BODY[] {0}\r\n"} {
		s := newServer(t, modern)
		s.fill("INBOX", 3)
		s.strain(func(c, out, answer string) (string, string) {
			if !strings.HasPrefix(c, "UID FETCH") || !strings.Contains(c, "BODY.PEEK[]") {
				return out, answer
			}
			out = ""
			for i := range 3 {
				out += fmt.Sprintf("* %d FETCH (UID %d %s)\r\n", i+1, i+1, nothing)
			}
			return out, answer
		})
		r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
		_ = r.Round(t.Context())
		if raw, err := r.store.Body(t.Context(), r.message("m2").ID); err == nil {
			t.Errorf("%s: kept %q", nothing, raw)
		}
		s.strain(nil)
		if err := r.store.Want(t.Context(), r.message("m2").ID); err != nil {
			t.Fatal(err)
		}
		r.sync()
		if raw, err := r.store.Body(t.Context(), r.message("m2").ID); err != nil || len(raw) == 0 {
			t.Errorf("%s: then kept %q, %v", nothing, raw, err)
		}
	}
}

// TestWrongCopyUID: messages are where the server has them, whatever it has said of that.
func TestWrongCopyUID(t *testing.T) {
	for _, code := range []string{"OK [COPYUID 1001 1,2 1] x", "OK [COPYUID 1001 1:2 50:51] x", "OK [COPYUID 1001 1:2 9,9] x", "OK [COPYUID 77 1:2 1:2] x"} {
		s := newServer(t, modern)
		s.fill("INBOX", 2)
		s.add("Archive", letter("a1", "x"))
		s.add("Archive", letter("a2", "x"))
		r := newRig(t, s.profile())
		r.sync()
		r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("m1").ID, r.message("m2").ID)
		s.strain(func(c, out, answer string) (string, string) {
			if strings.HasPrefix(c, "UID MOVE") {
				return out, code
			}
			return out, answer
		})
		there := []mail.ID{r.message("a1").ID, r.message("a2").ID}
		r.sync()
		r.sync()
		if strings.Contains(code, " 77 ") && !slices.Equal(there, []mail.ID{r.message("a1").ID, r.message("a2").ID}) {
			t.Errorf("%s: what was in the folder has become other messages", code)
		}
		if have, want := fmt.Sprint(r.mirror()), fmt.Sprint(s.truth()); have != want {
			t.Errorf("%s:\nhave %s\nwant %s", code, have, want)
		}
	}
}

// TestOneOfManyRefused: a NO is about all messages of a command, though it may be for one.
func TestOneOfManyRefused(t *testing.T) {
	for _, caps := range []string{modern, old + " UIDPLUS"} {
		for what, n := range map[string]int{"MOVE": 10, "COPY": 10, "STORE": 10, "EXPUNGE": 10, "MOVE all": 300} {
			s := newServer(t, caps)
			s.fill("INBOX", n)
			r := newRig(t, s.profile())
			r.sync()
			var ids []mail.ID
			for i := range n {
				ids = append(ids, r.message(fmt.Sprint("m", i+1)).ID)
			}
			verb, all := strings.CutSuffix(what, " all")
			archive := r.folder(mail.RoleArchive)
			r.apply(map[string]store.Change{"MOVE": {MoveTo: archive}, "COPY": {CopyTo: archive}, "STORE": {Add: []string{mail.FlagSeen}}, "EXPUNGE": {Erase: true}}[verb], ids...)
			if verb == "MOVE" && caps != modern {
				verb = "COPY"
			}
			tries := 0
			s.bend(func(c string) string {
				f := strings.Fields(c)
				if len(f) < 3 || f[0] != "UID" || f[1] != verb {
					return ""
				}
				tries++
				if all || inSet(f[2], 5) {
					return "NO [NOPERM] not this one"
				}
				return ""
			})
			l := r.listen()
			r.sync()
			said := notices(l.so())
			r.sync()
			changed := 0
			for _, line := range s.truth() {
				if strings.HasPrefix(line, "Archive") || strings.Contains(line, `\seen`) {
					changed++
				}
			}
			if verb == "EXPUNGE" {
				changed = n - len(s.truth())
			}
			want, told := n-1, "a message"
			if all {
				want, told = 0, "300 messages"
			}
			if changed != want || len(said) != 1 || !strings.Contains(said[0], told+": not this one") || r.pending() != 0 {
				t.Errorf("%.25s, %s: done for %d of %d, %d wait, told %q", caps, what, changed, want, r.pending(), said)
			}
			if tries > maxTries {
				t.Errorf("%s: %d commands", what, tries)
			}
			if verb != "EXPUNGE" { // whose first half is done
				r.agree(s.truth)
			}
		}
	}
}

// TestSift counts the commands with which few are found among many.
func TestSift(t *testing.T) {
	for _, bad := range [][]int{{0}, {499}, {250}, {7, 8}, {3, 496}} {
		var list []store.Pending
		for i := range 500 {
			list = append(list, store.Pending{UID: mail.UID(i)})
		}
		isBad := func(p store.Pending) bool { return slices.Contains(bad, int(p.UID)) }
		tries, done := 0, 0
		no, why, err := sift(list, func(part []store.Pending) ([]store.Pending, error) {
			tries++
			if slices.ContainsFunc(part, isBad) {
				return part, &imapclient.Error{Kind: imapclient.KindNo}
			}
			done += len(part)
			return nil, nil
		})
		spare := 0
		if len(bad) > 1 {
			spare = 16 // for whom there were no tries left
		}
		if err != nil || !refused(why) || tries > maxTries || done+len(no) != 500 || len(no) > len(bad)+spare {
			t.Errorf("%v: refused %d, done %d, %d commands, %v", bad, len(no), done, tries, err)
		}
	}
}

// TestListForgets: a folder that a list leaves out is not gone for that.
func TestListForgets(t *testing.T) {
	shorter := func(c, out, answer string) (string, string) {
		if strings.HasPrefix(c, "LIST") {
			lines := strings.SplitAfter(out, "\r\n")
			out = strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, `"Archive"`) }), "")
		}
		return out, answer
	}
	unknown := func(c string) string {
		if !strings.HasPrefix(c, "UID") && strings.Contains(c, `"Archive"`) {
			return "NO [NONEXISTENT] there is none"
		}
		return ""
	}
	for name, caps := range map[string]string{"old": old + " UIDPLUS", "modern": modern, "qresync": qresync} {
		for _, told := range []bool{false, true} { // that it is gone, by mistake
			t.Run(fmt.Sprint(name, " ", told), func(t *testing.T) {
				s := newServer(t, caps)
				s.add("Archive", letter("a1", "x"))
				s.add("Archive", letter("a2", "x"))
				r := newRig(t, s.profile())
				r.sync()
				id := r.message("a1").ID
				r.apply(store.Change{Add: []string{mail.FlagFlagged}}, id)
				s.strain(shorter)
				if told {
					s.bend(unknown)
				}
				r.sync()
				if n := r.count(mail.RoleArchive); n != 2 {
					t.Errorf("%d messages are left of 2", n)
				}
				s.strain(nil)
				s.bend(nil)
				r.sync()
				if m := r.message("a1"); m.ID != id || !slices.Contains(m.Flags, mail.FlagFlagged) || r.pending() != 0 {
					t.Errorf("it is message %d, was %d, with %v; %d wait", m.ID, id, m.Flags, r.pending())
				}
				r.agree(s.truth)
			})
		}
	}
	t.Run("twice", func(t *testing.T) {
		s := newServer(t, modern)
		s.add("Archive", letter("a1", "x"))
		r := newRig(t, s.profile())
		r.sync()
		s.strain(shorter)
		r.sync()
		r.sync()
		if _, err := r.store.FolderByRole(t.Context(), "a", mail.RoleArchive); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the folder is there still: %v", err)
		}
	})
	t.Run("twice, to a process each", func(t *testing.T) {
		s := newServer(t, modern)
		s.add("Archive", letter("a1", "x"))
		r := newRig(t, s.profile())
		r.sync()
		r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("a1").ID)
		again := func() {
			r.reopen()
			r.sync()
		}
		s.strain(shorter)
		again()
		s.strain(nil) // it was forgotten for once, twice
		again()
		s.strain(shorter)
		again()
		if n := r.count(mail.RoleArchive); n != 1 {
			t.Fatalf("%d messages are left of 1", n)
		}
		again()
		if _, err := r.store.FolderByRole(t.Context(), "a", mail.RoleArchive); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the folder is there still: %v", err)
		}
	})
	t.Run("gone", func(t *testing.T) {
		for _, change := range []bool{false, true} {
			s := newServer(t, modern)
			s.add("Archive", letter("a1", "x"))
			r := newRig(t, s.profile())
			r.sync()
			if change {
				r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("a1").ID)
			}
			s.mu.Lock()
			delete(s.boxes, "Archive")
			s.mu.Unlock()
			r.sync()
			if change {
				r.sync()
			}
			if have := r.mirror(); len(have) != 0 || r.pending() != 0 {
				t.Errorf("the mirror has %v, %d wait", have, r.pending())
			}
		}
	})
}

// TestAlert: RFC 3501 §7.1 demands that the user sees it.
func TestAlert(t *testing.T) {
	const says = "127.0.0.1 says: "
	for name, tt := range map[string]struct{ command, how, want string }{
		"untagged OK":  {"SELECT", "* OK [ALERT] Your mailbox will be closed tomorrow", "Your mailbox will be closed tomorrow"},
		"untagged NO":  {"LIST", "* NO [ALERT] disk nearly full", "disk nearly full"},
		"untagged BAD": {"LIST", "* BAD [alert] beware", "beware"},
		"tagged NO":    {"UID STORE", "NO [ALERT] read only from today", "read only from today"},
		"sign-in":      {"AUTHENTICATE", "* OK [ALERT] new terms", "new terms"},
		"refused":      {"AUTHENTICATE", "NO [ALERT] pay your bill", "pay your bill"},
		"unclean":      {"LIST", "* OK [ALERT] a\x1b[31mb\u202ec\x07", ""},
		"long":         {"LIST", "* OK [ALERT] " + strings.Repeat("x", 5000), strings.Repeat("x", longestAlert) + "…"},
		"empty":        {"LIST", "* OK [ALERT]", "-"},
	} {
		s := newServer(t, modern)
		s.fill("INBOX", 2)
		r := newRig(t, s.profile())
		l := r.listen()
		s.bend(func(c string) string {
			if strings.HasPrefix(c, tt.command) {
				return tt.how
			}
			return ""
		})
		_ = r.Round(t.Context())
		if tt.command == "UID STORE" {
			r.apply(store.Change{Add: []string{mail.FlagSeen}}, r.message("m1").ID)
		}
		for range 3 {
			_ = r.Round(t.Context())
		}
		var told []string
		for _, n := range notices(l.so()) {
			if text, ok := strings.CutPrefix(n, says); ok {
				told = append(told, text)
			}
		}
		switch {
		case tt.want == "-" && len(told) == 0:
		case len(told) != 1 || tt.want != "" && told[0] != tt.want || strings.ContainsAny(told[0], "\x1b\u202e\x07"):
			t.Errorf("%s: told %q", name, told)
		}
	}
}

// TestSearchNeverAnswers, or does not do so by UIDs: changes are carried out all the same.
func TestSearchNeverAnswers(t *testing.T) {
	for name, caps := range map[string]string{"old": old + " UIDPLUS", "modern": modern, "refuses": modern} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, caps)
			s.fill("INBOX", 20)
			r := newRig(t, s.profile())
			r.sync()
			s.strain(func(c, out, answer string) (string, string) {
				switch {
				case !strings.HasPrefix(c, "UID SEARCH"):
					return out, answer
				case name == "refuses" && strings.Contains(c, " UID "):
					return "", "NO The criteria UID sequence is not supported"
				case name == "refuses":
					return out, answer
				}
				return "", answer
			})
			r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("m3").ID, r.message("m4").ID)
			r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("m4").ID, r.message("m5").ID)
			r.apply(store.Change{Erase: true}, r.message("m6").ID)
			s.change("INBOX", func(b *box) { b.remove(5) }) // by another client
			r.sync()
			r.sync()
			r.agree(s.truth)
			if r.pending() != 0 || len(s.truth()) != 18 {
				t.Errorf("%d changes wait, %d messages at the server", r.pending(), len(s.truth()))
			}
		})
	}
}

// TestCopyWithoutMessageID: a move without MOVE whose line is cut behind its first half.
func TestCopyWithoutMessageID(t *testing.T) {
	report := func(subject string) []byte {
		return []byte("From: cron@example.net\r\nSubject: " + subject + "\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nx\r\n")
	}
	for _, undone := range []bool{false, true} {
		s := newServer(t, old+" UIDPLUS")
		s.add("INBOX", report("no name"))
		s.add("Archive", report("no name")) // another one, which is known
		r := newRig(t, s.profile())
		r.sync()
		s.add("Archive", report("a stranger"))
		list, err := r.store.Newest(t.Context(), []mail.FolderID{r.folder(mail.RoleInbox)}, 10)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		id, inbox := list[0].ID, r.folder(mail.RoleInbox)
		r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, id)
		s.bendOnce("UID COPY", "drop after")
		_ = r.Round(t.Context())
		want := "Archive 1,Archive 2,Archive 3"
		if undone {
			r.apply(store.Change{MoveTo: inbox}, id)
			want = "Archive 1,Archive 2,INBOX 1"
		}
		r.sync()
		r.sync()
		var got []string
		for _, l := range s.truth() {
			f := strings.Fields(l)
			got = append(got, f[0]+" "+f[1])
		}
		if strings.Join(got, ",") != want || r.pending() != 0 {
			t.Errorf("undone %t: the server has %q, %d wait", undone, got, r.pending())
		}
		r.agree(s.truth)
	}
}
