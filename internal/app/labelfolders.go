package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"postea/internal/mail"
	"postea/internal/store"
)

// takenOut gives the messages that are taken out of where they lie by a verb on some. Where
// folders are labels, what lies in the inbox is archived out of there wherever that is asked,
// and the rest of its conversation is archived already; and what is moved from among all mail
// leaves the inbox. What was chosen with its copy among all mail keeps its labels.
func (a *App) takenOut(ctx context.Context, ids []mail.ID, archived bool) ([]mail.ID, error) {
	heads, err := a.store.Heads(ctx, ids)
	if err != nil {
		return nil, err
	}
	inbox, err := a.store.CopiesIn(ctx, ids, mail.RoleInbox)
	if err != nil {
		return nil, err
	}
	all, err := a.store.CopiesIn(ctx, ids, mail.RoleAll)
	if err != nil {
		return nil, err
	}
	if !elsewhere(inbox) && !elsewhere(all) {
		return ids, nil
	}
	chosen, inInbox, known := map[mail.ID]bool{}, map[mail.ThreadID]bool{}, map[string]bool{}
	for _, h := range heads {
		chosen[h.ID] = true
		inInbox[h.Thread] = inInbox[h.Thread] || inbox[h.ID] != 0
	}
	var out []mail.ID
	for _, h := range heads {
		labels, err := a.gmailOnce(ctx, h.Account, known)
		if err != nil {
			return nil, err
		}
		switch in := inbox[h.ID]; {
		case !labels:
			out = append(out, h.ID)
		case in != 0 && (archived || h.Role == mail.RoleAll):
			out = append(out, in)
		case archived && inInbox[h.Thread]:
		case h.Role == mail.RoleInbox || all[h.ID] == h.ID || !chosen[all[h.ID]]:
			out = append(out, h.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// ownPlaces leaves out of messages that are to be moved those among all mail that were chosen
// in a folder of their own too: but at Gmail, nothing can be taken out of there.
func (a *App) ownPlaces(ctx context.Context, ids []mail.ID) ([]mail.ID, error) {
	all, err := a.store.CopiesIn(ctx, ids, mail.RoleAll)
	if err != nil || !elsewhere(all) {
		return ids, err
	}
	twice := map[mail.ID]bool{}
	for id, there := range all {
		twice[there] = twice[there] || id != there
	}
	return a.pickedOf(ctx, ids, func(id mail.ID, labels bool) bool { return labels || !twice[id] })
}

// pickedOf gives those of messages that pick wants, which is told whether folders are labels there.
func (a *App) pickedOf(ctx context.Context, ids []mail.ID, pick func(id mail.ID, labels bool) bool) ([]mail.ID, error) {
	heads, err := a.store.Heads(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	var out []mail.ID
	for _, h := range heads {
		labels, err := a.gmailOnce(ctx, h.Account, known)
		if err != nil {
			return nil, err
		}
		if pick(h.ID, labels) {
			out = append(out, h.ID)
		}
	}
	return out, nil
}

// outOfFolders gives, of messages that may lie in several folders, the rows that are moved when
// they go to one, and what is done to those that are not.
func (a *App) outOfFolders(ctx context.Context, ids []mail.ID, to store.FolderState) (moved []mail.ID, rest []store.Part, err error) {
	if ids, err = a.ownPlaces(ctx, ids); err != nil {
		return nil, nil, err
	}
	if thrownAway(to.Role) {
		more, err := a.inInboxToo(ctx, ids)
		return slices.Concat(ids, more), nil, err
	}
	if ids, err = a.takenOut(ctx, ids, to.Role == mail.RoleAll); err != nil {
		return nil, nil, err
	}
	have, off, err := a.already(ctx, ids, to)
	if err != nil || off == 0 {
		return ids, nil, err
	}
	var there []mail.ID // whose label undo would take off
	for _, id := range ids {
		if have[id] != 0 && have[id] != id {
			there = append(there, id)
		} else {
			moved = append(moved, id)
		}
	}
	return moved, []store.Part{{IDs: there, Change: store.Change{MoveTo: off}}}, nil
}

// already gives, where a message lies in several folders, the copies of messages that lie in a
// folder. Where that is a label, off is the folder into which what has it goes when it is taken off.
func (a *App) already(ctx context.Context, ids []mail.ID, in store.FolderState) (have map[mail.ID]mail.ID, off mail.FolderID, err error) {
	all, err := a.store.FolderByRole(ctx, in.Account, mail.RoleAll)
	if errors.Is(err, ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	labels, err := a.gmail(ctx, in.Account)
	if err != nil {
		return nil, 0, err
	}
	if labels {
		off = all.ID
	}
	have, err = a.store.CopiesAt(ctx, ids, in.ID)
	return have, off, err
}

// elsewhere tells whether there are copies beside what they are copies of.
func elsewhere(copies map[mail.ID]mail.ID) bool {
	for id, there := range copies {
		if id != there {
			return true
		}
	}
	return false
}

// inInboxToo gives the copies in the inbox of messages that are thrown away elsewhere. Where
// folders are labels they go too, and undo has to know that they were there.
func (a *App) inInboxToo(ctx context.Context, ids []mail.ID) ([]mail.ID, error) {
	copied, err := a.store.CopiesIn(ctx, ids, mail.RoleInbox)
	if err != nil {
		return nil, err
	}
	chosen := map[mail.ID]bool{}
	for _, id := range ids {
		chosen[id] = true
	}
	maps.DeleteFunc(copied, func(_, there mail.ID) bool { return chosen[there] })
	return a.pickedOf(ctx, slices.Collect(maps.Values(copied)), func(_ mail.ID, labels bool) bool { return labels })
}

// amongAll gives of messages the copies among all mail, by what they are copies of. These have
// all of the labels; one that lies in a folder that is a label has the others.
func (a *App) amongAll(ctx context.Context, of []store.MsgHead) (map[mail.ID]store.MsgHead, error) {
	copied, err := a.store.CopiesIn(ctx, idsOf(of), mail.RoleAll)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(copied, func(id, there mail.ID) bool { return id == there })
	heads, err := a.store.Heads(ctx, slices.Collect(maps.Values(copied)))
	byID := map[mail.ID]store.MsgHead{}
	for _, h := range heads {
		byID[h.ID] = h
	}
	out := map[mail.ID]store.MsgHead{}
	for id, there := range copied {
		if h, ok := byID[there]; ok {
			out[id] = h
		}
	}
	return out, err
}

// headsOnce is heads which gives a message once, also in Starred.
func (a *App) headsOnce(ctx context.Context, in Place, t []mail.ThreadID) ([]store.MsgHead, error) {
	heads, err := a.heads(ctx, in, t)
	if err != nil {
		return nil, err
	}
	return a.once(ctx, heads)
}

// once leaves out messages whose copy among all mail is there too.
func (a *App) once(ctx context.Context, heads []store.MsgHead) ([]store.MsgHead, error) {
	copies, err := a.amongAll(ctx, heads)
	there := map[mail.ID]bool{}
	for _, h := range heads {
		there[h.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(heads), func(h store.MsgHead) bool { return there[copies[h.ID].ID] }), err
}

// foundOnce leaves out of what a search found, newest first, what it found once more: among
// all mail, and where folders are labels in each of them. The inbox goes before the others.
func (a *App) foundOnce(ctx context.Context, list []mail.Summary) ([]mail.Summary, error) {
	known, at := map[string]bool{}, map[[2]string]int{}
	var out []mail.Summary
	for _, m := range list {
		key := [2]string{m.Account, m.MessageID}
		i, again := at[key]
		if again = again && m.MessageID != ""; again && m.FolderRole != mail.RoleAll && out[i].FolderRole != mail.RoleAll {
			var err error
			if again, err = a.gmailOnce(ctx, m.Account, known); err != nil {
				return nil, err
			}
		}
		switch {
		case !again:
			at[key] = len(out)
			out = append(out, m)
		case m.FolderRole == mail.RoleInbox || out[i].FolderRole == mail.RoleAll:
			out[i] = m
		}
	}
	return out, nil
}
