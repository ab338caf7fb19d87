package imapclient

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

func TestSearch(t *testing.T) {
	tests := []struct {
		name string
		caps string
		by   *imap.SearchCriteria
		ask  string
		say  []string
		want []imap.UID
	}{
		{"all", "IMAP4rev1", nil, "UID SEARCH ALL", []string{"* SEARCH 3 1 2 2", "* SEARCH 9 (MODSEQ 5)"}, []imap.UID{1, 2, 3, 9}},
		{"none", "IMAP4rev1", nil, "UID SEARCH ALL", []string{"* SEARCH"}, nil},
		{"extended", "IMAP4rev1 ESEARCH", nil, "UID SEARCH RETURN (ALL) ALL", []string{`* ESEARCH (TAG "P2") UID COUNT 3 ALL 7:5,1`}, []imap.UID{1, 5, 6, 7}},
		{"extended, no correlator", "IMAP4rev1 ESEARCH", nil, "UID SEARCH RETURN (ALL) ALL", []string{`* ESEARCH UID ALL 4`}, []imap.UID{4}},
		{"extended, answered plainly", "IMAP4rev1 ESEARCH", nil, "UID SEARCH RETURN (ALL) ALL", []string{`* SEARCH 4`}, []imap.UID{4}},
		{"extended, none", "IMAP4rev1 ESEARCH", nil, "UID SEARCH RETURN (ALL) ALL", []string{`* ESEARCH (TAG "P2") UID`}, nil},
		{"keys", "IMAP4rev1", &imap.SearchCriteria{
			UID: []imap.UIDSet{imap.UIDSetNum(5, 6, 9)}, Since: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
			Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: `<a"b@c>`}}, Text: []string{"x"}, Body: []string{""},
			Flag: []imap.Flag{"\\seen", "$Junk"}, NotFlag: []imap.Flag{imap.FlagDeleted}, Larger: 5, Smaller: 9,
			Not: []imap.SearchCriteria{{Text: []string{"y"}}}, Or: [][2]imap.SearchCriteria{{{Larger: 1}, {}}},
		}, `UID SEARCH UID 5:6,9 LARGER 5 SMALLER 9 SINCE 1-Feb-2026 HEADER "Message-ID" "<a\"b@c>" BODY "" TEXT "x" SEEN KEYWORD $Junk UNDELETED NOT (TEXT "y") OR (LARGER 1) (ALL)`, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := folder(t, test.caps, 9, func(s *script) {
				s.expect(test.ask)
				s.send(append(test.say, "@ OK")...)
			})
			got, err := c.Search(t.Context(), test.by)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestSearchBeyondASCII(t *testing.T) {
	c := folder(t, "IMAP4rev1", 9, func(s *script) {
		s.expect("UID SEARCH CHARSET UTF-8 TEXT {3}")
		s.send("* 10 EXISTS", "+ go")
		if got := s.literal(3); got != "日" {
			s.t.Errorf("literal %q", got)
		}
		s.expectLine(" UNSEEN NOT (BODY {2}")
		s.send("+ go")
		s.literal(2)
		s.expectLine(")")
		s.tag = "P2"
		s.send("@ NO [BADCHARSET (US-ASCII)] no")
	})
	_, err := c.Search(t.Context(), &imap.SearchCriteria{Text: []string{"日"}, NotFlag: []imap.Flag{imap.FlagSeen}, Not: []imap.SearchCriteria{{Body: []string{"ä"}}}})
	if e := want(t, err, KindNo, false); e.Code != imap.ResponseCodeBadCharset {
		t.Errorf("code %q", e.Code)
	}
}

func TestSearchArguments(t *testing.T) {
	c := folder(t, "IMAP4rev1", 9, (*script).drain)
	deep := imap.SearchCriteria{}
	for range 100 {
		deep = imap.SearchCriteria{Not: []imap.SearchCriteria{deep}}
	}
	for _, sc := range []imap.SearchCriteria{
		{Text: []string{"a\r\nP9 DELETE INBOX"}}, {Body: []string{"\x00"}}, {Flag: []imap.Flag{"a b"}},
		{Header: []imap.SearchCriteriaHeaderField{{Key: "a\nb"}}}, {Or: [][2]imap.SearchCriteria{{{}, {Text: []string{"\n"}}}}}, deep,
	} {
		_, err := c.Search(t.Context(), &sc)
		want(t, err, KindUnsupported, false)
	}
}

func TestSearchResultsAreBounded(t *testing.T) {
	for _, answer := range []string{
		`* ESEARCH (TAG "P2") UID ALL 1:4294967295`,
		`* ESEARCH (TAG "P2") UID ALL 1:400000000`,
		`* ESEARCH (TAG "P2") UID ALL 1:2:3`,
		`* ESEARCH (TAG "P2" UID`,
		`* SEARCH one two`,
		"* SEARCH" + strings.Repeat(" 7", 11_000),
	} {
		c := folder(t, "IMAP4rev1 ESEARCH", 9, func(s *script) {
			s.line()
			s.tag = "P2"
			s.send(answer, "@ OK")
		})
		_, err := c.UIDs(t.Context())
		want(t, err, KindProtocol, false)
	}
}

func TestFlags(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect(`UID STORE 1:3 +FLAGS.SILENT (\Seen $Junk)`)
		s.send(`* 1 FETCH (FLAGS (\Seen))`, "@ OK")
		s.expect(`UID STORE 9:* -FLAGS.SILENT (\Seen)`)
		s.send("@ NO [READ-ONLY] no")
	})
	if err := c.AddFlags(t.Context(), imap.UIDSetNum(1, 3, 2), []imap.Flag{imap.FlagSeen, "$Junk"}); err != nil || c.news {
		t.Errorf("error %v, news %t", err, c.news)
	}
	var open imap.UIDSet
	open.AddRange(9, 0)
	want(t, c.RemoveFlags(t.Context(), open, []imap.Flag{imap.FlagSeen}), KindNo, false)
	if err := c.AddFlags(t.Context(), imap.UIDSetNum(1), nil); err != nil {
		t.Error(err)
	}
	for _, flag := range []imap.Flag{"", "a b", "a)", "a\r\n", "ä", `\`, imap.Flag(strings.Repeat("x", 300))} {
		want(t, c.AddFlags(t.Context(), imap.UIDSetNum(1), []imap.Flag{flag}), KindUnsupported, false)
	}
}

func TestMove(t *testing.T) {
	tests := []struct {
		name string
		caps string
		run  func(*script)
		want map[imap.UID]imap.UID
	}{
		{"MOVE", "IMAP4rev1 MOVE UIDPLUS", func(s *script) {
			s.expect(`UID MOVE 1:3 "Archive"`)
			s.send("* OK [COPYUID 7 1:3 30,20:21] moved", "* 1 EXPUNGE", "* 1 EXPUNGE", "* 1 EXPUNGE", "@ OK done")
		}, map[imap.UID]imap.UID{1: 30, 2: 20, 3: 21}},
		{"code without response", "IMAP4rev1 MOVE UIDPLUS", func(s *script) {
			s.expect(`UID MOVE 1:3 "Archive"`)
			s.send("[COPYUID 7 3:1 5:7]", "@ OK done")
		}, map[imap.UID]imap.UID{1: 5, 2: 6, 3: 7}},
		{"code in the answer", "IMAP4rev1 MOVE", func(s *script) {
			s.expect(`UID MOVE 1:3 "Archive"`)
			s.send("@ OK [COPYUID 7 2 5] done")
		}, map[imap.UID]imap.UID{2: 5}},
		{"renumbered in between", "IMAP4rev1 MOVE", func(s *script) {
			s.expect(`UID MOVE 1:3 "Archive"`)
			s.send("* OK [COPYUID 7 1:2 5:6] moved", "@ OK [COPYUID 8 3 1] done")
		}, map[imap.UID]imap.UID{3: 1}},
		{"hostile", "IMAP4rev1 MOVE", func(s *script) {
			s.expect(`UID MOVE 1:3 "Archive"`)
			s.send("* OK [COPYUID 7 1:4294967295 1:4294967295] moved", "* OK [COPYUID 7 1:2 1] x", "* OK [COPYUID x", "* OK [COPYUID 7 a b]", "@ OK done")
		}, map[imap.UID]imap.UID{}},
		{"COPY", "IMAP4rev1 UIDPLUS", func(s *script) {
			s.expect(`UID COPY 1:3 "Archive"`)
			s.send("@ OK [COPYUID 7 1:3 5:7] copied")
			s.expect(`UID STORE 1:3 +FLAGS.SILENT (\Deleted)`)
			s.send("@ OK")
			s.expect(`UID EXPUNGE 1:3`)
			s.send("* 1 EXPUNGE", "@ NO unknown command")
		}, map[imap.UID]imap.UID{1: 5, 2: 6, 3: 7}},
		{"COPY without UIDPLUS", "IMAP4rev1", func(s *script) {
			s.expect(`UID COPY 1:3 "Archive"`)
			s.send("@ OK")
			s.expect(`UID STORE 1:3 +FLAGS.SILENT (\Deleted)`)
			s.send("@ OK")
		}, map[imap.UID]imap.UID{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := folder(t, test.caps, 9, func(s *script) {
				test.run(s)
				s.expect("NOOP")
				s.send("@ OK")
			})
			moved, err := c.Move(t.Context(), imap.UIDSetNum(1, 2, 3), "Archive")
			got := moved.UIDs
			if err != nil || len(got) != len(test.want) || c.news {
				t.Errorf("got %v, %v, news %t", got, err, c.news)
			}
			for uid, want := range test.want {
				if got[uid] != want {
					t.Errorf("%d became %d, want %d", uid, got[uid], want)
				}
			}
			if err := c.Noop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTryCreate(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect(`UID MOVE 1 "New"`)
		s.send("@ NO [TRYCREATE] make it first")
		s.expect(`APPEND "New" {1+}`)
		s.literal(1)
		s.expectLine("")
		s.tag = "P3"
		s.send("@ NO [trycreate] make it first")
		s.expect(`APPEND "Big" {5000}`)
		s.send("@ NO [OVERQUOTA] full")
		s.expect(`APPEND "Big" {5000}`)
		s.send("@ NO [TOOBIG] too big")
	})
	_, err := c.Move(t.Context(), imap.UIDSetNum(1), "New")
	if e := want(t, err, KindNo, false); e.Code != imap.ResponseCodeTryCreate {
		t.Errorf("code %q", e.Code)
	}
	_, err = c.Append(t.Context(), "New", NewMessage{Raw: []byte("x")})
	if e := want(t, err, KindNo, false); e.Code != imap.ResponseCodeTryCreate {
		t.Errorf("code %q", e.Code)
	}
	_, err = c.Append(t.Context(), "Big", NewMessage{Raw: make5000()})
	if e := want(t, err, KindNo, false); e.Code != imap.ResponseCodeOverQuota {
		t.Errorf("code %q", e.Code)
	}
	_, err = c.Append(t.Context(), "Big", NewMessage{Raw: make5000()})
	want(t, err, KindTooLarge, false)
}

func make5000() []byte { return []byte(strings.Repeat("x", 5000)) }

func TestExpungeIsExact(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect(`UID STORE 4 +FLAGS.SILENT (\Deleted)`)
		s.send("@ OK")
		s.expect(`UID EXPUNGE 4`)
		s.send("* 4 EXPUNGE", "@ OK")
	})
	if err := c.Expunge(t.Context(), imap.UIDSetNum(4)); err != nil {
		t.Error(err)
	}
}

func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := folder(t, offers, 9, func(s *script) {
			s.expect("IDLE")
			s.send("+ idling", "+ idling again", "* OK Still here")
			time.Sleep(5 * time.Minute)
			s.send("* 10 EXISTS")
			s.expectLine("DONE")
			s.send("* 1 RECENT", "@ OK done")

			s.expect("IDLE")
			s.send("+")
			s.expectLine("DONE")
			s.send("@ OK done")

			s.expect("NOOP")
			s.send("* 3 EXPUNGE", "@ OK")

			s.expect("IDLE")
			s.send("* 4 FETCH (FLAGS ())", "+ ")
			s.expectLine("DONE")
			s.send("@ OK done")

			s.expect("IDLE")
			s.send("+ ")
			s.expectLine("DONE")
			s.send("@ OK done")
			s.expect("NOOP")
			s.send("@ OK")
		})
		idle := func(ctx context.Context, wantNews bool, took time.Duration) error {
			t.Helper()
			began := time.Now()
			news, err := c.Idle(ctx, 9*time.Minute)
			if news != wantNews || time.Since(began) != took {
				t.Errorf("news %t after %v, want %t after %v (%v)", news, time.Since(began), wantNews, took, err)
			}
			return err
		}
		if err := idle(t.Context(), true, 5*time.Minute); err != nil {
			t.Error(err)
		}
		if err := idle(t.Context(), false, 9*time.Minute); err != nil {
			t.Error(err)
		}
		if err := c.Noop(t.Context()); err != nil {
			t.Error(err)
		}
		// What came before counts.
		if err := idle(t.Context(), true, 0); err != nil {
			t.Error(err)
		}
		if err := idle(t.Context(), true, 0); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		want(t, idle(ctx, false, time.Minute), KindTimeout, false)
		if err := c.Noop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestServerEndsIdle(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect("IDLE")
		s.send("+ ", "@ OK idle is over")
		s.expect("NOOP")
		s.send("@ OK")
	})
	if news, err := c.Idle(t.Context(), 9*time.Minute); news || err != nil {
		t.Error(news, err)
	}
	if err := c.Noop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestIdleEnds(t *testing.T) {
	tests := []struct {
		name string
		run  func(*script)
		kind Kind
		took time.Duration
	}{
		{"bye", func(s *script) { s.send("+ ", "* BYE restarting", "* BYE restarting") }, KindBye, 0},
		{"hung up", func(s *script) { s.send("+ ") }, KindNetwork, 0},
		{"DONE without answer", func(s *script) { s.send("+ "); s.drain() }, KindTimeout, 9*time.Minute + 10*time.Second},
		{"half a line", func(s *script) { s.send("+ "); s.raw("* 10 EX"); s.drain() }, KindTimeout, 20 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := folder(t, offers, 9, func(s *script) {
					s.expect("IDLE")
					test.run(s)
				})
				began := time.Now()
				_, err := c.Idle(t.Context(), 9*time.Minute)
				want(t, err, test.kind, true)
				if took := time.Since(began); took != test.took {
					t.Errorf("took %v, want %v", took, test.took)
				}
			})
		})
	}
}

func TestIdleCancelledAtSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := folder(t, offers, 9, (*script).drain)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.Idle(ctx, 9*time.Minute)
		want(t, err, KindTimeout, true)
		if took := time.Since(began); took > 12*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestPolling(t *testing.T) {
	for name, idle := range map[string][]string{"no IDLE": nil, "IDLE refused": {"@ NO disabled"}, "IDLE that does not wait": {"+ idling", "@ OK done"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				caps := "IMAP4rev1"
				if idle != nil {
					caps += " IDLE"
				}
				c := folder(t, caps, 9, func(s *script) {
					if idle != nil {
						s.expect("IDLE")
						s.send(idle...)
					}
					for _, answer := range []string{"* OK nothing", "* 10 EXISTS", "* OK nothing"} {
						s.expect("NOOP")
						s.send(answer, "@ OK")
					}
				})
				if len(idle) > 1 {
					if news, err := c.Idle(t.Context(), 0); err != nil || news {
						t.Errorf("news %t, %v", news, err)
					}
				}
				began := time.Now()
				news, err := c.Idle(t.Context(), 0)
				if took := time.Since(began); err != nil || !news || took != 2*time.Minute {
					t.Errorf("news %t, %v after %v", news, err, took)
				}
				news, err = c.Idle(t.Context(), time.Second)
				if err != nil || news {
					t.Errorf("news %t, %v", news, err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				_, err = c.Idle(ctx, time.Second)
				want(t, err, KindCanceled, false)
				ctx, cancel = context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err = c.Idle(ctx, time.Minute)
				want(t, err, KindTimeout, false)
				if !errors.Is(err, context.DeadlineExceeded) || !c.Alive() {
					t.Errorf("error %v, alive %t", err, c.Alive())
				}
			})
		})
	}
}
