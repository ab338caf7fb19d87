package reading

import (
	"fmt"
	"strings"
	"testing"
)

// screen draws lines as the tests write them: a letter for the kind, then the
// quote bars, then the text with its marked spans in brackets.
func screen(lines []TextLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteByte("bqshrcfln"[l.Kind])
		b.WriteString(strings.Repeat("|", l.Depth))
		for _, s := range l.Spans {
			switch s.Kind {
			case Strong:
				fmt.Fprintf(&b, "*%s*", s.Text)
			case Emph:
				fmt.Fprintf(&b, "/%s/", s.Text)
			case CodeSpan:
				fmt.Fprintf(&b, "`%s`", s.Text)
			case LinkSpan:
				fmt.Fprintf(&b, "{%s}", s.Text)
			default:
				b.WriteString(s.Text)
			}
		}
		b.WriteByte('\n')
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

func parsePlain(body string) *Message { return Parse([]byte("Subject: x\n\n" + body)) }

func parseHTML(body string) *Message {
	return Parse([]byte("Content-Type: text/html; charset=utf-8\n\n" + body))
}

func TestPlainLayout(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		want     string
	}{
		{"wrap", "one two three four", 10, "bone two\nbthree four\n"},
		{"long word", "abcdefghijklmno p", 10, "babcdefghij\nbklmno p\n"},
		{"exact fit", "abcde fghij", 11, "babcde fghij\n"},
		{"blank at the cut", "abcde fghij", 5, "babcde\nbfghij\n"},
		{"indented", "  two", 10, "b  two\n"},
		{"tab", "a\tb", 20, "ba       b\n"},
		{"cjk", "日本語のテキスト。です", 8, "b日本語の\nbテキス\nbト。です\n"},
		{"emoji", "👍👍👍", 4, "b👍👍\nb👍\n"},
		{"quotes", "> a\n>> b\n> > c\nd", 20, "q|a\nq||b\nq||c\nbd\n"},
		{"signature", "text\n-- \nAda\n", 20, "btext\ns-- \nsAda\n"},
		{"cut signature mark", "text\n--\nAda\n", 20, "btext\ns--\nsAda\n"},
		{"escape", "a\x1b[31mb", 20, "ba␛[31mb\n"},
		{"url", "see https://a.example/x, ok", 40, "bsee {https://a.example/x}, ok\n"},
		{"url in brackets", "(http://a.example/a_(b)) <www.b.example>", 60, "b({http://a.example/a_(b)}) <{www.b.example}>\n"},
		{"mbox escape", ">From here", 20, "bFrom here\n"},
		{"blank lines", "\n\na\n\n\n\n\nb\n\n", 20, "ba\nb\nb\nbb\n"},
	}
	for _, tt := range tests {
		got := screen(parsePlain(tt.in).Lines(tt.width, LayoutOptions{}))
		want := strings.ReplaceAll(tt.want, "s-- \n", "s--\n")
		if got != want {
			t.Errorf("%s: got\n%swant\n%s", tt.name, got, want)
		}
	}
}

func TestWidthMethod(t *testing.T) {
	family := "👩\u200d👩\u200d👧"
	m := parsePlain(strings.Repeat(family, 4))
	if n := len(m.Lines(8, LayoutOptions{Graphemes: true})); n != 1 {
		t.Errorf("measured by grapheme: %d lines, want 1", n)
	}
	if n := len(m.Lines(8, LayoutOptions{})); n != 4 {
		t.Errorf("measured by code point: %d lines, want 4", n)
	}
}

func TestFlowed(t *testing.T) {
	in := "Content-Type: text/plain; format=flowed\n\nOne \ntwo\n three\n>> quoted \n>> more\n>other\n-- \nAda \nL\n"
	m := Parse([]byte(in))
	if got, want := m.Text(), "One two\nthree\n>> quoted more\n> other\n-- \nAda L\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	m = Parse([]byte("Content-Type: text/plain; format=flowed; delsp=yes\n\n日本 \n語\n"))
	if got, want := m.Text(), "日本語\n"; got != want {
		t.Errorf("DelSp: got %q, want %q", got, want)
	}
}

