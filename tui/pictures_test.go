package tui_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/picture"
	"postea/internal/reading"
	"postea/tui"
	"postea/tui/tuitest"
)

func withPictures(t *testing.T, f func(*tuitest.Driver)) {
	t.Helper()
	b := tuitest.Sample()
	hangPictures(t, b)
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b, Options: tui.Options{Pictures: "auto"}}, f)
}

func hangPictures(t *testing.T, b *tuitest.Backend) {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 200, 80))); err != nil {
		t.Fatal(err)
	}
	img, err := picture.Decode(&file, 1000)
	if err != nil {
		t.Fatal(err)
	}
	b.Shown = map[mail.ID]app.Pictures{talk(b): {
		List: []app.Picture{{Attachment: 1, Image: img}, {Source: "https://x.example/far.png", Image: img}}, Web: 1, Counters: []app.Text{reading.Line("count.example")},
	}}
}

// talk is the message with a picture among its files.
func talk(b *tuitest.Backend) mail.ID {
	for _, m := range b.Messages {
		if len(m.Files) > 0 && m.Files[0].Name.String() == "moth.jpg" {
			return m.ID
		}
	}
	return 0
}

// A row of the picture: 200 pixels are twenty cells.
var pictureRow = "  " + strings.Repeat("▀", 20) + "\n"

func TestPictures(t *testing.T) {
	withPictures(t, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("moth.jpg", pictureRow, "1 picture on the web, not fetched", "readers are counted by count.example: kept from it")
		d.Press("I")
		d.See("Fetch those on the web", "its sender learns that you read it", "Hide the pictures")
		d.Press("3")
		d.SeeNot("▀▀▀")
		d.Press("I", "3")
		d.See(pictureRow)
		d.Press("I", "1")
		d.SeeNot("not fetched")
		d.Press("I")
		d.See("1 of 1") // hide
		d.Press("esc")
	})
}

func TestPicturesOfASender(t *testing.T) {
	withPictures(t, func(d *tuitest.Driver) {
		id := talk(d.Backend)
		d.Press("enter", "I", "2")
		d.See("are fetched from now on")
		if !d.Backend.Shown[id].Always {
			t.Error("it was not remembered")
		}
		d.Press("I", "1")
		d.See("no longer fetched")
		if d.Backend.Shown[id].Always {
			t.Error("it was not taken back")
		}
	})
}

// Without colours there are no pictures, and their words stay.
func TestNoPicturesWithoutColours(t *testing.T) {
	withPictures(t, func(d *tuitest.Driver) {
		d.Send(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
		d.Press("enter")
		d.See("moth.jpg")
		d.SeeNot("▀▀▀")
		d.Press("I")
		d.See("too few colours")
	})
}

// A terminal that draws pictures itself is sent them, and shows them where the
// placeholders are.
func TestPicturesOfKitty(t *testing.T) {
	withPictures(t, func(d *tuitest.Driver) {
		d.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
		d.Send(tea.TerminalVersionMsg{Name: "kitty(0.40.0)"})
		d.Press("enter")
		d.See("moth.jpg", picture.Placeholder(0, 0)+picture.Placeholder(0, 1))
		if raw := strings.Join(d.Sent, ""); !strings.Contains(raw, "\x1b_Ga=T,U=1,i=") {
			t.Errorf("the terminal was sent %.100q", raw)
		}
		d.Press("I")
		d.See("Picture 1 by itself", "200 × 80")
	})
}

// Placeholders are letters to who does not know them: kitty before 0.28 draws boxes.
func TestPicturesOfTerminalsWithoutPlaceholders(t *testing.T) {
	for name, placed := range map[string]bool{"kitty(0.26.5)": false, "kitty(0.28.0)": true, "kitty(1.0)": true, "ghostty 1.1.3": true, "kitty": false, "WezTerm 2024": false} {
		withPictures(t, func(d *tuitest.Driver) {
			d.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
			d.Send(tea.TerminalVersionMsg{Name: name})
			d.Press("enter")
			if placed {
				d.See(picture.Placeholder(0, 0))
				return
			}
			d.See("▀▀▀")
			d.SeeNot(picture.Placeholder(0, 0))
		})
	}
}
