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
	Sync, Suspend, Redraw Action = "sync", "suspend", "redraw"
	Compose, Reply        Action = "compose", "reply"
	ReplyAll, Forward     Action = "reply-all", "forward"
	ReplyList, Redirect   Action = "reply-list", "redirect"
	ForwardWhole          Action = "forward-attached"
	EditAsNew             Action = "edit-as-new"
	TurnFormat            Action = "turn-format"
	TurnSignature         Action = "turn-signature"
	InsertTemplate        Action = "insert-template"
	InsertPicture         Action = "insert-picture"
	PictureSize           Action = "picture-size"
	PreviewDraft          Action = "preview-draft"
	FindText, FindAgain   Action = "find-text", "find-again"
	Reflow, Spelling      Action = "reflow", "spelling"
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
	Left, Right           Action = "left", "right"
	NextWord, PrevWord    Action = "next-word", "previous-word"
	WordEnd               Action = "word-end"
	LineStart, LineEnd    Action = "line-start", "line-end"
	NextParagraph         Action = "next-paragraph"
	PrevParagraph         Action = "previous-paragraph"
	BeginSelection        Action = "begin-selection"
	SelectLines           Action = "select-lines"
	SelectAll, Undo       Action = "select-all", "undo"
	Repeat                Action = "repeat"
	NextMessage           Action = "next-message"
	PrevMessage           Action = "previous-message"
	NextConversation      Action = "next-conversation"
	PrevConversation      Action = "previous-conversation"
	NextUnread            Action = "next-unread"
	PrevUnread            Action = "previous-unread"
	Fold, Links           Action = "fold", "links"
	UnfoldAll             Action = "unfold-all"
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
	SendAndArchive        Action = "send-and-archive"
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
	KeepContact           Action = "keep-contact"
	CheckSignatures       Action = "check-signatures"
	Parts                 Action = "parts"
	Pictures              Action = "pictures"
	AddAccount            Action = "add-account"
	Copy, Pipe            Action = "copy", "pipe"
	ToggleVersion         Action = "toggle-version"
	OpenHTML              Action = "open-html"
	CopyTo, Labels        Action = "copy-to", "labels"
	Mute, Pin             Action = "mute", "pin"
	Snooze, Remind        Action = "snooze", "remind"
	MarkAllRead           Action = "mark-all-read"
	FetchOlder            Action = "fetch-older"
	SelectMatching        Action = "select-matching"
	Export, Print         Action = "export", "print"
	RunRules              Action = "run-rules"
	MakeRule, ForgetRule  Action = "make-rule", "forget-rule"
	Offline               Action = "offline"
	EmptyFolder           Action = "empty-folder"
	NewFolder             Action = "new-folder"
	RenameFolder          Action = "rename-folder"
	DeleteFolder          Action = "delete-folder"
	Subscribe, Favourite  Action = "subscribe", "favourite"
	FolderUp, FolderDown  Action = "folder-up", "folder-down"
	GoFolder, GoSnoozed   Action = "go-folder", "go-snoozed"
	Arrange               Action = "arrange"
	Theme                 Action = "theme"
	SaveSearch            Action = "save-search"
	ForgetSearch          Action = "forget-search"
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
