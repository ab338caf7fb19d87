package theme

// Signs are the glyphs that stand beside words. Each is one cell wide in every
// common font.
type Signs struct {
	Unread, Star, Attachment, Check, Cross, Unsure string
	Sending, Clock, Retry, Dot, Bullet, Answered   string
	Bar, QuoteBar, Horizontal, Vertical            string
	Crumb, Folded, More, Ellipsis, Enter           string
	Online, Offline, Working, Warning              string
	ProgressOn, ProgressOff, Between, Down         string
	TopLeft, TopRight, BottomLeft, BottomRight     string
	Pin, Muted, LabelOpen, LabelClose              string
}

var unicodeSigns = Signs{
	Unread: "●", Star: "★", Attachment: "⊕", Check: "✓", Cross: "✕", Unsure: "?",
	Sending: "↑", Clock: "◷", Retry: "↻", Dot: "•", Bullet: "•", Answered: "↩",
	Bar: "▌", QuoteBar: "│", Horizontal: "─", Vertical: "│",
	Crumb: "›", Folded: "▸", More: "⋯", Ellipsis: "…", Enter: "↵",
	Online: "●", Offline: "○", Working: "◌", Warning: "▲",
	ProgressOn: "━", ProgressOff: "─", Between: "·", Down: "▾",
	TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯",
	Pin: "◆", Muted: "∅", LabelOpen: "‹", LabelClose: "›",
}

var asciiSigns = Signs{
	Unread: "*", Star: "!", Attachment: "@", Check: "v", Cross: "x", Unsure: "?",
	Sending: "^", Clock: "o", Retry: "~", Dot: "-", Bullet: "-", Answered: "<",
	Bar: ">", QuoteBar: "|", Horizontal: "-", Vertical: "|",
	Crumb: ">", Folded: "+", More: "~", Ellipsis: "~", Enter: "enter",
	Online: "*", Offline: "o", Working: "~", Warning: "!",
	ProgressOn: "=", ProgressOff: "-", Between: "-", Down: "v",
	TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
	Pin: "#", Muted: "/", LabelOpen: "[", LabelClose: "]",
}
