package composer

import (
	"context"
	"os/exec"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the composer asks the backend.
type Source interface {
	Identities(ctx context.Context) ([]app.Identity, error)
	SaveDraft(ctx context.Context, d mail.Draft) (mail.DraftID, error)
	DraftFromElsewhere(ctx context.Context, id mail.DraftID, since time.Time) (mail.Draft, bool, error)
	DiscardDraft(ctx context.Context, id mail.DraftID) error
	Speller(ctx context.Context) (*app.Speller, error)
	DraftVersions(ctx context.Context, id mail.DraftID) ([]app.DraftVersion, error)
	DraftVersion(ctx context.Context, version int64) (mail.Draft, error)
	AttachFile(ctx context.Context, path string) (mail.AttachmentRef, error)
	AttachFiles(ctx context.Context, path string) ([]mail.AttachmentRef, error)
	InlinePicture(ctx context.Context, path string) (mail.AttachmentRef, error)
	PictureSizes(ctx context.Context, ref mail.AttachmentRef) (app.PictureSizes, error)
	SmallerPicture(ctx context.Context, ref mail.AttachmentRef, edge int) (mail.AttachmentRef, error)
	Templates(ctx context.Context) ([]app.Template, error)
	TemplateDir() string
	FillTemplate(ctx context.Context, file string, d mail.Draft) (app.Filled, error)
	PreviewDraft(ctx context.Context, d mail.Draft, width int) ([]app.Text, error)
	CompletePath(ctx context.Context, typed string) ([]string, error)
	Complete(ctx context.Context, typed string) ([]app.Contact, error)
	QueryContacts(ctx context.Context, typed string) ([]app.Contact, error)
	Send(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error)
	SendAndArchive(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error)
	SendLater(ctx context.Context, d mail.Draft, text string) (mail.OutboxID, time.Time, error)
	KeepReady(ctx context.Context, account string)
	ExternalEditor(path string) ([]string, error)
}

// Options are what the composer needs of its surroundings.
type Options struct {
	TempDir    string // for the external editor; "" is the system's
	Style      string // of the keys of the editor: "", emacs or vi
	EditHeader bool   // the external editor gets the header fields too
	Exec       func(*exec.Cmd, tea.ExecCallback) tea.Cmd
}

// autosave is how long a change may wait before it is saved.
const autosave = 700 * time.Millisecond

// place is where the cursor can be.
type place int

const (
	inFrom place = iota
	inTo
	inCc
	inBcc
	inSubject
	inFiles
	inPath // the path of a file to attach is being typed
	inBody
)

// Model is the composer. It is a nav.Screen and a nav.Leaver.
type Model struct {
	source  Source
	ask     *nav.Asker
	options Options

	draft      mail.Draft // what is not edited here, and the id
	identities []app.Identity
	identity   int
	fields     [inBody]widget.Field
	read       [inBody]addresses // of fields
	body       widget.Editor
	attached
	stood     []standing // other states that took the place of what stood here
	fallen    []standing // those of them that were taken back
	attaching int        // files that are being looked at
	unsigned  bool       // the signature of the last address was taken away or written anew
	copies    bool
	inline    bool // the path is of a picture for the text
	dropped   dropped
	focus     place
	held      bool      // the button of the mouse went down in the text
	outside   bool      // an external editor has the text, or gets it
	asked     bool      // it gets it when the draft is saved
	late      editorMsg // of one that came back with nothing changed, and may write yet

	find     string // what was looked for in the text last
	spell    spell
	popup    popup
	problem  app.Text
	at       string          // when it is to be sent, as it was written; "": at once
	archives bool            // with what is sent, the conversation that it answers is archived
	allowed  map[string]bool // questions that were answered with yes
	ready    string          // the account whose server is being kept ready
	size     nav.Size
	save     saving
}

// New makes a composer for a draft.
func New(source Source, ask *nav.Asker, d mail.Draft, o Options) *Model {
	m := &Model{source: source, ask: ask, options: o, draft: d, attached: attached{files: d.Attach}, allowed: map[string]bool{}}
	m.fields[inTo].Set(d.To)
	m.fields[inCc].Set(d.Cc)
	m.fields[inBcc].Set(d.Bcc)
	m.fields[inSubject].Set(d.Subject)
	if o.Style == "emacs" || o.Style == "vi" {
		m.body.Style = o.Style
	}
	m.body.Set(d.Body)
	m.body.MoveTo(d.Cursor)
	m.copies = d.Cc != "" || d.Bcc != ""
	switch {
	case d.To == "" || m.fixed():
		m.focus = inTo
	case d.Subject == "":
		m.focus = inSubject
	default:
		m.focus = inBody
	}
	m.save.done = m.version()
	m.save.unsaved = d.ID == 0 && d.ReplacesO != ""
	return m
}

// Start asks for the identities, and who is to be answered where that is in doubt.
func (m *Model) Start() nav.Cmd {
	return nav.Batch(m.autosave(), m.askWhom(), m.askSpeller(), m.tellScheduled(), m.ask.Ask("identities", func(ctx context.Context) tea.Msg {
		list, err := m.source.Identities(ctx)
		return identitiesMsg{list, err}
	}))
}

type identitiesMsg struct {
	list []app.Identity
	err  error
}

func (m *Model) tookIdentities(msg identitiesMsg) {
	m.identities = msg.list
	if m.findIdentity(); len(msg.list) > 0 && m.draft.From.Address == "" {
		m.draft.From, m.draft.Account = msg.list[0].Address, msg.list[0].Account
		m.save.done = m.version()
	}
}

// findIdentity has the identity be that of the draft, if it is one.
func (m *Model) findIdentity() {
	if i := slices.IndexFunc(m.identities, m.writesAs); i >= 0 {
		m.identity = i
	}
}

func (m *Model) writesAs(id app.Identity) bool {
	return id.Address.Same(m.draft.From) && (id.Account == m.draft.Account || m.draft.Account == "")
}

// others tells whether there is another address to write from: that of the draft may be
// of an account that there is no longer.
func (m *Model) others() bool {
	_, known := m.current()
	return len(m.identities) > 1 || len(m.identities) == 1 && !known
}

// current is the identity that is written from.
func (m *Model) current() (app.Identity, bool) {
	if m.identity < len(m.identities) && m.writesAs(m.identities[m.identity]) {
		return m.identities[m.identity], true
	}
	return app.Identity{}, false
}

// snapshot is the draft as it stands.
func (m *Model) snapshot() mail.Draft {
	d := m.draft
	d.To, d.Cc, d.Bcc = m.fields[inTo].Text(), m.fields[inCc].Text(), m.fields[inBcc].Text()
	d.Subject, d.Body = m.fields[inSubject].Text(), m.body.Text()
	d.Cursor = m.body.Offset()
	d.Attach = append([]mail.AttachmentRef(nil), m.files...)
	return d
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.Composer }

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	if _, others := e.(event.Overflow); others {
		return m.askElsewhere()
	}
	return nil
}

