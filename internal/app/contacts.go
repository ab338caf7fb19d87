package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"postea/internal/apart"
	"postea/internal/mail"
	"postea/internal/people"
	"postea/internal/reading"
	"postea/internal/store"
)

const (
	offered      = 8                      // how many contacts are offered while an address is typed
	bookFresh    = time.Minute            // after which the address book is read again
	queryPause   = 150 * time.Millisecond // how long typing rests before a command is asked
	queryTimeout = 5 * time.Second
)

// addressBook is everybody that is known, read when it is first asked for.
type addressBook struct {
	mu      sync.Mutex
	book    *people.Book
	at      time.Time
	loading bool
	files   map[string]cardFile
}

// cardFile is what a file of vCards held when it was read last.
type cardFile struct {
	modified time.Time
	size     int64
	people   []people.Person
	groups   []people.Group
}

// people gives the address book. One that is a little old is given at once, and
// read again behind it.
func (a *App) people(ctx context.Context) (*people.Book, error) {
	b := &a.book
	b.mu.Lock()
	book, old := b.book, a.now().Sub(b.at) > bookFresh
	if book != nil && old && !b.loading {
		b.loading = true
		a.work.Go(func() {
			if _, err := a.readBook(context.WithoutCancel(ctx)); err != nil {
				a.log.Warn("reading the address book", "err", err)
				b.mu.Lock()
				b.loading = false
				b.mu.Unlock()
			}
		})
	}
	b.mu.Unlock()
	if book != nil {
		return book, nil
	}
	return a.readBook(ctx)
}

// bookChanged lets the next question read the address book again.
func (a *App) bookChanged() {
	a.book.mu.Lock()
	defer a.book.mu.Unlock()
	a.book.book = nil
}

// bookGrown lets it be read again behind the next question.
func (a *App) bookGrown() {
	a.book.mu.Lock()
	defer a.book.mu.Unlock()
	a.book.at = time.Time{}
}

func (a *App) readBook(ctx context.Context) (*people.Book, error) {
	used, err := a.store.Contacts(ctx)
	if err != nil {
		return nil, err
	}
	sent, err := a.store.SentTo(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := a.store.ContactGroups(ctx)
	if err != nil {
		return nil, err
	}
	hidden, err := a.store.HiddenContacts(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]people.Person, 0, len(used)+len(sent))
	for _, c := range slices.Concat(used, sent) {
		list = append(list, people.Person{Address: c.Address, Sent: c.Sent, Seen: c.Seen, Last: c.Last, Kept: c.Kept})
	}
	var teams []people.Group
	for _, g := range groups {
		teams = append(teams, people.Group(g))
	}
	b := &a.book
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.readFiles(a.cfg.Contacts.Files, a.log.Warn) {
		list, teams = append(list, f.people...), append(teams, f.groups...)
	}
	list = slices.DeleteFunc(list, func(p people.Person) bool { return hidden[strings.ToLower(p.Address.Address)] })
	b.book, b.at, b.loading = people.NewBook(list, teams, a.now()), a.now(), false
	return b.book, nil
}

// readFiles reads the address books that have changed since they were read last.
func (b *addressBook) readFiles(paths []string, warn func(string, ...any)) []cardFile {
	if b.files == nil {
		b.files = map[string]cardFile{}
	}
	var out []cardFile
	for _, path := range cardPaths(paths) {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			warn("address book", "path", path, "err", err)
			continue
		}
		have, ok := b.files[path]
		if !ok || !have.modified.Equal(info.ModTime()) || have.size != info.Size() {
			have = cardFile{modified: info.ModTime(), size: info.Size()}
			if f, err := os.Open(path); err != nil {
				warn("address book", "path", path, "err", err)
			} else {
				if have.people, have.groups, err = people.Read(f); err != nil {
					warn("address book", "path", path, "err", err)
				}
				_ = f.Close()
			}
			b.files[path] = have
		}
		out = append(out, have)
	}
	return out
}

