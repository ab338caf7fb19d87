package tui_test

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func TestCopy(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "y")
		d.See("Copy", "Address of the sender", "grace@example.net", "Message-ID", "Link to slides.example.net")
		if len(d.Copied) != 0 {
			d.T.Fatal("copied before it was asked for")
		}
		d.Press("enter")
		d.See("Copied the address")
		d.Press("y")
		d.Type("1")
		d.See("Copied the link")
		d.Press("y")
		d.Type("text")
		d.Press("enter")
		want := []string{"grace@example.net", "https://slides.example.net/talks/moth.pdf"}
		if len(d.Copied) != 3 || d.Copied[0] != want[0] || d.Copied[1] != want[1] || !strings.Contains(d.Copied[2], "nanoseconds") {
			d.T.Errorf("copied %q", d.Copied)
		}
		if d.Backend.Do(func() {}); !slices.Equal(d.Backend.Clipped, d.Copied) {
			d.T.Errorf("the system got %q", d.Backend.Clipped)
		}
	})(t)
}

func TestPipe(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "|")
		d.See("The text", "The source", "moth.jpg")
		d.SeeNot("git am")
		d.Press("down", "enter")
		d.See("Pipe to", "a command of your shell")
		d.Type("grep moth | wc")
		d.See("runs as you")
		d.Press("enter")
		d.See("grep moth | wc 1 of", "it ended with code 3", "of 60")
		d.SeeNot("line 60")
		d.Press("G")
		d.See("line 60")
		d.Press("space", "g", "esc")
		d.SeeNot("it ended with code 3")
		d.See("nanoseconds")

		// A file, from the list of files.
		d.Press("S", "down", "|")
		d.Type("less")
		d.Press("enter")
		d.See("less 3 of", "file 2, line 1")
		d.Press("q", "esc", "j", "enter", "|")
		d.See("The patches, in order", "git am")
	})(t)
}

func TestAttachmentsAreViewed(t *testing.T) {
	files := func() *tuitest.Backend {
		b := tuitest.Sample()
		b.Messages[2].Files = []app.Attachment{
			{Index: 1, Name: reading.Line("figures.csv"), Type: reading.Line("text/csv")}, {Index: 2, Name: reading.Line("inner.eml"), Type: reading.Line("message/rfc822")},
		}
		return b
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: files()}, func(d *tuitest.Driver) {
		d.Press("enter", "S", "ctrl+v")
		d.See("› figures.csv", "name\u00a0\u00a0n", "Ada\u00a0\u00a0\u00a01")
		d.SeeNot("nanoseconds")
		d.Press("esc")
		d.See("nanoseconds")
		d.Press("S", "down", "ctrl+v")
		d.See("› inner.eml", "From: Grace", "Subject: The inner one", "Within, a quiet text")
		d.Resize(60, 24)
		d.See("Within, a quiet text")
		d.Press("v") // back to the conversation, as from the source
		d.SeeNot("Within, a quiet text")
	})
}

// What would run is opened only after a question that enter does not answer.
func TestProgramsAreAskedAbout(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Do(func() {
			d.Backend.Fail["OpenAttachment"] = &app.ProgramError{Name: reading.Line("invoice.pdf.exe"), What: "a program"}
		})
		d.Press("enter", "S", "ctrl+o")
		d.See("invoice.pdf.exe is a program. Open it all the same?")
		d.Press("enter")
		if len(d.Backend.Opened) != 0 {
			d.T.Fatal("opened by enter")
		}
		d.Press("n")
		d.SeeNot("all the same?")
		d.Press("S", "ctrl+o", "y")
		d.See("Opening the attachment")
		if len(d.Backend.Opened) != 1 {
			d.T.Errorf("opened %v", d.Backend.Opened)
		}
	})(t)
}

const bothVersions = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n"

func TestVersions(t *testing.T) {
	b := tuitest.Sample()
	m := b.Messages[2]
	m.MIME = bothVersions
	m.Body = "--b\nContent-Type: text/plain\n\nPlainly said, in words enough to stand on their own.\n--b\nContent-Type: text/html\n\n<p>Richly said, with a <a href=\"https://rich.example/\">link</a></p>\n--b--\n"
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("Plainly said")
		d.Press("o")
		d.See("This message has no links")
		d.Press("H")
		d.See("Richly said", "rich.example")
		d.SeeNot("Plainly said")
		d.Press("o")
		d.See("Open a link")
		d.Press("esc", "H")
		d.See("Plainly said")
		d.Press("O")
		if got := d.Backend.Opened; len(got) != 1 || got[0] != "html of "+m.ID.String() {
			d.T.Errorf("opened %v", got)
		}
		d.Press("esc", "j", "enter", "H")
		d.See("This message has one version only")
	})
}

// In the source, the keys of searching look in the source.
func TestFindInTheSource(t *testing.T) {
	b := tuitest.Sample()
	b.Messages[2].MIME, b.Messages[2].Body = "Content-Type: text/plain\nX-One: Moth\n", strings.Repeat("line\n", 80)+"the MOTH again\n"
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter", "v", "v", "/")
		d.See("Find")
		d.Type("moth")
		d.See("in 2 lines")
		d.Type("s")
		d.See("not in this text")
		d.Press("backspace", "enter")
		d.See("X-One: Moth")
		d.Press("n")
		d.See("the MOTH again")
		d.Press("n")
		d.See("X-One: Moth")
		d.Press("N")
		d.See("the MOTH again")
		d.Press("esc", "/") // and everywhere else as ever
		d.SeeNot("in 2 lines", "Find  ")
	})
}

// Of a field that goes on below only the first line begins with a name.
func TestFieldGoesOnWithoutAName(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 34, Height: 24}, func(d *tuitest.Driver) {
		d.Press("enter", "v")
		d.See("\n  09:41:12 +0000")
		screen := d.View().Content
		if strings.Contains(screen, "Date: Tue") || !strings.Contains(screen, "09:41:12 +0000") {
			d.T.Errorf("the name of a field is not set apart, or what is none is:\n%q", screen)
		}
	})
}
