package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postea/internal/mail"
	"postea/internal/store"
)

// selected gives the messages of conversations as far as they lie in a place.
// Where a conversation is no longer there, it acts on nothing.
func (a *App) selected(ctx context.Context, in Place, threads []mail.ThreadID) ([]mail.ID, error) {
	if in.Query != "" {
		return a.selectedFound(ctx, in, threads)
	}
	folders, err := a.folders(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.store.ThreadMessages(ctx, threads, folders)
}

// Archive moves conversations to their account's Archive.
func (a *App) Archive(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	return a.moveToRole(ctx, in, t, mail.RoleArchive, "Archived")
}

// Junk moves conversations to Junk and marks them so that servers and other
// clients learn from it; from Junk it moves them back to the inbox.
func (a *App) Junk(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	if in.Role == mail.RoleJunk {
		return a.moveToRole(ctx, in, t, mail.RoleInbox, "Moved to Inbox")
	}
	return a.moveToRole(ctx, in, t, mail.RoleJunk, "Moved to Junk")
}

// Delete moves conversations to Trash; from Trash and Junk it deletes them for
// good, which no undo brings back.
func (a *App) Delete(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	if in.Role != mail.RoleTrash {
		return a.moveToRole(ctx, in, t, mail.RoleTrash, "Deleted")
	}
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	if _, err := a.store.Apply(ctx, ids, store.Change{Erase: true}); err != nil {
		return "", err
	}
	return "Deleted for good: " + conversations(len(t)), nil
}

func (a *App) moveToRole(ctx context.Context, in Place, t []mail.ThreadID, role mail.Role, verb string) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	label := verb + " " + conversations(len(t))
	_, err = a.MoveToRole(ctx, ids, role, label)
	return label, err
}

// MoveToRole moves messages to their accounts' folder of a role, making it
// where there is none, in one undo step per account.
func (a *App) MoveToRole(ctx context.Context, ids []mail.ID, role mail.Role, label string) (int, error) {
	byAccount, err := a.byAccount(ctx, ids)
	if err != nil {
		return 0, err
	}
	if role == mail.RoleTrash {
		if err := a.forgetDrafts(ctx, ids); err != nil {
			return 0, err
		}
	}
	moved := 0
	for account, ids := range byAccount {
		f, err := a.store.EnsureFolder(ctx, account, role, roleLabel(role))
		if err != nil {
			return moved, err
		}
		c := store.Change{Label: label, MoveTo: f.ID}
		switch role {
		case mail.RoleJunk:
			c.Add, c.Remove = []string{mail.FlagJunk}, []string{mail.FlagNotJunk}
		case mail.RoleInbox:
			c.Remove = []string{mail.FlagJunk}
		}
		n, err := a.store.Apply(ctx, ids, c)
		moved += n
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

func (a *App) byAccount(ctx context.Context, ids []mail.ID) (map[string][]mail.ID, error) {
	out := map[string][]mail.ID{}
	for _, id := range ids {
		m, err := a.store.Summary(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[m.Account] = append(out[m.Account], id)
	}
	return out, nil
}

// Move moves conversations to a folder of their own account.
func (a *App) Move(ctx context.Context, in Place, t []mail.ThreadID, to mail.FolderID) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	return a.MoveMessages(ctx, ids, to, conversations(len(t)))
}

// MoveMessages moves messages to a folder of their own account; what says what
// they are, for the toast.
func (a *App) MoveMessages(ctx context.Context, ids []mail.ID, to mail.FolderID, what string) (string, error) {
	f, err := a.store.Folder(ctx, to)
	if err != nil {
		return "", err
	}
	if !f.Selectable {
		return "", &UsageError{fmt.Sprintf("%s holds only folders, no messages", f.Name)}
	}
	byAccount, err := a.byAccount(ctx, ids)
	if err != nil {
		return "", err
	}
	for account := range byAccount {
		if account != f.Account {
			return "", &UsageError{fmt.Sprintf("%s belongs to another account (%s)", f.Name, f.Account)}
		}
	}
	label := fmt.Sprintf("Moved %s to %s", what, f.Name)
	_, err = a.store.Apply(ctx, ids, store.Change{Label: label, MoveTo: to})
	return label, err
}

// SetStarred sets or clears the star.
func (a *App) SetStarred(ctx context.Context, in Place, t []mail.ThreadID, on bool) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	if on { // one star per conversation is enough: its newest message
		ids = newest(ids)
	}
	return a.flag(ctx, ids, mail.FlagFlagged, on, "Starred "+conversations(len(t)), "Unstarred "+conversations(len(t)))
}

// newest keeps the last id; ids rise with arrival.
func newest(ids []mail.ID) []mail.ID {
	if len(ids) < 2 {
		return ids
	}
	return []mail.ID{slices.Max(ids)}
}

// SetRead marks conversations read or unread.
func (a *App) SetRead(ctx context.Context, in Place, t []mail.ThreadID, on bool) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	return a.flag(ctx, ids, mail.FlagSeen, on, "Marked "+conversations(len(t))+" as read", "Marked "+conversations(len(t))+" as unread")
}

