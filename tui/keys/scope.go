package keys

// Scope is a set of places in which actions are valid.
type Scope uint16

// The scopes. In the scopes of InText, keys that type something are text.
const (
	List Scope = 1 << iota
	Sidebar
	Reader
	Outbox
	Journey
	Composer
	Menu    // an overlay that lists things and has a field to narrow them
	Choice  // an overlay that asks one question
	Search  // the line in which a search is typed
	People  // the address book
	Setup   // the form of a new account
	Passage // text of a message is being selected

	Mail  = List | Reader
	Pages = List | Sidebar | Reader | Outbox | Journey
	All   = Pages | Composer | Menu | Choice | Search | People | Setup | Passage

	InText = Composer | Menu | Search | People | Setup
)

// Name is the scope's heading in help and reference.
func (s Scope) Name() string {
	switch s {
	case List:
		return "Message list"
	case Sidebar:
		return "Folders"
	case Reader:
		return "Reader"
	case Outbox:
		return "Outbox"
	case Journey:
		return "Journey"
	case Composer:
		return "Composer"
	case Menu:
		return "Menus"
	case Choice:
		return "Questions"
	case Search:
		return "Search line"
	case People:
		return "Contacts"
	case Setup:
		return "New account"
	case Passage:
		return "Selecting text"
	}
	return ""
}

// Scopes lists every single scope in the order of the reference.
func Scopes() []Scope {
	return []Scope{List, Sidebar, Reader, Passage, Search, Composer, People, Outbox, Journey, Setup, Menu, Choice}
}

// Names lists the headings of the scopes in s.
func (s Scope) Names() []string {
	var out []string
	for _, one := range Scopes() {
		if s&one != 0 {
			out = append(out, one.Name())
		}
	}
	return out
}
