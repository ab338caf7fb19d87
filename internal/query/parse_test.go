package query

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// noon is a Friday.
func noon() time.Time { return time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC) }

func show(n Node) string {
	list := func(op string, parts []Node) string {
		var s []string
		for _, p := range parts {
			s = append(s, show(p))
		}
		return "(" + strings.Join(s, op) + ")"
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return strings.TrimSuffix(t.Format("2006-01-02T15:04"), "T00:00")
	}
	switch n := n.(type) {
	case nil:
		return "nothing"
	case And:
		return list(" & ", n)
	case Or:
		return list(" | ", n)
	case Not:
		return "!" + show(n.Of)
	case Text:
		s := strings.Join(n.Words, "+")
		if n.Prefix {
			s += "*"
		}
		if n.Field != Anywhere {
			s = []string{"", "from", "to", "cc", "subject", "body", "files", "list"}[n.Field] + "=" + s
		}
		return s
	case Is:
		return "is " + strings.Fields(stateNames + " attachment")[n.State]
	case In:
		return "in " + n.Name
	case Label:
		return "label " + n.Name
	case Account:
		return "account " + n.Name
	case Dates:
		return at(n.From) + ".." + at(n.To)
	case Size:
		return fmt.Sprintf("%d<size<%d", n.Over, n.Under)
	case ID:
		return "id " + n.ID
	case Thread:
		return fmt.Sprintf("thread %d", n.ID)
	}
	return "?"
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "nothing"},
		{"   ", "nothing"},
		{"invoice", "invoice*"},
		{"invoice ", "invoice"},
		{"two words", "(two & words*)"},
		{`"two words"`, "two+words"},
		{`"invoice"`, "invoice"},
		{"invo* march", "(invo* & march*)"},
		{"Grüße STRASSE Straße", "(grusse & strasse & strasse*)"},
		{"foo-bar", "foo+bar*"},
		{"ada@example.org ", "ada+example+org"},
		{"from:ada", "from=ada*"},
		{"FROM:Ada x", "(from=ada & x)"},
		{"from: ada subject:plan ", "(from=ada & subject=plan)"},
		{`to:"Ada Lovelace" cc:bob `, "(to=ada+lovelace & cc=bob)"},
		{"from:(ada OR grace) ", "(from=ada | from=grace)"},
		{"from:(ada subject:x) y ", "((from=ada & subject=x) & y)"},
		{"a1 OR b1 c1 ", "(a1 | (b1 & c1))"},
		{"a1 | b1 ", "(a1 | b1)"},
		{"a1 AND b1 ", "(a1 & b1)"},
		{"(a1 OR b1) c1 ", "((a1 | b1) & c1)"},
		{"-spam ham ", "(!spam & ham)"},
		{"NOT spam ", "!spam"},
		{"NOT -spam ", "spam"},
		{"-(a1 OR b1) ", "!(a1 | b1)"},
		{"- x1 ", "x1"},
		{"salt & pepper - !!! ", "(salt & pepper)"},
		{`27" monitor `, "(27 & monitor)"},
		{`subject:27" `, "subject=27"},
		{`mail"two words" `, "(mail & two+words)"},
		{"std::vector ", "std+vector"},
		{"№ 52 – § 7, 100 €", "(52 & 7 & 100)"},
		{"or and not ", "(or & and & not)"},
		{"is:unread IS:Starred", "(is unread & is starred)"},
		{`is:muted is:pinned label:work -tag:"to read"`, "(is muted & is pinned & label work & !label to read)"},
		{"has:attachment -is:read", "(is attachment & !is read)"},
		{"in:inbox account:work", "(in inbox & account work)"},
		{"tag:inbox and tag:unread and not tag:work", "((label inbox | in inbox) & (label unread | is unread) & !label work)"},
		{"label:Starred OR tag:replied -tag:attachment", "((label Starred | is starred) | ((label replied | is answered) & !(label attachment | is attachment)))"},
		{`tag:"unread"`, "label unread"},
		{"from:ada or (from:bob and not (to:eve)) ", "(from=ada | (from=bob & !to=eve))"},
		{"to be or not to be ", "(to & be & or & not & to & be)"},
		{"salt and pepper or (oil) in:inbox ", "(salt & and & pepper & or & oil & in inbox)"},
		{"and from:ada ", "(and & from=ada)"},
		{`in:"Old mail/2019"`, "in Old mail/2019"},
		{"filename:report.pdf ", "files=report+pdf"},
		{"list:golang ", "list=golang"},
		{"larger:5M smaller:1.5g", "(5000000<size<0 & 0<size<1500000000)"},
		{"size:>300k", "300000<size<0"},
		{"id:17 id:<a@b>", "(id 17 & id a@b)"},
		{"thread:4", "thread 4"},
		{"on:2026-11-03", "2026-11-03..2026-11-04"},
		{"before:2026-11-03", "..2026-11-03"},
		{"after:2026-11", "2026-11-01.."},
		{"on:2025", "2025-01-01..2026-01-01"},
		{"on:24.12.2025", "2025-12-24..2025-12-25"},
		{"on:24.12. x1 ", "(2025-12-24..2025-12-25 & x1)"},
		{"before:5.11", "..2026-11-05"},
		{"on:1.10.2026..15.10.", "2026-10-01..2026-10-16"},
		{"on:today", "2026-11-27..2026-11-28"},
		{"on:yesterday", "2026-11-26..2026-11-27"},
		{"on:monday", "2026-11-23..2026-11-24"},
		{"on:fri", "2026-11-27..2026-11-28"},
		{"before:3 Nov invoice ", "(..2026-11-03 & invoice)"},
		{"before:3 Nov 2024 invoice ", "(..2024-11-03 & invoice)"},
		{"before:nov 3 2024", "..2024-11-03"},
		{"before:dec ", "..2025-12-01"},
		{`on:"24 December"`, "2025-12-24..2025-12-25"},
		{"on:3-nov-2020", "2020-11-03..2020-11-04"},
		{"after:nov 100 ", "(2026-11-01.. & 100)"},
		{"older:2w", "..2026-11-13T12:00"},
		{"newer:3d", "2026-11-24T12:00.."},
		{"newer:1y", "2025-11-27T12:00.."},
		{"older:6mo newer:1Y", "(..2026-05-27T12:00 & 2025-11-27T12:00..)"},          // as of depth
		{"newer_than:3d older_than:1d", "(2026-11-24T12:00.. & ..2026-11-26T12:00)"}, // as in Gmail
		{"since:2026-11-03", "2026-11-03.."},
		{"date:yesterday", "2026-11-26..2026-11-27"}, // as in notmuch
		{"date:2026-10..yesterday", "2026-10-01..2026-11-27"},
		{"on:3d..", "2026-11-24T12:00.."},
		{"date:..2w", "..2026-11-13T12:00"},
		{"folder:inbox rfc822msgid:a@example.org", "(in inbox & id a@example.org)"},
		{"https://example.org/x ", "https+example+org+x"},
		{"re: hello ", "(re & hello)"},
		{"re:hello ", "re+hello"},
		{"12:30 ", "12+30"},
		{"meeting: now ", "(meeting & now)"},
		{"a b ", "(a & b)"},
		{"東京", "東京"},
		{"東京都", "東京+京都"},
		{"東", "東*"},
		{`"東"`, "東*"},
		{"第3回", "第+3+回*"},
		{"東京　大阪", "(東京 & 大阪)"},
		{"회의", "회의"},
		{"สวัสดี", "สว+วั+ัส+สด+ดี"},
		{"ｶﾞｲﾄﾞ", "ガイ+イド"},
		{"ﬁnance ", "finance"},
		{"Привет ", "привет"},
		{"ὈΔΥΣΣΕΎΣ ", "οδυσσευσ"},
		{"שָׁלוֹם ", "שלום"},
		{"हिन्दी ", "हिन्दी"},
		{"🎉 ", "🎉"},
		{"“curly quotes”", "curly+quotes"},
		{`דו"ח`, "דו+ח"},
		{`from:בע"מ "דו"ח שנתי"`, "(from=בע+מ & דו+ח+שנתי)"},
	} {
		q := Parse(c.in, noon())
		if got := show(q.Root); got != c.want {
			t.Errorf("%q is %s, not %s", c.in, got, c.want)
		}
		if len(q.Problems) > 0 {
			t.Errorf("%q: %v", c.in, q.Problems)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		in, want   string // what is understood all the same
		start, end int
		half       bool
		says       string
	}{
		{"from:", "nothing", 0, 5, true, "nothing stands after from:"},
		{"x1 from:", "x1", 3, 8, true, "nothing stands after from:"},
		{`"two wor`, "two+wor", 0, 1, true, "not closed"},
		{"(a1 OR b1", "(a1 | b1*)", 0, 1, true, "not closed"},
		{"a1) b1 ", "(a1 & b1)", 2, 3, false, "no ("},
		{"a1 OR", "a1", 3, 5, true, "nothing stands after OR"},
		{"OR a1 ", "a1", 0, 2, false, "nothing stands before OR"},
		{"a1 NOT", "a1", 3, 6, true, "nothing stands after NOT"},
		{"a1 AND", "a1", 3, 6, true, "nothing stands after AND"},
		{"form:ada ", "ada", 0, 5, false, `no field "form"`},
		{"smaller_than:3 ", "3", 0, 13, false, `no field "smaller_than"`},
		{"on:.. ", "nothing", 3, 5, false, "a date is"},
		{"on:2026..soon ", "nothing", 3, 13, false, "a date is"},
		{"is:unr", "nothing", 3, 6, true, "is: knows"},
		{"is:purple x1 ", "x1", 3, 9, false, `not "purple"`},
		{"has:wings ", "nothing", 4, 9, false, "only attachment"},
		{"before:2026-13-01 ", "nothing", 7, 17, false, "a date is such as"},
		{"on:31.2.2026 ", "nothing", 3, 12, false, "a date is such as"},
		{"on:24.12.26 ", "nothing", 3, 11, false, "a date is such as"},
		{"before:2026-02-30 x1 ", "x1", 7, 17, false, "a date is such as"},
		{"before:3 ", "nothing", 7, 8, true, "a date is such as"},
		{"before:3 n", "nothing", 7, 10, true, "a date is such as"},
		{"x1 on:31 De", "x1", 6, 11, true, "a date is such as"},
		{"before:3 n ", "n", 7, 8, false, "a date is such as"},
		{"larger:big ", "nothing", 7, 10, false, "a size is such as"},
		{"id:abc ", "nothing", 3, 6, false, "an id is"},
		{"thread:x ", "nothing", 7, 8, false, "a conversation is a number"},
		{"⭐ x1 ", "x1", 0, 3, false, "no letters"},
		{`in:inbox from:"" `, "in inbox", 14, 16, false, "nothing stands between the quotes"},
		{`in:inbox from:""`, "in inbox", 14, 16, true, "nothing stands between the quotes"},
		{`in:inbox -from:"***" `, "in inbox", 15, 20, false, "no letters"},
		{"in:inbox subject:*** ", "in inbox", 17, 20, false, "no letters"},
		{`in:inbox "" `, "in inbox", 9, 11, false, "nothing stands between the quotes"},
		{`in:inbox "?!" `, "in inbox", 9, 13, false, "no letters"},
		{"in:inbox from:() ", "in inbox", 14, 15, false, "nothing stands between the brackets"},
		{"in:inbox ( )", "in inbox", 9, 10, true, "nothing stands between the brackets"},
	} {
		q := Parse(c.in, noon())
		if got := show(q.Root); got != c.want {
			t.Errorf("%q is %s, not %s", c.in, got, c.want)
		}
		if len(q.Problems) != 1 {
			t.Errorf("%q has problems %v", c.in, q.Problems)
			continue
		}
		p := q.Problems[0]
		if p.Start != c.start || p.End != c.end || p.Half != c.half || !strings.Contains(p.Text, c.says) {
			t.Errorf("%q: got %+v", c.in, p)
		}
	}
}