// cardPaths lists the files of a setting, those of directories too.
func cardPaths(paths []string) []string {
	var out []string
	for _, p := range paths {
		full, err := absolute(p)
		if err != nil {
			continue
		}
		if info, err := os.Stat(full); err == nil && info.IsDir() {
			_ = filepath.WalkDir(full, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && strings.EqualFold(filepath.Ext(path), ".vcf") {
					out = append(out, path)
				}
				return nil
			})
			continue
		}
		out = append(out, full)
	}
	return out
}

// Complete offers contacts and groups for a typed beginning: those written to
// most and latest first.
func (a *App) Complete(ctx context.Context, typed string) ([]Contact, error) {
	return a.FindContacts(ctx, typed, offered)
}

// FindContacts is Complete with a limit of one's own.
func (a *App) FindContacts(ctx context.Context, typed string, limit int) ([]Contact, error) {
	book, err := a.people(ctx)
	if err != nil {
		return nil, err
	}
	hits := book.Find(typed, limit)
	out := make([]Contact, len(hits))
	for i, h := range hits {
		if h.Group != nil {
			out[i] = groupContact(*h.Group)
		} else {
			p := h.Person
			out[i] = Contact{Name: reading.Line(p.Name), Address: reading.Line(p.Address.Address), Raw: p.Address, Uses: p.Sent + p.Seen, Last: p.Last, Kept: p.Kept}
		}
	}
	return out, nil
}

func groupContact(g people.Group) Contact {
	n := "1 person"
	if len(g.Members) != 1 {
		n = fmt.Sprintf("%d people", len(g.Members))
	}
	return Contact{Name: reading.Line(g.Name), Address: reading.Line(n), Raw: mail.Address{Name: g.Name}, Members: g.Members, Kept: true}
}

// ExpandGroups puts the members of groups of the address book in the place of their
// names in a typed list of addresses. unknown are names that are no address and no
// group, which stay as they are.
func (a *App) ExpandGroups(ctx context.Context, list string) (expanded string, unknown []string, err error) {
	var book *people.Book
	at := 0
	var out strings.Builder
	for _, piece := range mail.SplitAddresses(list) {
		if _, bad := mail.ParseAddress(piece.Text); bad == nil || strings.Contains(piece.Text, "@") {
			continue
		}
		if book == nil {
			if book, err = a.people(ctx); err != nil {
				return list, nil, err
			}
		}
		members, ok := book.Group(strings.Trim(piece.Text, `"`))
		if !ok {
			unknown = append(unknown, piece.Text)
			continue
		}
		out.WriteString(list[at:piece.From] + mail.FormatAddresses(members))
		at = piece.To
	}
	return out.String() + list[at:], unknown, nil
}

// QueryContacts asks the command of the configuration for what is typed; nil
// where none is set. It waits a moment first, so that typing on costs nothing.
func (a *App) QueryContacts(ctx context.Context, typed string) ([]Contact, error) {
	query := a.cfg.Contacts.Query
	if len(query) == 0 || strings.TrimSpace(typed) == "" {
		return nil, nil
	}
	if Sleep(ctx, queryPause); ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// It may be what a sender calls himself, in an answer that is being edited: it is
	// no option of the command.
	if typed = strings.TrimLeft(typed, "- "); typed == "" {
		return nil, nil
	}
	argv, put := slices.Clone(query), false
	for i, arg := range argv[1:] {
		if strings.Contains(arg, "%s") {
			argv[i+1], put = strings.ReplaceAll(arg, "%s", typed), true
		}
	}
	if !put {
		argv = append(argv, typed)
	}
	program, err := absolute(argv[0])
	if err != nil || !strings.Contains(argv[0], "/") {
		program = argv[0]
	}
	limit, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	cmd := exec.CommandContext(limit, program, argv[1:]...)
	apart.Set(cmd)
	out := &boundedBuffer{left: maxPiped}
	cmd.Stdout, cmd.WaitDelay = out, time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) { // no hit is exit code 1 for most of them
		return nil, fmt.Errorf("asking %s for addresses: %s", query[0], apart.Why(err))
	}
	var list []Contact
	for _, found := range people.ParseQuery(out.b.String()) {
		list = append(list, Contact{Name: reading.Line(found.Name), Address: reading.Line(found.Address), Raw: found})
		if len(list) == offered {
			break
		}
	}
	return list, nil
}

