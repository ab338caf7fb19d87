package demo

import "time"

// travelMail is a journey that is being planned.
func travelMail(c cast) []sample {
	coach := person{"Great Northern Coaches", "tickets@northern-coaches.example"}
	return []sample{
		{
			box: home("Reisepläne"), flags: "seen starred answered", when: day(13, 9, 36), key: "dresden",
			from: c.juergen, to: []person{c.home},
			subject: "Dein Besuch in Dresden – der Plan",
			body: mixed(
				plain(`
Liebe Ada,

wie schön, dass Du kommst! Den Plan habe ich angehängt. Er ist so genau,
wie es die Postkutschen erlauben, also ungefähr.

Am Dienstag zeige ich Dir die Rechenmaschine im Zwinger. Sie multipliziert
noch immer, wenn man ihr gut zuredet. Am Mittwoch ist frei, denn am
Mittwoch regnet es.

Herzliche Grüße
Jürgen
`),
				textFile("Reiseplan für Ada – Köln, Leipzig, Dresden.txt", "text/plain", `
REISEPLAN

Freitag      London ab 7:00, Dover an 16:30, Überfahrt bei Nacht
Samstag      Ostende an 6:00, weiter nach Köln (Dom, zweihundert Jahre Gerüst)
Sonntag      Ruhetag; Kölnisch Wasser
Montag       Leipzig an 21:15, Abendbrot bei den Setzern
Dienstag     Dresden an 14:00; Zwinger, Rechenmaschine
Mittwoch     Regen
Donnerstag   Eierschecke

Mitzubringen: Schirm, Note G, keine Harfe.
`)),
		},
		{
			box: home("Sent"), flags: "seen", when: day(13, 12, 0), key: "dresden-2", re: "dresden",
			from: c.home, to: []person{c.juergen},
			body: plain(`
Lieber Jürgen,

> Mitzubringen: Schirm, Note G, keine Harfe.

I shall bring a very small harp.

Ada
`),
		},
		{
			box: home("Travel"), flags: "seen", when: day(12, 10, 11), key: "coach-ticket",
			from: coach, to: []person{c.home},
			subject: "Your ticket: London to Dover, inside, facing forward",
			body:    html(longText("ticket.html")),
		},
		{
			box: home("Travel"), flags: "seen", when: day(12, 15, 47), key: "inn",
			from: person{"The Golden Cog", "rooms@golden-cog.example"}, to: []person{c.home},
			subject: "We expect you: one room, north light, large table",
			body: plain(`
Dear Madam,

your room is ready for you: the one with the north light, as you asked,
and the large table, as you asked twice.

    Arrival      any time; the night porter reads novels
    Breakfast    until somebody has eaten it
    Candles      eight, and more on request
    To pay       four thalers the night, two of them returned if you
                 repair the clock in the hall, as on your last visit

The Golden Cog, by the Elbe
`),
		},
		{
			box: home("INBOX"), flags: "", when: ago(4*time.Hour + 35*time.Minute), key: "coach-delay",
			from: coach, to: []person{c.home},
			subject: "A change to your journey: the 7:00 leaves at 6:40",
			extra:   []field{{"Auto-Submitted", "auto-generated"}},
			body: plain(`
Dear traveller,

the 7:00 from London to Dover will leave at 6:40, as the horses have asked
for more time at Canterbury.

    Coach     14, "Perseverance"
    Seat      inside, facing forward
    Ticket    LD-0710-ADA

If you would rather not rise so early, write to us and we shall give the
seat to somebody who does.

https://northern-coaches.example/t/LD-0710-ADA
`),
		},
	}
}

// oldMail is what has been kept.
func oldMail(c cast) []sample {
	return []sample{
		{
			box: work("Archive"), flags: "seen starred", when: day(402, 20, 30), key: "soiree",
			from: c.charles, to: []person{c.work},
			subject: "The silver lady, and the other machine",
			body: plain(`
Dear Mrs Lovelace,

on Saturday most of my guests looked at the silver dancer in the front
room, and said "oh". You looked at the unfinished engine in the back room,
and asked what it did after the sixth difference.

Nobody had asked. Would you come again, on a day without guests?

C. Babbage
`),
		},
		{
			box: work("Archive"), flags: "seen", when: day(398, 9, 0), key: "soiree-2", re: "soiree",
			from: c.work, to: []person{c.charles},
			body: plain("\nDear Mr Babbage,\n\nTuesday. And I have another question.\n\nA. Lovelace\n"),
		},
		{
			box: home("Archive"), flags: "seen", when: day(371, 8, 8), key: "birthday",
			from: c.mary, to: []person{c.home},
			subject: "Many happy returns (mod 2π)",
			body: plain(`
My dear Ada,

may the year bring you a proof you did not look for, a proof you did look
for, and a day on which nobody asks you about either.

The parcel holds a sextant. It is second-hand, but so is the sky.

Mary
`),
		},
		{
			box: home("Archive"), flags: "seen", when: day(95, 18, 44), key: "harp",
			from: person{"A. Erard, Maker of Harps", "workshop@erard-harps.example"}, to: []person{c.home},
			subject: "Your harp is mended",
			body: plain(`
Madam,

the F sharp pedal has been mended, and a small brass counter removed from
inside the neck, where it was counting something. We return it with the
harp. It stands at 40,320.

A. Erard
`),
		},
		{
			box: home("Archive"), flags: "seen forwarded", when: day(47, 11, 11), key: "flight",
			from: c.anne, to: []person{c.home},
			subject: "Flyology",
			body: plain(`
Mama, Grandmama says that when you were twelve you wrote a book about
flying with STEAM and WINGS and that it is in the attic. Can I have it? I
have wings already, they are from a goose and it did not mind.

Annabella
`),
		},
	}
}
