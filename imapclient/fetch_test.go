package imapclient

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

func headers(t *testing.T, c *Client, uids ...imap.UID) (map[imap.UID]Message, error) {
	t.Helper()
	got := map[imap.UID]Message{}
	err := c.FetchHeaders(t.Context(), imap.UIDSetNum(uids...), func(m Message) error {
		if _, twice := got[m.UID]; twice {
			t.Errorf("message %d came twice", m.UID)
		}
		got[m.UID] = m
		return nil
	})
	return got, err
}

const (
	withStructure    = " (" + headerItems + " BODYSTRUCTURE)"
	withoutStructure = " (" + headerItems + ")"
)

func TestFetchHeaders(t *testing.T) {
	head := "Subject: hi\r\n\r\n"
	c := folder(t, offers, 9, func(s *script) {
		s.expect("UID FETCH 1:7" + withStructure)
		s.send(
			// A plain one, with the UID behind the literal.
			fmt.Sprintf("* 1 FETCH (FLAGS (\\Seen $Forwarded) RFC822.SIZE 3021 BODY[HEADER.FIELDS (DATE FROM)] {%d}", len(head)),
			head+` INTERNALDATE " 7-Feb-1994 21:52:25 -0800" BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 12 1) UID 1)`,
			// Quoted, unknown items, numbers that are none.
			`* 2 FETCH (UID 2 X-FOO (a (b {3}`, `)))) "c") FLAGS (\seen  foo] \ ) RFC822.SIZE 9.3736e+06 BODY[HEADER.FIELDS ("DATE" FROM)] "Subject: \"q\"" INTERNALDATE "no date" MODSEQ (0))`,
			// In two parts, with others in between.
			`* 3 FETCH (UID 3 FLAGS ())`,
			"* 10 EXISTS", `* 4 FETCH (FLAGS (\Deleted))`, `* 8 FETCH (UID 99 FLAGS ())`, `* 0 FETCH (UID 4)`,
			`* 3 FETCH (RFC822.SIZE -1 BODY[HEADER.FIELDS (DATE)] NIL)`,
			// A structure that is garbled, but ends.
			`* 5 FETCH (UID 5 FLAGS () RFC822.SIZE 18446744073709551615 BODYSTRUCTURE (("TEXT" "PLAIN" NIL) "MIXED" BODY[HEADER.FIELDS (DATE)] "a") BODY[HEADER.FIELDS (DATE)] "ok")`,
			// Repeated.
			`* 5 FETCH (UID 5 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "again")`,
			// Without end.
			`* 6 FETCH (UID 6 FLAGS () BODYSTRUCTURE (("TEXT" RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "lost"`,
			"@ OK done",
		)
		s.expect("UID FETCH 4,6:7" + withoutStructure)
		s.send(`* 6 FETCH (UID 6 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "found")`, "@ OK done")
	})
	got, err := headers(t, c, 1, 2, 3, 4, 5, 6, 7)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 5 {
		t.Fatalf("got %d messages: %v", len(got), got)
	}
	if m := got[1]; string(m.Header) != head || m.Seq != 1 || m.Size != 3021 || m.Structure == nil || m.InternalDate.Unix() != 760686745 ||
		!slices.Equal(m.Flags, []imap.Flag{imap.FlagSeen, imap.FlagForwarded}) {
		t.Errorf("message 1 is %+v", m)
	}
	if m := got[2]; string(m.Header) != `Subject: "q"` || m.Size != 9373600 || !m.InternalDate.IsZero() || !slices.Equal(m.Flags, []imap.Flag{imap.FlagSeen, "foo]"}) {
		t.Errorf("message 2 is %+v", m)
	}
	if m := got[3]; len(m.Header) != 0 || m.Size != 0 {
		t.Errorf("message 3 is %+v", m)
	}
	if m := got[5]; string(m.Header) != "ok" || m.Structure != nil || m.Size != 0 {
		t.Errorf("message 5 is %+v", m)
	}
	if m := got[6]; string(m.Header) != "found" {
		t.Errorf("message 6 is %+v", m)
	}
	if !c.news {
		t.Error("what the server said in between is no news")
	}
}

