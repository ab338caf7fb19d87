package tuitest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
)

// Copy implements tui.Backend.
func (b *Backend) Copy(_ context.Context, in app.Place, t []mail.ThreadID, to mail.FolderID) (string, error) {
	if err := b.enter("Copy"); err != nil {
		b.mu.Unlock()
		return "", err
	}
	before := len(b.Messages)
	for _, m := range b.Messages[:before] {
		if b.in(in, m) && slices.Contains(t, m.Thread) {
			c := *m
			c.ID, c.Folder = mail.ID(10_000+len(b.Messages)), to
			b.Messages = append(b.Messages, &c)
		}
	}
	words := "Copied " + count(len(t))
	b.undo = append(b.undo, func() app.Undone {
		b.Messages = b.Messages[:before]
		return app.Undone{What: "Taken back: " + words, Place: &in, Focus: t[0]}
	})
	b.mu.Unlock()
	b.Bus.Publish(event.MessagesChanged{}, event.FoldersChanged{})
	return words, nil
}

// Labels implements tui.Backend.
func (b *Backend) Labels(_ context.Context, in app.Place, t []mail.ThreadID) ([]app.Label, error) {
	defer b.mu.Unlock()
	if err := b.enter("Labels"); err != nil {
		return nil, err
	}
	used, on := map[string]int{}, map[string]bool{}
	for _, m := range b.Messages {
		for _, l := range m.Labels {
			used[l]++
			on[l] = on[l] || b.in(in, m) && slices.Contains(t, m.Thread)
		}
	}
	var out []app.Label
	for l, n := range used {
		out = append(out, app.Label{Name: reading.Line(l), Raw: l, On: on[l], Some: on[l], Used: n})
	}
	slices.SortFunc(out, func(x, y app.Label) int { return cmp.Or(y.Used-x.Used, strings.Compare(x.Raw, y.Raw)) })
	return out, nil
}

// SetLabel implements tui.Backend.
func (b *Backend) SetLabel(_ context.Context, in app.Place, t []mail.ThreadID, name string, on bool) (string, error) {
	words := "Labelled " + count(len(t)) + " " + name
	if !on {
		words = "Took " + name + " off " + count(len(t))
	}
	return b.change("SetLabel", in, t, words, func(m *Message) {
		m.Labels = slices.DeleteFunc(slices.Clone(m.Labels), func(l string) bool { return l == name })
		if on {
			m.Labels = append(m.Labels, name)
		}
	})
}

// Mute implements tui.Backend.
func (b *Backend) Mute(_ context.Context, in app.Place, t []mail.ThreadID) (string, error) {
	return b.change("Mute", in, t, "Muted "+count(len(t)), func(m *Message) {
		m.Muted = !m.Muted
		if m.Muted && b.role(m.Folder) == mail.RoleInbox {
			m.Folder = b.folder(m.Account, mail.RoleArchive)
		}
	})
}

// Pin implements tui.Backend.
func (b *Backend) Pin(_ context.Context, in app.Place, t []mail.ThreadID) (string, error) {
	return b.change("Pin", in, t, "Pinned "+count(len(t)), func(m *Message) { m.Pinned = !m.Pinned })
}

// Snooze implements tui.Backend.
func (b *Backend) Snooze(_ context.Context, in app.Place, t []mail.ThreadID, text string) (string, error) {
	at, err := when.Style{}.Parse(text, time.Now().UTC())
	if err != nil {
		return "", err
	}
	return b.change("Snooze", in, t, "Snoozed "+count(len(t))+" until "+at.Format("Mon 15:04"), func(m *Message) { m.Folder = Snoozed })
}

// Remind implements tui.Backend.
func (b *Backend) Remind(_ context.Context, in app.Place, t []mail.ThreadID, text string) (string, error) {
	at, err := when.Style{}.Parse(text, time.Now().UTC())
	if err != nil {
		return "", err
	}
	return b.change("Remind", in, t, "Reminder at "+at.Format("Mon 15:04")+" unless there is an answer", func(*Message) {})
}

// RunRules implements tui.Backend, with one rule: it archives.
func (b *Backend) RunRules(_ context.Context, in app.Place, t []mail.ThreadID) (string, error) {
	return b.change("RunRules", in, t, "Ran the rules on "+count(len(t)), func(m *Message) { m.Folder = b.folder(m.Account, mail.RoleArchive) })
}

