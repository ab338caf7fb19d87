package tui_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui"
	"postea/tui/tuitest"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// scene is a screen to be compared with its golden file at every size.
type scene struct {
	name    string
	backend func() *tuitest.Backend
	options tui.Options
	play    func(*tuitest.Driver)
}

func offline() *tuitest.Backend {
	b := tuitest.Sample()
	b.States = []app.Status{{Kind: app.StatusOffline, Account: "ada@example.org", Pending: 4}}
	return b
}

// arranged is a mailbox of somebody who keeps it in order.
func arranged() *tuitest.Backend {
	b := tuitest.Sample()
	b.Messages[1].Pinned, b.Messages[2].Labels = true, []string{"Money", "To do"}
	b.Messages[3].Muted, b.Messages[4].Labels, b.Messages[5].Returned = true, []string{"Apollo"}, true
	b.Views = map[mail.FolderID]app.View{tuitest.WorkGoDev: {Favourite: true}}
	b.Searches = []app.SavedSearch{{Name: reading.Line("Bills to pay"), Raw: "Bills to pay", Query: "invoice is:unread"}}
	b.Room = [2]int64{8_700_000_000, 10_000_000_000}
	b.Hidden = map[mail.FolderID]bool{tuitest.WorkIETF: true}
	b.Asked = app.Asked{Needed: true, Found: 1}
	return b
}

// partly is a mailbox that is not kept whole.
func partly() *tuitest.Backend {
	b := tuitest.Sample()
	b.Older, b.Asked = 981_204, app.Asked{Needed: true, Found: 3}
	return b
}

// parted is a mailbox whose newest message was fetched without its files.
func parted() *tuitest.Backend {
	b := tuitest.Sample()
	m := b.Messages[2]
	m.Files = []app.Attachment{
		{Index: 1, Name: reading.Line("moth.jpg"), Type: reading.Line("image/jpeg"), Size: 184_320},
		{Index: 2, Name: reading.Line("recording.mp4"), Type: reading.Line("video/mp4"), Size: 18_400_000, Part: "2", Away: true},
		{Index: 3, Name: reading.Line("slides.pdf"), Type: reading.Line("application/pdf"), Size: 7_300_000, Part: "3", Away: true},
		{Index: 4, Name: reading.Line("handout.pdf"), Type: reading.Line("application/pdf"), Size: 310_000, Part: "4", Away: true},
	}
	b.Fetching = map[mail.ID][]app.PartState{m.ID: {
		{Part: "", Wanted: true, Got: 3_000_000, Size: 36_000_000},
		{Part: "3", Wanted: true, Got: 2_500_000, Size: 10_000_000},
		{Part: "4", Failed: reading.Line("the server says no")},
	}}
	m.Also = func(out *app.Message) { out.Partial, out.Parts = true, b.Fetching[m.ID] }
	return b
}

func failing(method string) func() *tuitest.Backend {
	return func() *tuitest.Backend {
		b := tuitest.Sample()
		b.Fail[method] = errors.New("the disk of the store is full; free some space and press ctrl+r")
		return b
	}
}

func press(keys ...string) func(*tuitest.Driver) {
	return func(d *tuitest.Driver) { d.Press(keys...) }
}

