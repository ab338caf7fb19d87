package keys

import "strconv"

// Action names something the user can do; it is the name in the configuration.
type Action string

// The actions.
const (
	None Action = ""

	Down, Up              Action = "down", "up"
	Top, Bottom           Action = "top", "bottom"
	HalfDown, HalfUp      Action = "half-down", "half-up"
	PageDown, PageUp      Action = "page-down", "page-up"
	ReadOn                Action = "read-on"
	Open                  Action = "open"
	Back, Leave, Quit     Action = "back", "leave", "quit"
	NextPane, PrevPane    Action = "next-pane", "previous-pane"
	ToggleSidebar         Action = "toggle-sidebar"
	TogglePreview         Action = "toggle-preview"
	ToggleDensity         Action = "toggle-density"
	Help, Palette         Action = "help", "palette"
	Sync, Suspend         Action = "sync", "suspend"
	Compose, Reply        Action = "compose", "reply"
	ReplyAll, Forward     Action = "reply-all", "forward"
	ReplyList, Redirect   Action = "reply-list", "redirect"
	ForwardWhole          Action = "forward-attached"
	EditAsNew             Action = "edit-as-new"
	TurnFormat            Action = "turn-format"
	TurnSignature         Action = "turn-signature"
	InsertTemplate        Action = "insert-template"
	InsertPicture         Action = "insert-picture"
	PreviewDraft          Action = "preview-draft"
	DraftVersions         Action = "draft-versions"
	Recover               Action = "recover-draft"
	GoContacts            Action = "go-contacts"
	AddContact            Action = "add-contact"
	NameContact           Action = "name-contact"
	RemoveContact         Action = "remove-contact"
	Archive, Delete       Action = "archive", "delete"
	MoveTo, Star          Action = "move", "star"
	Unread, Junk          Action = "unread", "junk"
	Select, Range         Action = "select", "range"
	SelectAll, Undo       Action = "select-all", "undo"
	Repeat                Action = "repeat"
	NextMessage           Action = "next-message"
	PrevMessage           Action = "previous-message"
	NextConversation      Action = "next-conversation"
	PrevConversation      Action = "previous-conversation"
	Fold, Links           Action = "fold", "links"
	Headers, Save         Action = "headers", "save-attachments"
	GoInbox, GoAll        Action = "go-inbox", "go-all"
	GoDrafts, GoSent      Action = "go-drafts", "go-sent"
	GoOutbox, GoTrash     Action = "go-outbox", "go-trash"
	GoArchive             Action = "go-archive"
	SendNow, EditOutgoing Action = "send-now", "edit-outgoing"
	CancelOutgoing        Action = "cancel-outgoing"
	RetryOutgoing         Action = "retry-outgoing"
	SettleOutgoing        Action = "settle-outgoing"
	Reschedule            Action = "reschedule"
	CorrectAddress        Action = "correct-address"
	Send, Attach          Action = "send", "attach"
	SendLater             Action = "send-later"
	ExternalEditor        Action = "external-editor"
	NextIdentity          Action = "next-identity"
	CopyFields            Action = "copy-fields"
	KeepDraft             Action = "keep-draft"
	DiscardDraft          Action = "discard-draft"
	Continue              Action = "continue-draft"
	EditUndo, EditRedo    Action = "edit-undo", "edit-redo"
	NextField, PrevField  Action = "next-field", "previous-field"
	Find, Filter          Action = "search", "filter"
	NextMatch, PrevMatch  Action = "next-match", "previous-match"
	SearchScope           Action = "search-scope"
	AcceptInvitation      Action = "accept-invitation"
	TentativeInvitation   Action = "tentative-invitation"
	DeclineInvitation     Action = "decline-invitation"
	CommentInvitation     Action = "comment-invitation"
	ShowJourney           Action = "show-journey"
	LeaveList             Action = "leave-list"
	ListArchive           Action = "list-archive"
	Copy, Pipe            Action = "copy", "pipe"
	ToggleVersion         Action = "toggle-version"
	OpenHTML              Action = "open-html"
	Pictures              Action = "pictures"
)

// Account is the action that goes to the inbox of the nth account, from 1.
func Account(n int) Action { return Action("account-" + strconv.Itoa(n)) }

// AccountNumber reads what Account made; 0 for any other action.
func AccountNumber(a Action) int {
	const prefix = "account-"
	if len(a) != len(prefix)+1 || a[:len(prefix)] != prefix {
		return 0
	}
	return int(a[len(prefix)] - '0')
}

