package theme

// Role is a colour that a theme has: an ink or a surface.
type Role struct {
	Name  string
	About string
}

var inkRoles = [inks]Role{
	Text:   {"text", "what is read"},
	Strong: {"strong", "unread, headings, the row under the cursor"},
	Dim:    {"dim", "secondary, and still read"},
	Faint:  {"faint", "decoration, and what lies behind a dialog"},
	Rule:   {"rule", "thin lines"},
	Accent: {"accent", "the cursor's bar, unread, what was found, progress"},
	Green:  {"green", "done"},
	Red:    {"red", "failed"},
	Yellow: {"yellow", "waiting, stars"},
	Blue:   {"blue", "links, labels, scheduled"},
	Violet: {"violet", "not sure"},
}

var surfaceRoles = [surfaces]Role{
	Ground:    {"background", "of everything; `\"terminal\"` is the terminal's own"},
	Selection: {"selection", "the row under the cursor"},
	Marked:    {"marked", "selected rows, and the cursor of a pane that has no keys"},
	Panel:     {"panel", "dialogs and menus"},
	Inset:     {"inset", "a block inside a page, such as the conversation with a server"},
}

// Roles lists the colours of a theme in the order of the documentation.
func Roles() []Role { return append(inkRoles[:len(inkRoles):len(inkRoles)], surfaceRoles[:]...) }

// String is the name in a theme's file.
func (i Ink) String() string { return inkRoles[i].Name }

// String is the name in a theme's file.
func (s Surface) String() string { return surfaceRoles[s].Name }

// read tells of inks in which something is written that must be read.
func (i Ink) read() bool { return i != Faint && i != Rule }
