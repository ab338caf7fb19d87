package tui_test

import (
	"errors"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

// attachFiles attaches files by their paths.
func attachFiles(d *tuitest.Driver, paths ...string) {
	for _, p := range paths {
		d.Press("ctrl+a")
		d.Type(p)
		d.Press("enter")
	}
}

func TestSizeOfAPicture(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Beach", "See.")
		d.Press("alt+r")
		d.See("No picture is attached that could be made smaller")
		attachFiles(d, "~/beach.jpg")
		d.See("beach.jpg", "2.1 MB", "2.9 MB of 50 MB")
		d.Press("shift+tab")
		d.See("alt+r size")
		d.Press("alt+r")
		d.See("Size of beach.jpg", "As it is", "4000 × 3000     2.1 MB", "Large", "2048 × 1536", "Medium", "1280 × 960", "307 KB", "Small", "800 × 600")
		d.SeeNot("all pictures so")
		d.Press("down", "enter")
		d.See("beach.jpg  was 2.1 MB", "307 KB", "beach.jpg: 2.1 MB → 307 KB; undo brings it back", "422 KB of 50 MB")
		d.Press("ctrl+z")
		d.SeeNot("was 2.1 MB")
		d.See("2.9 MB of 50 MB")
		d.Press("ctrl+y")
		d.See("was 2.1 MB")
		d.Press("alt+r")
		d.See("As it is", "2.1 MB") // sizes are those of the file, not of the copy
		d.Press("down", "down", "enter", "ctrl+s")
		got := d.Backend.Sent[0].Attach
		if len(got) != 1 || got[0].Name != "beach.jpg" || got[0].Path != "" || len(got[0].Data) != 800*600/4 {
			d.T.Errorf("sent %+v", got[0].Name)
		}
	})(t)
}

func TestSizeOfSeveralPictures(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Beach", "")
		attachFiles(d, "~/one.jpg", "~/notes.txt", "~/two.png")
		d.Press("alt+r")
		d.See("Size of which picture?", "one.jpg", "two.png")
		d.Press("down", "enter")
		d.See("Size of two.png", "all pictures so")
		d.Press("down", "down", "ctrl+a")
		d.See("2 pictures: 4.2 MB → 240 KB", "two.jpg  was 2.1 MB", "one.jpg  was 2.1 MB", "notes.txt")
		d.Press("ctrl+z")
		d.See("two.png")
		d.SeeNot("was 2.1 MB")
		d.Press("ctrl+z")
		d.SeeNot("two.png") // the attaching before it
		d.Press("ctrl+y", "ctrl+y")
		d.See("two.jpg  was 2.1 MB")
	})(t)
}

func TestSizeOfAPictureInTheText(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "Look: ")
		d.Press("alt+i")
		d.Type("~/my moth.png")
		d.Press("enter")
		d.See("Look: ![my moth](<my moth.png>)")
		d.Press("alt+r", "enter")
		d.See("Look: ![my moth](<my moth.jpg>)", "my moth.jpg  in the text, was 2.1 MB")
		d.Press("ctrl+z")
		d.See("Look: ![my moth](<my moth.png>)", "my moth.png  in the text")
		d.SeeNot("was 2.1 MB")
		d.Press("ctrl+y")
		d.See("(<my moth.jpg>)", "was 2.1 MB")
		d.Press("ctrl+z", "ctrl+z")
		d.SeeNot("moth.png") // neither in the text nor among the files
		d.See("Look: ")
	})(t)
}

func TestRemovedFileComesBack(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Files", "words")
		attachFiles(d, "~/one.txt")
		d.Press("shift+tab")
		d.SeeNot("alt+r size") // it is no picture
		d.Press("delete")
		d.SeeNot("one.txt")
		d.Press("ctrl+z")
		d.See("one.txt", "words")
		d.Press("tab")
		d.Type("more")
		d.Press("ctrl+z")
		d.See("one.txt")
		d.SeeNot("more")
	})(t)
}

func TestSizesThatCannotBe(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Small", "")
		attachFiles(d, "~/small.jpg")
		d.Press("alt+r")
		d.See("small.jpg has 640 × 480 in 2.1 MB; a smaller one would gain nothing")
		d.Backend.Fail["PictureSizes"] = errors.New("small.jpg: the jpeg picture is damaged")
		d.Press("alt+r")
		d.See("the jpeg picture is damaged")
	})(t)
	emacs := tuitest.Setup{Width: 80, Height: 24, Options: tui.Options{Editor: "emacs"}}
	tuitest.Run(t, emacs, func(d *tuitest.Driver) { // which has a chord for it
		write(d, "grace@example.net", "Beach", "")
		d.Press("ctrl+x a")
		d.Type("~/beach.jpg")
		d.Press("enter", "ctrl+x r")
		d.See("Size of beach.jpg")
	})
}