// Answering tells whether an action begins a draft from a message, and how it
// is called then; "" where it does not.
func Answering(a Action) string {
	switch a {
	case Reply, ReplyAll, ReplyList, Forward, ForwardWhole, Redirect, EditAsNew:
		return string(a)
	}
	return ""
}

// Entry is a row of the table.
type Entry struct {
	ID    Action
	Title string // for the palette and the help
	Short string // for the line of hints; "" takes the title
	Help  string // a few more words; may be empty
	Keys  []string
	In    Scope
	Again bool // the repeat key repeats it
}

// Label is what the line of hints says.
func (e Entry) Label() string {
	if e.Short != "" {
		return e.Short
	}
	return e.Title
}

// Table gives the rows with their default keys, in the order of the help.
func Table() []Entry {
	t := []Entry{
		{ID: Down, Title: "Down", Keys: []string{"j", "down"}, In: Pages},
		{ID: Up, Title: "Up", Keys: []string{"k", "up"}, In: Pages},
		{ID: Top, Title: "To the top", Keys: []string{"g g", "home"}, In: Pages},
		{ID: Bottom, Title: "To the end", Keys: []string{"G", "end"}, In: Pages},
		{ID: HalfDown, Title: "Half a page down", Keys: []string{"ctrl+d"}, In: Pages},
		{ID: HalfUp, Title: "Half a page up", Keys: []string{"ctrl+u"}, In: Pages},
		{ID: PageDown, Title: "Page down", Keys: []string{"pgdown"}, In: Pages},
		{ID: PageUp, Title: "Page up", Keys: []string{"pgup"}, In: Pages},
		{ID: ReadOn, Title: "Read on", Help: "page down, then the next unread message", Keys: []string{"space"}, In: Mail | Journey},
		{ID: Open, Title: "Open", Short: "open", Keys: []string{"enter", "o"}, In: List | Sidebar},
		{ID: Open, Title: "Show the journey", Short: "journey", Help: "everything that happened to the message", Keys: []string{"enter", "o"}, In: Outbox},
		{ID: Fold, Title: "Fold or unfold", Short: "unfold", Help: "the message, or its folded quotes", Keys: []string{"enter"}, In: Reader},
		{ID: NextMessage, Title: "Next message", Short: "next", Help: "of the conversation", Keys: []string{"J"}, In: Reader},
		{ID: PrevMessage, Title: "Previous message", Short: "previous", Help: "of the conversation", Keys: []string{"K"}, In: Reader},
		{ID: NextConversation, Title: "Next conversation", Keys: []string{"]"}, In: Reader},
		{ID: PrevConversation, Title: "Previous conversation", Keys: []string{"["}, In: Reader},

		{ID: Find, Title: "Search", Short: "search", Help: "all accounts and folders, as you type", Keys: []string{"/"}, In: Pages},
		{ID: Filter, Title: "Filter this list", Short: "filter", Help: "a search in this place only", Keys: []string{"\\"}, In: Mail | Sidebar},
		{ID: NextMatch, Title: "Next match", Short: "next match", Help: "of the search: in the message, then in the list", Keys: []string{"n"}, In: Mail},
		{ID: PrevMatch, Title: "Previous match", Keys: []string{"N"}, In: Mail},
		{ID: Open, Title: "To the results", Short: "results", Keys: []string{"enter"}, In: Search},
		{ID: Up, Title: "Earlier search", Short: "earlier", Keys: []string{"up"}, In: Search},
		{ID: Down, Title: "Later search, or to the results", Keys: []string{"down"}, In: Search},
		{ID: SearchScope, Title: "Everywhere, or only here", Short: "scope", Keys: []string{"tab"}, In: Search},
		{ID: Back, Title: "Back to where the search began", Short: "back", Keys: []string{"esc"}, In: Search},

		{ID: Compose, Title: "Compose", Short: "compose", Help: "a new message", Keys: []string{"c"}, In: Mail | Sidebar},
		{ID: Continue, Title: "Continue a draft…", Help: "one that is kept here", In: Mail | Sidebar},
		{ID: Recover, Title: "Recover a discarded draft…", Help: "of the last day", In: Mail | Sidebar},
		{ID: Reply, Title: "Reply", Short: "reply", Help: "to the sender", Keys: []string{"r"}, In: Mail},
		{ID: ReplyAll, Title: "Reply to all", Short: "all", Keys: []string{"R"}, In: Mail},
		{ID: ReplyList, Title: "Reply to the list", Short: "list", Help: "and to nobody else", Keys: []string{"L"}, In: Mail},
		{ID: Forward, Title: "Forward", Short: "forward", Help: "inside the text, with what is attached", Keys: []string{"f"}, In: Mail},
		{ID: ForwardWhole, Title: "Forward as attachment", Help: "the message whole, as it came", Keys: []string{"F"}, In: Mail},
		{ID: Redirect, Title: "Redirect", Help: "send it on unchanged; answers go to its author", Keys: []string{"B"}, In: Mail},
		{ID: EditAsNew, Title: "Edit as new", Help: "a new message with the same content", Keys: []string{"E"}, In: Mail},
		{ID: Archive, Title: "Archive", Short: "archive", Help: "move to Archive", Keys: []string{"e", "a"}, In: Mail, Again: true},
		{ID: Delete, Title: "Delete", Short: "delete", Help: "move to Trash", Keys: []string{"d", "#"}, In: Mail, Again: true},
		{ID: MoveTo, Title: "Move to a folder…", Short: "move", Keys: []string{"m"}, In: Mail, Again: true},
		{ID: Star, Title: "Star", Short: "star", Help: "set or take away", Keys: []string{"s"}, In: Mail, Again: true},
		{ID: Unread, Title: "Mark read or unread", Short: "unread", Keys: []string{"U"}, In: Mail, Again: true},
		{ID: Junk, Title: "Mark as junk", Short: "junk", Help: "move to Junk", Keys: []string{"!"}, In: Mail, Again: true},
		{ID: Undo, Title: "Undo", Short: "undo", Help: "the last change, or the last send while it is held", Keys: []string{"u", "z"}, In: Pages},
		{ID: Repeat, Title: "Repeat", Help: "the last change, here", Keys: []string{"."}, In: Mail},
		{ID: Select, Title: "Select", Short: "select", Help: "the conversation under the cursor", Keys: []string{"x"}, In: List},
		{ID: Range, Title: "Select a range", Help: "from here to wherever the cursor goes", Keys: []string{"V"}, In: List},
		{ID: SelectAll, Title: "Select all", Help: "of this list; again: none", Keys: []string{"*"}, In: List},
		{ID: Links, Title: "Open a link…", Short: "links", Keys: []string{"o"}, In: Reader},
		{ID: Save, Title: "Attachments…", Short: "save", Help: "save, view, open or pipe them", Keys: []string{"S"}, In: Reader},
		{ID: Headers, Title: "Headers and source", Short: "headers", Help: "again: the source, then back", Keys: []string{"v"}, In: Reader},

		{ID: Copy, Title: "Copy…", Short: "copy", Help: "address, link, Message-ID or text, to the clipboard", Keys: []string{"y"}, In: Reader},
		{ID: Pipe, Title: "Pipe to a command…", Short: "pipe", Help: "text, source, patches or a file", Keys: []string{"|"}, In: Reader},
		{ID: ToggleVersion, Title: "Plain or HTML version", Short: "version", Help: "shows the other one", Keys: []string{"H"}, In: Reader},
		{ID: OpenHTML, Title: "Open the HTML in the browser", Short: "browser", Help: "nothing in it runs or is fetched", Keys: []string{"O"}, In: Reader},
		{ID: Pictures, Title: "Pictures…", Short: "pictures", Help: "fetch those of the web, hide them, see one by itself", Keys: []string{"I"}, In: Reader},
		{ID: AcceptInvitation, Title: "Accept the invitation", Short: "accept", Help: "the organizer is told", Keys: []string{"i a"}, In: Reader},
		{ID: TentativeInvitation, Title: "Accept the invitation, maybe", Short: "maybe", Help: "the organizer is told", Keys: []string{"i m"}, In: Reader},
		{ID: DeclineInvitation, Title: "Decline the invitation", Short: "decline", Help: "the organizer is told", Keys: []string{"i d"}, In: Reader},
		{ID: CommentInvitation, Title: "Answer the invitation in words…", Short: "in words", Help: "in the composer, with the answer attached", Keys: []string{"i c"}, In: Reader},
		{ID: ShowJourney, Title: "Journey of the message reported on", Short: "journey", Help: "what happened to what you sent; enter on the card too", Keys: []string{"i j"}, In: Reader},
		{ID: LeaveList, Title: "Leave the mailing list…", Short: "leave list", Help: "asks first, and says who is told", Keys: []string{"i u"}, In: Reader},
		{ID: ListArchive, Title: "Archive of the mailing list", Short: "list archive", Help: "in the browser", Keys: []string{"i w"}, In: Reader},

		{ID: SendNow, Title: "Send now", Short: "send now", Help: "nothing undoes that", Keys: []string{"S"}, In: Outbox | Journey},
		{ID: EditOutgoing, Title: "Edit", Short: "edit", Help: "take it out of the outbox and mend it", Keys: []string{"e"}, In: Outbox | Journey},
		{ID: CancelOutgoing, Title: "Cancel", Short: "cancel", Help: "do not send it any more", Keys: []string{"d"}, In: Outbox | Journey},
		{ID: RetryOutgoing, Title: "Retry", Short: "retry", Help: "the same bytes once more", Keys: []string{"r"}, In: Outbox | Journey},
		{ID: SettleOutgoing, Title: "Settle", Short: "settle", Help: "an unsure message did arrive, or a failure is dealt with", Keys: []string{"t"}, In: Outbox | Journey},

		{ID: CorrectAddress, Title: "Correct the address…", Short: "correct", Help: "the same message to another address instead of the one that failed", Keys: []string{"c"}, In: Outbox | Journey},
		{ID: Reschedule, Title: "Send later…", Short: "later", Help: "tomorrow 9:00, fri 17:30, in 2h", Keys: []string{"l"}, In: Outbox | Journey},
	}
	t = append(t, writing()...)
	t = append(t, []Entry{
		{ID: GoInbox, Title: "Go to Inbox", Keys: []string{"g i"}, In: Pages},
		{ID: GoAll, Title: "Go to all inboxes", Keys: []string{"g a"}, In: Pages},
		{ID: GoDrafts, Title: "Go to Drafts", Keys: []string{"g d"}, In: Pages},
		{ID: GoSent, Title: "Go to Sent", Keys: []string{"g s"}, In: Pages},
		{ID: GoArchive, Title: "Go to Archive", Keys: []string{"g r"}, In: Pages},
		{ID: GoTrash, Title: "Go to Trash", Keys: []string{"g t"}, In: Pages},
		{ID: GoOutbox, Title: "Go to the outbox", Keys: []string{"g o"}, In: Pages},
		{ID: GoContacts, Title: "Go to the address book", Keys: []string{"g c"}, In: Pages},
	}...)
	for n := 1; n <= 9; n++ {
		t = append(t, Entry{ID: Account(n), Title: "Account " + strconv.Itoa(n), Keys: []string{"alt+" + strconv.Itoa(n)}, In: Pages})
	}
	return append(t,
		Entry{ID: NextPane, Title: "Next pane", Keys: []string{"tab"}, In: List | Sidebar | Reader},
		Entry{ID: PrevPane, Title: "Previous pane", Keys: []string{"shift+tab"}, In: List | Sidebar | Reader},
		Entry{ID: ToggleSidebar, Title: "Show or hide the folders", Keys: []string{"ctrl+b"}, In: List | Sidebar | Reader},
		Entry{ID: TogglePreview, Title: "Place of the reader", Help: "off, right, below", Keys: []string{"p"}, In: Mail},
		Entry{ID: ToggleDensity, Title: "Compact or comfortable rows", Keys: []string{"="}, In: List},
		Entry{ID: Sync, Title: "Sync now", Keys: []string{"ctrl+r"}, In: Pages},
		Entry{ID: Palette, Title: "Palette", Short: "palette", Help: "every action, folder and account", Keys: []string{"ctrl+k", ":"}, In: Pages | Composer | Search | People},
		Entry{ID: Help, Title: "Help", Short: "help", Help: "the keys of this view", Keys: []string{"?", "f1"}, In: Pages | Composer | Search | People},
		Entry{ID: Back, Title: "Back", Short: "back", Keys: []string{"esc"}, In: Pages},
		Entry{ID: Leave, Title: "Back, or quit at the top", Keys: []string{"q"}, In: Pages},
		Entry{ID: Suspend, Title: "Suspend", Keys: []string{"ctrl+z"}, In: Pages},
		Entry{ID: Quit, Title: "Quit", Short: "quit", Help: "asks only while sending", Keys: []string{"ctrl+c"}, In: All},
	)
}
