package inbox

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	touches := keys.Answering(a) != "" || isVerb(a)
	if touches && m.list.Total() == 0 {
		return m.nothing()
	}
	if row, ok := m.Current(); ok && !m.Marking() {
		if _, draft := row.ID.Draft(); draft && touches && a != keys.Delete {
			return "This draft is kept only here: it can be opened and deleted"
		}
	}
	switch a {
	case keys.Open, keys.Select, keys.Range, keys.SelectAll, keys.MarkAllRead, keys.SelectMatching:
		if m.list.Total() == 0 {
			return m.nothing()
		}
	case keys.FetchOlder:
		if m.page.Awaited {
			return m.nothing()
		}
		if m.page.Older == 0 {
			return "Everything of this place is here"
		}
	case keys.ForgetRule:
		if len(m.source.Rules()) == 0 {
			return "There are no rules"
		}
	case keys.NextMatch, keys.PrevMatch:
		if m.place.Query == "" {
			return "Nothing is searched for; / does"
		}
	case keys.Repeat:
		if m.last == nil {
			return "Nothing to repeat yet"
		}
	case keys.SaveSearch:
		if m.place.Query == "" {
			return "Nothing is searched for; / does"
		}
	case keys.EmptyFolder:
		if m.place.Role != mail.RoleTrash && m.place.Role != mail.RoleJunk {
			return "Only Trash and Junk can be emptied"
		}
		if m.list.Total() == 0 {
			return "It is empty"
		}
	}
	if a == keys.Archive && m.place.Kind == app.PlaceFolder && m.place.Role == mail.RoleArchive {
		return "This is the archive already"
	}
	return ""
}

// nothing is why nothing can be done in an empty list.
func (m *Model) nothing() string {
	if m.page.Awaited {
		return "Nothing has been fetched yet"
	}
	return "There is no message here"
}

// isVerb tells whether an action is something done to conversations.
func isVerb(a keys.Action) bool {
	switch a {
	case keys.Archive, keys.Delete, keys.MoveTo, keys.Star, keys.Unread, keys.Junk, keys.CopyTo, keys.Labels, keys.Snooze,
		keys.Remind, keys.Mute, keys.Pin, keys.RunRules, keys.MakeRule, keys.Export, keys.Print:
		return true
	}
	return false
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, count int) nav.Cmd {
	m.Hold()
	if m.motion(a, count) {
		return nav.Batch(m.sayCursor(true), m.fill())
	}
	if how := keys.Answering(a); how != "" {
		if row, ok := m.Current(); ok {
			return m.answer(row.ID, app.Answering(how))
		}
		return nil
	}
	switch a {
	case keys.NextUnread:
		return m.toUnread(1, "")
	case keys.PrevUnread:
		return m.toUnread(-1, "")
	case keys.Open:
		return m.open()
	case keys.Select:
		m.toggle(max(count, 1))
		return m.sayCursor(true)
	case keys.Range:
		m.toggleRange()
	case keys.SelectAll:
		return m.selectAll()
	case keys.SelectMatching:
		return m.askMatching()
	case keys.MarkAllRead:
		return m.markAllRead()
	case keys.ForgetRule:
		return m.askForgetRule()
	case keys.FetchOlder:
		return m.fetchOlder()
	case keys.Arrange:
		return m.arrange()
	case keys.Back:
		m.unmark()
	case keys.Repeat:
		return m.withTargets(count, m.last)
	default:
		return m.withTargets(count, func(rows []app.Row) nav.Cmd { return m.verb(a, rows) })
	}
	return nil
}

// Marking tells whether rows are selected, so that Back has something to do.
func (m *Model) Marking() bool { return len(m.marked) > 0 || m.anchor >= 0 }

func (m *Model) motion(a keys.Action, count int) bool {
	n, page := max(count, 1), m.list.Page()
	switch a {
	case keys.Down, keys.NextConversation, keys.NextMatch:
		m.list.Move(n)
	case keys.Up, keys.PrevConversation, keys.PrevMatch:
		m.list.Move(-n)
	case keys.Top:
		m.list.To(max(count-1, 0))
	case keys.Bottom:
		if count > 0 {
			m.list.To(count - 1)
		} else {
			m.list.To(m.list.Total())
		}
	case keys.HalfDown:
		m.list.Move(n * max(page/2, 1))
	case keys.HalfUp:
		m.list.Move(-n * max(page/2, 1))
	case keys.PageDown, keys.ReadOn:
		m.list.Move(n * page)
	case keys.PageUp:
		m.list.Move(-n * page)
	default:
		return false
	}
	return true
}

func (m *Model) open() nav.Cmd {
	row, ok := m.Current()
	if !ok {
		return nil
	}
	if row.Role == mail.RoleDrafts {
		return m.draft(func(ctx context.Context) (mail.Draft, error) { return m.source.DraftOf(ctx, row.ID) })
	}
	return nav.Say(Enter{Row: row})
}