// One message the server cannot read must not hide the others.
func TestFetchFindsTheRotten(t *testing.T) {
	const rotten = 37
	c := folder(t, offers, 100, func(s *script) {
		for {
			line := s.line()
			if line == "" {
				return
			}
			fields := strings.Fields(line)
			s.tag = fields[0]
			spans, err := parseSet(fields[3], 1000)
			if err != nil {
				s.t.Error(err)
			}
			broken := false
			for _, sp := range spans {
				for uid := sp.first; uid <= sp.last && !broken; uid++ {
					if broken = uid == rotten; !broken {
						s.send(fmt.Sprintf(`* %d FETCH (UID %d FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "x")`, uid, uid))
					}
				}
			}
			if broken {
				s.send("@ NO [SERVERBUG] cannot read it")
			} else {
				s.send("@ OK")
			}
		}
	})
	var uids []imap.UID
	for uid := imap.UID(1); uid <= 100; uid++ {
		uids = append(uids, uid)
	}
	got, err := headers(t, c, uids...)
	if _, bad := got[rotten]; err != nil || len(got) != 99 || bad {
		t.Errorf("got %d messages, %v", len(got), err)
	}
}

func TestFetchRefusedAltogether(t *testing.T) {
	c := folder(t, offers, 100, func(s *script) {
		for line := s.line(); line != ""; line = s.line() {
			s.tag, _, _ = strings.Cut(line, " ")
			s.send("@ NO [UNAVAILABLE] not now")
		}
	})
	var uids []imap.UID
	for uid := imap.UID(1); uid <= 100; uid++ {
		uids = append(uids, uid)
	}
	_, err := headers(t, c, uids...)
	want(t, err, KindNo, false)
}

func TestEachEndsTheFetch(t *testing.T) {
	enough := errors.New("enough")
	c := folder(t, offers, 3, func(s *script) {
		for _, s.tag = range []string{"P2", "P3"} {
			s.line()
			s.send(`* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "x")`, `* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "x")`, "@ OK")
		}
	})
	calls := 0
	each := func(Message) error { calls++; return enough }
	if err := c.FetchHeaders(t.Context(), imap.UIDSetNum(1, 2), each); !errors.Is(err, enough) || calls != 1 {
		t.Errorf("error %v after %d calls", err, calls)
	}
	if err := c.FetchFlags(t.Context(), imap.UIDSetNum(1, 2), 0, each); !errors.Is(err, enough) || calls != 2 || !c.Alive() {
		t.Errorf("error %v after %d calls", err, calls)
	}
}

