package store

import (
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
	"postea/internal/query"
)

// leaf makes a condition on rows. A negation stands directly above it.
func (p *planner) leaf(n query.Node) ([][]atom, bool) {
	not := false
	if neg, ok := n.(query.Not); ok {
		n, not = neg.Of, true
	}
	switch n := n.(type) {
	case query.Is:
		if n.State == query.Sent {
			return p.inFolders(p.byRole(mail.RoleSent), not), true
		}
		return one(state(n.State, not))
	case query.In:
		return p.in(n.Name, not)
	case query.Label:
		return one(p.label(n.Name, not))
	case query.Any:
		return one(condition(`m.id IN (SELECT value FROM json_each(?))`, not, func(b *branch) { b.narrow, b.listed = true, len(n.IDs) }, jsonList(n.IDs)))
	case query.Dates:
		return p.dates(n, not)
	case query.Size:
		return sizes(n, not)
	case query.Addresses:
		return one(p.addresses(n, not))
	case query.ID:
		return one(idAtom(n.ID, not))
	case query.Thread:
		return one(condition(`m.thread = ?`, not, func(b *branch) { b.narrow = true }, n.ID))
	}
	return one(condition(`1`, not, nil))
}

func one(a atom) ([][]atom, bool) { return [][]atom{{a}}, true }

// condition makes an atom of a condition on msg m; where it is not negated, hint
// tells a branch what index it has.
func condition(sql string, not bool, hint func(*branch), args ...any) atom {
	if not {
		sql, hint = `NOT (`+sql+`)`, nil
	}
	return atom{sql: sql, args: args, add: func(b *branch) {
		b.where, b.args = append(b.where, sql), append(b.args, args...)
		if hint != nil {
			hint(b)
		}
	}}
}

func state(s query.State, not bool) atom {
	marked := func(b *branch) { b.marked = true }
	flag := func(f string) atom {
		return condition(`m.flags <> '' AND m.flags <> '\Seen' AND instr(' ' || m.flags || ' ', ?) > 0`, not, marked, " "+f+" ")
	}
	switch s {
	case query.Unread, query.Read:
		if not != (s == query.Read) {
			return condition(`m.seen = 1`, false, nil)
		}
		return condition(`m.seen = 0`, false, func(b *branch) { b.unread = true })
	case query.Starred:
		return flag(mail.FlagFlagged)
	case query.Answered:
		return flag(mail.FlagAnswered)
	case query.Forwarded:
		return flag(mail.FlagForwarded)
	case query.Draft:
		return flag(mail.FlagDraft)
	case query.Muted:
		return condition(`m.id IN (SELECT id FROM msg INDEXED BY msg_muted WHERE muted = 1)`, not, func(b *branch) { b.narrow = true })
	case query.Pinned:
		return condition(`m.id IN (SELECT id FROM msg INDEXED BY msg_lift WHERE lift <> 0 AND lift >= `+pinBase+`)`, not, func(b *branch) { b.narrow = true })
	}
	return condition(`1`, not, nil)
}

// label asks for a label, however it may be written: as a keyword or as that of
// Gmail, in any case and with any accents.
func (p *planner) label(name string, not bool) atom {
	var where []string
	var args []any
	for _, flag := range p.keywords() {
		if have, ok := mail.LabelName(flag); ok && query.Same(have, name) {
			where = append(where, `instr(' ' || m.flags || ' ', ?) > 0`)
			args = append(args, " "+flag+" ")
		}
	}
	if where == nil {
		return condition(`0`, not, func(b *branch) { b.never = true })
	}
	return condition(`m.flags <> '' AND m.flags <> '\Seen' AND (`+strings.Join(where, " OR ")+`)`, not, func(b *branch) { b.marked = true }, args...)
}