type draftMsg struct {
	draft mail.Draft
	err   error
}

func (m *Model) draft(f func(context.Context) (mail.Draft, error)) nav.Cmd {
	return nav.Hold(m.ask.Ask("draft", func(ctx context.Context) tea.Msg {
		d, err := f(ctx)
		return draftMsg{d, err}
	}))
}

func (m *Model) answer(id mail.ID, how app.Answering) nav.Cmd {
	return m.draft(func(ctx context.Context) (mail.Draft, error) { return m.source.Answer(ctx, id, how, "") })
}

// Act does a verb to one conversation wherever it stands, for a reader that
// shows it.
func (m *Model) Act(a keys.Action, row app.Row) nav.Cmd {
	if a == keys.Repeat {
		return m.last([]app.Row{row})
	}
	return m.verb(a, []app.Row{row})
}

// Find gives the row of a conversation where it is loaded.
func (m *Model) Find(t mail.ThreadID) (app.Row, bool) {
	for _, r := range m.page.Rows {
		if r.Thread == t {
			return r, true
		}
	}
	return app.Row{}, false
}

func (m *Model) verb(a keys.Action, rows []app.Row) nav.Cmd {
	if len(rows) == 0 {
		return nil
	}
	switch a {
	case keys.Archive:
		return m.apply(rows, change{leaves: true, call: m.source.Archive})
	case keys.Delete:
		return m.remove(rows)
	case keys.Junk:
		return m.apply(rows, change{leaves: true, call: m.source.Junk})
	case keys.MoveTo:
		return m.pickFolder(rows, nav.PickFolder{Title: "Move to", Hint: "move", Several: m.several(rows, true)}, moveTo)
	case keys.CopyTo:
		if m.several(rows, false) {
			return nav.Say(nav.Toast{Text: nav.Words(errSeveral), Error: true})
		}
		return m.pickFolder(rows, nav.PickFolder{Title: "Copy to", Hint: "copy"}, copyTo)
	case keys.Labels:
		return m.askLabels(rows)
	case keys.Snooze:
		return m.askTime(rows, "Snooze until", "snooze", m.snooze)
	case keys.Remind:
		return m.askTime(rows, "Remind me, without an answer", "remind", m.remind)
	case keys.Mute:
		return m.mute(rows)
	case keys.Pin:
		return m.apply(rows, change{local: func(r *app.Row) { r.Pinned = !rows[0].Pinned }, call: m.source.Pin})
	case keys.MakeRule:
		return m.askRule(rows)
	case keys.RunRules:
		return m.apply(rows, change{call: m.source.RunRules})
	case keys.Export:
		return m.askExport(rows)
	case keys.Print:
		return m.print(rows)
	case keys.Star:
		return m.apply(rows, m.setStarred(!rows[0].Starred))
	case keys.Unread:
		return m.apply(rows, m.setRead(rows[0].Unread))
	}
	return nil
}

// change is something done to conversations.
type change struct {
	leaves bool           // they are not in the list afterwards
	local  func(*app.Row) // what is seen of it at once
	call   func(context.Context, app.Place, []mail.ThreadID) (string, error)
	once   bool // not to be repeated by the repeat key
}

func (m *Model) setStarred(on bool) change {
	return change{
		local: func(r *app.Row) { r.Starred = on },
		call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
			return m.source.SetStarred(ctx, in, t, on)
		},
	}
}

func (m *Model) setRead(on bool) change {
	return change{
		local: func(r *app.Row) { r.Unread = !on },
		call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
			return m.source.SetRead(ctx, in, t, on)
		},
	}
}

// moveTo moves to a folder, or to that of a role where the place names no folder.
func moveTo(m *Model, to app.Place) change {
	return change{leaves: true, call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
		if to.Folder == 0 {
			return m.source.MoveByRole(ctx, in, t, to.Role)
		}
		return m.source.Move(ctx, in, t, to.Folder)
	}}
}

func copyTo(m *Model, to app.Place) change {
	return change{call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
		return m.source.Copy(ctx, in, t, to.Folder)
	}}
}

// several tells whether rows are of several accounts; of one that is not loaded
// the account may be unknown, and then maybe is the answer.
func (m *Model) several(rows []app.Row, maybe bool) bool {
	return slices.ContainsFunc(rows, func(r app.Row) bool {
		mine, first := m.accountOf(r), m.accountOf(rows[0])
		if mine == "" || first == "" {
			return maybe
		}
		return mine != first
	})
}

func (m *Model) accountOf(r app.Row) string {
	if r.Account == "" {
		return m.place.Account
	}
	return r.Account
}

// changeMsg brings a change that was chosen in an overlay.
type changeMsg struct {
	rows []app.Row
	change
}

