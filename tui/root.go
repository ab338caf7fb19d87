package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/reading"
	"postea/tui/dialog"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/screen"
	"postea/tui/status"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Root is the model of the whole interface. It is a tea.Model.
type Root struct {
	ctx      context.Context
	backend  Backend
	options  Options
	news     *listener
	keys     *keys.Dispatcher
	look     *theme.Look
	terms    theme.Options // what the look is made of
	theme    theme.Theme   // that was chosen; another is worn while one looks at it
	dark     bool          // the terminal's background
	size     nav.Size
	canvas   widget.Canvas // that every frame is drawn on
	now      time.Time
	pace     time.Duration // of the tick under way; 0 for none
	ask      *nav.Asker
	notices  string    // how new mail is told of
	progress bool      // is shown in the terminal's tab
	line     nav.Order // where changes wait for each other
	ending   bool      // the user has quit, and what was changed is still being written
	patient  bool      // other work is waited for too
	desk     *desk
	frames   []frame // the desk, then what lies over it; the last has the keys
	overlay  dialog.Overlay
	status   *status.Bar
	terminal terminal
	ahead    []tea.Msg // typed while held, oldest first
	held     int       // answers that keys wait for
	added    string    // the account that was added, for which the interface begins anew
}

// frame is an open screen.
type frame struct {
	screen nav.Screen
	ask    *nav.Asker
}

type (
	newsMsg struct {
		batch []event.Event
		err   error
	}
	tickMsg   struct{}
	undoneMsg struct {
		undone app.Undone
		err    error
	}
	quitMsg struct{}
	// endMsg ends the program without a question: the terminal is closed, or the
	// system wants it gone. Screens save what they must.
	endMsg struct{}
)

// New makes the model. Init begins to ask the backend; ctx ends that.
func New(ctx context.Context, b Backend, o Options) *Root {
	o = o.filled()
	m, _ := keys.New(o.Preset, o.Editor, o.Keys)
	r := &Root{ctx: ctx, backend: b, options: o, keys: keys.NewDispatcher(m)}
	light, told := groundTold(environment(o.Getenv))
	r.dark = !light || !told
	r.theme, _ = theme.Named(o.Theme, o.Themes)
	r.terms = theme.Options{Theme: r.theme, Glyphs: o.Glyphs, Dates: o.Dates, Plain: o.Plain, Links: takesLinks(environment(o.Getenv)), Orders: ordersFor(o, "")}
	r.wear(r.theme)
	r.notices = noticeWay(o.Notices, environment(o.Getenv))
	r.progress = showsProgress(o.Progress, environment(o.Getenv))
	r.ask = r.asker(func(msg tea.Msg) nav.Cmd { return r.answer(msg) })
	r.status = status.New(b, r.asker(func(msg tea.Msg) nav.Cmd { return r.status.Handle(msg) }))
	r.desk = newDesk(b, o, r.asker)
	r.frames = []frame{{screen: r.desk, ask: r.desk.ask}}
	return r
}

func (r *Root) asker(handle func(tea.Msg) nav.Cmd) *nav.Asker {
	a := nav.NewAsker(r.ctx, r.options.Now, handle)
	a.Share(&r.line)
	a.Dates, a.Keys = r.options.Dates, r.keys.Map()
	return a
}

// Init implements tea.Model.
func (r *Root) Init() tea.Cmd {
	r.news = &listener{news: r.backend.Events(), now: r.options.Now}
	// What is typed before the first list has been opened is meant for that: a search that was begun
	// would end with it, and its letters be verbs.
	cmds := []nav.Cmd{r.listen(), nav.Hold(r.desk.side.Start()), r.status.Start(), r.ask.Ask("tick", func(context.Context) tea.Msg { return tickMsg{} })}
	if r.options.First && r.options.Setup != nil {
		cmds = append(cmds, nav.Say(nav.AddAccount{}))
	}
	cmds = append(cmds, r.askTerminal(), r.choosePictures())
	if d := r.options.Compose; d != nil {
		cmds = append(cmds, nav.Say(nav.Compose{Draft: *d}))
	}
	return r.carryOut(nav.Batch(cmds...))
}

// listen waits for news.
func (r *Root) listen() nav.Cmd {
	return nav.Later(func() tea.Msg {
		batch, err := r.news.next(r.ctx)
		return newsMsg{batch, err}
	})
}

// Update implements tea.Model.
func (r *Root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmds := []tea.Cmd{r.take(msg)}
	for len(r.ahead) > 0 && !r.holding() {
		next := r.ahead[0]
		r.ahead = r.ahead[1:]
		cmds = append(cmds, r.take(next))
	}
	cmds = append(cmds, r.carryOut(nav.Batch(r.tick(), r.watch(), r.ended())), r.shown())
	return r, tea.Batch(cmds...)
}

// shown tells once that the first list can be seen.
func (r *Root) shown() tea.Cmd {
	f := r.options.Shown
	if f == nil || !r.desk.list.Loaded() {
		return nil
	}
	r.options.Shown = nil
	return func() tea.Msg {
		f()
		return nil
	}
}