func TestBounds(t *testing.T) {
	for _, in := range []string{
		strings.Repeat("(", 3000) + "a" + strings.Repeat(")", 900), strings.Repeat("x1 OR ", 600),
		strings.Repeat("-", 3999) + "a", strings.Repeat("NOT ", 900) + "a", strings.Repeat("é", 5000),
	} {
		q := Parse(in, noon())
		depth := 0
		var measure func(Node, int)
		measure = func(n Node, d int) {
			depth = max(depth, d)
			switch n := n.(type) {
			case And:
				for _, c := range n {
					measure(c, d+1)
				}
			case Or:
				for _, c := range n {
					measure(c, d+1)
				}
			case Not:
				measure(n.Of, d+1)
			}
		}
		measure(q.Root, 0)
		if depth > 3*maxDepth {
			t.Errorf("%.20q…: %d deep", in, depth)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`from:(ada OR "g h) -is:read`, "before:3 Nov (", "東京 -x", "a|b)c", "on:31 feb", `"`, "-", "is:", "size:1e400g"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		q := Parse(in, noon())
		leaves := 0
		Walk(q.Root, func(n Node) {
			switch n := n.(type) {
			case nil:
				t.Fatal("a nil node")
			case And:
				if len(n) < 2 {
					t.Fatalf("%q: %s", in, show(q.Root))
				}
			case Or:
				if len(n) < 2 {
					t.Fatalf("%q: %s", in, show(q.Root))
				}
			case Text:
				leaves++
				if len(n.Words) == 0 {
					t.Fatalf("%q: text without words", in)
				}
				for _, w := range n.Words {
					if w == "" || len(w) > maxWord || strings.ContainsAny(w, " \"*:()\x00") {
						t.Fatalf("%q: word %q", in, w)
					}
				}
			}
		})
		if leaves > maxLeaves {
			t.Fatalf("%q: %d leaves", in, leaves)
		}
		for _, p := range q.Problems {
			if p.Start < 0 || p.End < p.Start || p.End > len(in) || p.Text == "" {
				t.Fatalf("%q: problem %+v", in, p)
			}
		}
	})
}

