package theme

// Ink is what a piece of text means.
type Ink uint8

// The inks. Accent, and the colours after it, never carry a meaning alone: a
// word or a sign stands beside them.
const (
	Text   Ink = iota // what is read
	Strong            // unread, headings, the row under the cursor
	Dim               // secondary, still read
	Faint             // decoration only
	Rule              // thin lines
	Accent            // brand, cursor bar, unread, focus, progress
	Green             // done
	Red               // failed
	Yellow            // waiting
	Blue              // links, scheduled
	Violet            // not sure
	inks
)

// Surface is what text lies on.
type Surface uint8

// The surfaces.
const (
	Ground    Surface = iota // the terminal's own background
	Selection                // the row under the cursor
	Marked                   // selected rows
	Panel                    // overlays
	Inset                    // a block inside a page, such as a conversation with a server
	surfaces
)

// Style is how a piece of text is drawn. The zero value is plain text on the ground.
type Style struct {
	Ink       Ink
	On        Surface
	Bold      bool
	Italic    bool
	Underline bool
	Reverse   bool
	Link      uint16 // what the canvas has given for an address; 0 for none

	// Of a cell of a picture; they stand for Ink and On.
	Fore, Back RGB
}

// RGB is a colour of a picture. The zero value is none: the terminal's own.
type RGB uint32

// Colour makes an RGB.
func Colour(r, g, b uint8) RGB { return 1<<24 | RGB(r)<<16 | RGB(g)<<8 | RGB(b) }

func (c RGB) parts() (r, g, b uint8) { return uint8(c >> 16), uint8(c >> 8), uint8(c) }

// Found gives the style of a piece of text that a search was about.
func (s Style) Found() Style {
	s.Ink, s.Bold, s.Underline = Accent, true, true
	return s
}

// OnSurface gives the style on another surface.
func (s Style) OnSurface(on Surface) Style {
	s.On = on
	return s
}
