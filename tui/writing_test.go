package tui_test

import (
	"errors"
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func TestMarkdownAndPreview(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "It is *here*.")
		d.See("plain text ·")
		d.Press("ctrl+t")
		d.See("plain text + HTML")
		d.Press("alt+p")
		d.See("Preview", "As read: It is *here*.")
		d.Press("esc", "ctrl+s")
		if !d.Backend.Sent[0].Markdown {
			d.T.Error("sent as plain text")
		}
	})(t)
}

func TestPictureInTheText(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "Look: ")
		d.Press("alt+i")
		d.Type("~/mo")
		d.See("Picture  ~/mo", "~/moth.jpg")
		d.Press("enter")
		d.See("Look: ![moth](moth.jpg)", "in the text", "plain text + HTML")
		d.Press("alt+i")
		d.Type("~/moth.jpg")
		d.Press("enter")
		d.See("![moth-2](moth-2.jpg)")
		d.Press("ctrl+s")
		got := d.Backend.Sent[0]
		if len(got.Attach) != 2 || !got.Attach[0].Inline || !got.Markdown {
			d.T.Errorf("%+v", got)
		}
	})(t)
}

func TestTemplates(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "alt+t")
		d.See("There is no template yet", "templates")
		d.Backend.TemplateList = []app.Template{{Name: reading.Line("thanks"), About: reading.Line("Thank you"), File: "Dear {{name}}, about {{thing}} and {{other}}."}}
		d.Type("grace@example.net")
		d.Press("esc", "alt+t")
		d.See("Insert a template", "thanks", "Thank you")
		d.Press("enter")
		d.See("Subject  From a template", "Dear grace@example.net, about {{thing}}")
		d.Type("tea")
		d.See("about tea and {{other}}.")
		d.Press("ctrl+s")
		d.See("Send with {{other}} as it stands?")
		d.Press("n", "tab")
		d.Type("cake")
		d.Press("ctrl+s")
		d.See("Queued")
		if got := d.Backend.Sent[0].Body; !strings.HasPrefix(got, "Dear grace@example.net, about tea and cake.") {
			d.T.Errorf("sent %q", got)
		}
	})(t)
}

func TestSignatureOnAndOff(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.See("Analytical Society")
		d.Press("alt+s")
		d.SeeNot("Analytical Society")
		d.Press("alt+s")
		d.See("Analytical Society")
	})(t)
}

func TestTheCursorIsWhereItWas(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "S", "one two")
		d.Press("left", "left", "left", "esc", ":")
		d.Type("continue")
		d.Press("enter", "enter")
		d.Type("X")
		d.See("one Xtwo")
	})(t)
}

func TestPreviewThatFails(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["PreviewDraft"] = errors.New("cannot attach ~/moth.jpg: no such file")
		d.Press("c", "alt+p")
		d.See("cannot attach ~/moth.jpg: no such file")
	})(t)
}
