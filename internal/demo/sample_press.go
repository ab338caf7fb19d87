package demo

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// pressMail is what is sent to many.
func pressMail(c cast) []sample {
	return []sample{
		{
			box: home("INBOX"), flags: "", when: ago(9*time.Hour + 30*time.Minute), key: "difference-52",
			from: person{"The Difference", "weekly@the-difference.example"}, to: []person{c.home},
			subject: "The Difference № 52: looms, leap seconds, and a clock that was right",
			extra: []field{
				{"List-Id", "The Difference, weekly <weekly.the-difference.example>"},
				{"List-Unsubscribe", "<https://the-difference.example/leave?r=ada>, <mailto:weekly-leave@the-difference.example>"},
				{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
				{"List-Archive", "<https://the-difference.example/archive>"},
				{"DKIM-Signature", "v=1; a=rsa-sha256; d=the-difference.example; s=press; h=from:subject:date:list-unsubscribe:list-unsubscribe-post; bh=bm90aGluZyB0byBzZWU=; b=bm90aGluZyBlaXRoZXI="},
				{"Precedence", "bulk"},
			},
			body: html(longText("newsletter.html")),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(7, 6, 0), key: "almanack-41",
			from: person{"The Almanack of Small Machines", "almanack@small-machines.example"}, to: []person{c.home},
			subject: "The Almanack of Small Machines, No. 41",
			extra: []field{
				{"List-Id", "The Almanack of Small Machines <almanack.small-machines.example>"},
				{"List-Unsubscribe", "<mailto:almanack-leave@small-machines.example>"},
			},
			body: plain(longText("almanack.txt") + logarithms()),
		},
		{
			box: home("INBOX"), flags: "", when: day(2, 3, 33), key: "closed", forged: true,
			from: person{"support@" + homeDomain, "support@xn--poste-8ve.example"}, to: []person{c.home},
			subject: "Your mailbox will be closed to-night",
			extra:   []field{{"Reply-To", "help-desk@quick-relief.example"}},
			body: html(`
<p>Dear customer,</p>
<p>your mailbox is nearly empty and will be closed to-night. To keep it, sign in at
<a href="https://quick-relief.example/in?u=ada">https://` + homeDomain + `/sign-in</a> and type your password twice.</p>
<p>The Postmaster General</p>
`),
		},
		{
			box: work("INBOX"), flags: "seen", when: day(9, 8, 0), key: "gazette",
			from: person{"Gazette of the Society", "gazette@learned-society.example"}, to: []person{c.work},
			subject: "Call for papers: Machines that Surprise their Makers",
			extra:   []field{{"Precedence", "bulk"}},
			body: plain(`
The Society invites papers for a day of talks on

              MACHINES THAT SURPRISE THEIR MAKERS

Wanted: proofs, drawings, failures honestly told, and engines small enough
for a table. Not wanted: perpetual motion, talking heads, and anything
that is "nearly finished" (the Committee makes one exception, and he knows
who he is).

    Abstracts    two hundred words, by the end of the month
    Talks        twenty minutes, measured by a water clock
    Place        the Society's rooms, up the stairs, mind the comet

https://learned-society.example/surprise
`),
		},
	}
}

// logarithms is the table at the end of the almanack. No human hand has copied
// it, so for once it holds no misprint.
func logarithms() string {
	var b strings.Builder
	b.WriteString("\n\n9. A TABLE TO CUT OUT: COMMON LOGARITHMS TO SEVEN PLACES\n\n")
	const columns, rows = 4, 25
	for row := range rows {
		for column := range columns {
			n := 1 + row + column*rows
			fmt.Fprintf(&b, "   %3d  %9.7f", n, math.Log10(float64(n)))
		}
		b.WriteString("\n")
	}
	b.WriteString("\nTo leave this list, send any word you like, and we shall miss you:\nalmanack-leave@small-machines.example\n")
	return b.String()
}
