package reader

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the reader asks the backend.
type Source interface {
	Conversation(ctx context.Context, in app.Place, t mail.ThreadID) (app.Conversation, error)
	Open(ctx context.Context, id mail.ID) (app.Message, error)
	HeaderText(ctx context.Context, id mail.ID) ([]app.Text, error)
	SourceText(ctx context.Context, id mail.ID) ([]app.Text, error)
	MarkRead(ctx context.Context, ids ...mail.ID) error
	Parts(ctx context.Context, id mail.ID) ([]app.PartState, error)
	StopPart(ctx context.Context, id mail.ID, part string) error
	SaveAttachments(ctx context.Context, id mail.ID, index ...int) ([]string, error)
	OpenAttachment(ctx context.Context, id mail.ID, index int, sure bool) error
	ViewAttachment(ctx context.Context, id mail.ID, index int) (app.FileView, error)
	OpenHTML(ctx context.Context, id mail.ID) error
	Pictures(ctx context.Context, id mail.ID, fetch bool) (app.Pictures, error)
	AllowPictures(ctx context.Context, id mail.ID, yes bool) error
	Structure(ctx context.Context, id mail.ID) ([]app.PartItem, error)
	ViewPart(ctx context.Context, id mail.ID, path string) (app.FileView, error)
	CheckSignatures(ctx context.Context, id mail.ID) ([]app.SignatureCheck, error)
	AddContacts(ctx context.Context, list []mail.Address, group string) error
	Copies(ctx context.Context, id mail.ID) (app.Copies, error)
	Clipboard(ctx context.Context, text string) error
	Pipe(ctx context.Context, id mail.ID, what app.PipeWhat, index int, command string) (app.Piped, error)
	OpenLink(ctx context.Context, url string) error
	AnswerInvitation(ctx context.Context, id mail.ID, status string) (mail.Draft, error)
	LeaveList(ctx context.Context, id mail.ID) (string, *mail.Draft, error)
	Send(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error)
	Answer(ctx context.Context, id mail.ID, how app.Answering, only string) (mail.Draft, error)
}

// Options are settings of the reader.
type Options struct {
	Rest      time.Duration // how long a followed message rests before it counts as read
	KeepsRead bool          // never mark as read by showing
	Plain     bool          // for a screen reader: a cursor goes from line to line
}

// measureMax is the widest line of text that reads well.
const measureMax = 100

// Model is the reader. It is a nav.Screen.
type Model struct {
	source     Source
	pictureIDs uint32 // how many numbers were given to pictures
	state
}

// state is what Clear begins anew. The source is not of it: commands that are still
// under way read it.
type state struct {
	ask     *nav.Asker
	options Options

	place   app.Place
	thread  mail.ThreadID
	subject app.Text
	items   []*item
	current int
	failed  app.Text
	loaded  bool
	beside  bool
	raw     rawView
	marks   app.Marks // what a search was about
	hits    []mail.ID // what it found
	match   int       // line of the page that the last step to a match went to; -1: none
	sought  sought    // in the conversation, in place of the search

	passage passage
	pressed pressed

	lines  []line // the page, as far as it is laid out
	top    int
	stand  stand
	at     int // the line of the cursor for a screen reader, below top
	size   nav.Size
	toItem int // item to scroll to when it is laid out; -1 for none
}

// item is a message of the conversation.
type item struct {
	head   app.Message
	open   bool
	quotes bool // quotes are unfolded
	failed app.Text
	away   bool // the store has no text yet
	stale  bool // more of it is here than head knows
	came   int  // counts what has come of it while it is shown
	told   int  // came, when it was last read
	text   []reading.TextLine
	laid   layoutKey
	rows   []row             // what stands between header and text, for the width of laid
	other  bool              // the version that is not shown at first
	saved  map[int]savedFile // attachments, by their Index

	pictures app.Pictures
	gallery  *gallery         // of them; nil for none
	asked    bool             // they were asked for
	hidden   bool             // by the user
	hanging  int              // counts what changed about them
	hung     map[string]*hung // as large as they are in text
}

// layoutKey tells for what a text has been laid out.
type layoutKey struct {
	width    int
	quotes   bool
	clusters bool
	other    bool
	hanging  int
}

