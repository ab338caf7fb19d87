package imapclient

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	imap "github.com/emersion/go-imap/v2"
)

func TestFetchSections(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect("UID FETCH 5 (UID BODY.PEEK[HEADER] BODY.PEEK[1.MIME] BODY.PEEK[1])")
		first := s.tag
		s.expect("UID FETCH 7 (UID BODY.PEEK[TEXT])")
		second := s.tag
		s.expect("UID FETCH 8 (UID BODY.PEEK[TEXT])")
		third := s.tag
		s.expect("UID FETCH 9 (UID BODY.PEEK[TEXT])")
		s.send(
			// In two parts, the UID behind a literal, with news in between.
			"* 5 FETCH (BODY[HEADER] {6}", "A: b", " UID 5)", "* 10 EXISTS", `* 3 FETCH (FLAGS (\Seen))`,
			`* 5 FETCH (UID 5 body[1.mime] "C: d" BODY[1] NIL)`,
			first+" OK done",
			// Another section than the one that was asked for.
			`* 7 FETCH (UID 7 BODY[1] "no")`,
			second+" OK done",
			third+" NO [SERVERBUG] cannot",
			"* 9 FETCH (UID 9 BODY[TEXT] {40}", strings.Repeat("x", 40)+")", // too large
			"@ OK done",
		)
	})
	got := map[imap.UID]Sections{}
	err := c.FetchSections(t.Context(), []SectionRequest{{5, []string{"HEADER", "1.MIME", "1"}}, {7, []string{"TEXT"}}, {8, []string{"TEXT"}}, {9, []string{"TEXT"}}}, 30,
		func(uid imap.UID, s Sections) error {
			got[uid] = s
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || string(got[5]["HEADER"]) != "A: b\r\n" || string(got[5]["1.MIME"]) != "C: d" || len(got[5]["1"]) != 0 {
		t.Errorf("got %v", got)
	}
	if _, there := got[5]["1"]; !there {
		t.Error("what is not there does not count as answered")
	}
	for _, bad := range []string{"", "1]", "1 2", "HEADER.FIELDS (X)", "1\r\n", "a"} {
		err := c.FetchSections(t.Context(), []SectionRequest{{5, []string{bad}}}, 30, nil)
		want(t, err, KindUnsupported, false)
	}
}

func TestFetchWindow(t *testing.T) {
	const ask = "UID FETCH 5 (UID BODY.PEEK[2]<10.4>)"
	for name, c := range map[string]struct {
		answer []string
		bytes  string
		kind   Kind // of the error; 0: none
	}{
		"full":            {answer: []string{"* 5 FETCH (UID 5 BODY[2]<10> {4}", "abcd)", "@ OK done"}, bytes: "abcd"},
		"the last":        {answer: []string{`* 5 FETCH (UID 5 BODY[2]<10> "ab")`, "@ OK done"}, bytes: "ab"},
		"behind the end":  {answer: []string{`* 5 FETCH (UID 5 BODY[2]<10> "")`, "@ OK done"}},
		"nothing":         {answer: []string{`* 5 FETCH (UID 5 BODY[2]<10> NIL)`, "@ OK done"}},
		"nothing at all":  {answer: []string{`* 5 FETCH (UID 5 BODY[2] NIL)`, "@ OK done"}},
		"from the start":  {answer: []string{"* 5 FETCH (UID 5 BODY[2] {4}", "abcd)", "@ OK done"}, kind: KindUnsupported},
		"another window":  {answer: []string{"* 5 FETCH (UID 5 BODY[2]<0> {4}", "abcd)", "@ OK done"}, kind: KindUnsupported},
		"too much":        {answer: []string{"* 5 FETCH (UID 5 BODY[2]<10> {9}", "abcdefghi)", "@ OK done"}, kind: KindUnsupported},
		"gone":            {answer: []string{"@ OK done"}, kind: KindNo},
		"refused":         {answer: []string{"@ NO no such part"}, kind: KindNo},
		"windows unknown": {answer: []string{"@ BAD what?"}, kind: KindBad},
	} {
		t.Run(name, func(t *testing.T) {
			client := folder(t, offers, 9, func(s *script) {
				s.expect(ask)
				s.send(c.answer...)
			})
			data, err := client.FetchWindow(t.Context(), 5, "2", 10, 4)
			if c.kind == 0 && err != nil || string(data) != c.bytes {
				t.Errorf("got %q, %v; want %q", data, err, c.bytes)
			}
			if c.kind != 0 {
				want(t, err, c.kind, false)
			}
		})
	}
	t.Run("all of it", func(t *testing.T) {
		client := folder(t, offers, 9, func(s *script) {
			s.expect("UID FETCH 5 (UID BODY.PEEK[]<0.3>)")
			s.send("* 5 FETCH (UID 5 BODY[]<0> {3}", "abc)", "@ OK done")
		})
		if data, err := client.FetchWindow(t.Context(), 5, "", 0, 3); err != nil || string(data) != "abc" {
			t.Errorf("got %q, %v", data, err)
		}
		for _, at := range [][2]int64{{-1, 4}, {0, 0}, {1 << 40, 4}} {
			_, err := client.FetchWindow(t.Context(), 5, "", at[0], at[1])
			want(t, err, KindUnsupported, false)
		}
	})
}

// An error of the caller ends the fetch and is returned as it is.
func TestFetchSectionsEnds(t *testing.T) {
	c := folder(t, offers, 9, func(s *script) {
		s.expect("UID FETCH 5 (UID BODY.PEEK[TEXT])")
		s.send(`* 5 FETCH (UID 5 BODY[TEXT] "x")`, "@ OK done")
	})
	mine := fmt.Errorf("mine")
	err := c.FetchSections(t.Context(), []SectionRequest{{5, []string{"TEXT"}}}, 30, func(imap.UID, Sections) error { return mine })
	if !errors.Is(err, mine) {
		t.Errorf("error is %v", err)
	}
}
