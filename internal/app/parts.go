package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// Readable is Parsed for who only reads: of a large message, parts may have been
// left at the server (reading.Attachment.Away), and then it has no Source.
func (a *App) Readable(ctx context.Context, id mail.ID) (*reading.Message, mail.Summary, error) {
	m, sum, err := a.Parsed(ctx, id)
	if !errors.Is(err, ErrNotHere) {
		return m, sum, err
	}
	p, err := a.store.Partial(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		// The whole may have come in the meantime.
		return a.Parsed(ctx, id)
	}
	if err != nil {
		return nil, sum, err
	}
	return reading.ParsePartial(p), sum, nil
}

// PartState is how far the fetching of a part is that was left at the server.
type PartState struct {
	Part      string // as Attachment.Part; mail.WholePart is the whole message
	Got, Size int64  // as it is encoded; Size 0: not known
	Wanted    bool
	Failed    Text // why it could not be had; empty where nothing is wrong
	Done      bool
}

// Parts tells of the parts of a message that were asked for.
func (a *App) Parts(ctx context.Context, id mail.ID) ([]PartState, error) {
	list, err := a.store.PartStates(ctx, id)
	var out []PartState
	for _, p := range list {
		out = append(out, PartState{Part: p.Path, Got: p.Got, Size: p.Size, Wanted: p.Wanted, Done: p.Done, Failed: reading.Line(p.Failed)})
	}
	return out, err
}

// StopPart ends the fetching of a part; what has come of it is kept.
func (a *App) StopPart(ctx context.Context, id mail.ID, part string) error {
	return a.store.UnwantPart(ctx, id, part)
}

// How often a part is looked for that another process fetches, and how long nothing
// of it may come.
const (
	lookAgain      = 200 * time.Millisecond
	othersPatience = time.Minute
)

// FetchPart waits until a part of a message is here, or all of it
// (mail.WholePart). The end of ctx takes the wish back. Where the user is offline
// it returns at once with a *UsageError, and the wish stays.
// Where another process talks to the servers, ErrNotHere says that nothing has come
// for a minute.
func (a *App) FetchPart(ctx context.Context, id mail.ID, part string) error {
	if here, err := a.partHere(ctx, id, part); err != nil || here {
		return err
	}
	sub := a.bus.Subscribe()
	defer sub.Close()
	if err := a.store.WantPart(ctx, id, part); err != nil {
		return err
	}
	if a.Offline() {
		return &UsageError{"It is at the server, and you are offline; it is fetched once you are online"}
	}
	var patience time.Duration
	if !a.owns() {
		patience = othersPatience
		sum, err := a.store.Summary(ctx, id)
		if err != nil {
			return err
		}
		if alone, err := a.Sync(ctx, sum.Account); err != nil || alone {
			if here, herr := a.partHere(ctx, id, part); here || herr != nil {
				return herr
			}
			why := a.whyNot(ctx, id, part)
			if err != nil {
				return fmt.Errorf("%w: %w", why, err)
			}
			return why
		}
	}
	err := a.awaitPart(ctx, sub, id, part, patience)
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), a.store.UnwantPart(context.WithoutCancel(ctx), id, part))
	}
	return err
}

// awaitPart looks until the part is here; patience 0 is no bound.
func (a *App) awaitPart(ctx context.Context, sub *event.Subscription, id mail.ID, part string, patience time.Duration) error {
	var got int64
	for moved := time.Now(); ctx.Err() == nil; {
		if here, err := a.partHere(ctx, id, part); err != nil || here {
			return err
		}
		st, err := a.partState(ctx, id, part)
		switch {
		case err != nil:
			return err
		case !st.Wanted:
			if here, err := a.partHere(ctx, id, part); err != nil || here {
				return err // it came between the two looks
			}
			return a.whyNot(ctx, id, part)
		case st.Got > got:
			got, moved = st.Got, time.Now()
		case patience > 0 && time.Since(moved) > patience:
			return ErrNotHere
		}
		wait, cancel := context.WithTimeout(ctx, lookAgain)
		_, _ = sub.Next(wait) // whatever it is, the store is looked at
		cancel()
	}
	return ctx.Err()
}

func (a *App) partState(ctx context.Context, id mail.ID, part string) (mail.PartState, error) {
	list, err := a.store.PartStates(ctx, id)
	if i := slices.IndexFunc(list, func(p mail.PartState) bool { return p.Path == part }); i >= 0 {
		return list[i], err
	}
	return mail.PartState{Path: part}, err
}

func (a *App) partHere(ctx context.Context, id mail.ID, part string) (bool, error) {
	if here, err := a.store.HasBody(ctx, id); err != nil || here || part == mail.WholePart {
		return here, err
	}
	st, err := a.partState(ctx, id, part)
	return st.Done, err
}

// whyNot says why a part is not here though it was asked for.
func (a *App) whyNot(ctx context.Context, id mail.ID, part string) error {
	st, err := a.partState(ctx, id, part)
	switch {
	case err != nil:
		return err
	case st.Failed != "":
		return &UsageError{fmt.Sprintf("It could not be fetched: %s", reading.Line(st.Failed))}
	case st.Wanted:
		return ErrNotHere
	}
	return &UsageError{"Fetching it was stopped; what has come is kept"}
}

// bringWhole fetches all of a message of which only parts are here, for what needs
// its exact bytes. One of which nothing is here is left to the caller.
func (a *App) bringWhole(ctx context.Context, id mail.ID) error {
	if here, err := a.store.HasBody(ctx, id); err != nil || here {
		return err
	}
	if here, err := a.store.HasText(ctx, id); err != nil || !here {
		return err
	}
	return a.FetchPart(ctx, id, mail.WholePart)
}

// Files gives a message with those of its attachments that are wanted (indexes
// from 1; none: all), which are fetched where they were left at the server. An
// envelope of files gives the files in it.
func (a *App) Files(ctx context.Context, id mail.ID, index ...int) (*reading.Message, []reading.Attachment, error) {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	list := m.Attachments
	if len(index) > 0 {
		list = nil
		for _, n := range index {
			if n < 1 || n > len(m.Attachments) {
				return nil, nil, ErrNotFound
			}
			list = append(list, m.Attachments[n-1])
		}
	}
	return a.bringFiles(ctx, id, m, list)
}

func (a *App) bringFiles(ctx context.Context, id mail.ID, m *reading.Message, list []reading.Attachment) (*reading.Message, []reading.Attachment, error) {
	if !slices.ContainsFunc(list, func(at reading.Attachment) bool { return at.Away }) {
		return m, list, nil
	}
	for _, at := range list {
		if !at.Away {
			continue
		}
		if err := a.FetchPart(ctx, id, at.Part); err != nil {
			return nil, nil, err
		}
	}
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	var out []reading.Attachment
	for _, at := range list {
		for _, now := range m.Attachments {
			same := now.Part == at.Part && (at.Away || now.Name == at.Name && now.Type == at.Type)
			if same && !slices.ContainsFunc(out, func(o reading.Attachment) bool { return o.Index == now.Index }) {
				out = append(out, now)
			}
		}
	}
	return m, out, nil
}

// file is Files for one; of an envelope of files it gives the first.
func (a *App) file(ctx context.Context, id mail.ID, index int) (*reading.Message, reading.Attachment, error) {
	m, list, err := a.Files(ctx, id, index)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, reading.Attachment{}, err
	}
	return m, list[0], nil
}
