package demo

import "time"

// engineMail is the work on the engine: two long conversations, with Ada's own
// letters in Sent.
func engineMail(c cast) []sample {
	return []sample{
		{
			box: work("INBOX"), flags: "seen answered", when: day(6, 9, 12), key: "carriage-1",
			from: c.charles, to: []person{c.work}, cc: []person{c.clement},
			subject: "The anticipating carriage",
			body: plain(`
Dear Ada,

I have not slept, and it was worth it.

As the mill stands, a carry creeps from wheel to wheel. When 999,999 meets
1 we wait for six carries, one after another, and with fifty figures we
wait for fifty. The machine spends the better part of its life passing
notes to its neighbours.

Suppose instead that each wheel standing at 9 *tells its neighbour in
advance* that, should a carry reach it, the neighbour may take it as
delivered. The whole row then turns in one movement. I call it the
anticipating carriage. In my notes it makes the addition of two numbers
of fifty figures nine times as quick.

Before I trouble Mr Clement with drawings, would you try to break it?

C.B.
`),
		},
		{
			box: work("Sent"), flags: "seen", when: day(6, 14, 40), key: "carriage-2", re: "carriage-1",
			from: c.work, to: []person{c.charles}, cc: []person{c.clement},
			body: flowed(`
Dear Charles,

> Before I trouble Mr Clement with drawings, would you try to break it?

With pleasure. I have run it through on paper with these:

  999 999 999 + 1    every wheel warned, one movement, correct
  909 090 909 + 1    the warning stops at the 0, as it must
  999 + 999          correct, but look at the units wheel

In the third case the units wheel passes 9 by its own motion and is then warned as well. Nothing forbids the warning from arriving late. Could the wheel give two carries for one passage? I believe the arm must be disarmed by its own use.

It is a beautiful thing, by the way. A machine that foresees is a different animal from a machine that reacts.

Ada

-- 
Ada Lovelace
Analyst, and Metaphysician on Tuesdays
`),
		},
		{
			box: work("INBOX"), flags: "seen", when: day(5, 8, 5), key: "carriage-3", re: "carriage-2",
			from: c.clement, to: []person{c.work}, cc: []person{c.charles},
			body: plain(`
Mrs Lovelace, Mr Babbage,

The lady is right about the arm. If it is to drop by its own use it wants a
spring, and springs are what I mend most.

I can make it drop by its weight. No spring, no oil, nothing to tire. It
costs a quarter inch in the height of every stage, so please say now and
not when the frames are cast.

J. Clement
`),
		},
		{
			box: work("INBOX"), flags: "seen answered", when: day(5, 11, 31), key: "carriage-4", re: "carriage-3",
			from: c.charles, to: []person{c.work, c.clement},
			body: plain(`
> I can make it drop by its weight.

Then do. A quarter inch, fifty stages: the mill grows by a foot and the
ceiling of the workshop has two to spare.

Ada, I concede the units wheel. You are the only person in London who
reports a fault and calls the thing beautiful in the same letter.

C.B.
`),
		},
		{
			box: work("Sent"), flags: "seen", when: day(4, 17, 2), key: "carriage-5", re: "carriage-4",
			from: c.work, to: []person{c.charles, c.clement},
			body: plain(`
Gentlemen,

then it is settled: the arm drops by its weight, and each stage grows by
a quarter inch. I have put the change into the table of stages, so that
the drawing and the text agree for once.

Mr Clement, might you measure the first dozen arms before the others are
cut? If they all drop within a tenth of a second we need not look again.

Ada
`),
		},
		{
			box: work("INBOX"), flags: "seen starred", when: day(1, 16, 48), key: "carriage-6", re: "carriage-5",
			from: c.clement, to: []person{c.work}, cc: []person{c.charles},
			body: mixed(
				plain(`
Measured the twelve. Table and drawing enclosed.

Eleven are as they should be. No. 7 is slow, which is a burr and not the
design. I have shown it the file.

J. Clement
`),
				textFile("arms.csv", "text/csv", `
arm,weight_oz,drop_s,verdict
1,3.02,0.071,good
2,3.01,0.070,good
3,3.04,0.069,good
4,2.99,0.073,good
5,3.00,0.072,good
6,3.03,0.070,good
7,3.02,0.184,burr on the pivot; filed
8,3.01,0.071,good
9,3.00,0.072,good
10,3.02,0.070,good
11,2.98,0.074,good
12,3.01,0.071,good
`),
				file("arm-drawing.pdf", "application/pdf", pdf("Carry arm, second pattern",
					"Drops by its weight; no spring.", "Height of the stage: +1/4 in.", "Scale 1:2. Drawn by J. Clement.")),
			),
		},
		{
			box: work("INBOX"), when: ago(50 * time.Minute), key: "carriage-7", re: "carriage-6",
			from: c.charles, to: []person{c.work, c.clement},
			body: plain(`
It works.

At ten this morning we put 99,999,999,999 into the model and added one.
There was one sound. Not eleven: one. Then twelve wheels stood at their
places and nobody in the workshop said anything for quite a while.

Come and see it before I take it apart to find out why it works.

C.B.

> Measured the twelve. Table and drawing enclosed.
>
> Eleven are as they should be. No. 7 is slow, which is a burr and not the
> design. I have shown it the file.
`),
		},

		{
			box: work("Sent"), flags: "seen", when: day(20, 21, 15), key: "note-g-1",
			from: c.work, to: []person{c.luigi}, cc: []person{c.charles},
			subject: "Note G: the table of operations",
			body: mixed(
				plain(`
Dear Luigi,

your memoir was forty pages. I set out to translate it, added a remark or
two, and find myself with notes that are longer than the memoir. I hope
you will take it as a compliment: one does not annotate what is dull.

The last of them, G, shows how the engine would compute the numbers of
Bernoulli without a person having worked them out before. The table of
operations is enclosed. Each line is one movement of the mill; lines 13
to 23 are repeated, and that repetition is the point of it all.

Would you read it as an unfriendly critic? My friends are too kind.

Ada
`),
				textFile("note-g.csv", "text/csv", noteG),
			),
		},
		{
			box: work("Projects/Engine"), flags: "seen answered", when: day(19, 10, 3), key: "note-g-2", re: "note-g-1",
			from: c.luigi, to: []person{c.work}, cc: []person{c.charles},
			body: plain(`
Chère Madame,

un compliment, assurément ! Je croyais avoir décrit une machine à calculer ;
vous décrivez une machine à faire n'importe quoi. (A compliment, certainly.
I thought that I had described a machine for sums. You describe one for
anything.)

As your unfriendly critic: in line 4 you divide V5 by V4. Should it not be
V4 by V5? With n = 1 the first gives 3, the second one third, and only one
third leads to Bernoulli.

If it is the printer's fault, hang the printer. If it is yours, it is the
first of its kind, and deserves a name.

Luigi
`),
		},
		{
			box: work("Sent"), flags: "seen", when: day(18, 9, 20), key: "note-g-3", re: "note-g-2",
			from: c.work, to: []person{c.luigi}, cc: []person{c.charles},
			body: plain(`
Dear Luigi,

> in line 4 you divide V5 by V4. Should it not be V4 by V5?

It should. It is mine, and not the printer's.

What unsettles me is that the table looked right. I have read it thirty
times, and each time I read what I had meant and not what I had written.
The engine would have had no such mercy. It does what we order it to
perform, and in this case I had ordered nonsense with great care.

I propose that we always let a second person walk through the cards.

Ada
`),
		},
		{
			box: work("INBOX"), flags: "", when: day(2, 13, 27), key: "note-g-4", re: "note-g-3",
			from: c.luigi, to: []person{c.work}, cc: []person{c.charles},
			body: plain(`
Madame,

> I propose that we always let a second person walk through the cards.

Agreed, and already begun: three officers of engineers have walked through
all twenty-five lines, one of them playing the mill and the other two the
store, with numbers on slips of paper. It took an afternoon and a bottle
of Barolo. B7 comes out at minus one thirtieth.

They ask if the engine will also need an afternoon.

Luigi
`),
		},
		{
			box: work("Projects/Engine"), flags: "seen", when: day(33, 15, 30), key: "cards-order",
			from: c.charles, to: []person{c.work},
			subject: "How many cards?",
			body: plain(`
Ada,

for the stationer: how many cards shall I order for your Note G? If each
operation takes one card, and n goes to 20, I come to some nine hundred.

C.B.
`),
		},
		{
			box: work("Sent"), flags: "seen", when: day(33, 16, 4), key: "cards-order-2", re: "cards-order",
			from: c.work, to: []person{c.charles},
			body: plain(`
Twenty-five, and a way to back the deck up.

Ada
`),
		},
	}
}

const noteG = `
operation,nature,acted_upon,receives,statement
1,multiply,V2 x V3,"V4, V5, V6",= 2n
2,subtract,V4 - V1,V4,= 2n - 1
3,add,V5 + V1,V5,= 2n + 1
4,divide,V5 / V4,V11,= (2n - 1) / (2n + 1)
5,divide,V11 / V2,V11,half of it
6,subtract,V13 - V11,V13,= A0
7,subtract,V3 - V1,V10,= n - 1
8,add,V2 + V7,V7,= 2
9,divide,V6 / V7,V11,= A1
10,multiply,V21 x V11,V12,= B1 A1
11,add,V12 + V13,V13,= A0 + B1 A1
12,subtract,V10 - V1,V10,= n - 2
13-23,repeat,,,once for each number known before
24,add,V13 + V24,V24,= B7
25,add,V1 + V3,V3,n becomes n + 1
`
