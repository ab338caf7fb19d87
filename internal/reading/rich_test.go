package reading

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextOfEnriched(t *testing.T) {
	for in, want := range map[string]string{
		// the example of RFC 1896 §2.4
		"<bold>Now</bold> is the time for <italic>all</italic>\ngood men\n<smaller>(and <<women>)</smaller> to\n<ignoreme>come</ignoreme>\n\nto the aid of their\n\n\n<color><param>red</param>beloved</color>\n\ncountry.\n\nBy the way,\nI think that <paraindent><param>left</param><<smaller>\n\n</paraindent>should REALLY be called\n\n<paraindent><param>left</param><<tinier></paraindent>\n\nand that I am always right.\n\n-- the end": "Now is the time for all good men (and <women>) to come\nto the aid of their\n\nbeloved\ncountry.\nBy the way, I think that \n<smaller>\nshould REALLY be called\n<tinier>\n\nand that I am always right.\n-- the end",
		"one\ntwo":                        "one two",
		"one\n\ntwo":                      "one\ntwo",
		"<nofill>a\nb\n\n  c</nofill>\nd": "a\nb\n\n  c d",
		"<excerpt>they said\n\nthis</excerpt>I say":          "> they said\n> this\nI say",
		"<excerpt><excerpt>old</excerpt>newer</excerpt>mine": ">> old\n> newer\nmine",
		"a < b, c <d e> <5 <<":                               "a < b, c <d e> <5 <",
		"<FontFamily><Param>Arial\n</Param>x</FontFamily>":   "x",
		"<verbatim>a  <bold>\n<</verbatim><bold>b":           "a  <bold>\n<b",
		"</bold></param></excerpt>kept":                      "kept",
		"<param>lost for ever":                               "",
		"<" + strings.Repeat("a", 70) + ">":                  "<" + strings.Repeat("a", 70) + ">",
		"":                                                   "",
	} {
		if got := textOfEnriched(in, false); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
	old := "<bold>Now</bold> is\nthe time<nl>for <lt>all> <comment>not </comment>men<np>good"
	if got, want := textOfEnriched(old, true), "Now is the time\nfor <all> men\n\ngood"; got != want {
		t.Errorf("richtext: %q, want %q", got, want)
	}
}

func FuzzTextOfEnriched(f *testing.F) {
	f.Add("<bold>a<<b</bold>\n\n<excerpt>c\nd</excerpt><param>x</param><verbatim>\n<", false)
	f.Add("a<nl><lt><np><comment>", true)
	f.Fuzz(func(t *testing.T, s string, old bool) {
		got := textOfEnriched(s, old)
		if len(got) > 12*len(s) || utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%d bytes out of %d", len(got), len(s))
		}
	})
}

// A body in a format that has looks is read by its words, and stands aside for plain
// text or HTML.
func TestRichBodies(t *testing.T) {
	const document = `{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0\b Dear\b0  Ada,\par caf\'e9}`
	two := func(a, b string) string {
		return "Content-Type: multipart/alternative; boundary=b\n\n--b\n" + a + "\n--b\n" + b + "\n--b--\n"
	}
	enriched, plain, html := "Content-Type: text/enriched\n\n<bold>rich</bold>\n", "Content-Type: text/plain\n\nplain\n", "Content-Type: text/html\n\n<p>of the web</p>\n"
	for name, c := range map[string]struct {
		message, text string
		files         int
	}{
		"enriched":                    {"Content-Type: text/enriched; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<bold>Dear</bold> Ada,\n\ncaf=E9", "Dear Ada,\ncafé", 0},
		"text/rtf":                    {"Content-Type: text/rtf\n\n" + document, "Dear Ada,\ncafé", 0},
		"application/rtf, in base64":  {"Content-Type: application/rtf\nContent-Transfer-Encoding: base64\n\ne1xydGYxIGFcYiBifQ==\n", "ab", 0},
		"richtext that is RTF":        {"Content-Type: text/richtext\n\n" + document, "Dear Ada,\ncafé", 0},
		"application/rtf that is not": {"Content-Type: application/rtf\n\nMZ", "", 1},
		"a file":                      {"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + plain + "--b\nContent-Type: application/rtf; name=a.rtf\n\n" + document + "\n--b--\n", "plain", 1},
		"plain, enriched":             {two(plain, enriched), "plain", 0},
		"enriched, plain":             {two(enriched, plain), "plain", 0},
		"enriched, HTML":              {two(enriched, html), "of the web", 0},
		"plain, a document":           {two(plain, "Content-Type: application/rtf\n\n"+document), "plain", 1},
		"a document, plain":           {two("Content-Type: application/rtf\n\n"+document, plain), "plain", 1},
	} {
		m := Parse(crlf("MIME-Version: 1.0\n" + c.message))
		if got := strings.TrimSpace(m.Text()); got != c.text || len(m.Attachments) != c.files {
			t.Errorf("%s: %q with %d files", name, got, len(m.Attachments))
		}
	}
	m := Parse(crlf("Content-Type: text/enriched\n\n<bold>x</bold>"))
	if text, ok := m.PartText("1", 100); !ok || text != "<bold>x</bold>" {
		t.Errorf("the part as it is: %q", text)
	}
}
