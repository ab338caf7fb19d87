package tui

import (
	"context"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
)

// Backend is what the screens ask for; *app.App is the real one. No method is
// called from Update or View: only from commands, off the UI goroutine. All of
// them may be called from several goroutines.
type Backend interface {
	Events() *event.Subscription

	Sidebar(ctx context.Context) (app.Sidebar, error)
	List(ctx context.Context, p app.Place, w app.Window) (app.Page, error)
	// Coverage counts what a search looks at.
	Coverage(ctx context.Context) (app.Coverage, error)
	Conversation(ctx context.Context, in app.Place, t mail.ThreadID) (app.Conversation, error)
	// Neighbour gives the conversation n places after t in the list (negative: before).
	Neighbour(ctx context.Context, in app.Place, t mail.ThreadID, n int) (mail.ThreadID, bool, error)
	// Open gives a message with its body. Where the body is not in the store
	// yet, Here is false, it is asked for, and a BodyArrived event follows.
	Open(ctx context.Context, id mail.ID) (app.Message, error)
	HeaderText(ctx context.Context, id mail.ID) ([]app.Text, error)
	SourceText(ctx context.Context, id mail.ID) ([]app.Text, error)

	// These act on whole conversations as far as they lie in the place, are
	// done locally at once and carried to the server later. They return words
	// for the toast ("Archived 1 conversation").
	Archive(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Delete(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Junk(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Move(ctx context.Context, in app.Place, t []mail.ThreadID, to mail.FolderID) (string, error)
	MoveByRole(ctx context.Context, in app.Place, t []mail.ThreadID, role mail.Role) (string, error)
	SetStarred(ctx context.Context, in app.Place, t []mail.ThreadID, on bool) (string, error)
	SetRead(ctx context.Context, in app.Place, t []mail.ThreadID, on bool) (string, error)
	Copy(ctx context.Context, in app.Place, t []mail.ThreadID, to mail.FolderID) (string, error)
	Labels(ctx context.Context, in app.Place, t []mail.ThreadID) ([]app.Label, error)
	SetLabel(ctx context.Context, in app.Place, t []mail.ThreadID, name string, on bool) (string, error)
	// Mute and Pin take back what they have done where it is done to all.
	Mute(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Pin(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	// Snooze and Remind take a time as people write it.
	Snooze(ctx context.Context, in app.Place, t []mail.ThreadID, text string) (string, error)
	Remind(ctx context.Context, in app.Place, t []mail.ThreadID, text string) (string, error)
	// RulesFor proposes rules, which MakeRule keeps and runs; Rules lists those that there are.
	RulesFor(ctx context.Context, in app.Place, t mail.ThreadID) ([]app.RuleFor, error)
	MakeRule(ctx context.Context, in app.Place, t []mail.ThreadID, rule app.NewRule) (string, error)
	Rules() []app.Rule
	ForgetRule(ctx context.Context, name string) (string, error)
	// RunRules does what the rules of the configuration want.
	RunRules(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	MarkAllRead(ctx context.Context, in app.Place) (string, error)
	// FetchOlder asks for messages that the server alone has.
	FetchOlder(ctx context.Context, in app.Place) (string, error)
	// Threads lists all conversations of a place.
	Threads(ctx context.Context, in app.Place) ([]mail.ThreadID, error)
	// Matching lists those that a search finds among them; one that is not understood is an error.
	Matching(ctx context.Context, in app.Place, text string) ([]mail.ThreadID, error)
	// Export writes messages to a file, as the end of its name says; ExportName
	// proposes one.
	Export(ctx context.Context, in app.Place, t []mail.ThreadID, path string) (string, error)
	ExportName(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Print(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	SetView(ctx context.Context, p app.Place, v app.View) error
	// ToggleOffline ends all talk with servers, or takes it up again, and tells
	// which.
	ToggleOffline(ctx context.Context) (bool, error)

	MakeFolder(ctx context.Context, account, name string) (string, error)
	RenameFolder(ctx context.Context, id mail.FolderID, name string) (string, error)
	// FolderLoss tells what the deletion of a folder would mean.
	FolderLoss(ctx context.Context, id mail.FolderID) (app.FolderLoss, error)
	DeleteFolder(ctx context.Context, id mail.FolderID) (string, error)
	Subscribe(ctx context.Context, id mail.FolderID, on bool) (string, error)
	// EmptyFolder deletes for good what lies in Trash or Junk.
	EmptyFolder(ctx context.Context, id mail.FolderID) (string, error)
	MoveInSidebar(ctx context.Context, id mail.FolderID, by int) error
	SaveSearch(ctx context.Context, name, query string) error
	ForgetSearch(ctx context.Context, name string) (string, error)
	Searched(ctx context.Context, query string) error
	SearchHistory(ctx context.Context) ([]string, error)
	// CompleteQuery lists how a search may go on.
	CompleteQuery(ctx context.Context, text string) ([]app.Completion, error)
	// AskServers has servers search the bodies that are not here; what they find
	// is in the list afterwards.
	AskServers(ctx context.Context, p app.Place) (app.Asked, error)

	// MarkRead marks messages as read because they were on screen; it is no undo step.
	MarkRead(ctx context.Context, ids ...mail.ID) error
	Undo(ctx context.Context) (app.Undone, error)

	// SaveAttachments writes attachments (indexes from 1; none: all) of a
	// message into the download directory and returns the paths.
	SaveAttachments(ctx context.Context, id mail.ID, index ...int) ([]string, error)
	// OpenAttachment hands one to the system's opener, after a sniff: what would
	// run is an *app.ProgramError unless the user is sure.
	OpenAttachment(ctx context.Context, id mail.ID, index int, sure bool) error
	// ViewAttachment makes one readable within the interface.
	ViewAttachment(ctx context.Context, id mail.ID, index int) (app.FileView, error)
	// OpenHTML hands the HTML version to the browser, with nothing in it that
	// runs or is fetched.
	OpenHTML(ctx context.Context, id mail.ID) error
	// Pictures gives the pictures of a message; fetch asks the web for those that
	// are not in it.
	Pictures(ctx context.Context, id mail.ID, fetch bool) (app.Pictures, error)
	// Structure lists the parts of a message, and ViewPart shows one as it is.
	Structure(ctx context.Context, id mail.ID) ([]app.PartItem, error)
	// Parts tells of the parts of a message that was fetched without them, and
	// StopPart ends the fetching of one.
	Parts(ctx context.Context, id mail.ID) ([]app.PartState, error)
	StopPart(ctx context.Context, id mail.ID, part string) error
	ViewPart(ctx context.Context, id mail.ID, path string) (app.FileView, error)
	// CheckSignatures asks the domains that have signed a message for their keys.
	CheckSignatures(ctx context.Context, id mail.ID) ([]app.SignatureCheck, error)
	// AllowPictures remembers whether those of its sender are always fetched.
	AllowPictures(ctx context.Context, id mail.ID, yes bool) error
	Copies(ctx context.Context, id mail.ID) (app.Copies, error)
	// Clipboard gives text to the clipboard where a terminal may not.
	Clipboard(ctx context.Context, text string) error
	// Pipe gives a part of a message to a command and returns what it wrote.
	Pipe(ctx context.Context, id mail.ID, what app.PipeWhat, index int, command string) (app.Piped, error)
	OpenLink(ctx context.Context, url string) error

	// AnswerInvitation begins the answer: accepted, tentative or declined.
	AnswerInvitation(ctx context.Context, id mail.ID, status string) (mail.Draft, error)
	// LeaveList leaves the list of a message; where that is done by mail it
	// gives the draft instead.
	LeaveList(ctx context.Context, id mail.ID) (string, *mail.Draft, error)

	Identities(ctx context.Context) ([]app.Identity, error)
	NewDraft(ctx context.Context, account string) (mail.Draft, error)
	// Answer begins a draft from a message: a reply, a forward, and so on. What is
	// quoted of it is only, or the whole text where that is empty.
	Answer(ctx context.Context, id mail.ID, how app.Answering, only string) (mail.Draft, error)
	Draft(ctx context.Context, id mail.DraftID) (mail.Draft, error)
	// DraftFromElsewhere gives a draft as another window has written it since then.
	DraftFromElsewhere(ctx context.Context, id mail.DraftID, since time.Time) (mail.Draft, bool, error)
	// DraftOf opens a message of a Drafts folder, or a local draft, as a draft.
	DraftOf(ctx context.Context, id mail.ID) (mail.Draft, error)
	Drafts(ctx context.Context) ([]mail.Draft, error)
	SaveDraft(ctx context.Context, d mail.Draft) (mail.DraftID, error)
	// DiscardDraft takes a draft away; Undo and RestoreDraft bring it back.
	DiscardDraft(ctx context.Context, id mail.DraftID) error
	// DraftVersions lists the earlier states of a draft; of 0, the discarded ones.
	DraftVersions(ctx context.Context, id mail.DraftID) ([]app.DraftVersion, error)
	DraftVersion(ctx context.Context, version int64) (mail.Draft, error)
	RestoreDraft(ctx context.Context, version int64) (mail.Draft, error)
	// AttachFile checks a path and gives what the composer shows for it.
	AttachFile(ctx context.Context, path string) (mail.AttachmentRef, error)
	// AttachFiles is AttachFile for a path that may be a pattern, such as *.pdf.
	AttachFiles(ctx context.Context, path string) ([]mail.AttachmentRef, error)
	// InlinePicture is AttachFile for a picture that stands in the text.
	InlinePicture(ctx context.Context, path string) (mail.AttachmentRef, error)
	// PictureSizes gives the sizes that an attached picture can be sent in.
	PictureSizes(ctx context.Context, ref mail.AttachmentRef) (app.PictureSizes, error)
	// SmallerPicture gives a picture with a longer edge of so many pixels; 0 as it
	// was attached. What is no picture is given back.
	SmallerPicture(ctx context.Context, ref mail.AttachmentRef, edge int) (mail.AttachmentRef, error)
	Templates(ctx context.Context) ([]app.Template, error)
	TemplateDir() string
	FillTemplate(ctx context.Context, file string, d mail.Draft) (app.Filled, error)
	// PreviewDraft lays a draft out as its recipients see it.
	PreviewDraft(ctx context.Context, d mail.Draft, width int) ([]app.Text, error)
	// Speller gives what checks words; nil where there is no dictionary.
	Speller(ctx context.Context) (*app.Speller, error)
	// CompletePath lists what lies in the directory of the typed path.
	CompletePath(ctx context.Context, typed string) ([]string, error)
	Complete(ctx context.Context, typed string) ([]app.Contact, error)
	// QueryContacts asks the command of the configuration, after a moment.
	QueryContacts(ctx context.Context, typed string) ([]app.Contact, error)
	// FindContacts is Complete with a limit of one's own.
	FindContacts(ctx context.Context, typed string, limit int) ([]app.Contact, error)
	// AddContacts puts addresses into the address book, and into a group where
	// one is named.
	AddContacts(ctx context.Context, list []mail.Address, group string) error
	RemoveContacts(ctx context.Context, addresses []string) (app.Removed, error)
	RemoveGroup(ctx context.Context, name string) (app.Removed, error)
	PutBack(ctx context.Context, r app.Removed) error
	// Send builds the bytes and commits them to the outbox. A problem with the
	// draft is an error that says what to mend; nothing is queued then.
	Send(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error)

	// SendAndArchive is Send, and archives the conversation that is answered.
	SendAndArchive(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error)
	// SendLater is Send at a time as people write it: "tomorrow 9:00".
	SendLater(ctx context.Context, d mail.Draft, text string) (mail.OutboxID, time.Time, error)

	// KeepReady has a connection for an account's messages ready until ctx ends.
	KeepReady(ctx context.Context, account string)

	Outbox(ctx context.Context) (app.OutboxPage, error)
	Journey(ctx context.Context, id mail.OutboxID) (app.Journey, error)
	Retry(ctx context.Context, id mail.OutboxID) error
	Settle(ctx context.Context, id mail.OutboxID) error
	CancelSend(ctx context.Context, id mail.OutboxID) error
	EditOutbox(ctx context.Context, id mail.OutboxID) (mail.Draft, error)
	SendNow(ctx context.Context, id mail.OutboxID) error
	// Reschedule lets a message leave at another time, as people write it.
	Reschedule(ctx context.Context, id mail.OutboxID, text string) (time.Time, error)
	// Redirect sends the same bytes to another address instead of one that failed.
	Redirect(ctx context.Context, id mail.OutboxID, failed, to string) (mail.OutboxID, error)

	// Announce gives the notice for mail that has come; NotifySystem shows it by
	// the system's own means.
	Announce(ctx context.Context, e event.Arrived) (app.Announcement, error)
	NotifySystem(ctx context.Context, n app.Announcement) error

	Statuses(ctx context.Context) ([]app.Status, error)
	SyncNow() error
	// ExternalEditor gives the argv of $VISUAL or $EDITOR with path appended.
	ExternalEditor(path string) ([]string, error)
}