// MarkAllRead implements tui.Backend.
func (b *Backend) MarkAllRead(ctx context.Context, in app.Place) (string, error) {
	list, err := b.Threads(ctx, in)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return b.change("MarkAllRead", in, list, "Marked all as read", func(m *Message) { m.Unread = false })
}

// FetchOlder implements tui.Backend.
func (b *Backend) FetchOlder(context.Context, app.Place) (string, error) {
	if err := b.enter("FetchOlder"); err != nil {
		b.mu.Unlock()
		return "", err
	}
	n := min(b.Older, 5000)
	b.Older -= n
	b.mu.Unlock()
	b.Bus.Publish(event.MessagesChanged{}, event.FoldersChanged{})
	return strconv.Itoa(n) + " older messages will come", nil
}

// Threads implements tui.Backend.
func (b *Backend) Threads(_ context.Context, in app.Place) ([]mail.ThreadID, error) {
	defer b.mu.Unlock()
	if err := b.enter("Threads"); err != nil {
		return nil, err
	}
	rows, _, _ := b.rows(in)
	out := make([]mail.ThreadID, len(rows))
	for i, r := range rows {
		out[i] = r.Thread
	}
	return out, nil
}

// Matching implements tui.Backend.
func (b *Backend) Matching(ctx context.Context, in app.Place, text string) ([]mail.ThreadID, error) {
	if strings.Contains(text, "is:purple") {
		return nil, &app.QueryError{At: 4, Text: `is: knows unread read starred, not "purple"`}
	}
	in.Query = strings.TrimSpace(in.Query + " " + text)
	return b.Threads(ctx, in)
}

// Export implements tui.Backend.
func (b *Backend) Export(_ context.Context, _ app.Place, t []mail.ThreadID, path string) (string, error) {
	defer b.mu.Unlock()
	err := b.enter("Export")
	b.Saved = append(b.Saved, path)
	return fmt.Sprintf("Exported %s to %s", count(len(t)), path), err
}

// ExportName implements tui.Backend.
func (b *Backend) ExportName(_ context.Context, _ app.Place, t []mail.ThreadID) (string, error) {
	defer b.mu.Unlock()
	err := b.enter("ExportName")
	return "~/Downloads/messages.mbox", err
}

// Print implements tui.Backend.
func (b *Backend) Print(_ context.Context, _ app.Place, t []mail.ThreadID) (string, error) {
	defer b.mu.Unlock()
	return "Sent to the printer: " + count(len(t)), b.enter("Print")
}

// SetView implements tui.Backend.
func (b *Backend) SetView(_ context.Context, p app.Place, v app.View) error {
	err := b.enter("SetView")
	if err == nil {
		if b.Views == nil {
			b.Views = map[mail.FolderID]app.View{}
		}
		b.Views[p.Folder] = v
	}
	b.mu.Unlock()
	b.Bus.Publish(event.SearchesChanged{}, event.FoldersChanged{})
	return err
}

// ToggleOffline implements tui.Backend.
func (b *Backend) ToggleOffline(context.Context) (bool, error) {
	err := b.enter("ToggleOffline")
	if err == nil {
		b.Away = !b.Away
	}
	away := b.Away
	b.mu.Unlock()
	b.Bus.Publish(event.AccountChanged{})
	return away, err
}

// folders changes the folders of the accounts, as one undo step.
func (b *Backend) folders(method, words string, f func()) (string, error) {
	if err := b.enter(method); err != nil {
		b.mu.Unlock()
		return "", err
	}
	was := make([][]mail.Folder, len(b.Accounts))
	for i, a := range b.Accounts {
		was[i] = slices.Clone(a.Folders)
	}
	f()
	b.undo = append(b.undo, func() app.Undone {
		for i := range b.Accounts {
			b.Accounts[i].Folders = was[i]
		}
		return app.Undone{What: "Taken back: " + words}
	})
	b.mu.Unlock()
	b.Bus.Publish(event.FoldersChanged{})
	return words, nil
}

// MakeFolder implements tui.Backend.
func (b *Backend) MakeFolder(_ context.Context, account, name string) (string, error) {
	return b.folders("MakeFolder", "Made the folder "+name, func() {
		for i, a := range b.Accounts {
			if a.Name == account {
				b.Accounts[i].Folders = append(a.Folders, mail.Folder{ID: mail.FolderID(500 + len(a.Folders)), Name: name, Selectable: true})
			}
		}
	})
}