func (r *Root) update(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case nav.Result:
		if !msg.At.IsZero() {
			r.now = msg.At
		}
		return msg.Deliver()
	case newsMsg:
		return r.changed(msg)
	case tea.WindowSizeMsg:
		r.size.Width, r.size.Height = msg.Width, msg.Height
		return r.resize()
	case tea.KeyPressMsg:
		return r.key(msg)
	case tea.PasteMsg:
		return r.paste(msg)
	case tea.MouseMsg:
		return r.mouse(msg)
	case tea.ColorProfileMsg:
		r.terms.Profile = msg.Profile
		r.look = theme.New(r.terms)
		return r.choosePictures()
	case tea.BackgroundColorMsg:
		r.terms.Background, r.dark, r.terms.Silent = msg.Color, msg.IsDark(), false
		r.wear(r.terms.Theme)
	case tea.FocusMsg, tea.ResumeMsg:
		return r.askGround()
	case tea.ModeReportMsg:
		return r.counts(msg)
	case tea.TerminalVersionMsg:
		return r.named(msg)
	case uv.PrimaryDeviceAttributesEvent:
		return r.attributes(msg)
	case wearMsg:
		r.wear(msg.theme)
	case chosenMsg:
		return r.chosen(msg.theme)
	case nav.Dismiss:
		r.overlay = nil
		if msg.Then != nil {
			return nav.Say(msg.Then)
		}
	case nav.Menu:
		r.overlay = dialog.NewMenu(msg)
	case nav.Prompt:
		r.overlay = dialog.NewPrompt(msg)
	case nav.Pager:
		r.overlay = dialog.NewPager(msg)
	case nav.Confirm:
		r.overlay = dialog.NewConfirm(msg)
	case nav.Toast:
		if away := msg.Away.String(); away != "" && r.desk.side.Data().Offline {
			msg.Text, msg.Until = msg.Away, time.Time{}
		}
		r.ending = r.ending && !msg.Error // who quits is to see what could not be done
		return r.status.Say(msg, r.now)
	case nav.EndCountdown:
		r.status.EndCountdown()
	case nav.Run:
		return r.do(keys.Press{Action: msg.Action})
	case nav.Quit:
		return r.quit()
	case endMsg:
		return r.leaveAll()
	case quitMsg:
		return r.end()
	default:
		return r.goTo(msg)
	}
	return nil
}

// answer takes the answers to the root's own questions.
func (r *Root) answer(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case tickMsg:
		r.pace = 0
	case overdueMsg:
		r.overdue()
	case draftMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Say(nav.Compose{Draft: msg.draft})
	case draftsMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return r.draftMenu(msg.list)
	case openDraftMsg:
		return r.openDraft(msg.id)
	case discardedMsg:
		return r.discardedMenu(msg)
	case restoreMsg:
		return r.restore(msg.version)
	case undoneMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return r.undone(msg.undone)
	case quitNow:
		if r.ending {
			return nav.Later(tea.Quit)
		}
		return r.leaveAll()
	case suspendNow:
		return nav.Later(suspend)
	case momentMsg:
		r.patient = false
	case slowMsg:
		r.status.Working = r.line.Changing()
	case announceMsg:
		return r.announced(msg)
	case doneMsg:
		return nav.Done(string(msg))
	case error:
		return nav.Failed(msg)
	}
	return nil
}

// counts learns how the terminal counts the cells of clusters: the renderer changes at
// the same message.
func (r *Root) counts(msg tea.Msg) nav.Cmd {
	if r.size.Measure.Clusters || !screen.KeepsClusters(msg) {
		return nil
	}
	r.size.Measure = widget.Measure{Clusters: true}
	return r.resize()
}

// changed hands news to everybody and waits for more.
func (r *Root) changed(msg newsMsg) nav.Cmd {
	if msg.err != nil {
		return nil
	}
	cmds := []nav.Cmd{r.listen()}
	for _, e := range msg.batch {
		if e, ok := e.(event.Arrived); ok {
			cmds = append(cmds, r.announce(e))
		}
		cmds = append(cmds, r.status.Changed(e, r.now))
		for _, f := range r.frames {
			cmds = append(cmds, f.screen.Changed(e))
		}
	}
	return nav.Batch(cmds...)
}

// tick asks for the time again when what is shown changes with it.
func (r *Root) tick() nav.Cmd {
	want := r.status.Pace(r.now)
	if p := r.top().Pace(r.now); p > 0 && (want == 0 || p < want) {
		want = p
	}
	if r.options.Still && want > 0 {
		want = max(want, time.Minute)
	}
	if want == 0 || r.pace > 0 && r.pace <= want || r.pace == 0 && r.ask.Waiting("tick") {
		return nil
	}
	r.pace = want
	return r.ask.After("tick", want, tickMsg{})
}

func (r *Root) top() nav.Screen { return r.frames[len(r.frames)-1].screen }

func words(s string) app.Text { return reading.Line(s) }