// New makes an empty reader.
func New(source Source, ask *nav.Asker, o Options) *Model {
	return &Model{source: source, state: state{ask: ask, options: o, toItem: -1, match: -1}}
}

// Thread is the conversation that is shown; zero for none.
func (m *Model) Thread() mail.ThreadID { return m.thread }

// SetBeside tells whether the reader only follows the list's cursor.
func (m *Model) SetBeside(on bool) nav.Cmd {
	if m.beside == on {
		return nil
	}
	m.beside = on
	return m.markLater()
}

// Clear shows nothing.
func (m *Model) Clear() {
	m.ask.Close()
	m.state = state{ask: m.ask.Fresh(), options: m.options, beside: m.beside, size: m.size, toItem: -1, match: -1}
}

// Open shows the conversation of a row.
func (m *Model) Open(in app.Place, row app.Row) nav.Cmd {
	if m.thread == row.Thread && m.loaded && m.place.Query == in.Query {
		return nil
	}
	forget := m.forget()
	m.Clear()
	m.place, m.thread, m.subject, m.hits = in, row.Thread, row.Subject, row.Hits
	m.arrange()
	return nav.Batch(forget, m.load())
}

type conversationMsg struct {
	conv app.Conversation
	err  error
}

func (m *Model) load() nav.Cmd {
	in, thread := m.place, m.thread
	return m.ask.Ask("conversation", func(ctx context.Context) tea.Msg {
		conv, err := m.source.Conversation(ctx, in, thread)
		return conversationMsg{conv, err}
	})
}

// took takes the heads; what was open or folded before stays so.
func (m *Model) took(msg conversationMsg) nav.Cmd {
	if msg.err != nil {
		if !m.loaded {
			m.failed = nav.Words(msg.err)
		}
		return nil
	}
	known := map[mail.ID]*item{}
	for _, it := range m.items {
		known[it.head.ID] = it
	}
	first := !m.loaded
	m.loaded, m.failed = true, app.Text{}
	m.subject = msg.conv.Subject
	var selecting *item
	if m.passage.on {
		selecting = m.items[m.passage.item]
	}
	was := m.items
	m.items = m.items[:0:0]
	for i, head := range msg.conv.Messages {
		it := known[head.ID]
		if it == nil {
			it = &item{head: head, open: head.Unread || i == len(msg.conv.Messages)-1}
		} else {
			it.head.Unread, it.head.Starred, it.head.Flags = head.Unread, head.Starred, head.Flags
		}
		if m.items = append(m.items, it); it == selecting {
			m.passage.item = i
		}
	}
	if selecting != nil && !slices.Contains(m.items, selecting) {
		m.EndSelection()
	}
	m.renumber(was)
	if first {
		m.current = m.firstToRead()
		m.toItem = m.current
		m.items[m.current].open = true
	} else {
		m.stayOn(was)
	}
	m.arrange()
	return m.fetch()
}

// stayOn keeps the message that was the current one, as others before it come and go;
// where it has gone itself, the one in its place.
func (m *Model) stayOn(was []*item) {
	i := -1
	if m.current < len(was) {
		i = slices.Index(m.items, was[m.current])
	}
	if i < 0 {
		i = min(m.current, max(len(m.items)-1, 0))
	}
	if m.current = i; m.toItem >= 0 {
		m.toItem = i
	}
}

// renumber has the lines of the page name their messages by the new places of these.
func (m *Model) renumber(was []*item) {
	if m.raw.on || len(was) == 0 {
		return
	}
	now := make(map[*item]int, len(m.items))
	for i, it := range m.items {
		now[it] = i
	}
	for i := range m.lines {
		n, ok := now[was[m.lines[i].item]]
		if !ok {
			n = -1
		}
		m.lines[i].item = n
	}
}

// firstToRead is the oldest unread message, or else the newest one; of those that
// a search found, where it found some.
func (m *Model) firstToRead() int {
	newest := max(len(m.items)-1, 0)
	for i, it := range m.items {
		if len(m.hits) > 0 && !slices.Contains(m.hits, it.head.ID) {
			continue
		}
		if it.head.Unread {
			return i
		}
		newest = i
	}
	return newest
}