// AddContacts puts addresses into the address book, and into a group where one
// is named.
func (a *App) AddContacts(ctx context.Context, list []mail.Address, group string) error {
	defer a.bookChanged()
	if err := a.store.KeepContacts(ctx, list); err != nil || group == "" {
		return err
	}
	return a.store.JoinContactGroup(ctx, group, list)
}

// Removed is what was taken out of the address book, for PutBack.
type Removed struct{ store.RemovedContacts }

// RemoveContacts takes addresses out of the address book; they are not offered
// any more until they are written to again, also where they stand in a file. Those
// that were not known are not among what was removed.
func (a *App) RemoveContacts(ctx context.Context, addresses []string) (Removed, error) {
	book, err := a.people(ctx)
	if err != nil {
		return Removed{}, err
	}
	var known []string
	for _, p := range book.People() {
		if slices.ContainsFunc(addresses, func(s string) bool { return strings.EqualFold(s, p.Address.Address) }) {
			known = append(known, p.Address.Address)
		}
	}
	if len(known) == 0 {
		return Removed{}, nil
	}
	defer a.bookChanged()
	r, err := a.store.RemoveContacts(ctx, known)
	return Removed{r}, err
}

// PutBack takes back what RemoveContacts or RemoveGroup did.
func (a *App) PutBack(ctx context.Context, r Removed) error {
	defer a.bookChanged()
	return a.store.RestoreContacts(ctx, r.RemovedContacts)
}

// RemoveGroup forgets a group; its members stay. The error is ErrNotFound where
// there is none of that name.
func (a *App) RemoveGroup(ctx context.Context, name string) (Removed, error) {
	all, err := a.store.ContactGroups(ctx)
	if err != nil {
		return Removed{}, err
	}
	i := slices.IndexFunc(all, func(g store.ContactGroup) bool { return strings.EqualFold(g.Name, name) })
	if i < 0 {
		book, err := a.people(ctx)
		if err != nil {
			return Removed{}, err
		}
		if slices.ContainsFunc(book.Groups(), func(g people.Group) bool { return strings.EqualFold(g.Name, name) }) {
			return Removed{}, &UsageError{"this group stands in a file of the address book, and goes when it is taken out there"}
		}
		return Removed{}, ErrNotFound
	}
	defer a.bookChanged()
	_, err = a.store.SaveContactGroup(ctx, store.ContactGroup{Name: all[i].Name})
	return Removed{store.RemovedContacts{Groups: all[i : i+1]}}, err
}

// ImportContacts puts the people and groups of another address book into this one.
// The error tells of entries that cannot be read; the others are there then.
func (a *App) ImportContacts(ctx context.Context, r io.Reader) (contacts, groups int, err error) {
	list, teams, bad := people.Read(r)
	if bad != nil && len(list)+len(teams) == 0 {
		return 0, 0, &UsageError{bad.Error()}
	}
	defer a.bookChanged()
	addresses := make([]mail.Address, len(list))
	for i, p := range list {
		addresses[i] = p.Address
	}
	if err := a.store.KeepContacts(ctx, addresses); err != nil {
		return 0, 0, err
	}
	for _, g := range teams {
		if _, err := a.store.SaveContactGroup(ctx, store.ContactGroup(g)); err != nil {
			return len(list), 0, err
		}
	}
	return len(list), len(teams), bad
}

// ExportContacts writes the address book as vCards; where all is set, also
// everybody who was only written to or read from.
func (a *App) ExportContacts(ctx context.Context, w io.Writer, all bool) error {
	book, err := a.people(ctx)
	if err != nil {
		return err
	}
	list := slices.Clone(book.People())
	if !all {
		list = slices.DeleteFunc(list, func(p people.Person) bool { return !p.Kept })
	}
	return people.WriteCards(w, list, book.Groups())
}