// FuzzWords holds what the index relies on: words stand alone in ASCII, the two
// ways to get them agree, and a text's own words find it.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"Grüße, 東京\n都 🎉", "a\u0301b", "ｶﾞ가각", "İıſK\u212a", "ก็", "ｶ" + strings.Repeat("\u0301", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		words := Words(in)
		var list []string
		for _, w := range words {
			list = append(list, w.Text)
			if w.Start < 0 || w.End < w.Start || w.End > len(in) {
				t.Fatalf("%q: %+v", in, w)
			}
		}
		joined := string(AppendWords(nil, in))
		if joined != strings.Join(list, " ") {
			t.Fatalf("%q: %q and %q", in, joined, list)
		}
		for i := range len(joined) {
			if c := joined[i]; c < 0x80 && c != ' ' && !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
				t.Fatalf("%q: %q holds %q", in, joined, c)
			}
		}
	})
}

// A month ago is in the month before, however short that was.
func TestMonthsAgo(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"older:1m": "..2026-02-28T12:00", "older:4m": "..2025-11-30T12:00", "older:13m": "..2025-02-28T12:00", "older:2m": "..2026-01-31T12:00", "newer:25mo": "2024-02-29T12:00.."} {
		if got := show(Parse(in, now).Root); got != want {
			t.Errorf("%s is %s, not %s", in, got, want)
		}
	}
}
