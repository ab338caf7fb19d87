package store

import (
	"fmt"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/query"
)

// TestBeginnings: a word that may go on finds whatever begins with it, however
// many words that are and in whatever script they go on.
func TestBeginnings(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	var subjects []string
	for i := range 2 * mostEndings {
		subjects = append(subjects, fmt.Sprintf("zebra%d", i), fmt.Sprintf("qu%cx", 'a'+rune(i%26)), fmt.Sprintf("xy%cz", rune(0x430+i%32)))
	}
	subjects = append(subjects, "th", "tha", "thé", "thж", "then the thing", "the", "t", "an old thread", "会議室", "会")
	var list []Header
	for i, subject := range subjects {
		list = append(list, Header{UID: mail.UID(i + 1), MessageID: fmt.Sprintf("%d@x", i), Subject: subject})
	}
	add(t, s, inbox, list...)

	for _, text := range []string{"zebra", "zeb", "ze", "zebra1", "zebra95", "zebra99", "zebrafish", "qu", "qua", "quax", "quaxx", "xy", "xyж", "th", "the", "thé", "then", "thin", "thж", "tz"} {
		beginning, want := string(query.AppendWords(nil, text)), 0
		for _, subject := range subjects {
			if strings.Contains(" "+string(query.AppendWords(nil, subject)), " "+beginning) {
				want++
			}
		}
		for _, asked := range []string{text, "subject:" + text, "(" + text + "* OR " + text + "*)"} {
			if got := search(t, s, asked); len(got) != want {
				t.Errorf("%s finds %d, not %d", asked, len(got), want)
			}
		}
	}
	for text, want := range map[string]int{"t": 1, "from:th": 0, "old th": 1, "th* old": 1, "th* -old th": 8 - 1 - 1, "会": 2, "会議": 1} {
		if got := search(t, s, text); len(got) != want {
			t.Errorf("%s finds %d, not %d", text, len(got), want)
		}
	}
}