// The newest are asked for by their places; those at which the server stumbles by their
// UIDs.
func TestFetchNewest(t *testing.T) {
	item := func(seq, uid int) string {
		return fmt.Sprintf(`* %d FETCH (UID %d FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "%d")`, seq, uid, uid)
	}
	rotten := `* 8 FETCH (UID 80 FLAGS () BODYSTRUCTURE (("TEXT" RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "lost"`
	for name, test := range map[string]struct {
		exists int
		n      uint32
		server func(s *script)
		want   []imap.UID
	}{
		"whole": {9, 3, func(s *script) {
			s.expect("FETCH 7:9" + withStructure)
			s.send(item(7, 70), item(8, 80), item(9, 99), "@ OK done")
		}, []imap.UID{70, 80, 99}},
		"fewer": {2, 3, func(s *script) { s.expect("FETCH 1:2" + withStructure); s.send(item(2, 9), item(1, 4), "@ OK done") }, []imap.UID{4, 9}},
		"one":   {1, 3, func(s *script) { s.expect("FETCH 1" + withStructure); s.send(item(1, 4), "@ OK done") }, []imap.UID{4}},
		"empty": {0, 3, func(*script) {}, nil},
		"of another": {9, 2, func(s *script) {
			s.expect("FETCH 8:9" + withStructure)
			s.send(item(8, 80), `* 3 FETCH (UID 30 FLAGS (\Seen))`, item(9, 99), "@ OK done")
		}, []imap.UID{80, 99}},
		"one is rotten": {9, 3, func(s *script) {
			s.expect("FETCH 7:9" + withStructure)
			s.send(item(7, 70), rotten, item(9, 99), "@ OK done")
			s.expect("UID SEARCH RETURN (ALL) 7:9")
			s.send("* ESEARCH UID ALL 70,80,99", "@ OK done")
			s.expect("UID FETCH 80" + withStructure)
			s.send(rotten, "@ OK done")
			s.expect("UID FETCH 80" + withoutStructure)
			s.send(item(8, 80), "@ OK done")
		}, []imap.UID{70, 80, 99}},
		"refused": {9, 2, func(s *script) {
			s.expect("FETCH 8:9" + withStructure)
			s.send("@ NO [SERVERBUG] sorry")
			s.expect("UID SEARCH RETURN (ALL) 8:9")
			s.send("* ESEARCH UID ALL 80,99", "@ OK done")
			s.expect("UID FETCH 80,99" + withStructure)
			s.send(item(8, 80), item(9, 99), "@ OK done")
		}, []imap.UID{80, 99}},
	} {
		t.Run(name, func(t *testing.T) {
			c := folder(t, offers, test.exists, test.server)
			var got []imap.UID
			err := c.FetchNewest(t.Context(), test.n, func(m Message) error {
				got = append(got, m.UID)
				return nil
			})
			if slices.Sort(got); err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestFetchFlags(t *testing.T) {
	var many []imap.UID
	for uid := imap.UID(2); uid < 8000; uid += 2 {
		many = append(many, uid)
	}
	c := session(t, offers+" CONDSTORE", func(s *script) {
		s.expect(`SELECT "INBOX" (CONDSTORE)`)
		s.send("* 8000 EXISTS", "@ OK")
		s.expect("UID FETCH 2:7998 (UID FLAGS MODSEQ) (CHANGEDSINCE 12)")
		s.send(`* 1 FETCH (UID 4 MODSEQ (13) FLAGS (\Seen))`, `* 1 FETCH (UID 5 MODSEQ (13) FLAGS (\Seen))`, `* 2 FETCH (UID 6 MODSEQ (-1))`, "@ OK")
		seen := 0
		for seen < len(many) {
			line := s.line()
			if len(line) > 8000 {
				s.t.Errorf("a command of %d bytes", len(line))
			}
			fields := strings.Fields(line)
			s.tag = fields[0]
			seen += strings.Count(fields[3], ",") + 1
			s.send("@ OK")
		}
	})
	if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
		t.Fatal(err)
	}
	var got []Message
	each := func(m Message) error { got = append(got, m); return nil }
	if err := c.FetchFlags(t.Context(), imap.UIDSetNum(many...), 12, each); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].UID != 4 || got[0].ModSeq != 13 {
		t.Errorf("got %+v", got)
	}
	if err := c.FetchFlags(t.Context(), imap.UIDSetNum(many...), 0, each); err != nil {
		t.Fatal(err)
	}
	if err := c.FetchFlags(t.Context(), nil, 0, each); err != nil {
		t.Errorf("no messages: %v", err)
	}
}

func TestFetchBody(t *testing.T) {
	c := folder(t, offers, 3, func(s *script) {
		ask := func(item string, answer ...string) {
			s.expect("UID FETCH 3 (UID BODY.PEEK[]" + item + ")")
			s.send(answer...)
		}
		ask("<0.11>", "* 1 FETCH (UID 3 BODY[]<0> {10}", "0123\x00\r\n78 UID 3)", "@ OK")
		ask("<0.11>", "* 1 FETCH (UID 3 BODY[]<0> {11}", "0123456789a)", "@ OK")
		ask("<0.11>", "* 1 FETCH (BODY[] ~{2000}", strings.Repeat("x", 2000)+" UID 3)", "@ OK")
		ask("<0.11>", "@ OK nothing")
		ask("<0.11>", "@ BAD what is this")
		ask("", `* 1 FETCH (UID 3 BODY[] "short")`, "@ OK")
		ask("<0.11>", "* 1 FETCH (UID 3 BODY[]<0> NIL)", "@ OK")
		ask("<0.11>", "* 1 FETCH (UID 3 BODY[]<0> {4294967296}", "xyz")
	})
	body := func() ([]byte, error) { return c.FetchBody(t.Context(), 3, 10) }
	if raw, err := body(); err != nil || string(raw) != "0123\x00\r\n78 " && string(raw) != "0123\x00\r\n78" {
		t.Errorf("body %q, %v", raw, err)
	}
	for range 2 {
		_, err := body()
		want(t, err, KindTooLarge, false)
	}
	_, err := body()
	want(t, err, KindNo, false)
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	if raw, err := body(); err != nil || string(raw) != "short" {
		t.Errorf("body %q, %v", raw, err)
	}
	if raw, err := body(); err != nil || raw == nil || len(raw) != 0 {
		t.Errorf("body %q, %v", raw, err)
	}
	_, err = body()
	want(t, err, KindTooLarge, true)
}

func TestFetchBodies(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect("UID FETCH 1:6 (UID BODY.PEEK[])")
		s.send(
			"* 1 FETCH (UID 1 BODY[] {5}", "one\r\n)",
			// In two parts, with news in between.
			"* 2 FETCH (UID 2)", `* 7 FETCH (FLAGS (\Seen))`, "* 10 EXISTS", `* 2 FETCH (BODY[] "two")`,
			// Too large, nothing in it, garbled, not asked for, twice.
			"* 3 FETCH (UID 3 BODY[] {20}", strings.Repeat("x", 20)+")", "* 4 FETCH (BODY[] NIL UID 4)", "* 5 FETCH (UID 5 BODY[] {3",
			`* 9 FETCH (UID 99 BODY[] "other")`, `* 1 FETCH (UID 1 BODY[] "again")`,
			"@ NO 6 is damaged",
		)
	})
	got := map[imap.UID]string{}
	err := c.FetchBodies(t.Context(), imap.UIDSetNum(1, 2, 3, 4, 5, 6), 10, func(uid imap.UID, raw []byte) error {
		if _, twice := got[uid]; twice {
			t.Errorf("message %d came twice", uid)
		}
		got[uid] = string(raw)
		return nil
	})
	want(t, err, KindNo, false)
	if wanted := map[imap.UID]string{1: "one\r\n", 2: "two", 4: ""}; !maps.Equal(got, wanted) {
		t.Errorf("bodies %v, want %v", got, wanted)
	}
}

