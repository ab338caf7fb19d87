package app

import (
	"context"
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
	chosen, inInbox, labels := map[mail.ID]bool{}, map[mail.ThreadID]bool{}, map[string]bool{}
	for _, h := range heads {
		chosen[h.ID] = true
		inInbox[h.Thread] = inInbox[h.Thread] || inbox[h.ID] != 0
		if _, known := labels[h.Account]; !known {
			if labels[h.Account], err = a.gmail(ctx, h.Account); err != nil {
				return nil, err
			}
		}
	}
	var out []mail.ID
	for _, h := range heads {
		switch in := inbox[h.ID]; {
		case !labels[h.Account]:
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
	heads, err := a.store.Heads(ctx, slices.Collect(maps.Values(copied)))
	if err != nil {
		return nil, err
	}
	var out []mail.ID
	for _, h := range heads {
		labels, err := a.gmail(ctx, h.Account)
		if err != nil {
			return nil, err
		}
		if labels {
			out = append(out, h.ID)
		}
	}
	return out, nil
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

// foundOnce leaves out of what a search found, newest first, what it found once more: where
// folders are labels, in each of them and among all mail. The inbox goes before the others.
func (a *App) foundOnce(ctx context.Context, list []mail.Summary) ([]mail.Summary, error) {
	labels, at := map[string]bool{}, map[[2]string]int{}
	var out []mail.Summary
	for _, m := range list {
		if _, known := labels[m.Account]; !known {
			var err error
			if labels[m.Account], err = a.gmail(ctx, m.Account); err != nil {
				return nil, err
			}
		}
		key := [2]string{m.Account, m.MessageID}
		i, again := at[key]
		switch {
		case !labels[m.Account] || m.MessageID == "" || !again:
			at[key] = len(out)
			out = append(out, m)
		case m.FolderRole == mail.RoleInbox || out[i].FolderRole == mail.RoleAll:
			out[i] = m
		}
	}
	return out, nil
}
