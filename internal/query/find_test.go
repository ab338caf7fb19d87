package query

import (
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		query, text string
		want        []string
	}{
		{"invo", "Your Invoice, invoiced; re-invoice", []string{"Invoice", "invoiced", "invoice"}},
		{"invoice ", "Your Invoice, invoiced", []string{"Invoice"}},
		{`"dry run"`, "a dry  run; run, dry dog", []string{"dry  run"}},
		{"strasse ", "Große STRAẞE und Straße", []string{"STRAẞE", "Straße"}},
		{"facade ", "a façade, a fac\u0327ade", []string{"façade", "fac\u0327ade"}},
		{"東京", "会議は東京都で", []string{"東京"}},
		{"東", "東京と関東", []string{"東", "東"}},
		{"会議 東京都", "会議は東京都で", []string{"会議", "東京都"}},
		{"-spam ham ", "spam ham", []string{"ham"}},
		{"-(spam OR -ham) ", "spam ham", []string{"ham"}},
		{"from:ada ", "Ada and adam", []string{"Ada"}},
		{"dry run ", "dryrun dry-run", []string{"dry", "run"}},
		{"is:unread", "unread", nil},
		{"grusse テスト 東京", "viele Grüße･ﾃｽﾄ･東京タワー", []string{"Grüße", "ﾃｽﾄ", "東京"}},
		{"ガイ", "が ｶﾞｲﾄﾞ", []string{"ｶﾞｲ"}},
		{"한글 문서", "한글 문서", []string{"한글", "문서"}},
		{"น้ำ", "ﾃｽﾄ น้ำ", []string{"น้ำ"}},
	} {
		var got []string
		for _, s := range Find(c.text, Needles(Parse(c.query, noon()).Root)) {
			got = append(got, c.text[s.Start:s.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s in %q marks %q, not %q", c.query, c.text, got, c.want)
		}
	}
}

// A word is the same whatever else the text holds that is composed first.
func TestWordsBesideComposedOnes(t *testing.T) {
	for _, word := range []string{"ทำงาน", "ນ້ຳ", "Über", "東京", "привет"} {
		alone, beside := string(AppendWords(nil, word)), string(AppendWords(nil, word+" ｶﾞ 1"))
		if !strings.HasPrefix(beside, alone+" ") {
			t.Errorf("%s is %q alone and %q beside others", word, alone, beside)
		}
	}
}
