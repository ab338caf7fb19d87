package syncer

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// thoroughEvery is how many rounds there are to one that looks at all flags on a
// server that cannot tell which have changed, as those do that somebody asks for.
const thoroughEvery = 8

// maxTrouble is how often in a row a folder may cost the connection before it is
// passed over, until the next thorough round or until the user asks.
const maxTrouble = 3

// round brings the whole account in line.
func (a *Account) round(ctx context.Context) error {
	a.setStatus(Status{Kind: Syncing})
	began := time.Now()
	a.thorough, a.spoils, a.lookedAt = a.asked || a.rounds%thoroughEvery == 0, 0, a.now()
	a.asked = false
	clear(a.passed)
	a.rounds++
	defer func() { a.thorough = false }()
	pulled, err := a.overview(ctx)
	if err != nil {
		return err
	}
	if err := a.replay(ctx); err != nil {
		return err
	}
	list, err := a.store.Folders(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(x, y store.FolderState) int {
		return cmp.Or(a.trouble[x.ID]-a.trouble[y.ID], rank(x.Role)-rank(y.Role))
	})
	if err := a.count(ctx, list); err != nil {
		return err
	}
	var due []store.FolderState
	for _, f := range list {
		if !f.Remote { // what was to go there and has left its place is not there
			if err := a.store.DropUnclaimed(ctx, f.ID); err != nil {
				return err
			}
		}
		if !f.Selectable || !f.Remote || f.ID == pulled {
			continue
		}
		visit, err := a.isDue(ctx, f)
		if err != nil {
			return err
		}
		if visit {
			due = append(due, f)
		}
	}
	if err := a.pullEach(ctx, due); err != nil {
		return err
	}
	a.looked(due)
	if err := a.closing(ctx); err != nil {
		return err
	}
	if err := a.quota(ctx); err != nil {
		return err
	}
	a.log.Debug("round", "folders", len(list), "read", len(due), "took", time.Since(began).Round(time.Millisecond))
	return a.store.RoundDone(ctx, a.profile.Name)
}

// isDue tells whether a folder is pulled in a round: not where there is nothing
// new in it, or where it has done enough harm.
func (a *Account) isDue(ctx context.Context, f store.FolderState) (bool, error) {
	if a.trouble[f.ID] >= maxTrouble && !a.thorough {
		a.log.Warn("folder passed over: the connection is lost whenever it is read", "folder", f.Name)
		a.misgive(f, errors.New("the connection is lost whenever it is read"))
		return false, nil
	}
	same, err := a.unchanged(ctx, f)
	if err == nil && !same {
		same, err = a.sameCounts(ctx, f)
	}
	return !same, err
}

// quickRound looks at what may have changed while INBOX was followed.
func (a *Account) quickRound(ctx context.Context) error {
	a.spoils, a.lookedAt = 0, a.now()
	for _, step := range []func(context.Context) error{a.wantedTexts, a.replay, a.wantedParts} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return a.closing(ctx)
}

