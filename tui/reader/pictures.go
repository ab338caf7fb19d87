package reader

import (
	"context"
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/picture"
	"postea/internal/reading"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// maxPictureRows is how high a picture among the text may be: what is higher
// than a screen cannot be seen as a whole.
const maxPictureRows = 20

// gallery is the pictures of a message. It is immutable.
type gallery struct {
	list []galleryPicture
	how  picture.Protocol
}

type galleryPicture struct {
	key   string // its source, or fileKey
	file  int    // the Index of the attachment; 0 for one of the web
	id    uint32 // for the terminal
	image *picture.Picture
}

// hung is a picture in the size in which it is shown. It is immutable.
type hung struct {
	id         uint32
	cols, rows int
	blocks     [][]picture.Block // nil where the terminal draws it itself
}

// fileKey is what the picture in an attachment is known by that the text does
// not show.
func fileKey(index int) string { return "#" + strconv.Itoa(index) }

type picturesMsg struct {
	id   mail.ID
	pics app.Pictures
	err  error
}

// askPictures asks for the pictures of a message, once it is seen.
func (m *Model) askPictures(it *item, fetch bool) nav.Cmd {
	if m.size.Pictures == picture.None || it.head.Body == nil || !it.head.HasPictures || it.asked && !fetch {
		return nil
	}
	it.asked = true
	id := it.head.ID
	return m.ask.Ask("pictures "+id.String(), func(ctx context.Context) tea.Msg {
		pics, err := m.source.Pictures(ctx, id, fetch)
		return picturesMsg{id, pics, err}
	})
}

func (m *Model) tookPictures(msg picturesMsg) nav.Cmd {
	it := m.find(msg.id)
	if it == nil {
		return nil
	}
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	it.pictures = msg.pics
	it.gallery = m.hang(msg.pics.List)
	if len(msg.pics.List) > 0 {
		it.hanging++
	}
	m.arrange()
	cmd := m.fetch()
	if msg.pics.Failed.String() != "" {
		cmd = nav.Batch(cmd, nav.Say(nav.Toast{Text: msg.pics.Failed}))
	}
	return cmd
}

// hang gives pictures the numbers by which a terminal knows them.
func (m *Model) hang(list []app.Picture) *gallery {
	g := &gallery{how: m.size.Pictures}
	for _, p := range list {
		m.pictureIDs++
		key := p.Source
		if key == "" {
			key = fileKey(p.Attachment)
		}
		g.list = append(g.list, galleryPicture{key, p.Attachment, firstPictureID + m.pictureIDs&0xffff, p.Image})
	}
	return g
}

// firstPictureID keeps our numbers apart from those of programs that count
// from one.
const firstPictureID = 0x706f00

// place makes the pictures as large as they are shown in a text of that width,
// and what has to be sent to the terminal for that. before is what was sent
// already.
func (g *gallery) place(width int, before map[string]*hung) (map[string]*hung, string) {
	if g == nil || len(g.list) == 0 {
		return nil, ""
	}
	out := map[string]*hung{}
	var send strings.Builder
	for _, p := range g.list {
		cols, rows := p.image.Fit(width, maxPictureRows, picture.Cell{})
		h := &hung{id: p.id, cols: cols, rows: rows}
		if old := before[p.key]; old != nil && old.id == h.id && old.cols == cols && old.rows == rows {
			out[p.key] = old
			continue
		}
		if g.how == picture.Kitty {
			s, err := p.image.Kitty(p.id, cols, rows, picture.Cell{})
			if err != nil {
				continue // its words stand for it
			}
			send.WriteString(s)
		} else {
			h.blocks = p.image.Blocks(cols, rows)
		}
		out[p.key] = h
	}
	return out, send.String()
}

// alone shows one picture in place of the conversation.
type alone struct{ how picture.Protocol }

// aloneID is the number of the picture that is shown by itself.
const aloneID = firstPictureID - 1

func (a alone) place(p *picture.Picture, width int) (*hung, string) {
	if a.how == picture.None {
		return nil, ""
	}
	g := &gallery{how: a.how, list: []galleryPicture{{"", 0, aloneID, p}}}
	placed, send := g.place(width, nil)
	return placed[""], send
}

func (h *hung) height() int {
	if h == nil {
		return 0
	}
	return h.rows
}

// layoutPictures is how the text makes room for pictures; nil for none.
func layoutPictures(placed map[string]*hung) func(string, int) (int, bool) {
	if len(placed) == 0 {
		return nil
	}
	return func(source string, maxCols int) (int, bool) {
		h := placed[source]
		if h == nil || h.cols > maxCols {
			return 0, false
		}
		return h.rows, true
	}
}

// drawPicture draws a row of a picture.
func drawPicture(a widget.Area, x int, h *hung, row int) {
	if h == nil || row >= h.rows {
		return
	}
	if h.blocks == nil {
		ink := theme.Style{Fore: theme.Colour(uint8(h.id>>16), uint8(h.id>>8), uint8(h.id))}
		for col := range h.cols {
			a.Cell(x+col, 0, ink, picture.Placeholder(row, col))
		}
		return
	}
	ground := a.Look.Background()
	for col, b := range h.blocks[row] {
		a.Cell(x+col, 0, theme.Style{Fore: over(ground, b.Top), Back: over(ground, b.Bottom)}, "▀")
	}
}

// over lays a pixel on the background.
func over(ground theme.RGB, c color.RGBA) theme.RGB {
	if c.A == 0xff {
		return theme.Colour(c.R, c.G, c.B)
	}
	mix := func(shift int, v uint8) uint8 {
		g := int(ground>>shift) & 0xff
		return uint8(min(int(v)+g*(255-int(c.A))/255, 255))
	}
	return theme.Colour(mix(16, c.R), mix(8, c.G), mix(0, c.B))
}

// pictureNote says what is not shown, and why.
func pictureNote(p app.Pictures) string {
	var parts []string
	if p.Web > 0 {
		s := app.Counted(p.Web, "picture") + " on the web, not fetched"
		if p.Never {
			s += " by your settings"
		}
		parts = append(parts, s)
	}
	if n := len(p.Counters); n > 0 {
		s := "readers are counted by " + p.Counters[0].String()
		if n > 1 {
			s += " and " + app.Counted(n-1, "other")
		}
		parts = append(parts, s+": kept from it")
	}
	return strings.Join(parts, " · ")
}

type pictureAct uint8

const (
	fetchOnce pictureAct = iota
	fetchAlways
	fetchNoMore
	hidePictures
	wholePicture
)

type pictureMsg struct {
	id    mail.ID
	act   pictureAct
	which string
}

// pictureWhy says why there is nothing to choose about pictures.
func (m *Model) pictureWhy(it *item) string {
	p := it.pictures
	switch {
	case m.size.Pictures == picture.None:
		return "Pictures are off, or this terminal has too few colours"
	case it.head.Body == nil || len(p.List) == 0 && p.Web == 0 && !it.hidden:
		return "This message has no pictures"
	}
	return ""
}

// pictureMenu offers what can be done about the pictures of a message.
func (m *Model) pictureMenu() nav.Cmd {
	it := m.items[m.current]
	p := it.pictures
	menu := nav.Menu{Title: "Pictures", Hint: "do it"}
	add := func(label, detail string, act pictureAct, which string) {
		menu.Items = append(menu.Items, nav.Item{Key: strconv.Itoa(len(menu.Items) + 1), Label: label, Detail: detail, Msg: m.ask.Answer(pictureMsg{it.head.ID, act, which})})
	}
	if p.Web > 0 && !p.Never {
		add("Fetch those on the web", "its sender learns that you read it", fetchOnce, "")
		if len(it.head.From) == 1 && !p.Always {
			add("Always, from "+it.head.From[0].Address.String(), "whoever writes under this address", fetchAlways, "")
		}
	}
	if p.Always {
		add("No longer fetch those of "+sender(it.head), "", fetchNoMore, "")
	}
	if len(p.List) > 0 {
		label := "Hide the pictures"
		if it.hidden {
			label = "Show the pictures"
		}
		add(label, "of this message", hidePictures, "")
	}
	if m.size.WholePictures != picture.None && !it.hidden && it.gallery != nil {
		for i, g := range it.gallery.list {
			w, h := g.image.Size()
			add(fmt.Sprintf("Picture %d by itself", i+1), fmt.Sprintf("%d × %d", w, h), wholePicture, g.key)
		}
	}
	return nav.Say(menu)
}

func (m *Model) doPicture(msg pictureMsg) nav.Cmd {
	it := m.find(msg.id)
	if it == nil {
		return nil
	}
	switch msg.act {
	case fetchOnce:
		return nav.Batch(nav.Done("Fetching pictures from the web"), m.askPictures(it, true))
	case fetchAlways:
		return m.allowPictures(it, true, "Pictures of this sender are fetched from now on")
	case fetchNoMore:
		return m.allowPictures(it, false, "Pictures of this sender are no longer fetched")
	case hidePictures:
		it.hidden = !it.hidden
		it.hanging++
		return m.fetch()
	case wholePicture:
		for _, g := range it.gallery.list {
			if g.key == msg.which {
				return m.showWhole(g.image)
			}
		}
	}
	return nil
}

// allowPictures decides about a sender, and shows what follows from that.
func (m *Model) allowPictures(it *item, yes bool, said string) nav.Cmd {
	id := it.head.ID
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return allowedMsg{id, said, m.source.AllowPictures(ctx, id, yes)}
	})
}