var scenes = []scene{
	{name: "inbox"},
	{name: "inbox-selected", play: press("j", "x", "j", "x", "x")},
	{name: "inbox-compact", options: tui.Options{Rows: "compact"}},
	{name: "inbox-comfortable", options: tui.Options{Rows: "comfortable"}},
	{name: "inbox-ascii", options: tui.Options{Glyphs: "ascii"}},
	{name: "inbox-us", options: tui.Options{Dates: when.StyleOf("en_US.UTF-8")}},
	{name: "inbox-plain", backend: arranged, options: tui.Options{Plain: true}, play: press("j", "x")},
	{name: "folders-plain", backend: arranged, options: tui.Options{Plain: true}, play: press("ctrl+b", "j")},
	{name: "reader-plain", options: tui.Options{Plain: true}, play: press("enter", "j")},
	{name: "palette-plain", options: tui.Options{Plain: true}, play: func(d *tuitest.Driver) { d.Press(":"); d.Type("arch"); d.Press("down") }},
	{name: "outbox-plain", options: tui.Options{Plain: true}, play: press("g o", "j")},
	{name: "outbox-still", options: tui.Options{Still: true}, play: press("g o")},
	{name: "themes", play: func(d *tuitest.Driver) { d.Press(":"); d.Type("change the theme"); d.Press("enter", "down") }},
	{name: "inbox-older", backend: partly, play: press("G")},
	{name: "inbox-older-plain", backend: partly, options: tui.Options{Plain: true}, play: press("G")},
	{name: "search-older", backend: partly, play: func(d *tuitest.Driver) { d.Press("/"); d.Type("numbers"); d.Press("enter") }},
	{name: "inbox-empty", backend: tuitest.Empty},
	{name: "inbox-offline", backend: offline},
	{name: "inbox-error", backend: failing("List")},
	{name: "no-account", backend: tuitest.None},
	{name: "reader", play: press("enter")},
	{name: "reader-unfolded", play: press("enter", "enter", "K")},
	{name: "reader-fetching", play: press("1 2 G", "enter")},
	{name: "reader-headers", play: press("enter", "v")},
	{name: "reader-links", play: press("enter", "o")},
	{name: "card-invitation", backend: tuitest.SampleCards, play: press("enter")},
	{name: "card-invitation-keys", backend: tuitest.SampleCards, play: press("enter", "i")},
	{name: "card-bounce", backend: tuitest.SampleCards, play: press("j", "enter")},
	{name: "card-list", backend: tuitest.SampleCards, play: press("j", "j", "enter")},
	{name: "card-leave", backend: tuitest.SampleCards, play: press("j", "j", "enter", "i u")},
	{name: "card-doubts", backend: tuitest.SampleCards, play: press("4 j", "enter")},
	{name: "reader-copy", play: press("enter", "y")},
	{name: "reader-files", play: press("enter", "S")},
	{name: "reader-parts", backend: parted, play: press("enter", "G")},
	{name: "reader-parts-files", backend: parted, play: press("enter", "S")},
	{name: "reader-piped", play: func(d *tuitest.Driver) { d.Press("enter", "|", "enter"); d.Type("wc -l"); d.Press("enter") }},
	{name: "preview-below", options: tui.Options{Preview: "below"}, play: press("j")},
	{name: "drawer", play: press("ctrl+b")},
	{name: "palette", play: func(d *tuitest.Driver) { d.Press(":"); d.Type("arch") }},
	{name: "help", play: press("?")},
	{name: "search", play: func(d *tuitest.Driver) { d.Press("/"); d.Type("numbers") }},
	{name: "search-begun", play: press("/")},
	{name: "search-results", play: func(d *tuitest.Driver) { d.Press("/"); d.Type("the"); d.Press("enter", "j") }},
	{name: "search-nothing", play: func(d *tuitest.Driver) { d.Press("/"); d.Type("xylophone") }},
	{name: "search-problem", play: func(d *tuitest.Driver) { d.Press("/"); d.Type("is:purple ") }},
	{name: "search-reader", play: func(d *tuitest.Driver) { d.Press("/"); d.Type("numbers"); d.Press("enter", "enter", "n") }},
	{name: "filter", play: func(d *tuitest.Driver) { d.Press(`\`); d.Type("is:unread") }},
	{name: "move", play: press("m")},
	{name: "chord", play: press("g")},
	{name: "inbox-arranged", backend: arranged},
	{name: "labels", backend: arranged, play: press("l")},
	{name: "labels-new", play: func(d *tuitest.Driver) { d.Press("l"); d.Type("Travel") }},
	{name: "snooze", play: press("b")},
	{name: "folders", backend: arranged, options: tui.Options{Preview: "off"}, play: press("ctrl+b", "ctrl+b", "shift+tab")},
	{name: "view", play: press("g i", "O")},
	{name: "search-completion", play: func(d *tuitest.Driver) { d.Press("/"); d.Type("is:unread f") }},
	{name: "search-asked", backend: arranged, play: func(d *tuitest.Driver) { d.Press("/"); d.Type("numbers"); d.Press("enter") }},
	{name: "composer", play: func(d *tuitest.Driver) {
		d.Press("r")
		d.Type("Dear Grace,\n\nthe projector is booked, and the room now holds sixty. 会場は六十人まで入れます。 The programme follows; you are on after tea, which is as it should be.")
		d.Advance(2e9)
	}},
	{name: "composer-completion", play: func(d *tuitest.Driver) { d.Press("c"); d.Type("Howard Ai") }},
	{name: "composer-attach", play: func(d *tuitest.Driver) { d.Press("c", "ctrl+a"); d.Type("~/D") }},
	{name: "composer-sizes", play: func(d *tuitest.Driver) {
		write(d, "grace@example.net", "The beach", "As promised.")
		attachFiles(d, "~/beach.jpg", "~/notes.pdf", "~/harbour.png")
		d.Press("shift+tab", "alt+r", "down", "enter", "down", "down", "alt+r")
	}},
	{name: "composer-doubts", play: func(d *tuitest.Driver) {
		d.Press("c")
		d.Type("grace@gmial.com, ada at home, ")
	}},
	{name: "composer-redirect", play: func(d *tuitest.Driver) { d.Press("B"); d.Type("howard@example.edu") }},
	{name: "contacts", play: press("g c", "down")},
	{name: "composer-refused", play: func(d *tuitest.Driver) { d.Press("c"); d.Type("grace"); d.Press("ctrl+s") }},
	{name: "confirm", play: func(d *tuitest.Driver) { d.Press("c"); d.Type("grace@example.net"); d.Press("ctrl+s") }},
	{name: "send-later", play: func(d *tuitest.Driver) { write(d, "grace@example.net", "Lunch", "At noon?"); d.Press("ctrl+l") }},
	{name: "outbox", play: press("g o")},
	{name: "outbox-correct", play: press("g o", "4 j", "c")},
	{name: "outbox-empty", backend: tuitest.Empty, play: press("g o")},
	{name: "journey", play: press("g o", "G", "k", "k", "k", "enter")},
}

var sizes = [][2]int{{80, 24}, {120, 36}, {200, 50}}

func TestGoldenScreens(t *testing.T) {
	seen := map[string]bool{}
	for i, sc := range scenes {
		for k, size := range sizes {
			name := fmt.Sprintf("%s-%dx%d", sc.name, size[0], size[1])
			path := filepath.Join("testdata", name+".golden")
			if seen[path] = true; notNow(i, k, len(sizes)) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				s := tuitest.Setup{Width: size[0], Height: size[1], Options: sc.options}
				if sc.backend != nil {
					s.Backend = sc.backend()
				}
				tuitest.Run(t, s, func(d *tuitest.Driver) {
					if sc.play != nil {
						sc.play(d)
					}
					compare(t, path, d.Screen())
				})
			})
		}
	}
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s belongs to no scene", f)
		}
	}
}

// notNow passes over all but one of n variants of the i-th case with -short: under
// the race detector there is nothing to find in drawing the same otherwise.
func notNow(i, variant, n int) bool { return testing.Short() && i%n != variant }

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", path, got, want)
	}
}

// Nothing may run over the right edge, whichever way the terminal counts.
func TestNoLineIsWiderThanTheScreen(t *testing.T) {
	widths := []int{20, 40, 79, 80, 89, 90, 139, 140, 200}
	for i, sc := range scenes {
		for k, width := range widths {
			if notNow(i, k, len(widths)) {
				continue
			}
			t.Run(fmt.Sprintf("%s-%d", sc.name, width), func(t *testing.T) {
				t.Parallel()
				s := tuitest.Setup{Width: width, Height: 24, Options: sc.options}
				if sc.backend != nil {
					s.Backend = sc.backend()
				}
				tuitest.Run(t, s, func(d *tuitest.Driver) {
					if sc.play != nil {
						sc.play(d)
					}
					checkWidth(t, d.View().Content, width, ansi.StringWidthWc)
					d.Send(clusters)
					checkWidth(t, d.View().Content, width, ansi.StringWidth)
				})
			})
		}
	}
}

func checkWidth(t *testing.T, content string, width int, measure func(string) int) {
	t.Helper()
	lines := strings.Split(content, "\n")
	if len(lines) != 24 {
		t.Errorf("%d lines", len(lines))
	}
	for _, l := range lines {
		if w := measure(l); w > width {
			t.Errorf("%d cells wide: %q", w, ansi.Strip(l))
		}
	}
}