func TestTextIsTrue(t *testing.T) {
	in := "a\x1b[0m  b\t\u202e\r\n\r\n\r\n> q\r\n"
	if got, want := Parse([]byte("A: b\r\n\r\n"+in)).Text(), strings.ReplaceAll(in, "\r\n", "\n"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFoldQuotes(t *testing.T) {
	long := strings.Repeat("> q\n", 8)
	tests := []struct{ name, in, want string }{
		{"long", "On Monday Ada wrote:\n" + long + "\nmy answer\n", "bOn Monday Ada wrote:\nf|… 8 quoted lines\nb\nbmy answer\n"},
		{"short", "> a\n> b\nanswer\n", "q|a\nq|b\nbanswer\n"},
		{"nothing else", long, strings.Repeat("q|q\n", 8)},
		{"with a blank line inside", "x\n" + "> a\n> b\n\n> c\n> d\n", "bx\nf|… 5 quoted lines\n"},
	}
	for _, tt := range tests {
		lines := parsePlain(tt.in).Lines(40, LayoutOptions{FoldQuotes: true})
		if got := screen(lines); got != tt.want {
			t.Errorf("%s: got\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestHTMLLayout(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		want     string
	}{
		{"paragraphs", "<p>one\n two</p><p>three<br>four", 40, "bone two\nb\nbthree\nbfour\n"},
		{"emphasis", "a <b>b</b> <i>c</i> <code>d</code>", 40, "ba *b* /c/ `d`\n"},
		{"heading", "<h2>T</h2>x", 40, "hT\nb\nbx\n"},
		{"lists", "<ul><li>one<li>two three four<ol><li>a</ol></ul>", 12, "b• one\nb• two three\nb  four\nb  1. a\n"},
		{"numbered from", "<ol start=9><li>a<li>b</ol>", 40, "b9. a\nb10. b\n"},
		{"quote", "x<blockquote>a<blockquote>b</blockquote></blockquote>y", 40, "bx\nb\nq|a\nq|\nq||b\nb\nby\n"},
		{"pre", "<pre>a\n  b\n\nc</pre>", 40, "ca\nc  b\nc\ncc\n"},
		{"lines that count, blanks that do not", "<div style=white-space:pre-line>one  two<b>,</b>\n three\n\nfour</div><div style=white-space:break-spaces>a\n b</div>", 40, "bone two*,*\nbthree\nb\nbfour\nba\nb b\n"},
		{"lines between blocks", "<div style=\"white-space:pre-line\">\n<p>one</p>\n\n\n<p>two</p>\n</div>", 40, "bone\nb\nbtwo\n"},
		{"titles beside what they are of", "<details><summary>Notes</summary>of <b>1.2</b></details>more<figure><img src=x alt=A><figcaption>B</figcaption></figure>", 40, "bNotes\nbof *1.2*\nbmore\nb\nb[A]\nbB\n"},
		{"rule", "a<hr>b", 40, "ba\nb\nr\nb\nbb\n"},
		{"entities", "1 &lt; 2 &amp; &#8364; &nbsp;x", 40, "b1 < 2 & €  x\n"},
		{"data table", "<table><tr><th>Item<th>Price<tr><td>Tea<td>3.50<tr><td>Long name<td>12</table>", 40, "b*Item*       *Price*\nbTea         3.50\nbLong name     12\n"},
		{"narrow table", "<table><tr><td>aaaa bbbb cccc<td>dddd eeee ffff</table>", 10, "baaaa bbbb\nb  cccc ·\nb  dddd\nb  eeee\nb  ffff\n"},
		{"layout table", "<table><tr><td><table><tr><td>one</table><td><p>two</table>", 40, "bone\nb\nbtwo\n"},
		{"long words of two bytes a letter", "<table><tr><td>Смартфон Samsung Galaxy S21 128GB (SM-G991B) серый, дорогой<td>59 990 ₽<tr><td>Чехол<td>990 ₽</table>", 80, "bСмартфон Samsung Galaxy S21 128GB (SM-G991B) серый, дорогой  59 990 ₽\nbЧехол                                                           990 ₽\n"},
		{"wide spans", "<table><tr><td colspan=999999999>a<td>b<tr><td>c<td>d</table>", 40, "ba\nbb\nbc  d\n"},
		{"only spanned columns", "<table><tr><td colspan=2>Order<td colspan=2>4711<tr><td colspan=2>Customer<td colspan=2>Ada</table>", 40, "bOrder     4711\nbCustomer  Ada\n"},
		{"a note below", "<table><tr><td>Tea<td>3<tr><td>Milk<td>4<tr><td colspan=2>All prices include tax.</table>", 40, "bTea   3\nbMilk  4\nbAll prices include tax.\n"},
		{"a title above some", "<table><tr><td>a<td colspan=2>long title<td>b<tr><td>c<td>d<td>e<td>f</table>", 40, "ba  long title  b\nbc  d  e        f\n"},
		{"a cell over rows", "<table><tr><td>a<td rowspan=2>b<tr><td>c<tr><td>d<td>e</table>", 40, "ba  b\nbc\nbd  e\n"},
		{"text between cells", "<table>one<tr><td>a<td>b</table>", 40, "bone\nba\nbb\n"},
		{"hidden", `<div style="display:none">x</div><span style="font-size:0px">x</span><i hidden>x</i><b style="max-height:0px;overflow:hidden">x</b>ok`, 40, "bok\n"},
		{"font of the container", `<td style="font-size:0">x<span style="font-size:14px">ok</span></td>`, 40, "bok\n"},
		{"hidden by a sheet", `<style>.h, p.x{display:none!important} @media (max-width:9px){.v{display:none}}</style><p class=h>x<p class="y x">x<p class=v>ok`, 40, "bok\n"},
		{"hidden, and that is important", `<p style="display:block;DISPLAY : NONE ! important;display:block">x</p>ok`, 40, "bok\n"},
		{"hidden from Outlook alone", `<a style="color:#fff;background-color:#556270;mso-hide:all">ok</a>`, 40, "bok\n"},
		{"narrow, but not cut", `<table><tr><td style="max-width:0;width:100%;overflow:hidden">one<td>two</table><div style="max-height:0">three</div>`, 40, "bone  two\nb\nbthree\n"},
		{"the colours around", `<p style="color:inherit;background-color:inherit">ok</p>`, 40, "bok\n"},
		{"white on a picture", `<p style="color:#fff;background-color:#fff;background-image:url(x)">ok</p>`, 40, "bok\n"},
		{"a sheet for paper", `<style media="print">.a{display:none}</style><style media="screen and (max-width:9px)">.b{display:none}</style><p class=a>one<p class=b>two`, 40, "bone\nb\nbtwo\n"},
		{"shown again", `<style>.a,.b{display:none}.a{display:block}</style><p class=a>one<p class=b style="display:block">two<p class=b>x`, 40, "bone\nb\nbtwo\n"},
		{"fonts within none", `<style>.t,p{font-size:9px}</style><div style="font-size:0">x<b style="font:bold 14px/20px Arial">one</b><p>two<div class=t>three</div><font size=2>four</font></div>`, 40, "b*one*\nb\nbtwo\nb\nbthree\nbfour\n"},
		{"pictures in a cell without letters", `<table><tr><td style="font-size:0"><a href="https://a.example/"><img src="x" alt="Shop now"></a></td></tr></table>`, 40, "b{Shop now} [1]\nl\nl[1] https://{a.example}/\n"},
		{"a link without letters of its own", `<a href="https://a.example/" style="font-size:0">x<b style="font-size:9px">buy</b></a><a href="https://b.example/" style="font-size:0">x</a>`, 40, "b{buy} [1]\nl\nl[1] https://{a.example}/\n"},
		{"seen within what is not", `<div style="color:#fff;background:#fff">x<p style="color:#000">one</p><table><tr><td bgcolor="#000000">two</table></div><div style="visibility:hidden">x<p style="visibility:visible">three</p></div><div hidden style="display:block">four</div>`, 40, "bone\nb\nbtwo\nb\nbthree\nb\nbfour\n"},
		{"letters of an item", `<ul style="font-size:0"><li style="font-size:9px">one<li style="font-size:9px;text-decoration:line-through">two<li>x</ul>`, 40, "b• one\nb• ~two~\n"},
		{"pictures side by side", `<a href="https://a.example/1"><img src=x alt=Men></a><a href="https://a.example/2"><img src=x alt=Women></a>, <a href="https://a.example/1">x</a>.`, 80, "b{Men} [1] {Women} [2], {x} [1].\nl\nl[1] https://{a.example}/1\nl[2] https://{a.example}/2\n"},
		{"fields of a picture", `<img src=x usemap=#m><map name=m><area href="https://a.example/1" alt="Shop  now"><area href="https://a.example/2"><area alt=none></map>`, 80, "b{Shop now} [1] {a.example} [2]\nl\nl[1] https://{a.example}/1\nl[2] https://{a.example}/2\n"},
		{"white on white", `<p style="color:#fff;background-color:#fff">x</p>ok`, 40, "bok\n"},
		{"script and comment", "<script>x</script><!-- x --><title>x</title><![if !mso]>ok<![endif]>", 40, "bok\n"},
		{"images", `<img src=a alt="A cat"><img src=b width=1 height=1 alt=x><img src=c>`, 40, "b[A cat]\n"},
		{"noise characters", "pre\u200c\u034f\u00ad\ufeffheader", 40, "bpreheader\n"},
		{"no longer the price", "<s>€ 59</s> <b>€ 29</b>", 40, "b~€ 59~ *€ 29*\n"},
		{"no longer the price, by its style", `<span style="text-decoration:line-through">€ 59 <b>net</b></span> <p style="text-decoration: line-through solid"><s>old</s></p><table><tr><td style="text-decoration-line:line-through">1<td>2</table>`, 40, "b~€ 59 *net*~\nb\nb~old~\nb\nb~1~  2\n"},
		{"without a scheme", `<a href="//a.example/x">on</a> <a href="www.b.example">b</a> <a href="www.">c</a>`, 40, "b{on} [1] {b} [2] c\nl\nl[1] https://{a.example}/x\nl[2] http://{www.b.example}\n"},
		{"tasks", "<ul><li><input type=checkbox checked> a<li><input type=CHECKBOX disabled>b<li><input value=x>c</ul>", 40, "b• [x] a\nb• [ ] b\nb• c\n"},
		{"numbers to the right", "<table><tr><td>a<td>1<td>5 %<tr><td>b<td>1,000.50<td>12 %<tr><td>c<td>−3<td>n/a</table>", 40, "ba         1  5 %\nbb  1,000.50  12 %\nbc        −3  n/a\n"},
		{"to the right by the sender", `<table><tr><td>a<td align=RIGHT>x<tr><td>b<td style="text-align:right">long</table>`, 40, "ba     x\nbb  long\n"},
		{"names of files are no hosts", `<a href="https://git.example/x">walk.go</a> <a href="https://git.example/x">README.md</a>`, 40, "b{walk.go} [1] {README.md} [1]\nl\nl[1] https://{git.example}/x\n"},
		{"unclosed", "<b>a<p>b<div>c", 40, "b*a*\nb\nb*b*\nb\nb*c*\n"},
		{"end tags too many", "a</div></td></table></b>b", 40, "bab\n"},
		{"gmail signature", `x<div class="gmail_signature">Ada</div>`, 40, "bx\nsAda\n"},
		{"escape in text", "a\x1b]0;x\x07b", 40, "ba␛]0;x␇b\n"},
	}
	for _, tt := range tests {
		if got := screen(parseHTML(tt.in).Lines(tt.width, LayoutOptions{})); got != tt.want {
			t.Errorf("%s: got\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestLinks(t *testing.T) {
	m := parseHTML(`<a href="https://a.example/x">A</a> <a href="https://a.example/x">again</a>
<a href="https://evil.example/">https://bank.example/</a> <a href="javascript:x">js</a> <a href="#top">top</a>
<a href="http://bank.example@evil.example/">user</a> <a href="https://bücher.example/">idn</a>
<a href="mailto:ada@x.example?subject=y">mail</a> <a href="https://i.example"><img src=x></a> <a href="data:text/html,x">d</a>`)
	want := []Link{
		{1, "https://a.example/x", "a.example", "A", "https://a.example/x", ""},
		{2, "https://evil.example/", "evil.example", "https://bank.example/", "https://evil.example/", ""},
		{3, "http://bank.example@evil.example/", "evil.example", "user", "http://bank.example@evil.example/", ""},
		{4, "https://bücher.example/", "xn--bcher-kva.example", "idn", "https://bücher.example/", ""},
		{5, "mailto:ada@x.example?subject=y", "ada@x.example", "mail", "mailto:ada@x.example?subject=y", ""},
		{6, "https://i.example", "i.example", "i.example", "https://i.example", ""},
	}
	got := m.Links(LayoutOptions{})
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	text := screen(m.Lines(100, LayoutOptions{}))
	for _, s := range []string{"{A} [1] {again} [1]", "[2 → evil.example]", "js top", "{evil.example} ← http://bank.example@evil.example/", "{xn--bcher-kva.example} ← https://bücher.example/", "[6] https://{i.example}"} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in\n%s", s, text)
		}
	}
}

// A link in angle brackets leads to all of what they hold, also where a line ends in it.
func TestLinksOverLines(t *testing.T) {
	for in, want := range map[string]string{
		"see <https://a.example/one/\ntwo?x=\n3>, www.b.example\n":                      "https://a.example/one/two?x=3 http://www.b.example",
		"> <https://a.example/one\n> two> and <https://b.example\n":                     "https://a.example/onetwo https://b.example",
		"<https://a.example/one\n> two>\n":                                              "https://a.example/one",
		"<https://a.example/one\ntwo words>\n":                                          "https://a.example/one",
		"<https://a.example/one\nend\n":                                                 "https://a.example/one",
		"www.c.example <https://a.example/1\n2> <https://a.example/3\n4> www.b.example": "http://www.c.example https://a.example/12 https://a.example/34 http://www.b.example",
	} {
		m := parsePlain(in)
		var got []string
		for _, l := range m.Links(LayoutOptions{}) {
			got = append(got, l.URL)
		}
		if s := strings.Join(got, " "); s != want || m.Text() != in {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
	if got := screen(parsePlain("<https://a.example/1\n2>.\n").Lines(40, LayoutOptions{})); got != "b<{https://a.example/1}\nb{2}>.\n" {
		t.Errorf("got %s", got)
	}
}

func TestChoiceOfVersion(t *testing.T) {
	alternative := func(plain, html string) string {
		return "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n" + plain + "\n--b\nContent-Type: text/html\n\n" + html + "\n--b--\n"
	}
	tests := []struct{ name, in, want string }{
		{"plain", alternative("Hello there", "<p>Hello <b>there</b></p>"), "Hello there"},
		{"empty plain", alternative(" \n", "<p>rich</p>"), "rich\n"},
		{"plain is a stand-in", alternative("Your client cannot show HTML.", "<p>"+strings.Repeat("rich ", 20)+"</p>"), strings.TrimSpace(strings.Repeat("rich ", 20)) + "\n"},
		{"plain is the source", alternative("<p>Dear Ada, your order <b>4711</b>\nhas been shipped today.</p>", "<html><p>Dear Ada, your order <b>4711</b> has been shipped today.</p></html>"), "Dear Ada, your order 4711 has been shipped today.\n"},
		{"plain speaks of tags", alternative("Use <b>bold</b> and <br> in all of it", "<p>Use &lt;b&gt;bold&lt;/b&gt; and &lt;br&gt; in all of it</p>"), "Use <b>bold</b> and <br> in all of it"},
		{"html as plain", "Content-Type: text/plain\n\n<html><body>rich</body></html>", "rich\n"},
	}
	for _, tt := range tests {
		if got := Parse([]byte(tt.in)).Text(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	m := Parse([]byte(alternative("plain", "<b>rich</b>")))
	if got := screen(m.Lines(40, LayoutOptions{PreferHTML: true})); got != "b*rich*\n" {
		t.Errorf("PreferHTML: %q", got)
	}
	if m.HTML != "<b>rich</b>" || len(m.Attachments) != 0 {
		t.Errorf("HTML %q, attachments %v", m.HTML, m.Attachments)
	}
}

func TestSnippet(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"first words", "One two\nthree\n", "One two three"},
		{"greeting", "Hi Ada,\n\nthe news\n", "the news"},
		{"only a greeting", "Hi Ada,\n", "Hi Ada,"},
		{"quote first", "On Monday X wrote:\n> old\n\nnew\n", "new"},
		{"only a quote", "> old\n", "old"},
		{"signature", "new\n-- \nAda\n", "new"},
		{"cut", "one two three four five six", "one two three four"},
		{"controls", "a\x1b[2J\u202eb", "a␛[2J\ufffdb"},
	}
	for _, tt := range tests {
		if got := parsePlain(tt.in).Snippet(20).String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := parseHTML(`<p>View in browser <a href="http://a.example">here</a></p><p>Real <a href="http://b.example">news</a></p>`).Snippet(50).String(); got != "Real news" {
		t.Errorf("html: %q", got)
	}
}

func TestHTMLBombs(t *testing.T) {
	bombs := map[string]string{
		"nested":      strings.Repeat("<div>", 100_000) + "x" + strings.Repeat("</div>", 100_000),
		"tables":      strings.Repeat("<table><tr><td>", 50_000) + "x",
		"formatting":  strings.Repeat("<b><i><a href=http://x.example>", 50_000) + "x",
		"columns":     "<table><tr>" + strings.Repeat("<td colspan=100 rowspan=100>a", 20_000) + "</table>",
		"attributes":  "<p " + strings.Repeat("a=b ", 300_000) + ">x",
		"styles":      "<style>" + strings.Repeat(".a{display:none}", 50_000) + "</style><p style='" + strings.Repeat("a:b;", 100_000) + "'>x",
		"entities":    strings.Repeat("&amp;", 300_000),
		"end tags":    strings.Repeat("<div>", 190) + strings.Repeat("</span>", 200_000),
		"line breaks": strings.Repeat("<br>", 300_000),
		"items":       "<ul>" + strings.Repeat("<li>a", 100_000),
		"links":       strings.Repeat("<a href=http://x.example/>a</a>", 50_000),
	}
	for name, body := range bombs {
		t.Run(name, func(t *testing.T) {
			m := parseHTML(body)
			for _, l := range m.Lines(80, LayoutOptions{}) {
				checkTextLine(t, l, 80, LayoutOptions{}, len(m.Links(LayoutOptions{})))
			}
		})
	}
}

func TestHiddenStaysHiddenWhenTooDeep(t *testing.T) {
	m := parseHTML("<div style='display:none'>" + strings.Repeat("<div>", 500) + "x" + strings.Repeat("</div>", 500) + "y</div>ok")
	if got := m.Text(); got != "ok\n" {
		t.Errorf("got %q", got)
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<table><tr><td>a<td colspan=3>b<tr><th rowspan=2>c</table>", "<a href='http://x.example'><b>y</a>z</b>",
		"<ul><li><p>a<ol><li>b</ul>", "<blockquote><pre>x\n\ty</pre>", "<div style='font-size:0;display:none'>&#0;&zwj;</div>",
		"<style>.a{display:none}</style><p class=a>x<br><hr><img alt=y>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkMessage(t, parseHTML(s)) })
}

// TestOlderMessages: what Outlook quotes without a mark is a quote, unless it
// is what was forwarded.
func TestOlderMessages(t *testing.T) {
	head := `<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>Von:</b> Tom<br><b>Gesendet:</b> heute</p></div>`
	for _, tt := range []struct{ subject, body, want string }{
		{"Re: x", "<p>yes</p>" + head + "<p>ok?</p>" + head + "<p>x</p>", "byes\nq|\nq|*Von:* Tom\nq|*Gesendet:* heute\nq|\nq|ok?\nq||\nq||*Von:* Tom\nq||*Gesendet:* heute\nq||\nq||x\n"},
		{"WG: x", "<p>fyi</p>" + head + "<p>ok?</p>", "bfyi\nb\nb*Von:* Tom\nb*Gesendet:* heute\nb\nbok?\n"},
		{"x", head + "<p>at the top</p>", "b*Von:* Tom\nb*Gesendet:* heute\nb\nbat the top\n"},
		{"x", `<p>a</p><div style="border:none;border-top:solid red 1pt">Total: 5</div>`, "ba\nb\nbTotal: 5\n"},
		{"x", `<p>a</p><div id="x_divRplyFwdMsg"><b>From:</b> Ada</div><p>b`, "ba\nq|\nq|*From:* Ada\nq|\nq|b\n"},
	} {
		m := Parse([]byte("Subject: " + tt.subject + "\nContent-Type: text/html\n\n" + tt.body))
		if got := screen(m.Lines(40, LayoutOptions{})); got != tt.want {
			t.Errorf("%s %s: got\n%swant\n%s", tt.subject, tt.body, got, tt.want)
		}
	}
}

// What the screen has broken can be joined again to what it was.
func TestLinesGoOn(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		width    int
		want     string
	}{
		{"blanks", "one two three four\nfive", 10, "one two_three four/five"},
		{"no blank", "abcdefghijklmno p", 10, "abcdefghij+klmno p"},
		{"cjk", "日本語のテキスト。です", 8, "日本語の+テキス+ト。です"},
		{"several blanks", "one   two", 4, "one_two"},
		{"blanks at the end", "one two   \nthree", 7, "one two/three"},
		{"a quote", "> one two three\nfour", 9, "one two_three/four"},
		{"an empty line", "one two\n\nthree", 4, "one_two//thre+e"},
	} {
		var b strings.Builder
		for _, l := range Parse([]byte("Content-Type: text/plain; charset=utf-8\n\n"+tt.in)).Lines(tt.width, LayoutOptions{}) {
			for _, s := range l.Spans {
				b.WriteString(s.Text)
			}
			b.WriteString([]string{"/", "+", "_"}[l.Goes])
		}
		if got := strings.TrimSuffix(b.String(), "/"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWhereURLsEnd(t *testing.T) {
	for in, want := range map[string]string{
		"see https://a.example/x.":        "https://a.example/x",
		"(https://a.example/x_(y))":       "https://a.example/x_(y)",
		"https://a.example/v?id=Ab3_":     "https://a.example/v?id=Ab3_",
		"详见https://a.example/x，谢谢":        "https://a.example/x",
		"「https://a.example/x」と（https://": "https://a.example/x",
		"https://a.example/ü/日本":          "https://a.example/ü/日本",
		"*https://a.example/x*":           "https://a.example/x",
	} {
		links := parsePlain(in).Links(LayoutOptions{})
		if len(links) != 1 || links[0].URL != want {
			t.Errorf("%s: %v, want %s", in, links, want)
		}
	}
}

func TestTextBehindLargePicture(t *testing.T) {
	picture := `<img src="data:image/png;base64,` + strings.Repeat("QUJD\r\n", 500_000) + `" alt=pic>`
	m := parseHTML("<p>before</p>" + picture + "<p>after</p>")
	if got := m.Text(); got != "before\n\n[pic]\n\nafter\n" {
		t.Errorf("%.200q", got)
	}
	if page := m.WebPage(); !strings.Contains(page, "<p>after</p>") {
		t.Error("the page for the browser ends before it")
	}
	if got := parseHTML("<p>before</p><!--" + strings.Repeat("x", 3<<20) + "--><p>after</p>").Text(); !strings.Contains(got, tooLong) {
		t.Errorf("that something is left out is not told: %.200q", got)
	}
}
