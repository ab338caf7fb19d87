package imapclient

import (
	"strings"
	"testing"

	imap "github.com/emersion/go-imap/v2"
)

// The conversation is asked for where the server keeps one, and a value that is none
// costs only itself.
func TestThreadIDs(t *testing.T) {
	for caps, tt := range map[string]struct {
		item, answers string
		want          map[imap.UID]string
	}{
		"IMAP4rev1": {"", "", map[imap.UID]string{1: "", 2: ""}},
		"IMAP4rev1 OBJECTID": {" THREADID",
			`1 THREADID (T64b478a75b7ea9)|2 THREADID NIL|3 THREADID (a b)|4 THREADID ("T-5_x")|5 THREADID (Tö)|6 THREADID (` + strings.Repeat("x", 300) + `)`,
			map[imap.UID]string{1: "T64b478a75b7ea9", 2: "", 4: "T-5_x", 5: "", 6: ""}},
		"IMAP4rev1 X-GM-EXT-1": {" X-GM-THRID",
			`1 X-GM-THRID 1266894439832287888|2 X-GM-THRID 0`,
			map[imap.UID]string{1: "1266894439832287888", 2: ""}},
	} {
		flags := "FLAGS"
		if strings.Contains(caps, "GM") {
			flags = "FLAGS X-GM-LABELS"
		}
		items := strings.Replace(headerItems, "FLAGS", flags+tt.item, 1)
		c := folder(t, caps, 9, func(s *script) {
			s.expect("UID FETCH 1:6 (" + items + " BODYSTRUCTURE)")
			var lines []string
			for a := range strings.SplitSeq(tt.answers, "|") {
				uid, value, _ := strings.Cut(a, " ")
				if uid == "" {
					continue
				}
				lines = append(lines, "* "+uid+" FETCH (UID "+uid+" "+value+` FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "x")`)
			}
			if lines == nil {
				lines = []string{`* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "x")`}
			}
			s.send(append(lines, "@ OK")...)
			if strings.Contains(tt.answers, "a b") { // message 3 is asked for again
				s.expect("UID FETCH 3 (" + items + ")")
				s.send(`* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "x" THREADID ())`, "@ OK")
			}
		})
		got, err := headers(t, c, 1, 2, 3, 4, 5, 6)
		if err != nil {
			t.Errorf("%s: %v", caps, err)
		}
		for uid, want := range tt.want {
			if got[uid].ThreadID != want {
				t.Errorf("%s: message %d is in %q, want %q", caps, uid, got[uid].ThreadID, want)
			}
		}
	}
}
