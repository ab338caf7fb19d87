package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/query"
)

// fake is a message of the generated mailbox, as the brute force sees it.
type fake struct {
	mail.Summary
	list, body string
	here       bool
}

// vocabulary is small, so that queries find something.
func vocabulary() []string {
	return strings.Fields(`the of report invoice budget review quarterly Grüße Straße façade naïve Ångström Привет договор
		会議 東京都 請求書 第3回 회의록 สวัสดี مرحبا שלום हिन्दी crank-shaft don't ada@example.org v1.2.3 🎉 reporting invoices x`)
}

func somewhere(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func sentence(r *rand.Rand, n int) string {
	var out []string
	for range n {
		out = append(out, somewhere(r, vocabulary()))
	}
	return strings.Join(out, " ")
}

func people(r *rand.Rand) []mail.Address {
	all := []mail.Address{{Name: "Ada Lovelace", Address: "ada@example.org"}, {Name: "Grace Höpper", Address: "grace@navy.example"},
		{Name: "小野", Address: "ono@example.jp"}, {Address: "no-reply@shop.example"}, {Name: "Ada Byron", Address: "byron@example.net"},
		{Name: "ada@example.org", Address: "Not.Ada@example.org"}, {Name: `","address":"ada@example.org"}`, Address: "ada@example.org.example"}}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:r.IntN(3)]
}