type allowedMsg struct {
	id   mail.ID
	said string
	err  error
}

func (m *Model) allowed(msg allowedMsg) nav.Cmd {
	it := m.find(msg.id)
	if msg.err != nil || it == nil {
		return m.Handle(doneMsg{msg.said, msg.err})
	}
	it.asked = false
	return nav.Batch(nav.Done(msg.said), m.askPictures(it, false))
}

// shownGallery is what of a message's pictures is seen.
func (it *item) shownGallery() *gallery {
	if it.hidden {
		return nil
	}
	return it.gallery
}

// forget takes the pictures that were sent from the terminal's memory.
func (m *Model) forget() nav.Cmd {
	var s strings.Builder
	for _, it := range m.items {
		for _, h := range it.hung {
			if h.blocks == nil {
				s.WriteString(picture.ForgetKitty(h.id))
			}
		}
	}
	if s.Len() == 0 {
		return nil
	}
	return nav.Later(tea.Raw(s.String()))
}

// pictureLines are the lines of a picture that is a file, and that the text does
// not show.
func (it *item) pictureLines(i, index int) []line {
	if it.hidden || it.gallery == nil {
		return nil
	}
	for _, g := range it.gallery.list {
		h := it.hung[g.key]
		if g.file != index || h == nil || it.inText(g.key) {
			continue
		}
		var p []line
		for row := range h.rows {
			p = append(p, line{kind: pictureLine, item: i, n: row, text: g.key})
		}
		return append(p, line{kind: gapLine, item: i})
	}
	return nil
}

func (it *item) inText(source string) bool {
	return slices.ContainsFunc(it.text, func(t reading.TextLine) bool { return t.Kind == reading.Picture && t.Source == source })
}

// options are those of the layout of a text.
func (k layoutKey) options(placed map[string]*hung) reading.LayoutOptions {
	return reading.LayoutOptions{FoldQuotes: !k.quotes, Graphemes: k.clusters, PreferHTML: k.other, Pictures: layoutPictures(placed)}
}