func (a *App) flag(ctx context.Context, ids []mail.ID, flag string, on bool, yes, no string) (string, error) {
	if on {
		_, err := a.store.Apply(ctx, ids, store.Change{Label: yes, Add: []string{flag}})
		return yes, err
	}
	_, err := a.store.Apply(ctx, ids, store.Change{Label: no, Remove: []string{flag}})
	return no, err
}

// MarkRead marks one message as read because it was on screen; it is no undo step.
func (a *App) MarkRead(ctx context.Context, id mail.ID) error {
	m, err := a.store.Summary(ctx, id)
	if err != nil || !m.Unread() {
		return err
	}
	if err := a.store.SeenContact(ctx, m.From); err != nil {
		return err
	}
	_, err = a.store.Apply(ctx, []mail.ID{id}, store.Change{Add: []string{mail.FlagSeen}})
	return err
}

// ApplyTo changes single messages, for the command line. It returns how many
// of them there are.
func (a *App) ApplyTo(ctx context.Context, ids []mail.ID, add, remove []string) (int, error) {
	return a.store.Apply(ctx, ids, store.Change{Add: add, Remove: remove})
}

// Erase deletes messages for good, for the command line.
func (a *App) Erase(ctx context.Context, ids []mail.ID) (int, error) {
	return a.store.Apply(ctx, ids, store.Change{Erase: true})
}

// Undo takes back what was done last: a change of messages, a send that is still
// held, or the discarding of a draft.
func (a *App) Undo(ctx context.Context) (Undone, error) {
	step, err := a.store.LastUndo(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Undone{}, err
	}
	held, herr := a.newestHeld(ctx)
	if herr != nil {
		return Undone{}, herr
	}
	discarded, derr := a.lastDiscarded(ctx)
	if derr != nil {
		return Undone{}, derr
	}
	if discarded != nil && (err != nil || discarded.At.After(step.Created)) && (held == nil || discarded.At.After(held.Created)) {
		d, err := a.RestoreDraft(ctx, discarded.ID)
		return Undone{What: "Draft restored", Draft: &d}, err
	}
	if held != nil && (err != nil || !step.Created.After(held.Created)) {
		d, err := a.editAgain(ctx, held.ID)
		if err != nil {
			return Undone{}, err
		}
		return Undone{What: "Sending taken back", Draft: &d}, nil
	}
	if err != nil {
		return Undone{}, &UsageError{"Nothing to undo"}
	}
	if step, err = a.store.Undo(ctx); err != nil {
		return Undone{}, err
	}
	return a.undone(ctx, step)
}

func (a *App) newestHeld(ctx context.Context) (*mail.Outgoing, error) {
	o, err := a.store.NewestHeld(ctx)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &o, nil
}

func (a *App) undone(ctx context.Context, step store.UndoStep) (Undone, error) {
	u := Undone{What: "Taken back: " + step.Label}
	f, err := a.store.Folder(ctx, step.Folder)
	if err == nil {
		p := folderItem(f).Place
		u.Place = &p
	}
	for _, id := range step.Items {
		if m, err := a.store.Summary(ctx, id); err == nil {
			u.Focus = m.Thread
			break
		}
	}
	return u, nil
}

func conversations(n int) string {
	if n == 1 {
		return "1 conversation"
	}
	return fmt.Sprintf("%d conversations", n)
}