func (b *Backend) eachFolder(f func(account int, folder int, x *mail.Folder)) {
	for i := range b.Accounts {
		for j := range b.Accounts[i].Folders {
			f(i, j, &b.Accounts[i].Folders[j])
		}
	}
}

// RenameFolder implements tui.Backend.
func (b *Backend) RenameFolder(_ context.Context, id mail.FolderID, name string) (string, error) {
	return b.folders("RenameFolder", "Renamed to "+name, func() {
		b.eachFolder(func(_, _ int, f *mail.Folder) {
			if f.ID == id {
				f.Name = name
			}
		})
	})
}

// FolderLoss implements tui.Backend.
func (b *Backend) FolderLoss(_ context.Context, id mail.FolderID) (app.FolderLoss, error) {
	defer b.mu.Unlock()
	if err := b.enter("FolderLoss"); err != nil {
		return app.FolderLoss{}, err
	}
	var loss app.FolderLoss
	b.eachFolder(func(_, _ int, f *mail.Folder) {
		if f.ID == id {
			loss.Name = reading.Line(f.Leaf())
		}
	})
	for _, m := range b.Messages {
		if m.Folder == id {
			loss.Own++
			loss.Messages++
		}
	}
	return loss, nil
}

// DeleteFolder implements tui.Backend.
func (b *Backend) DeleteFolder(_ context.Context, id mail.FolderID) (string, error) {
	return b.folders("DeleteFolder", "Deleted the folder", func() {
		for i := range b.Accounts {
			b.Accounts[i].Folders = slices.DeleteFunc(slices.Clone(b.Accounts[i].Folders), func(f mail.Folder) bool { return f.ID == id })
		}
	})
}

// Subscribe implements tui.Backend.
func (b *Backend) Subscribe(_ context.Context, id mail.FolderID, on bool) (string, error) {
	words := "Other programs show the folder"
	if !on {
		words = "Other programs hide the folder"
	}
	return b.folders("Subscribe", words, func() {
		if b.Hidden == nil {
			b.Hidden = map[mail.FolderID]bool{}
		}
		b.Hidden[id] = !on
	})
}

// EmptyFolder implements tui.Backend.
func (b *Backend) EmptyFolder(_ context.Context, id mail.FolderID) (string, error) {
	if err := b.enter("EmptyFolder"); err != nil {
		b.mu.Unlock()
		return "", err
	}
	b.Messages = slices.DeleteFunc(b.Messages, func(m *Message) bool { return m.Folder == id })
	b.mu.Unlock()
	b.Bus.Publish(event.MessagesChanged{}, event.FoldersChanged{})
	return "Emptied", nil
}

// MoveInSidebar implements tui.Backend.
func (b *Backend) MoveInSidebar(_ context.Context, id mail.FolderID, by int) error {
	_, err := b.folders("MoveInSidebar", "", func() {
		for i := range b.Accounts {
			list := slices.Clone(b.Accounts[i].Folders)
			at := slices.IndexFunc(list, func(f mail.Folder) bool { return f.ID == id })
			if at < 0 {
				continue
			}
			f := list[at]
			b.Accounts[i].Folders = slices.Insert(slices.Delete(list, at, at+1), min(max(at+by, 0), len(list)-1), f)
		}
	})
	return err
}

// SaveSearch implements tui.Backend.
func (b *Backend) SaveSearch(_ context.Context, name, query string) error {
	err := b.enter("SaveSearch")
	if err == nil && name == "" {
		err = errors.New("a saved search needs a name")
	}
	if err == nil {
		b.Searches = append(b.Searches, app.SavedSearch{Name: reading.Line(name), Raw: name, Query: query})
	}
	b.mu.Unlock()
	b.Bus.Publish(event.SearchesChanged{})
	return err
}

// ForgetSearch implements tui.Backend.
func (b *Backend) ForgetSearch(_ context.Context, name string) (string, error) {
	err := b.enter("ForgetSearch")
	b.Searches = slices.DeleteFunc(b.Searches, func(s app.SavedSearch) bool { return s.Raw == name })
	b.mu.Unlock()
	b.Bus.Publish(event.SearchesChanged{})
	return "Forgot the search " + name, err
}