// mailbox fills a store with two accounts and gives what is in it.
func mailbox(t *testing.T, s *Store, r *rand.Rand, n int) map[mail.ID]*fake {
	t.Helper()
	out := map[mail.ID]*fake{}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, account := range []string{"work", "home"} {
		must(t, s.SetFolders(t.Context(), account, []RemoteFolder{
			{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "Archive", Wire: "Archive", Role: mail.RoleArchive, Selectable: true}, {Name: "Sent", Wire: "Sent", Role: mail.RoleSent, Selectable: true},
			{Name: "Trash", Wire: "Trash", Role: mail.RoleTrash, Selectable: true}, {Name: "Lists/Go", Wire: "Lists/Go", Role: mail.RoleNone, Selectable: true},
		}))
		list, err := s.Folders(t.Context(), account)
		must(t, err)
		for _, f := range list {
			var batch []Header
			for i := range n / 10 {
				h := Header{UID: mail.UID(i + 1), MessageID: fmt.Sprintf("%d-%d@x", f.ID, i), Subject: sentence(r, r.IntN(5)), Size: r.Int64N(1 << (1 + r.IntN(26))),
					Date: now.Add(-time.Duration(r.IntN(400*86400)) * time.Second), From: people(r), To: people(r), Cc: people(r)}
				if i%7 == 0 && i > 0 {
					h.Date = batch[i-1].Date
				}
				for _, flag := range []string{mail.FlagSeen, mail.FlagFlagged, mail.FlagAnswered, mail.FlagForwarded, mail.FlagDraft} {
					if r.IntN(6) == 0 || flag == mail.FlagSeen && r.IntN(3) > 0 {
						h.Flags = append(h.Flags, flag)
					}
				}
				if r.IntN(5) == 0 {
					flag, err := mail.LabelFlag(somewhere(r, []string{"Work", "Travel", "Café", "to read"}), r.IntN(2) == 0)
					must(t, err)
					h.Flags = append(h.Flags, flag)
				}
				if r.IntN(4) == 0 {
					h.Attachments = []mail.AttachmentInfo{{Name: sentence(r, 1) + ".pdf", Type: "application/pdf", Inline: r.IntN(3) == 0}}
				}
				if r.IntN(5) == 0 {
					h.ListID = "go-nuts.lists.example"
				}
				batch = append(batch, h)
			}
			ids := add(t, s, f.ID, batch...)
			for i, id := range ids {
				h := batch[i]
				out[id] = &fake{Summary: mail.Summary{ID: id, Account: account, Folder: f.ID, Date: h.Date, From: h.From, To: h.To, Cc: h.Cc,
					Subject: h.Subject, Size: h.Size, Attachments: h.Attachments, MessageID: h.MessageID}, list: h.ListID}
			}
		}
	}
	for _, m := range byID(out) {
		if r.IntN(3) == 0 {
			continue
		}
		m.body, m.here = sentence(r, r.IntN(30)), true
		must(t, s.PutBody(t.Context(), m.ID, []byte("raw "+m.body), BodyInfo{Text: m.body, Attachments: m.Attachments, ListID: m.list}))
	}
	disturb(t, s, r, out)
	var wrong int
	must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT count(*) FROM folder f WHERE (threads, total, unread) <>
		(SELECT count(*), coalesce(sum(n), 0), coalesce(sum(unread), 0) FROM folder_thread WHERE folder = f.id)`).Scan(&wrong))
	if wrong > 0 {
		t.Errorf("%d folders count wrongly", wrong)
	}
	for id, m := range out {
		now, err := s.Summary(t.Context(), id)
		if err != nil {
			delete(out, id)
			continue
		}
		m.Summary = now
	}
	return out
}

func byID(all map[mail.ID]*fake) []*fake {
	var list []*fake
	for _, m := range all {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b *fake) int { return int(a.ID - b.ID) })
	return list
}

// disturb does to the mailbox what a day does: flags, moves, undo, deletions
// here and on the server, messages that vanish and come back elsewhere.
func disturb(t *testing.T, s *Store, r *rand.Rand, all map[mail.ID]*fake) {
	t.Helper()
	ctx := t.Context()
	for _, m := range byID(all) {
		fs, err := s.Folders(ctx, m.Account)
		must(t, err)
		other := fs[r.IntN(len(fs))].ID
		switch r.IntN(12) {
		case 0:
			_, err = s.Apply(ctx, []mail.ID{m.ID}, Change{Label: "moved", MoveTo: other})
		case 1:
			_, err = s.Apply(ctx, []mail.ID{m.ID}, Change{Label: "flag", Add: []string{mail.FlagFlagged}, Remove: []string{mail.FlagSeen}})
			if r.IntN(2) == 0 {
				_, err = s.Undo(ctx)
			}
		case 4:
			on, lift := true, Pinned
			_, err = s.Apply(ctx, []mail.ID{m.ID}, Change{Label: "marked", Muted: &on, Lift: &lift})
			if r.IntN(3) == 0 {
				_, err = s.Undo(ctx)
			}
		case 2:
			_, err = s.Apply(ctx, []mail.ID{m.ID}, Change{Erase: true})
			if r.IntN(2) == 0 {
				must(t, s.EraseDone(ctx, []mail.ID{m.ID}))
			}
		case 3:
			p, perr := s.ServerPlace(ctx, m.ID)
			must(t, perr)
			err = s.Vanished(ctx, p.Folder, []mail.UID{p.UID})
			if r.IntN(2) == 0 { // another client has moved it
				_, err = s.AddHeaders(ctx, other, []Header{{UID: mail.UID(5000 + m.ID), MessageID: m.MessageID, Size: m.Size, Date: m.Date}})
			}
		}
		must(t, err)
	}
	must(t, s.RoundDone(ctx, "work"))
}

// holds is the brute force: it knows the meaning of a search and no index.
func (m *fake) holds(n query.Node, folders map[mail.FolderID]FolderState) bool {
	switch n := n.(type) {
	case query.And:
		return !slices.ContainsFunc(n, func(c query.Node) bool { return !m.holds(c, folders) })
	case query.Or:
		return slices.ContainsFunc(n, func(c query.Node) bool { return m.holds(c, folders) })
	case query.Not:
		return !m.holds(n.Of, folders)
	case query.Text:
		return slices.ContainsFunc(m.texts(n.Field), func(s string) bool { return says(s, n) })
	case query.Addresses:
		lists := map[query.Field][]mail.Address{query.From: m.From, query.To: slices.Concat(m.To, m.Cc), query.Cc: m.Cc}
		return slices.ContainsFunc(lists[n.Field], func(a mail.Address) bool {
			return slices.ContainsFunc(n.Of, func(own string) bool { return strings.EqualFold(a.Address, own) })
		})
	case query.Account:
		return strings.EqualFold(m.Account, n.Name)
	case query.Label:
		return slices.ContainsFunc(mail.Labels(m.Flags), func(l string) bool { return query.Same(l, n.Name) })
	case query.In:
		f := folders[m.Folder]
		role, ok := mail.ParseRole(n.Name)
		return ok && f.Role == role || query.Same(f.Name, n.Name) || query.Same(f.Leaf(), n.Name)
	case query.Dates:
		return (n.From.IsZero() || !m.Date.Before(n.From)) && (n.To.IsZero() || m.Date.Before(n.To))
	case query.Size:
		return (n.Over == 0 || m.Size > n.Over) && (n.Under == 0 || m.Size < n.Under)
	case query.ID:
		return n.ID == m.ID.String() || n.ID == m.MessageID
	case query.Thread:
		return mail.ThreadID(n.ID) == m.Thread
	case query.Is:
		switch n.State {
		case query.Unread:
			return m.Unread()
		case query.Read:
			return !m.Unread()
		case query.Sent:
			return folders[m.Folder].Role == mail.RoleSent
		case query.Attachment:
			return countAttached(m.Attachments) > 0
		case query.Muted:
			return m.Muted
		case query.Pinned:
			return m.Lifted
		}
		return mail.HasFlag(m.Flags, map[query.State]string{query.Starred: mail.FlagFlagged, query.Answered: mail.FlagAnswered,
			query.Forwarded: mail.FlagForwarded, query.Draft: mail.FlagDraft}[n.State])
	}
	return false
}

func (m *fake) texts(f query.Field) []string {
	names := func(list []mail.Address) string {
		s := ""
		for _, a := range list {
			s += a.Name + " " + a.Address + " "
		}
		return s
	}
	var files []string
	for _, a := range m.Attachments {
		files = append(files, a.Name)
	}
	all := []string{names(m.From), names(m.To), names(m.Cc), m.Subject, m.body, strings.Join(files, " "), m.list}
	switch f {
	case query.From:
		return all[:1]
	case query.To:
		return all[1:3]
	case query.Cc:
		return all[2:3]
	case query.Subject:
		return all[3:4]
	case query.Body:
		return all[4:5]
	case query.Files:
		return all[5:6]
	case query.List:
		return all[6:7]
	}
	return all
}

func says(text string, n query.Text) bool {
	words := query.Words(text)
	for i := range words {
		if i+len(n.Words) > len(words) {
			return false
		}
		ok := true
		for k, w := range n.Words {
			have := words[i+k].Text
			ok = ok && (have == w || k == len(n.Words)-1 && n.Prefix && strings.HasPrefix(have, w))
		}
		if ok {
			return true
		}
	}
	return false
}

// someQuery writes a search as a person would type it.
func someQuery(r *rand.Rand, depth int) string {
	if depth > 0 && r.IntN(3) == 0 {
		parts := []string{someQuery(r, depth-1), someQuery(r, depth-1)}
		switch r.IntN(4) {
		case 0:
			return "(" + strings.Join(parts, " OR ") + ")"
		case 1:
			return "-(" + strings.Join(parts, " ") + ")"
		}
		return strings.Join(parts, " ")
	}
	not := ""
	if r.IntN(5) == 0 {
		not = "-"
	}
	word := somewhere(r, vocabulary())
	switch r.IntN(21) {
	case 20:
		return not + "label:" + somewhere(r, []string{"work", "Travel", "café", "CAFE", `"to read"`, "nothing"})
	case 0, 1, 2:
		return not + word
	case 3:
		return not + word[:len(word)/2] + "*"
	case 4:
		return not + `"` + word + " " + somewhere(r, vocabulary()) + `"`
	case 5, 6:
		return not + somewhere(r, []string{"from:", "to:", "cc:"}) + somewhere(r, []string{"ada", "grace", "byron", "小野", "example", "hop*", `"ada lovelace"`, "ada@example.org", "me", "me"})
	case 7:
		return not + "subject:" + word
	case 8:
		return not + "body:" + word
	case 9:
		return not + somewhere(r, []string{"filename:pdf", "has:attachment", "list:go", "list:go-nuts.lists.example"})
	case 10, 11:
		return not + "is:" + somewhere(r, []string{"unread", "read", "starred", "answered", "forwarded", "draft", "sent", "muted", "pinned"})
	case 12:
		return not + "in:" + somewhere(r, []string{"inbox", "archive", "Sent", "trash", "lists/go", "Go", "nowhere"})
	case 13:
		return not + "account:" + somewhere(r, []string{"work", "HOME", "none"})
	case 14, 15:
		return not + somewhere(r, []string{"before:", "after:", "on:"}) + somewhere(r, []string{"2026-11-03", "2026-06", "2026", "3mar", "monday", "yesterday", "2w", "6m"})
	case 16:
		return not + somewhere(r, []string{"older:2w", "newer:1y", "newer:30d", "older:1y"})
	case 17, 18:
		return not + somewhere(r, []string{"larger:1M", "smaller:300", "larger:65536", "smaller:1k", "size:>10"})
	}
	return not + fmt.Sprintf("id:%d", 1+r.IntN(300))
}

func folderMap(t *testing.T, s *Store) map[mail.FolderID]FolderState {
	t.Helper()
	list, err := s.Folders(t.Context(), "")
	must(t, err)
	out := map[mail.FolderID]FolderState{}
	for _, f := range list {
		out[f.ID] = f
	}
	return out
}

// TestSearchEqualsBruteForce: 200 generated queries give what a scan of every
// message gives, in the same order, at once and page by page.
func TestSearchEqualsBruteForce(t *testing.T) {
	s, c := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	all := mailbox(t, s, r, shorter(400, 150))
	folders := folderMap(t, s)
	found := 0
	for range shorter(200, 40) {
		text := someQuery(r, 3)
		q := query.Parse(text, c.Now())
		q.Root = query.Map(q.Root, func(n query.Node) query.Node {
			if t, ok := n.(query.Text); ok && len(t.Words) == 1 && t.Words[0] == "me" {
				return query.Addresses{Field: t.Field, Of: []string{"Ada@Example.org", "byron@example.net"}}
			}
			return n
		})
		var want []*fake
		for _, m := range all {
			if m.holds(q.Root, folders) {
				want = append(want, m)
			}
		}
		slices.SortFunc(want, func(a, b *fake) int {
			if c := b.Date.Compare(a.Date); c != 0 {
				return c
			}
			return int(b.ID - a.ID)
		})
		if q.Root == nil {
			want = nil
		}
		found += len(want)
		ids := make([]mail.ID, len(want))
		for i, m := range want {
			ids[i] = m.ID
		}
		compare(t, s, text, q.Root, ids)
	}
	if found < shorter(100, 40)*shorter(200, 40) {
		t.Errorf("only %d hits: the queries prove little", found)
	}
}

func compare(t *testing.T, s *Store, text string, n query.Node, want []mail.ID) {
	t.Helper()
	got, err := s.Search(t.Context(), Search{For: n}, 10_000)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if !slices.Equal(idsOf(got), want) {
		t.Errorf("%s: got %d hits, want %d\n%v\n%v", text, len(got), len(want), idsOf(got), want)
		return
	}
	var paged []Hit
	for q := (Search{For: n}); ; q.After = paged[len(paged)-1] {
		page, err := s.Search(t.Context(), q, 37)
		must(t, err)
		if paged = append(paged, page...); len(page) < 37 {
			break
		}
	}
	if !slices.Equal(idsOf(paged), want) {
		t.Errorf("%s: page by page %d hits, want %d", text, len(paged), len(want))
	}
}

func idsOf(hits []Hit) []mail.ID {
	out := make([]mail.ID, len(hits))
	for i, h := range hits {
		out[i] = h.ID
	}
	return out
}

// shorter is the number for -short, which the race detector is run with: SQLite in Go
// is slow under it.
func shorter(long, short int) int {
	if testing.Short() {
		return short
	}
	return long
}

// TestAnySubstringOfDenseScriptIsFound: scripts without blanks are searched by
// any piece of their text, which needs no knowledge of words.
func TestAnySubstringOfDenseScriptIsFound(t *testing.T) {
	s, c := open(t)
	inbox, _, _ := folders(t, s, "a")
	texts := []string{"明日の会議は東京本社で行います", "请查收附件中的发票并确认付款", "첨부된회의록을확인해주세요", "กรุณาตรวจสอบเอกสารแนบ"}
	var ids []mail.ID
	for i, text := range texts {
		h := header(mail.UID(i+1), fmt.Sprint(i))
		h.Subject = "x" + text + " end"
		ids = append(ids, add(t, s, inbox, h)...)
	}
	for i, text := range texts {
		runes := []rune(text)
		for from := 0; from < len(runes); from += shorter(1, 3) {
			for to := from + 1; to <= len(runes); to += shorter(1, 3) {
				piece := string(runes[from:to])
				var want []mail.ID
				for k := len(texts) - 1; k >= 0; k-- {
					if strings.Contains(texts[k], piece) {
						want = append(want, ids[k])
					}
				}
				for _, typed := range []string{piece, `"` + piece + `"`, "subject:" + piece} {
					got, err := s.Search(t.Context(), Search{For: query.Parse(typed, c.Now()).Root}, 10)
					must(t, err)
					if !slices.Equal(idsOf(got), want) {
						t.Fatalf("text %d: %q finds %v, not %v", i, typed, idsOf(got), want)
					}
				}
			}
		}
	}
}

// TestMailOfOneSecond: more messages than a second has room for are found by
// their dates all the same.
func TestMailOfOneSecond(t *testing.T) {
	s, c := open(t)
	inbox, _, _ := folders(t, s, "a")
	at := time.Date(2026, 11, 3, 23, 59, 59, 0, time.UTC)
	var list []Header
	for i := range 300 {
		h := header(mail.UID(i+1), fmt.Sprint(i))
		h.Date = at
		if i%3 == 0 {
			h.Date = at.Add(time.Second)
		}
		list = append(list, h)
	}
	add(t, s, inbox, list...)
	for text, want := range map[string]int{"on:2026-11-03": 200, "before:2026-11-04": 200, "after:2026-11-04": 100, "on:2026-11-04": 100, "subject ": 300,
		"subject on:2026-11-03": 200, "-on:2026-11-03": 100} {
		got, err := s.Search(t.Context(), Search{For: query.Parse(text, c.Now()).Root}, 1000)
		must(t, err)
		if len(got) != want {
			t.Errorf("%s finds %d, not %d", text, len(got), want)
		}
	}
}

func TestSearchScopes(t *testing.T) {
	s, c := open(t)
	inbox, archive, _ := folders(t, s, "a")
	other, _, _ := folders(t, s, "b")
	one := add(t, s, inbox, header(1, "1"))[0]
	two := add(t, s, archive, header(2, "2"))[0]
	three := add(t, s, other, header(3, "3"))[0]
	n := query.Parse("grace", c.Now()).Root
	for _, k := range []struct {
		q    Search
		want []mail.ID
	}{
		{Search{For: n}, []mail.ID{three, two, one}},
		{Search{For: n, Accounts: []string{"a"}}, []mail.ID{two, one}},
		{Search{For: n, Accounts: []string{}}, nil},
		{Search{For: n, Folders: []mail.FolderID{inbox, other}}, []mail.ID{three, one}},
		{Search{For: n, Folders: []mail.FolderID{inbox}}, []mail.ID{one}},
		{Search{For: n, Folders: []mail.FolderID{}}, nil},
		{Search{}, nil},
	} {
		got, err := s.Search(t.Context(), k.q, 10)
		must(t, err)
		if !slices.Equal(idsOf(got), k.want) {
			t.Errorf("%+v finds %v, not %v", k.q, idsOf(got), k.want)
		}
	}
}

// Names of folders, labels and accounts are found as words are: in any case, with or
// without accents.
func TestNamesInSearches(t *testing.T) {
	s, c := open(t)
	must(t, s.SetFolders(t.Context(), "École", []RemoteFolder{
		{Name: "Entwürfe", Wire: "Entw&APw-rfe", Selectable: true}, {Name: "Listen/Straßen", Wire: "Listen/Stra&AN8-en", Selectable: true},
	}))
	all, err := s.Folders(t.Context(), "")
	must(t, err)
	id := map[string]mail.FolderID{}
	for _, f := range all {
		id[f.Name] = f.ID
	}
	flag := func(name string, gmail bool) string {
		f, err := mail.LabelFlag(name, gmail)
		must(t, err)
		return f
	}
	draft, street := header(1, "1"), header(2, "2")
	draft.Flags, street.Flags = []string{flag("Reçus à payer", false), "$label4"}, []string{flag("Reçus à payer", true)}
	one, two := add(t, s, id["Entwürfe"], draft)[0], add(t, s, id["Listen/Straßen"], street)[0]
	for text, want := range map[string][]mail.ID{
		"in:entwurfe": {one}, "in:ENTWÜRFE": {one}, "in:\"entwu\u0308rfe\"": {one}, "in:strassen": {two}, "in:listen/STRASSEN": {two}, "-in:entwurfe": {two}, "in:entwurf": nil,
		`label:"recus a payer"`: {two, one}, `label:"REÇUS  À PAYER"`: {two, one}, `-label:"recus a payer"`: nil, "label:recus": nil, `label:"TO DO"`: {one},
		"account:ecole": {two, one}, "account:ÉCOLE": {two, one}, "account:col": nil,
	} {
		got, err := s.Search(t.Context(), Search{For: query.Parse(text, c.Now()).Root}, 10)
		must(t, err)
		if !slices.Equal(idsOf(got), want) {
			t.Errorf("%s finds %v, not %v", text, idsOf(got), want)
		}
	}
}

// TestTooLongToSpreadOut: a search that is answered by looking at everything
// finds the same.
func TestTooLongToSpreadOut(t *testing.T) {
	s, c := open(t)
	r := rand.New(rand.NewPCG(3, 4))
	all := mailbox(t, s, r, shorter(200, 60))
	folders := folderMap(t, s)
	text := `(is:unread OR report) (is:starred OR budget) (is:answered OR from:ada) (larger:1k OR the) (in:inbox OR review) -(is:draft subject:x)`
	q := query.Parse(text, c.Now())
	var want []*fake
	for _, m := range all {
		if m.holds(q.Root, folders) {
			want = append(want, m)
		}
	}
	got, err := s.Search(t.Context(), Search{For: q.Root}, 1000)
	must(t, err)
	if len(want) == 0 || len(got) != len(want) {
		t.Fatalf("%d hits, not %d", len(got), len(want))
	}
	for _, h := range got {
		if !all[h.ID].holds(q.Root, folders) {
			t.Errorf("message %s should not be found", h.ID)
		}
	}
}

// Messages that are named one by one are found as they are among all, few of them or many.
func TestSearchAmongNamedMessages(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	var all []Header
	for uid := mail.UID(1); uid <= 4*fewListed; uid++ {
		h := header(uid, fmt.Sprintf("<%d@x>", uid))
		h.Subject = []string{"red apple", "green apple", "red pear"}[uid%3]
		if uid%5 == 0 {
			h.Flags = []string{mail.FlagSeen}
		}
		all = append(all, h)
	}
	ids := add(t, s, inbox, all...)
	if _, err := s.Apply(t.Context(), ids[:7], Change{MoveTo: archive}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"red ", "red -apple ", "-red ", "is:unread ", "apple is:unread ", "(green OR is:read) in:inbox ", "(green OR -apple) (is:read OR red) "} {
		root := query.Parse(text, time.Now()).Root
		found, err := s.Search(t.Context(), Search{For: root}, 1000)
		must(t, err)
		for _, n := range []int{fewListed / 2, 3 * fewListed} {
			var these query.Any
			named := map[mail.ID]bool{}
			for _, id := range ids[2 : 2+n] {
				these.IDs, named[id] = append(these.IDs, int64(id)), true
			}
			want := slices.DeleteFunc(slices.Clone(found), func(h Hit) bool { return !named[h.ID] })
			got, err := s.Search(t.Context(), Search{For: query.And{these, root}}, 1000)
			must(t, err)
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%samong %d: %d hits, not %d", text, n, len(got), len(want))
			}
		}
	}
}
