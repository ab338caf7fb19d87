package demo

import "time"

// homeMail is what family and friends write.
func homeMail(c cast) []sample {
	return []sample{
		{
			box: home("INBOX"), flags: "seen answered", when: day(4, 10, 0), key: "thursday-1",
			from: c.mary, to: []person{c.home}, cc: []person{c.augustus},
			subject: "Thursday evening",
			body: flowed(`
Dear Ada, dear Augustus,

would you come on Thursday, at seven? The sky ought to be clear, and the comet is at its best before it is convenient to stay up. There will be soup, a telescope, and no music unless Ada brings the harp.

Augustus, you may bring one paradox. One.

Yours affectionately,
Mary
`),
		},
		{
			box: home("Sent"), flags: "seen", when: day(4, 12, 22), key: "thursday-2", re: "thursday-1",
			from: c.home, to: []person{c.mary}, cc: []person{c.augustus},
			body: flowed(`
Dear Mary,

> There will be soup, a telescope, and no music unless Ada brings the harp.

Ada brings the harp. She has been teaching it to modulate by rule, which is less dreadful than it sounds: if a machine could be told how tones agree, I see no reason why it should not compose something of any length you have the patience for.

Until Thursday,
Ada
`),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(4, 13, 9), key: "thursday-3", re: "thursday-2",
			from: c.augustus, to: []person{c.home, c.mary},
			body: plain(`
I shall bring the paradox of the man who was told to bring one paradox
and could not decide which.

A. De M.

P.S. "Of any length you have the patience for" describes most of what I
have heard this season, and that was by people.
`),
		},
		{
			box: home("INBOX"), flags: "", when: ago(2*time.Hour + 5*time.Minute), key: "thursday-4", re: "thursday-3",
			from: c.mary, to: []person{c.home, c.augustus},
			body: plain(`
Clouds. The comet is postponed, the soup is not.

Mary
`),
		},
		{
			box: home("INBOX"), flags: "starred", when: ago(25 * time.Minute), key: "ducks",
			from: c.anne, to: []person{c.home},
			subject: "🦆🦆🦆 ducks!!!",
			body: plain(`
Dear Mama,

today we counted ducks on the pond 🦆 and there were 17 and then a dog came
🐕 and there were 0. Papa says that is subtraction.

I drew you a goose. It does not fit into the letter so it is on the wall.

xxx Annabella 💛

P.S. When you are home can we make the paper 🎲 machine again?
`),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(1, 8, 45), key: "supper",
			from: c.william, to: []person{c.home},
			subject: "Supper, and a horse",
			body: plain(`
My dear,

back by eight. The grey mare has opinions about the new gate; the gate has
lost. Could you ask your Mr Clement for a hinge that closes by its own
weight? I hear he is in the way of such things now.

W.
`),
		},
		{
			box: home("Sent"), flags: "seen", when: day(1, 9, 5), key: "supper-2", re: "supper",
			from: c.home, to: []person{c.william},
			body: plain(`
Asked. He says that he makes hinges for engines, and that a mare is one.

A.
`),
		},
		{
			box: home("INBOX"), flags: "seen starred", when: day(12, 19, 30), key: "pattern-1",
			from: c.mary, to: []person{c.home},
			subject: "A pattern for your loom",
			body: related(
				alternative(
					plain(`
Dear Ada,

you say that the engine weaves. So I have made it a pattern, and have used
nothing but the numbers of the row and of the column. See the picture.

The reds are where the sum of two squares, divided by 24, leaves nothing
when divided by three. I did not choose the flowers. They came by
themselves.

Mary
`),
					html(`
<p>Dear Ada,</p>
<p>you say that the engine <i>weaves</i>. So I have made it a pattern, and have used nothing but the numbers of
the row and of the column:</p>
<p><img src="cid:pattern@somerville.example" width="192" height="192" alt="a woven pattern of red and gold on cream"></p>
<p>The reds are where the sum of two squares, divided by 24, leaves nothing when divided by three.
I did not choose the flowers. They came by themselves.</p>
<p>Mary</p>
`)),
				picture("pattern.png", "image/png", "pattern@somerville.example", wovenPattern())),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(15, 18, 12), key: "mathematics",
			from: c.mother, to: []person{c.home},
			subject: "Your mathematics, and your health",
			body: flowed(`
My dear Ada,

I am told that you rise at five to calculate. I should be the last person to object to mathematics before breakfast, having prescribed it to you as a remedy against poetry; but a remedy may be taken in excess.

Pray tell me three things. Do you ride? Do you eat? And is it true that you have written that the engine might compose music? I had hoped that we were safe from that side.

I enclose nothing, because you return what I enclose.

Your affectionate mother
`),
		},
		{
			box: home("Sent"), flags: "seen", when: day(14, 7, 2), key: "mathematics-2", re: "mathematics",
			from: c.home, to: []person{c.mother},
			body: flowed(`
Dear Mama,

> Pray tell me three things.

I ride. I eat. It is true.

If you will not concede me poetry, concede me poetical science. I find that imagination is what one calculates with.

Your affectionate
Ada
`),
		},
		{
			box: home("INBOX"), flags: "", when: day(3, 20, 41), key: "paradox",
			from: c.augustus, to: []person{c.home},
			subject: "A budget of small paradoxes",
			body: mixed(
				plain(`
Dear Ada,

I could not bring them on Thursday, having been limited to one, so here
they are in a file. You will find that No. 3 refutes No. 2, and that No. 1
does not exist.

A. De M.
`),
				textFile("Paradoxa für Ada – naïve Fassung.txt", "text/plain", `
A BUDGET OF SMALL PARADOXES

2. Every number is interesting. For if there were dull ones, there would
   be a smallest of them, and that would be interesting.

3. No number is interesting for long.

4. The author of this list has left out one item, and says so in it.
`)),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(5, 17, 55), key: "receipt",
			from: person{"Hatchling & Quill, Booksellers", "orders@hatchling-quill.example"}, to: []person{c.home},
			subject: "Your receipt from Hatchling & Quill (order 30-0417)",
			body: alternative(
				plain(`
Thank you for your order 30-0417.

  1  Tables of Logarithms, 7 places, calf           £1  4s  0d
  1  The Mechanism of the Heavens, with notes       £0 18s  0d
  2  Squared paper, the ream                        £0  9s  0d
     Carriage                                       £0  1s  6d
                                                   -----------
                                                    £2 12s  6d

Follow your parcel: https://hatchling-quill.example/parcel/30-0417
`),
				html(longText("receipt.html"))),
		},
		{
			box: home("INBOX"), flags: "", when: ago(6*time.Hour + 30*time.Minute), key: "overdue",
			from: person{"The London Lending Library", "desk@lending-library.example"}, to: []person{c.home},
			subject: "A reminder, the fourth, about one book",
			extra:   []field{{"Auto-Submitted", "auto-generated"}},
			body: plain(`
Dear Reader,

our records, which are kept on cards, show that you still have

    "On the Economy of Machinery", second copy
    due: eleven weeks ago
    fine: two shillings and ninepence, and rising by rule

You have told us that you need it "until the engine is finished". May we
say that we have known Mr Babbage for some years.

The Desk
`),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(2, 9, 18), key: "sign-in",
			from: person{"Night Post", "no-reply@night-post.example"}, to: []person{c.home},
			subject: "Your code to sign in: 271 828",
			extra:   []field{{"Auto-Submitted", "auto-generated"}},
			body: plain(`
Your code is 271 828.

It is good for ten minutes. We shall never ask you for it by letter, by
telegraph, or through the window. If you did not try to sign in, somebody
else did, and now does not have the code.
`),
		},
		{
			box: home("Junk"), flags: "junk", when: day(1, 3, 33), key: "hostile",
			from:    person{"\x1b[5mPRIZE\x1b[0m desk\x07", "winner@lucky-wheel.example"},
			to:      []person{c.home},
			subject: "\x1b[2J\x1b[H\x1b[31mYOUR TERMINAL IS OURS\x1b[0m \x1b]0;owned\x07\u202egnp.exe\u2066 \x00 (it is not)",
			body: plain("\n" +
				"This letter tries to clear your screen: \x1b[2J\x1b[H\n" +
				"to rename your window: \x1b]0;owned\x07\n" +
				"to fill your clipboard: \x1b]52;c;b3duZWQ=\x07\n" +
				"and to turn this upside down: \u202eelbanosaernu\u202c\n" +
				"\n" +
				"If you can read it in peace, your mail program has done its work.\n"),
		},
		{
			box: home("Junk"), flags: "seen junk", when: day(6, 4, 44), key: "perpetual",
			from:    person{"Baron von Unruh", "baron@perpetuum.example"},
			to:      []person{c.home},
			subject: "INVEST NOW in a wheel that turns BY ITSELF!!!",
			body: html(`
<center><font size="6" color="red"><b>IT TURNS!</b></font></center>
<p>Esteemed friend! You have been CHOSEN to buy shares in the PERPETUAL WHEEL. It has turned since Tuesday.
It needs NO water, NO steam, and NO explanation.</p>
<p><a href="https://perpetuum.example/invest?you=ada">Send 100 guineas before it stops</a></p>
`),
		},
		{
			box: home("Drafts"), flags: "seen draft", when: day(2, 23, 12), key: "to-hanako",
			from: c.home, to: []person{c.hanako},
			subject: "The paper cranes",
			body: plain(`
Dear Hanako,

your cranes have arrived, and none was bent. I have unfolded one (forgive
me) to see how it was done, and found that I could write it down in nine
operations, of which four are repeated. I enclose
`),
		},
		{
			box: home("Trash"), flags: "seen", when: day(9, 10, 10), key: "umbrella",
			from: c.william, to: []person{c.home},
			subject: "My umbrella",
			body:    plain("\nHave you seen it? The brown one.\n\nFound. I was holding it.\n\nW.\n"),
		},
	}
}
