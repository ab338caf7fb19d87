package tui_test

import (
	"strings"
	"testing"

	"postea/tui/tuitest"
)

// In an open conversation \ looks in its text for what is typed, however it is
// broken by the search that led there.
func TestFindInTheConversation(t *testing.T) {
	b := tuitest.Sample()
	b.Messages[2].MIME, b.Messages[2].Body = "Content-Type: text/plain\n", "A Moth at the lamp.\n"+strings.Repeat("line\n\n", 60)+"The second moth.\n"
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 24, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter", "n")
		d.See("\\ in this conversation")
		d.Press("\\")
		d.See("Find", "capitals make no difference")
		d.Type("moth")
		d.See("in 2 lines")
		d.Type("s")
		d.See("not in what is unfolded here")
		d.Press("backspace", "enter")
		d.See("A Moth at the lamp")
		d.Press("n")
		d.See("The second moth")
		d.SeeNot("A Moth at the lamp")
		d.Press("n") // from the last to the first, and not on to another conversation
		d.See("A Moth at the lamp")
		d.Press("N")
		d.See("The second moth")
		d.Press("g g", "n")
		d.See("A Moth at the lamp")
		d.Press("]", "n") // in another one nothing is looked for
		d.See("\\ in this conversation")
		d.Press("esc", "\\")
		d.SeeNot("capitals make")
	})
}

// What goes over the end of a line, or from plain words to bold ones, is found as it reads; so is
// the subject.
func TestFindOverLines(t *testing.T) {
	b := tuitest.Sample()
	b.Messages[2].Subject = "The İstanbul Regatta"
	b.Messages[2].MIME = "Content-Type: text/html; charset=utf-8\n"
	b.Messages[2].Body = "<p>" + strings.Repeat("word ", 15) + "the <b>quick</b> brown fox " + strings.Repeat("word ", 30) + "</p><p>東京" + strings.Repeat("都", 60) + "庁</p><p>end</p><p>of it</p>"
	tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		for text, want := range map[string]string{
			"the QUICK brown fox word": "in one line", strings.Repeat("都", 50): "in one line", "istanbul": "not in", "REGATTA": "in one line",
			"end of it": "not in", "i̇stanbul": "not in", "İSTANBUL": "in one line",
		} {
			d.Press("\\")
			d.See("capitals make no difference")
			d.Press("ctrl+u")
			d.Type(text)
			d.See(want)
			d.Press("esc")
		}
	})
}

// ; opens all messages and quotes of a conversation, and what is read stays where it is.
func TestUnfoldAll(t *testing.T) {
	b := tuitest.Sample()
	b.Messages[0].Body += strings.Repeat("Nineteen chairs.\n\n", 20)
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.SeeNot("Nineteen chairs", "Students, and two admirals")
		d.Press(";")
		d.See("I can bring the nanoseconds", "Students, and two admirals")
		d.Press("g g")
		d.See("Would you speak on Thursday?", "Nineteen chairs")
		d.Press("G", ";")
		d.See("I can bring the nanoseconds", "The room holds forty.") // in one line
		d.SeeNot("Nineteen chairs", "Students, and two admirals")
	})
}

// What comes into the conversation above what is read does not move it.
func TestReadingStaysWhereItIs(t *testing.T) {
	b := tuitest.Sample()
	b.Messages[2].MIME, b.Messages[2].Body = "Content-Type: text/plain\n", "First.\n"+strings.Repeat("line\n\n", 30)+"Here.\n\n"+strings.Repeat("line\n\n", 30)
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 24, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter", "\\")
		d.Type("here.")
		d.Press("enter")
		before := d.Screen()
		b.Do(func() {
			more := *b.Messages[1]
			more.ID, more.Unread, more.Body = 900, true, strings.Repeat("In between.\n\n", 9)
			b.Messages = append(b.Messages, &more)
		})
		d.Advance(0)
		if after := d.Screen(); !strings.Contains(after, "Here.") || strings.Index(after, "Here.") != strings.Index(before, "Here.") {
			t.Errorf("what is read has moved:\n%s\nwas\n%s", after, before)
		}
	})
}