func (m *Model) pickFolder(rows []app.Row, pick nav.PickFolder, into func(*Model, app.Place) change) nav.Cmd {
	pick.Account, pick.Except = m.accountOf(rows[0]), rows[0].Folder
	pick.Then = func(f app.FolderItem) tea.Msg { return m.ask.Answer(changeMsg{rows, into(m, f.Place)}) }
	return nav.Say(pick)
}

// remove moves to Trash; what lies there is deleted for good, and only after a question.
func (m *Model) remove(rows []app.Row) nav.Cmd {
	if m.place.Role == mail.RoleTrash {
		return m.confirmErase(rows)
	}
	del := m.apply(rows, change{leaves: true, call: m.source.Delete})
	m.last = m.remove // where it is repeated may be Trash
	return del
}

func (m *Model) mute(rows []app.Row) nav.Cmd {
	on := !rows[0].Muted
	mute := m.apply(rows, change{leaves: on && m.inInbox(), local: func(r *app.Row) { r.Muted = on }, call: m.source.Mute})
	m.last = m.mute // where it is repeated may be no inbox, or what is muted
	return mute
}

func (m *Model) confirmErase(rows []app.Row) nav.Cmd {
	del := change{leaves: true, call: m.source.Delete, once: true}
	what := "this " + m.noun()
	if len(rows) > 1 {
		what = m.counted(len(rows))
	}
	return nav.Say(nav.Confirm{
		Question: "Delete " + what + " for good?",
		Detail:   "Nothing brings it back from here.",
		Yes:      "delete", No: "keep", Careful: true,
		Then: m.ask.Answer(rangeMsg{rows: rows, then: func(rows []app.Row) nav.Cmd { return m.apply(rows, del) }}),
	})
}

// changedMsg says that a change has been done, or could not be.
type changedMsg struct {
	words  string
	err    error
	in     app.Place
	marked []mail.ThreadID // what was selected for it
	was    mail.ThreadID   // where the cursor stood
	now    mail.ThreadID   // where it has stood since
}

// apply shows a change at once and carries it out.
func (m *Model) apply(rows []app.Row, c change) nav.Cmd {
	in, here := m.place, m.Place()
	if !c.once {
		m.last = func(rows []app.Row) nav.Cmd { return m.apply(rows, c) }
	}
	if c.leaves {
		m.place.Kept = 0
	}
	shown := c // a search and Starred find it where it is then
	shown.leaves = c.leaves && in.Kind != app.PlaceEverywhere && in.Kind != app.PlaceStarred
	threads := make([]mail.ThreadID, len(rows))
	for i, r := range rows {
		threads[i] = r.Thread
	}
	was, _ := m.Current()
	m.show(threads, shown)
	now, _ := m.Current()
	var marked []mail.ThreadID
	if m.Marking() {
		marked = threads
	}
	m.unmark()
	m.busy++
	m.ask.Drop("page")
	m.stale = true
	run := m.ask.Change(func(ctx context.Context) tea.Msg {
		words, err := c.call(ctx, in, threads)
		return changedMsg{words, err, here, marked, was.Thread, now.Thread}
	})
	return nav.Batch(run, m.sayCursor(true))
}

// LeftInbox takes a conversation out of a list of an inbox that it has left without a key of this
// list, and goes on to the next one.
func (m *Model) LeftInbox(row app.Row) nav.Cmd {
	if !m.inInbox() {
		return nil
	}
	m.show([]mail.ThreadID{row.Thread}, change{leaves: true})
	return m.sayCursor(true)
}

func (m *Model) changed(msg changedMsg) nav.Cmd {
	m.busy--
	say := nav.Done(msg.words)
	if msg.err != nil {
		say = nav.Failed(msg.err)
		m.asBefore(msg)
	}
	return nav.Batch(say, m.again())
}

// asBefore selects again what a change failed on, and puts the cursor back where that has not
// moved since, to try it in another way.
func (m *Model) asBefore(msg changedMsg) {
	if msg.in != m.Place() {
		return
	}
	if !m.Marking() {
		for _, t := range msg.marked {
			m.marked[t] = true
		}
	}
	if row, _ := m.Current(); row.Thread == msg.now {
		m.focus = msg.was
	}
}

// show changes the rows in the window as the backend will.
func (m *Model) show(threads []mail.ThreadID, c change) {
	hit := map[mail.ThreadID]bool{}
	for _, t := range threads {
		hit[t] = true
	}
	kept := m.page.Rows[:0:0]
	above := 0
	for i, r := range m.page.Rows {
		if hit[r.Thread] && c.leaves {
			if m.page.Offset+i < m.list.Cursor {
				above++
			}
			m.page.Total--
			continue
		}
		if hit[r.Thread] && c.local != nil {
			c.local(&r)
		}
		kept = append(kept, r)
	}
	m.page.Rows = kept
	m.list.Cursor -= above
	m.list.Resize(m.page.Total, m.rowsFit())
}