func (m *Model) layoutFor(it *item) layoutKey {
	return layoutKey{m.measureWidth(), it.quotes, m.size.Measure.Clusters, it.other, it.hanging}
}

// measureWidth is the width of the text, with air at both sides.
func (m *Model) measureWidth() int { return min(measureMax, m.size.Width-2*m.margin()) }

func (m *Model) margin() int {
	if m.size.Width < 60 {
		return 2
	}
	return 3
}

func (m *Model) find(id mail.ID) *item {
	for _, it := range m.items {
		if it.head.ID == id {
			return it
		}
	}
	return nil
}

type markMsg struct{}

// markLater marks what is open as read: at once in the reader proper, after a
// rest in a pane that follows.
func (m *Model) markLater() nav.Cmd {
	if m.options.KeepsRead || !m.anyToMark() {
		return nil
	}
	if m.beside {
		return m.ask.After("mark", m.options.Rest, markMsg{})
	}
	m.ask.Drop("mark")
	return m.mark()
}

func (m *Model) anyToMark() bool {
	for _, it := range m.items {
		if it.toMark() {
			return true
		}
	}
	return false
}

func (it *item) toMark() bool { return it.open && it.head.Unread && it.head.Body != nil }

func (m *Model) mark() nav.Cmd {
	var ids []mail.ID
	for _, it := range m.items {
		if it.toMark() {
			it.head.Unread = false
			ids = append(ids, it.head.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return m.ask.Run(func(ctx context.Context) tea.Msg { return doneMsg{err: m.source.MarkRead(ctx, ids...)} })
}

// doneMsg ends something that was asked for.
type doneMsg struct {
	words string
	err   error
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope {
	if m.passage.on {
		return keys.Passage
	}
	return keys.Reader
}

// Pace implements nav.Screen.
func (m *Model) Pace(time.Time) time.Duration { return 10 * time.Minute }

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	if m.thread == 0 {
		return nil
	}
	switch e := e.(type) {
	case event.BodyArrived:
		return m.arrived(e)
	case event.PartsChanged:
		return m.partsChanged(e)
	case event.AccountChanged:
		return m.reached(e.Account)
	case event.OutboxChanged:
		return m.askFate(e.ID)
	case event.MessagesChanged, event.Overflow:
		cmd := m.load()
		if _, all := e.(event.Overflow); all {
			return nav.Batch(cmd, m.partsAnew(), m.fetch())
		}
		return cmd
	}
	return nil
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case conversationMsg:
		return m.took(msg)
	case bodyMsg:
		return m.tookBodies(msg)
	case bodiesMsg:
		return nav.Batch(m.tookBodies(msg...), m.fetchMore())
	case markMsg:
		return m.mark()
	case fateMsg:
		return m.tookFate(msg)
	case picturesMsg:
		return m.tookPictures(msg)
	case structureMsg:
		return m.tookStructure(msg)
	case checkedMsg:
		return m.checked(msg)
	case allowedMsg:
		return m.allowed(msg)
	case partsMsg:
		return m.tookParts(msg)
	case stopMsg:
		return m.stopParts(msg)
	case pictureMsg:
		return m.doPicture(msg)
	case rawMsg:
		return m.tookRaw(msg)
	case draftMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Say(nav.Compose{Draft: msg.draft})
	case doneMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Done(msg.words)
	case savedMsg:
		return m.saved(msg)
	case answerMsg:
		return m.answered(msg)
	case leaveMsg:
		return m.leave(msg.id)
	case leftMsg:
		return m.left(msg)
	case openLinkMsg:
		return m.openLink(msg.url)
	case attachmentMsg:
		return m.attachment(msg)
	case programMsg:
		return m.askProgram(msg)
	case copiesMsg:
		return m.tookCopies(msg)
	case findMsg:
		return m.findText(msg.text)
	case copyMsg:
		return m.copied(msg)
	case pipeMsg:
		return m.pipe(msg)
	case nav.Size:
		m.size = msg
		m.arrange()
		return nav.Batch(m.fetch(), m.relay())
	case nav.Mouse:
		return m.mouse(msg)
	}
	return nil
}

// Measure is the way the page's widths are counted.
func (m *Model) measure() widget.Measure { return m.size.Measure }
