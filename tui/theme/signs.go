package theme

import (
	"reflect"

	"github.com/charmbracelet/x/ansi"
)

// Signs are the glyphs that stand beside words. Each is one cell wide in every
// common font.
type Signs struct {
	Unread, Star, Attachment, Check, Cross, Unsure string
	Sending, Clock, Retry, Dot, Answered           string
	Bar, QuoteBar, Horizontal, Vertical            string
	Crumb, Folded, More, Ellipsis, Enter           string
	Online, Offline, Working, Warning              string
	ProgressOn, ProgressOff, Between, Down         string
	TopLeft, TopRight, BottomLeft, BottomRight     string
	Pin, Muted, LabelOpen, LabelClose              string
}

var unicodeSigns = Signs{
	Unread: "●", Star: "★", Attachment: "⊕", Check: "✓", Cross: "✕", Unsure: "?",
	Sending: "↑", Clock: "◷", Retry: "↻", Dot: "•", Answered: "↩",
	Bar: "▌", QuoteBar: "│", Horizontal: "─", Vertical: "│",
	Crumb: "›", Folded: "▸", More: "⋯", Ellipsis: "…", Enter: "↵",
	Online: "●", Offline: "○", Working: "◌", Warning: "▲",
	ProgressOn: "━", ProgressOff: "─", Between: "·", Down: "▾",
	TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯",
	Pin: "◆", Muted: "∅", LabelOpen: "‹", LabelClose: "›",
}

var asciiSigns = Signs{
	Unread: "*", Star: "!", Attachment: "@", Check: "v", Cross: "x", Unsure: "?",
	Sending: "^", Clock: "o", Retry: "~", Dot: "-", Answered: "<",
	Bar: ">", QuoteBar: "|", Horizontal: "-", Vertical: "|",
	Crumb: ">", Folded: "+", More: "~", Ellipsis: "~", Enter: "enter",
	Online: "*", Offline: "o", Working: "~", Warning: "!",
	ProgressOn: "=", ProgressOff: "-", Between: "-", Down: "v",
	TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
	Pin: "#", Muted: "/", LabelOpen: "[", LabelClose: "]",
}

// plainSigns are for ears: words where a sign stands before others, and nothing
// where a word beside it says the same.
var plainSigns = Signs{
	Unread: "unread", Star: "starred", Attachment: "with", Check: "ok", Cross: "failed", Unsure: "unsure",
	Sending: "sending", Clock: "later", Retry: "again", Dot: "-", Answered: "answered",
	Bar: " ", QuoteBar: ">", Horizontal: " ", Vertical: " ",
	Crumb: ",", Folded: "folded", More: "folded", Ellipsis: "...", Enter: "enter",
	Online: "", Offline: "", Working: "", Warning: "!",
	ProgressOn: " ", ProgressOff: " ", Between: "-", Down: "",
	TopLeft: " ", TopRight: " ", BottomLeft: " ", BottomRight: " ",
	Pin: "pinned", Muted: "muted", LabelOpen: "", LabelClose: "",
}

// nerdSigns are unicodeSigns with pictures from the fonts of Nerd Fonts, which
// stand in the private use area.
func nerdSigns() Signs {
	s := unicodeSigns
	s.Star, s.Attachment, s.Answered = "\uf005", "\uf0c6", "\uf112"
	s.Clock, s.Warning, s.Pin, s.Muted = "\uf017", "\uf071", "\uf08d", "\uf1f6"
	s.Check, s.Cross, s.Retry, s.Sending = "\uf00c", "\uf00d", "\uf021", "\uf062"
	return s
}

// signsNamed gives the signs of a name. One that takes two cells here, as signs
// of ambiguous width do where RUNEWIDTH_EASTASIAN is set, is replaced by its
// ASCII one.
func signsNamed(name string) Signs {
	s := unicodeSigns
	switch name {
	case "ascii":
		return asciiSigns
	case "nerd":
		s = nerdSigns()
	}
	to, plain := reflect.ValueOf(&s).Elem(), reflect.ValueOf(asciiSigns)
	for i := range to.NumField() {
		if ansi.StringWidth(to.Field(i).String()) != 1 || ansi.StringWidthWc(to.Field(i).String()) != 1 {
			to.Field(i).Set(plain.Field(i))
		}
	}
	return s
}