func (p *planner) byRole(r mail.Role) []mail.FolderID {
	var ids []mail.FolderID
	for _, f := range p.folders {
		if f.Role == r {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// in finds folders by role, by name, or by the last level of the name.
func (p *planner) in(name string, not bool) ([][]atom, bool) {
	if strings.EqualFold(name, "anywhere") {
		return one(condition(`1`, not, nil))
	}
	return p.inFolders(foldersNamed(p.folders, name), not), true
}

// inFolders gives every folder a branch, since the index of a folder is in the
// order of its hits. Not to be in some is to be in one of the others.
func (p *planner) inFolders(ids []mail.FolderID, not bool) [][]atom {
	if not {
		var others []mail.FolderID
		for _, f := range p.folders {
			if !slices.Contains(ids, f.ID) {
				others = append(others, f.ID)
			}
		}
		ids = others
	}
	if len(ids) < 2 || len(ids) > maxBranches/2 {
		return [][]atom{{folderAtom(ids)}}
	}
	var list [][]atom
	for _, id := range ids {
		list = append(list, []atom{folderAtom([]mail.FolderID{id})})
	}
	return list
}

// foldersNamed gives the folders of a role or, where there is none, of a name,
// whole or its last level, as query.Same compares them.
func foldersNamed(folders []FolderState, name string) []mail.FolderID {
	role, isRole := mail.ParseRole(name)
	var byRole, byName, byLeaf []mail.FolderID
	for _, f := range folders {
		switch {
		case isRole && f.Role == role:
			byRole = append(byRole, f.ID)
		case query.Same(f.Name, name):
			byName = append(byName, f.ID)
		case query.Same(f.Leaf(), name):
			byLeaf = append(byLeaf, f.ID)
		}
	}
	for _, list := range [][]mail.FolderID{byRole, byName, byLeaf} {
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// HasFolder tells whether a search for in:name can find anything.
func HasFolder(folders []FolderState, name string) bool {
	return strings.EqualFold(name, "anywhere") || len(foldersNamed(folders, name)) > 0
}

func folderAtom(ids []mail.FolderID) atom {
	if len(ids) == 1 {
		return condition(`m.folder = ?`, false, func(b *branch) {
			b.never = b.never || b.folder != 0 && b.folder != ids[0]
			b.folder = ids[0]
		}, ids[0])
	}
	if len(ids) == 0 {
		return condition(`0`, false, func(b *branch) { b.never = true })
	}
	return condition(`m.folder IN (`+marks(len(ids))+`)`, false, nil, anys(ids)...)
}

func (p *planner) dates(n query.Dates, not bool) ([][]atom, bool) {
	if not {
		var list [][]atom
		if !n.From.IsZero() {
			list = append(list, []atom{p.between(time.Time{}, n.From)})
		}
		if !n.To.IsZero() {
			list = append(list, []atom{p.between(n.To, time.Time{})})
		}
		if list == nil {
			return one(condition(`0`, false, func(b *branch) { b.never = true }))
		}
		return list, true
	}
	return one(p.between(n.From, n.To))
}

// between makes a range of dates into a range of the index. Messages are only
// displaced to later rows, so the lower bound stands; the upper one is moved.
func (p *planner) between(from, to time.Time) atom {
	var where []string
	var args []any
	a := atom{}
	if !from.IsZero() {
		where, args = append(where, `m.date >= ?`), append(args, seconds(from))
	}
	if !to.IsZero() {
		where, args = append(where, `m.date < ?`), append(args, seconds(to))
	}
	if where == nil {
		where = []string{`1`}
	}
	a.sql, a.args = strings.Join(where, " AND "), args
	a.add = func(b *branch) {
		b.where, b.args = append(b.where, where...), append(b.args, args...)
		if !from.IsZero() {
			b.from = max(b.from, seconds(from)<<docBits)
		}
		if !to.IsZero() {
			b.below = min(b.below, max(seconds(to)<<docBits, p.displaced(seconds(to))+1))
		}
	}
	return a
}

// seconds rounds up, since a message at 12:00:00 is before 12:00:00.5.
func seconds(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

func sizes(n query.Size, not bool) ([][]atom, bool) {
	if not {
		var list [][]atom
		if n.Over > 0 || n.Under == 0 {
			list = append(list, []atom{sizeAtom(-1, n.Over+1)})
		}
		if n.Under > 0 {
			list = append(list, []atom{sizeAtom(n.Under-1, 0)})
		}
		return list, true
	}
	over := n.Over
	if n.Under > 0 && over == 0 {
		over = -1
	}
	return one(sizeAtom(over, n.Under))
}

// sizeAtom asks the index for the classes that the sizes lie in, and the row for
// the rest.
func sizeAtom(over, under int64) atom {
	sql, args := `m.size > ?`, []any{over}
	first, last := sizeClass(over + 1)[0], sizeClass(1 << 62)[0]
	if under > 0 {
		sql, args = sql+` AND m.size < ?`, append(args, under)
		last = sizeClass(under - 1)[0]
	}
	var classes []string
	for c := first; c <= last; c++ {
		classes = append(classes, quoteFTS(tagSize+string(rune(c))))
	}
	a := condition(sql, false, nil, args...)
	if len(classes) > 0 {
		a.text.expr = "(" + strings.Join(classes, " OR ") + ")"
	}
	return a
}

// addresses asks the index for the words of the addresses, and the row whether it has one
// of them.
func (p *planner) addresses(n query.Addresses, not bool) atom {
	list := map[query.Field]string{query.From: `m.sender`, query.To: `m.rcpt || m.cc`, query.Cc: `m.cc`}[n.Field]
	var or []string
	var args []any
	for _, address := range n.Of {
		one := strings.TrimPrefix(addressJSON([]mail.Address{{Address: address}}), "["+jsonName)
		or, args = append(or, `instr(lower(`+list+`), lower(?)) > 0`), append(args, strings.TrimSuffix(one, "]"))
	}
	a := condition(`(`+strings.Join(or, ` OR `)+`)`, not, nil, args...)
	if !not {
		a.text = p.expr(n.Words())
	}
	return a
}

func idAtom(id string, not bool) atom {
	narrow := func(b *branch) { b.narrow = true }
	if !strings.Contains(id, "@") {
		return condition(`m.id = CAST(? AS INTEGER)`, not, narrow, id)
	}
	return condition(`m.ident_hash = ? AND m.ident = ?`, not, narrow, hashOf(id), id)
}