// closing is what every round ends with.
func (a *Account) closing(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		a.pullStale, a.followUps, a.copyDrafts, a.fetchReports, a.prefetch,
		a.replay, // flags that the follow-ups set
		a.pullStale, a.wanted, a.wantedInVain, a.partsInVain,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pullStale pulls the folders in which something has changed since their pull,
// and those that must tell where a message is.
func (a *Account) pullStale(ctx context.Context) error {
	pending, err := a.store.PendingChanges(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	for _, p := range pending {
		if p.From != 0 && p.UID == 0 {
			a.stale[p.From] = true
		}
	}
	older, err := a.store.WantedOlder(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	for _, id := range older {
		a.stale[id] = true
	}
	for id := range a.stale {
		f, err := a.store.Folder(ctx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && (!f.Remote || !f.Selectable) {
			delete(a.stale, id)
			continue
		}
		if err != nil {
			return err
		}
		if err := a.pullTolerant(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// attend does in the midst of long work what the user waits for.
func (a *Account) attend(ctx context.Context) error { return a.attendWhile(ctx, a.wanted) }

func (a *Account) attendWhile(ctx context.Context, wanted func(context.Context) error) error {
	if err := wanted(ctx); err != nil {
		return err
	}
	select {
	case <-a.wake:
		a.unattended = true
		return a.replay(ctx)
	default:
		return nil
	}
}

// rank orders folders by how soon the user wants to see them.
func rank(r mail.Role) int {
	switch r {
	case mail.RoleInbox:
		return 0
	case mail.RoleSent, mail.RoleDrafts:
		return 1
	case mail.RoleNone, mail.RoleArchive:
		return 2
	}
	return 3
}

// folders mirrors the server's list of folders.
func (a *Account) folders(ctx context.Context, list []imapclient.Mailbox) error {
	remote := make([]store.RemoteFolder, 0, len(list))
	counts := map[string]*imap.StatusData{}
	for _, m := range list {
		remote = append(remote, store.RemoteFolder{Name: m.Name, Wire: m.Wire, Lasting: m.Lasting, Role: m.Role, Selectable: m.Selectable, Told: m.Told, Subscribed: m.Subscribed})
		counts[m.Wire] = m.Status
	}
	spared, err := a.spared(ctx, remote, counts)
	if err != nil {
		return err
	}
	remote = append(remote, spared...)
	if err := a.store.SetFolders(ctx, a.profile.Name, remote); err != nil {
		return err
	}
	if err := a.store.SetOwnPrefix(ctx, a.profile.Name, a.client.OwnPrefix()); err != nil {
		return err
	}
	have, err := a.store.Folders(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	clear(a.counts)
	for _, f := range have {
		if st := counts[f.Wire]; st != nil && f.Wire != "" {
			a.counts[f.ID] = st
		}
	}
	return nil
}

// unchanged tells whether the list says that the mirror of a folder is up to
// date. Only CONDSTORE (RFC 7162 §3.1.7) can say so of flags.
func (a *Account) unchanged(ctx context.Context, f store.FolderState) (bool, error) {
	st := a.counts[f.ID]
	if st == nil || st.HighestModSeq == 0 || st.HighestModSeq != f.ModSeq {
		return false, nil
	}
	return a.asCounted(ctx, f, st)
}

// asCounted tells whether the mirror of a folder has the messages that are counted.
func (a *Account) asCounted(ctx context.Context, f store.FolderState, st *imap.StatusData) (bool, error) {
	if !f.Complete || a.stale[f.ID] || a.deeper(f) || st.NumMessages == nil || st.UIDValidity != f.UIDValidity || uint32(st.UIDNext) != f.UIDNext {
		return false, nil
	}
	n, err := a.store.ServerCount(ctx, f.ID, mail.UID(f.UIDNext))
	if err != nil || n+f.Reach.Older != int(*st.NumMessages) {
		return false, err
	}
	unplaced, err := a.store.Unplaced(ctx, f.ID)
	return !unplaced, err
}

// wireName gives the server's name of a folder, creating it there if need be.
func (a *Account) wireName(ctx context.Context, id mail.FolderID) (string, error) {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return "", err
	}
	if f.Remote && f.Wire != "" {
		return f.Wire, nil
	}
	if err := a.store.MakingFolder(ctx, id, f.Name); err != nil {
		return "", err
	}
	wire, err := a.client.Create(ctx, f.Name)
	if refused(err) {
		return "", errors.Join(err, a.store.MakingFolder(ctx, id, ""))
	}
	if err != nil {
		return "", err
	}
	return wire, a.store.FolderCreated(ctx, id, f.Name, wire)
}

var (
	// errRekeyed says that the folder's UIDVALIDITY changed: its UIDs mean
	// nothing until it was pulled again.
	errRekeyed = errors.New("the folder was renumbered by the server")
	// errNoValidity says that the server forgot to name it.
	errNoValidity = &imapclient.Error{Op: "SELECT", Kind: imapclient.KindUnsupported, Err: errors.New("the server gives no UIDVALIDITY")}
)

// selectFolder opens a folder and compares what the server says of it with what
// the last pull saw, and its UIDVALIDITY with the mirror's.
func (a *Account) selectFolder(ctx context.Context, f store.FolderState) (*imap.SelectData, error) {
	a.selected = 0
	data, err := a.client.Select(ctx, f.Wire, a.readOnly)
	if err != nil {
		return nil, err
	}
	if a.readOnly {
		if data.UIDValidity != f.UIDValidity {
			return data, errRekeyed
		}
		a.selected = f.ID
		return data, nil
	}
	a.selected = f.ID
	if was, pulled := a.seen[f.ID]; pulled && was != snapshotOf(data) {
		a.stale[f.ID] = true
	}
	if _, err := a.opened(ctx, f, data); err != nil {
		if errors.Is(err, errRekeyed) {
			a.stale[f.ID] = true
			return data, err
		}
		a.selected = 0
		return nil, err
	}
	return data, nil
}

// reselect opens a folder again that other work may have closed.
func (a *Account) reselect(ctx context.Context, f store.FolderState) error {
	if a.selected == f.ID {
		return nil
	}
	now, err := a.store.Folder(ctx, f.ID)
	if err != nil {
		return err
	}
	if now.UIDValidity != f.UIDValidity {
		return errRekeyed
	}
	_, err = a.selectFolder(ctx, now)
	return err
}

// unavailable tells of an error of reselect that is about the folder and not about
// the connection.
func unavailable(err error) bool {
	return refused(err) || errors.Is(err, errRekeyed) || errors.Is(err, store.ErrNotFound)
}

// pullTolerant pulls one folder.
func (a *Account) pullTolerant(ctx context.Context, f store.FolderState) error {
	err := a.pull(ctx, f.ID)
	return a.tolerate(ctx, f, err)
}

// tolerate deals with the end of a pull. A folder that cannot be had is told in
// the log and passed over, so that it does not block the rest.
func (a *Account) tolerate(ctx context.Context, f store.FolderState, err error) error {
	var e *imapclient.Error
	switch {
	case err == nil:
		delete(a.trouble, f.ID)
		delete(a.passed, f.ID)
		return nil
	case errors.Is(err, store.ErrNotFound), errors.Is(err, errRekeyed):
		a.log.Info("folder changed while it was pulled", "folder", f.Name, "err", err)
		return nil // if it is there still, the next round finds it
	case refused(err), odd(err):
		a.log.Warn("folder passed over", "folder", f.Name, "err", err)
		a.misgive(f, err)
		delete(a.stale, f.ID)
		if !refused(err) {
			a.trouble[f.ID]++
			return a.reconnect(ctx, err)
		}
		return nil
	case errors.As(err, &e) && ctx.Err() == nil && !e.Throttled():
		a.trouble[f.ID]++
	}
	return err
}

// misgive notes what the user must know although the account is online.
func (a *Account) misgive(f store.FolderState, err error) {
	a.passed[f.ID] = passedFolder{f.Role == mail.RoleInbox, f.Name + " cannot be read: " + a.explain(err)}
}

// misgiven is what is wrong with INBOX, "" for nothing. Other folders are often such as
// nobody is meant to read.
func (a *Account) misgiven() string {
	for _, p := range a.passed {
		if p.inbox {
			return p.words
		}
	}
	return ""
}

// PassedOver says which folders the last Round could not read, and why, each in one
// line. It must not be called during one.
func (a *Account) PassedOver() []string {
	var out []string
	for _, p := range a.passed {
		out = append(out, p.words)
	}
	slices.Sort(out)
	return out
}

// refused tells whether the server answered, if only nonsense, and the
// connection is fine. Who is throttled does best to hang up, and comes back later.
func refused(err error) bool {
	var e *imapclient.Error
	if !errors.As(err, &e) || e.Fatal() || e.Throttled() {
		return false
	}
	switch e.Kind {
	case imapclient.KindNo, imapclient.KindBad, imapclient.KindTooLarge, imapclient.KindUnsupported, imapclient.KindProtocol:
		return true
	}
	return false
}

// throttled tells of an error that is no fault of what was asked for.
func throttled(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Throttled()
}

// odd tells whether an answer of the server could not be read, which has cost
// the connection.
func odd(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Fatal() && (e.Kind == imapclient.KindProtocol || e.Kind == imapclient.KindTooLarge)
}

// temporary tells whether a refusal is for now only (RFC 5530 §3).
func temporary(err error) bool {
	var e *imapclient.Error
	return refused(err) && errors.As(err, &e) && e.Temporary()
}