func TestFetchBodiesStops(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.line()
		s.send(`* 1 FETCH (UID 1 BODY[] "one")`, `* 2 FETCH (UID 2 BODY[] "two")`, "@ OK")
	})
	full := errors.New("the disk is full")
	n := 0
	err := c.FetchBodies(t.Context(), imap.UIDSetNum(1, 2), 10, func(imap.UID, []byte) error { n++; return full })
	if !errors.Is(err, full) || n != 1 {
		t.Errorf("%d bodies, %v", n, err)
	}
}

func TestBodyBrokenOff(t *testing.T) {
	c := folder(t, offers, 3, func(s *script) {
		s.line()
		s.send("* 1 FETCH (UID 3 BODY[]<0> {1000}", "only this")
	})
	_, err := c.FetchBody(t.Context(), 3, 0)
	if e := want(t, err, KindNetwork, true); !e.Temporary() {
		t.Errorf("%v is not worth another try", e)
	}
}

func TestHostileResponses(t *testing.T) {
	tests := []struct {
		name string
		say  func(*script)
		kind Kind
	}{
		{"line without end", func(s *script) { s.raw("* 1 FETCH (" + strings.Repeat("x", 17<<20)) }, KindTooLarge},
		{"nonsense without end", func(s *script) { s.raw(strings.Repeat("what\r\n", 2000)) }, KindProtocol},
		{"bye", func(s *script) { s.send("* BYE [UNAVAILABLE] restarting") }, KindBye},
		{"reset", func(s *script) {}, KindNetwork},
		{"neither yes nor no", func(s *script) { s.send("@ MAYBE later") }, KindProtocol},
		{"literals without end", func(s *script) {
			s.raw(strings.Repeat("(X {1}\r\na", maxLiterals+2))
		}, KindTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := folder(t, offers, 3, func(s *script) {
				s.line()
				s.tag = "P2"
				test.say(s)
			})
			_, err := c.UIDs(t.Context())
			want(t, err, test.kind, true)
			if c.Alive() {
				t.Error("the connection is kept")
			}
		})
	}
}