// Pace implements nav.Screen: it says how long ago the draft was saved.
func (m *Model) Pace(now time.Time) time.Duration {
	switch {
	case m.save.at.IsZero():
		return 0
	case now.Sub(m.save.at) < time.Minute:
		return time.Second
	}
	return time.Minute
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	return nav.Batch(m.handle(msg), m.autosave(), m.keepReady())
}

// keepReady has a connection ready for the account that is written from, for as
// long as the composer is open.
func (m *Model) keepReady() nav.Cmd {
	account := m.draft.Account
	if account == m.ready || account == "" || m.save.over {
		return nil
	}
	m.ready = account
	return m.ask.Ask("ready", func(ctx context.Context) tea.Msg {
		m.source.KeepReady(ctx, account)
		return nil
	})
}

func (m *Model) handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case nav.Mouse:
		return m.mouse(msg)
	case nav.Size:
		m.size = msg
		l := m.layout()
		m.body.Resize(msg.Measure, l.w, l.bodyH)
	case identitiesMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		m.tookIdentities(msg)
	case contactsMsg:
		m.tookContacts(msg)
	case moreContactsMsg:
		m.tookMoreContacts(msg)
	case pathsMsg:
		m.tookPaths(msg)
	case attachedMsg:
		return m.tookFile(msg)
	case droppedMsg:
		return m.tookDropped(msg)
	case picturedMsg:
		return m.pictured(msg)
	case sizesOfMsg:
		return m.askSizes(msg.file)
	case sizesMsg:
		return m.tookSizes(msg)
	case resizeMsg:
		return m.resized(msg)
	case resizeAllMsg:
		return m.resizeAll(msg.edge)
	case resizedMsg:
		return m.resizedAll(msg)
	case previewMsg:
		return m.previewed(msg)
	case templatesMsg:
		return m.pickTemplate(msg)
	case fillMsg:
		return m.fill(msg.file)
	case filledMsg:
		return m.filled(msg)
	case autosaveMsg:
		m.save.armed = false
		return m.saveNow()
	case savedMsg:
		return m.saved(msg)
	case scheduledMsg:
		return nav.Done("No longer scheduled for " + m.ask.Dates.Said(m.draft.Scheduled, msg.now))
	case whomMsg:
		m.answerTo(msg)
	case allowMsg:
		m.allowed[msg.what] = true
		return m.send(msg.later)
	case againMsg:
		m.draft.Again, m.save.sending = true, true
		return m.settle()
	case laterMsg:
		m.at = msg.text
		m.save.sending = true
		return m.settle()
	case sentMsg:
		return m.sent(msg)
	case abandonMsg:
		m.save.over = true
		return nav.Say(msg.then)
	case discardedMsg:
		return m.discarded(msg)
	case spellerMsg:
		return m.tookSpeller(msg)
	case suggestedMsg:
		return m.suggested(msg)
	case correctMsg:
		return m.correct(msg)
	case keepWordMsg:
		return m.keepWord(msg)
	case keptWordMsg:
		return nav.Failed(msg.err)
	case findMsg:
		m.find = msg.text
		return m.findAgain()
	case versionsMsg:
		return m.pickVersion(msg)
	case takeVersionMsg:
		return m.takeVersion(msg)
	case versionMsg:
		return m.tookVersion(msg)
	case elsewhereMsg:
		return m.tookElsewhere(msg)
	case editorMsg:
		return m.runEditor(msg)
	case editedMsg:
		return m.edited(msg)
	case takenMsg:
		return m.taken(msg)
	}
	return nil
}
