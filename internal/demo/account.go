package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// delimiter separates the levels of folder names.
const delimiter = '/'

// account is the mail of one user.
type account struct {
	user User

	// One lock for all folders, so that moving between them needs no order of
	// locks. It is never held while a client is written to.
	mu       sync.Mutex
	folders  map[string]*folder
	validity uint32 // of the folder made last
}

// newAccount makes the folders everybody has. UIDVALIDITY begins at the time of
// the start, so that a mirror of an earlier run is recognised as stale.
func newAccount(user User, started time.Time) *account {
	a := &account{user: user, folders: make(map[string]*folder), validity: uint32(started.Unix())}
	a.create("INBOX", "")
	for _, use := range []imap.MailboxAttr{
		imap.MailboxAttrArchive, imap.MailboxAttrDrafts, imap.MailboxAttrJunk, imap.MailboxAttrSent, imap.MailboxAttrTrash,
	} {
		a.create(strings.TrimPrefix(string(use), `\`), use)
	}
	return a
}

func refusal(code imap.ResponseCode, format string, args ...any) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: fmt.Sprintf(format, args...)}
}

// folder expects the lock to be held.
func (a *account) folder(name string, code imap.ResponseCode) (*folder, error) {
	if f := a.folders[name]; f != nil {
		return f, nil
	}
	return nil, refusal(code, "There is no folder %q", name)
}

// create makes the folder and those above it.
func (a *account) create(name string, use imap.MailboxAttr) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = strings.TrimRight(name, string(delimiter))
	if name == "" || strings.Contains(name, "//") || strings.HasPrefix(name, string(delimiter)) {
		return refusal(imap.ResponseCodeCannot, "A folder cannot be called that")
	}
	if a.folders[name] != nil {
		return refusal(imap.ResponseCodeAlreadyExists, "There is a folder %q", name)
	}
	for i, r := range name {
		if r == delimiter {
			a.make(name[:i])
		}
	}
	a.make(name).use = use
	return nil
}

// make expects the lock to be held.
func (a *account) make(name string) *folder {
	f := a.folders[name]
	if f == nil {
		a.validity++
		f = newFolder(name, a.validity)
		f.subscribed = true
		a.folders[name] = f
	}
	return f
}

func (a *account) delete(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, err := a.folder(name, imap.ResponseCodeNonExistent); err != nil {
		return err
	}
	if name == "INBOX" {
		return refusal(imap.ResponseCodeCannot, "INBOX stays")
	}
	if a.hasChildren(name) {
		return refusal("HASCHILDREN", "There are folders below %q", name)
	}
	delete(a.folders, name)
	return nil
}

// rename takes the folders below along.
func (a *account) rename(from, to string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	to = strings.TrimRight(to, string(delimiter))
	if _, err := a.folder(from, imap.ResponseCodeNonExistent); err != nil {
		return err
	}
	if from == "INBOX" || to == "" || strings.HasPrefix(to, from+string(delimiter)) {
		return refusal(imap.ResponseCodeCannot, "That cannot be renamed so")
	}
	if a.folders[to] != nil {
		return refusal(imap.ResponseCodeAlreadyExists, "There is a folder %q", to)
	}
	for _, name := range a.names() {
		if rest, below := strings.CutPrefix(name, from); below && (rest == "" || rest[0] == delimiter) {
			f := a.folders[name]
			delete(a.folders, name)
			f.name = to + rest
			a.folders[f.name] = f
		}
	}
	return nil
}

func (a *account) subscribe(name string, subscribed bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(name, imap.ResponseCodeNonExistent)
	if err == nil {
		f.subscribed = subscribed
	}
	return err
}

func (a *account) names() []string { return slices.Sorted(maps.Keys(a.folders)) }

func (a *account) hasChildren(name string) bool {
	for other := range a.folders {
		if strings.HasPrefix(other, name+string(delimiter)) {
			return true
		}
	}
	return false
}

func (a *account) list(ref string, patterns []string, options *imap.ListOptions) []imap.ListData {
	if len(patterns) == 0 {
		return []imap.ListData{{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter}}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []imap.ListData
	for _, name := range a.names() {
		f := a.folders[name]
		matches := slices.ContainsFunc(patterns, func(p string) bool { return imapserver.MatchList(name, delimiter, ref, p) })
		if !matches || options.SelectSubscribed && !f.subscribed || options.SelectSpecialUse && f.use == "" {
			continue
		}
		data := imap.ListData{Mailbox: name, Delim: delimiter, Attrs: []imap.MailboxAttr{imap.MailboxAttrHasNoChildren}}
		if a.hasChildren(name) {
			data.Attrs[0] = imap.MailboxAttrHasChildren
		}
		if f.use != "" {
			data.Attrs = append(data.Attrs, f.use)
		}
		if f.subscribed && (options.SelectSubscribed || options.ReturnSubscribed) {
			data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
		}
		if options.ReturnStatus != nil {
			data.Status = f.status(options.ReturnStatus)
		}
		found = append(found, data)
	}
	return found
}

func (a *account) status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, err
	}
	return f.status(options), nil
}

func (a *account) add(name string, raw []byte, received time.Time, flags []imap.Flag) (*imap.AppendData, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(name, imap.ResponseCodeTryCreate)
	if err != nil {
		return nil, err
	}
	m := f.add(raw, received, flags)
	return &imap.AppendData{UID: m.uid, UIDValidity: f.validity}, nil
}