func TestDeepNesting(t *testing.T) {
	deep := strings.Repeat("(", 10_000)
	c := folder(t, offers, 3, func(s *script) {
		s.line()
		s.tag = "P2"
		s.send("* 1 FETCH (UID 1 BODYSTRUCTURE "+deep+" FLAGS ())", "* 2 FETCH "+deep, "* ESEARCH "+deep, "* LIST "+deep, "@ OK")
		s.line()
		s.tag = "P3"
		s.send("@ OK")
	})
	if got, err := headers(t, c, 1); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestStructure(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"single", `("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" 12 1)`, "text/plain 12"},
		{"extended", `("APPLICATION" "PDF" ("NAME" "a.pdf") "<id>" "desc" "BASE64" 100 "md5" ("ATTACHMENT" ("FILENAME" "b.pdf")) ("en" "de") "loc" (x (y)) 5)`, "application/pdf 100 b.pdf"},
		{"multipart", `(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL)("IMAGE" "PNG" NIL NIL NIL "BASE64" 2 NIL ("INLINE" NIL) NIL) "MIXED" ("BOUNDARY" "x") NIL NIL)`, "multipart/mixed [text/plain 1][image/png 2]"},
		{"enclosed", `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 50 ("date" "subject" ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL NIL "<m>") ("TEXT" "HTML" NIL NIL NIL "7BIT" 3 1) 10)`, "message/rfc822 50"},
		{"enclosed, empty", `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 50 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) () 10)`, "message/rfc822 50"},
		{"enclosed, sent as a part", `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 50)`, "message/rfc822 50"},
		{"text without lines", `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 12)`, "text/plain 12"},
		{"language as a word", `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 12 1 NIL "INLINE" "en" NIL)`, "text/plain 12"},
		{"no size", `("TEXT" "PLAIN" NIL NIL NIL "7BIT" -1 NIL)`, "text/plain 0"},
	}
	var show func(imap.BodyStructure) string
	show = func(bs imap.BodyStructure) string {
		switch p := bs.(type) {
		case *imap.BodyStructureSinglePart:
			return strings.TrimSpace(fmt.Sprintf("%s %d %s", p.MediaType(), p.Size, p.Filename()))
		case *imap.BodyStructureMultiPart:
			out := p.MediaType() + " "
			for _, child := range p.Children {
				out += "[" + show(child) + "]"
			}
			return out
		}
		return "nothing"
	}
	for _, test := range tests {
		s := &scanner{b: []byte(test.text)}
		bs, err := parseStructure(s, 0)
		if err != nil || !s.end() || show(bs) != test.want {
			t.Errorf("%s: %q, %v, rest %q, want %q", test.name, show(bs), err, s.rest(), test.want)
		}
		for n := range test.text {
			if bs, err := parseStructure(&scanner{b: []byte(test.text[:n])}, 0); err == nil {
				t.Errorf("%s: cut at %d gives %v", test.name, n, show(bs))
				break
			}
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]int64{
		" 7-Feb-1994 21:52:25 -0800": 760686745,
		"7-Feb-1994 21:52:25 -0800":  760686745,
		"17-Jul-1996 02:44:25 +0000": 837571465,
	} {
		if got := parseDate(text); got.Unix() != want {
			t.Errorf("%q is %v (%d), want %d", text, got, got.Unix(), want)
		}
	}
	if got := parseDate("32-Foo-1996 99:99:99 +0000"); !got.Equal(time.Time{}) {
		t.Errorf("nonsense is %v", got)
	}
}

// What comes of a message in parts is held until the last of them, however much has come
// of others before.
func TestFetchInPartsWithoutEnd(t *testing.T) {
	const messages = 400
	part := strings.Repeat("x", 100<<10)
	c := folder(t, offers, messages, func(s *script) {
		s.line()
		for i := range messages { // 40 MB
			s.raw(fmt.Sprintf("* %d FETCH (BODY[HEADER.FIELDS (X)] {%d}\r\n%s)\r\n", i+1, len(part), part))
			s.send(fmt.Sprintf("* %d FETCH (UID %d FLAGS () RFC822.SIZE 1)", i+1, i+1))
		}
		s.send("P2 OK")
	})
	var set imap.UIDSet
	set.AddRange(1, messages)
	whole := 0
	err := c.FetchHeaders(t.Context(), set, func(m Message) error {
		whole++
		return nil
	})
	if err != nil || whole != messages {
		t.Errorf("%d of %d messages, %v", whole, messages, err)
	}
}

// A body that was cut is left out also where its UID comes by itself.
func TestFetchBodiesCutInParts(t *testing.T) {
	c := folder(t, offers, 2, func(s *script) {
		s.line()
		s.send("* 1 FETCH (BODY[] {20}", "far longer than that)", "* 1 FETCH (UID 5)",
			"* 2 FETCH (BODY[] {5}", "short)", "* 2 FETCH (UID 6)", "P2 OK")
	})
	got := map[imap.UID]string{}
	err := c.FetchBodies(t.Context(), imap.UIDSetNum(5, 6), 10, func(uid imap.UID, raw []byte) error {
		got[uid] = string(raw)
		return nil
	})
	if err != nil || len(got) != 1 || got[6] != "short" {
		t.Errorf("got %v, %v", got, err)
	}
}