// hits are the messages of a conversation that a search finds.
func (b *Backend) hits(t mail.ThreadID, query string) []mail.ID {
	var ids []mail.ID
	for _, m := range b.Messages {
		if (m.Thread == t || mail.Alone(m.ID) == t) && m.says(query) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// Searched implements tui.Backend.
func (b *Backend) Searched(_ context.Context, query string) error {
	defer b.mu.Unlock()
	err := b.enter("Searched")
	b.History = append(slices.DeleteFunc(b.History, func(q string) bool { return q == query }), query)
	return err
}

// SearchHistory implements tui.Backend.
func (b *Backend) SearchHistory(context.Context) ([]string, error) {
	defer b.mu.Unlock()
	err := b.enter("SearchHistory")
	return slices.Clone(b.History), err
}

// CompleteQuery implements tui.Backend.
func (b *Backend) CompleteQuery(_ context.Context, text string) ([]app.Completion, error) {
	defer b.mu.Unlock()
	err := b.enter("CompleteQuery")
	start := strings.LastIndexAny(text, " :") + 1
	var out []app.Completion
	for _, v := range []string{"from:", "filename:", "is:", "in:", "unread", "starred"} {
		if typed := text[start:]; typed != "" && strings.HasPrefix(v, typed) && v != typed {
			out = append(out, app.Completion{Label: reading.Line(v), Detail: reading.Line("what " + v + " finds"), Query: text[:start] + v})
		}
	}
	return out, err
}

// AskServers implements tui.Backend.
func (b *Backend) AskServers(context.Context, app.Place) (app.Asked, error) {
	defer b.mu.Unlock()
	return b.Asked, b.enter("AskServers")
}

// Announce implements tui.Backend.
func (b *Backend) Announce(_ context.Context, e event.Arrived) (app.Announcement, error) {
	defer b.mu.Unlock()
	err := b.enter("Announce")
	m, missing := b.find(e.Newest)
	if err = errors.Join(err, missing); err != nil {
		return app.Announcement{}, err
	}
	return app.Announcement{Title: reading.Line(m.From.Label()), Body: reading.Line(m.Subject), Quiet: b.Quiet}, nil
}

// NotifySystem implements tui.Backend.
func (b *Backend) NotifySystem(_ context.Context, n app.Announcement) error {
	defer b.mu.Unlock()
	b.Told = append(b.Told, n.Title.String()+": "+n.Body.String())
	return b.Fail["NotifySystem"]
}

// RulesFor implements tui.Backend.
func (b *Backend) RulesFor(_ context.Context, in app.Place, t mail.ThreadID) ([]app.RuleFor, error) {
	if err := b.enter("RulesFor"); err != nil {
		b.mu.Unlock()
		return nil, err
	}
	defer b.mu.Unlock()
	for _, m := range b.Messages {
		if b.in(in, m) && m.Thread == t {
			return []app.RuleFor{{Words: reading.Line("From " + m.From.Label()), Match: "from:" + m.From.Address}}, nil
		}
	}
	return nil, nil
}

// MakeRule implements tui.Backend; the rule archives.
func (b *Backend) MakeRule(_ context.Context, in app.Place, t []mail.ThreadID, rule app.NewRule) (string, error) {
	kept := "Kept the rule “" + rule.Name + "”. Ran it on " + count(len(t))
	words, err := b.change("MakeRule", in, t, kept, func(m *Message) { m.Folder = b.folder(m.Account, mail.RoleArchive) })
	if err == nil {
		b.mu.Lock()
		b.Made = append(b.Made, rule)
		b.mu.Unlock()
	}
	return words, err
}

// Rules implements tui.Backend.
func (b *Backend) Rules() []app.Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []app.Rule
	for _, r := range b.Made {
		out = append(out, app.Rule{Name: reading.Line(r.Name), Raw: r.Name, Says: reading.Line(r.Match)})
	}
	return out
}

// ForgetRule implements tui.Backend.
func (b *Backend) ForgetRule(_ context.Context, name string) (string, error) {
	err := b.enter("ForgetRule")
	defer b.mu.Unlock()
	if err != nil {
		return "", err
	}
	was, words := slices.Clone(b.Made), "Forgot the rule “"+name+"”"
	b.Made = slices.DeleteFunc(b.Made, func(r app.NewRule) bool { return r.Name == name })
	b.undo = append(b.undo, func() app.Undone {
		b.Made = was
		return app.Undone{What: "Taken back: " + words}
	})
	return words, nil
}
