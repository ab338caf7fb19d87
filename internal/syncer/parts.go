package syncer

import (
	"context"
	"errors"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// wantedParts fetches the parts that the user waits for, one after the other.
func (a *Account) wantedParts(ctx context.Context) error {
	if a.fetching {
		return nil
	}
	a.fetching = true
	defer func() { a.fetching = false }()
	for {
		list, err := a.store.WantedParts(ctx, a.profile.Name)
		if err != nil {
			return err
		}
		done := 0
		for _, p := range list {
			place, err := a.store.ServerPlace(ctx, p.ID)
			if errors.Is(err, store.ErrNotFound) {
				continue // wantedInVain gives up on it
			}
			if err == nil {
				was := a.beside.at.Swap(int64(p.ID))
				err = a.fetchPart(ctx, place, p)
				a.beside.at.Store(was)
				err = a.mindLoss(ctx, p.ID, err, func(why string) error { return a.store.PartFailed(ctx, p.ID, p.Path, why) })
			}
			if err != nil {
				return err
			}
			done++
		}
		if done == 0 {
			return nil
		}
	}
}

// fetchPart fetches a part in windows, from where an earlier attempt has ended.
// Between them, the texts come that the user waits for. A part that the server
// will not give is failed; only a lost connection is an error.
func (a *Account) fetchPart(ctx context.Context, at store.Place, p store.WantedPart) error {
	fail := func(why string) error { return a.store.PartFailed(ctx, p.ID, p.Path, why) }
	return a.partInWindows(ctx, at, p, windowed{
		fail:    fail,
		between: func(ctx context.Context) error { return a.attendWhile(ctx, a.wantedTexts) },
		atOnce:  func() error { return a.fetchPartAtOnce(ctx, at, p, fail) },
	})
}

// partInWindows fetches a part as w says.
func (a *Account) partInWindows(ctx context.Context, at store.Place, p store.WantedPart, w windowed) (err error) {
	if w.section, err = a.sectionOf(ctx, p); err != nil {
		return err
	}
	w.got, w.size = p.Got, p.Size
	w.keep = func(data []byte, at int64, end bool) (bool, error) {
		wanted, err := a.store.AddChunk(ctx, p.ID, p.Path, at, data, end && p.Path != mail.WholePart)
		if err != nil {
			return false, err
		}
		if delete(a.wantLost, p.ID); end {
			return false, a.partDone(ctx, p)
		}
		return wanted, nil
	}
	return a.inWindows(ctx, at, w)
}

// lookMeanwhile is how long new mail may stay unseen while something long is done, for
// which the server is not followed.
const lookMeanwhile = 15 * time.Second

// lookForMail looks for new mail between two pieces of long work, now and then. It looks at
// no more flags than it must, whatever the round does. The second connection leaves it to the first.
func (a *Account) lookForMail(ctx context.Context) error {
	if a.readOnly || a.now().Sub(a.lookedAt) < lookMeanwhile {
		return nil
	}
	inbox, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func(thorough bool) { a.thorough, a.lookedAt = thorough, a.now() }(a.thorough)
	a.thorough, a.lookedAt = false, a.now() // what the look fetches asks for none
	if a.listed != 0 {
		return a.newcomers(ctx, inbox)
	}
	return a.pullTolerant(ctx, inbox)
}

// windowless tells of servers that do not know partial fetches.
func windowless(err error) bool {
	e, ok := errors.AsType[*imapclient.Error](err)
	return ok && refused(e) && (e.Kind == imapclient.KindUnsupported || e.Kind == imapclient.KindBad)
}

// sectionOf names the part for the server; a message without parts has a text only.
func (a *Account) sectionOf(ctx context.Context, p store.WantedPart) (string, error) {
	if p.Path != "1" {
		return p.Path, nil
	}
	text, err := a.store.Structure(ctx, p.ID)
	if s := parseShape(text); s != nil && !s.multipart() {
		return "TEXT", err
	}
	return p.Path, err
}

// fetchPartAtOnce is for servers that do not give parts by windows.
func (a *Account) fetchPartAtOnce(ctx context.Context, at store.Place, p store.WantedPart, fail func(why string) error) error {
	section, err := a.sectionOf(ctx, p)
	if err != nil {
		return err
	}
	var data []byte
	if section == mail.WholePart {
		data, err = a.client.FetchBody(ctx, imap.UID(at.UID), maxBody)
	} else {
		err = a.client.FetchSections(ctx, []imapclient.SectionRequest{{UID: imap.UID(at.UID), Sections: []string{section}}}, maxBody,
			func(_ imap.UID, got imapclient.Sections) error {
				data = got[section]
				return nil
			})
	}
	switch {
	case err != nil:
		return a.notGiven(ctx, err, fail)
	case len(data) == 0:
		return fail("the server does not give it")
	}
	if err := a.store.RestartPart(ctx, p.ID, p.Path); err != nil {
		return err
	}
	if _, err := a.store.AddChunk(ctx, p.ID, p.Path, 0, data, p.Path != mail.WholePart); err != nil {
		return err
	}
	return a.partDone(ctx, p)
}

// partDone makes a body of a whole message that has come in windows; until then it
// counts as wanted.
func (a *Account) partDone(ctx context.Context, p store.WantedPart) error {
	if p.Path != mail.WholePart {
		return nil
	}
	raw, err := a.store.PartContent(ctx, p.ID, p.Path)
	if err != nil {
		return err
	}
	return a.keep(ctx, p.ID, raw)
}

// partsInVain gives up on the parts of messages whose place is not even known
// after a round.
func (a *Account) partsInVain(ctx context.Context) error {
	list, err := a.store.WantedParts(ctx, a.profile.Name)
	for _, p := range list {
		if err != nil {
			break
		}
		if _, err = a.store.ServerPlace(ctx, p.ID); errors.Is(err, store.ErrNotFound) {
			err = a.store.PartFailed(ctx, p.ID, p.Path, "the message is just being moved; try again in a moment")
		}
	}
	return err
}
