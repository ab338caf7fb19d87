package composer

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

func TestPastedAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"a@x.example\nb@x.example\n":                            "a@x.example, b@x.example",
		"a@x.example\r\n\r\nb@x.example":                        "a@x.example, b@x.example",
		"a@x.example b@x.example  c@x.example":                  "a@x.example, b@x.example, c@x.example",
		"Ann <a@x.example> Bob B <b@x.example>":                 "Ann <a@x.example>, Bob B <b@x.example>",
		"Ann <a@x.example>, Bob <b@x.example>;":                 "Ann <a@x.example>, Bob <b@x.example>",
		"Ann <a@x.example> , Bob <b@x.example>":                 "Ann <a@x.example> , Bob <b@x.example>",
		"Ann\ta@x.example":                                      "Ann <a@x.example>",
		"B, Ann\ta@x.example\r\nb@y.example\tBob\tC\n":          "\"B, Ann\" <a@x.example>, Bob C <b@y.example>",
		"Ann\tB\tSales\ta@x.example":                            "Ann, B, Sales, a@x.example",
		"a@x.example\tb@x.example":                              "a@x.example, b@x.example",
		"B, Ann <a@x.example>; C, Bob (Sales) <c@x.example>":    "\"B, Ann\" <a@x.example>; \"C, Bob\" <c@x.example>",
		"Ann\nB, Bob <b@x.example>":                             "Ann, \"B, Bob\" <b@x.example>",
		"Bob, Ann <a@x.example>":                                "Bob, Ann <a@x.example>",
		"Ann [mailto:a@x.example]":                              "Ann <a@x.example>",
		"a@x.example <mailto:a@x.example>":                      "a@x.example",
		"MAILTO:a@x.example?subject=b&cc=c@x.example":           "a@x.example",
		"\u202aa@x.example\u202c":                               "a@x.example",
		"mailto:a@x.example":                                    "a@x.example",
		"\"Lovelace, Ada\" <ada@x.example>\nTeam: b@x.example;": "\"Lovelace, Ada\" <ada@x.example>, Team: b@x.example",
		"grace":                       "grace",
		"  ":                          "",
		"<a@x.example> <b@x.example>": "<a@x.example>, <b@x.example>",
	} {
		if got := pastedAddresses(in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

// Thousands of recipients are not read anew for every frame.
func TestManyRecipients(t *testing.T) {
	var to strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&to, "Person %d <person%d@example.net>, ", i, i)
	}
	to.WriteString("ada@gmial.com, nobody, bob@example.net")
	ask := nav.NewAsker(context.Background(), time.Now, func(tea.Msg) nav.Cmd { return nil })
	m := New(nil, ask, mail.Draft{To: to.String(), Subject: "x", From: mail.Address{Address: "a@x.example"}}, Options{Exec: func(*exec.Cmd, tea.ExecCallback) tea.Cmd { return nil }})
	m.size, m.focus = nav.Size{Width: 120, Height: 36}, inBody
	c := widget.NewCanvas(120, 36, widget.Measure{})
	look := theme.New(theme.Options{Dark: true})
	if made := testing.AllocsPerRun(3, func() { m.Draw(c.Area(look, time.Time{})) }); made > 500 {
		t.Errorf("a frame takes %.0f pieces of memory", made)
	}
	list := m.doubts(inTo)
	if len(list) != 2 || list[0].bad || !list[1].bad {
		t.Fatalf("%+v", list)
	}
	m.focus = inTo
	m.fields[inTo].Set(strings.Replace(to.String(), "gmial", "gmail", 1) + "x@") // the last one is being typed
	if list := m.doubts(inTo); len(list) != 1 || list[0].Text != "nobody" {
		t.Errorf("%+v", list)
	}
}

func TestLastAddress(t *testing.T) {
	for in, want := range map[string]string{"a@x.example, b": "b", "a@x.example，b": "b", "\"B, a": "\"B, a", "ら；り": "り", "": ""} {
		if got := lastAddress(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
