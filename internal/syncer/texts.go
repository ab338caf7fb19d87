package syncer

import (
	"cmp"
	"context"
	"errors"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// textsTogether is how many large messages are asked for in one flight, so that
// their texts do not gather in memory.
const textsTogether = 20

// textsAhead fetches the texts of large messages that nobody waits for, and
// returns the messages that are to be fetched whole.
func (a *Account) textsAhead(ctx context.Context, f store.FolderState, places []store.Place, whole bool) (rest []store.Place, err error) {
	var large []store.Place
	for _, p := range places {
		if p.Size > prefetchSize {
			large = append(large, p)
		} else {
			rest = append(rest, p)
		}
	}
	for len(large) > 0 {
		if err := a.attend(ctx); err != nil {
			return nil, err
		}
		if err := a.lookForMail(ctx); err != nil {
			return nil, err
		}
		if err := a.reselect(ctx, f); unavailable(err) {
			return nil, nil // the next pull finds out
		} else if err != nil {
			return nil, err
		}
		chunk := large[:min(textsTogether, len(large))]
		large = large[len(chunk):]
		left, err := a.fetchTexts(ctx, f, chunk, prefetchSize, false)
		if err != nil {
			return nil, err
		}
		if whole {
			rest = append(rest, left...)
			continue
		}
		for _, p := range left {
			a.noBody[p.ID] = true // it comes when it is opened
		}
	}
	return rest, nil
}

// fetchTexts fetches what can be read of large messages of the open folder, by
// their structures and in one flight: not more than most bytes of a message. It
// returns those that must be fetched whole: because they are signed, because there
// is little else in them than text, or because the server is not to be trusted with
// parts. look tells that a structure which is not known is asked for.
func (a *Account) fetchTexts(ctx context.Context, f store.FolderState, places []store.Place, most int64, look bool) (left []store.Place, err error) {
	plans := map[imap.UID]*plan{}
	byUID := map[imap.UID]store.Place{}
	var requests []imapclient.SectionRequest
	for _, p := range places {
		if a.partsLost[p.ID] >= maxLost {
			left = append(left, p)
			continue
		}
		s, err := a.shapeFor(ctx, p, look)
		if odd(err) {
			return places, a.reopen(ctx, f, err)
		}
		if err != nil && !refused(err) {
			return nil, err
		}
		if s == nil {
			left = append(left, p)
			continue
		}
		plan := planFor(s)
		if !plan.pays(p.Size) || plan.bytes > most {
			left = append(left, p)
			continue
		}
		uid := imap.UID(p.UID)
		plans[uid], byUID[uid] = plan, p
		requests = append(requests, imapclient.SectionRequest{UID: uid, Sections: plan.sections})
	}
	var items []store.PartialItem
	err = a.client.FetchSections(ctx, requests, most+maxHeader, func(uid imap.UID, got imapclient.Sections) error {
		p, asked := byUID[uid]
		if !asked {
			return nil
		}
		item, err := a.readPartial(ctx, p.ID, plans[uid], got)
		if errors.Is(err, reading.ErrDisagree) {
			a.log.Info("message not fetched in parts", "message", p.ID, "why", err)
			return nil
		}
		if err == nil {
			delete(byUID, uid)
			items = append(items, item)
		}
		return err
	})
	switch {
	case odd(err):
		if err := a.reopen(ctx, f, err); err != nil {
			return nil, err
		}
	case err != nil && !refused(err):
		if ctx.Err() == nil {
			for _, r := range requests {
				a.partsLost[byUID[r.UID].ID]++
			}
		}
		return nil, err
	}
	for _, r := range requests {
		if p, missing := byUID[r.UID]; missing {
			left = append(left, p)
		}
	}
	return left, a.store.PutPartials(ctx, items)
}

// maxLost is how often parts of a message may cost the connection.
const maxLost = 2

// maxHeader bounds a header that is fetched for a text.
const maxHeader = 1 << 20

// shapeFor tells how a message is built; nil where it is to be fetched whole, or
// where that is not known and look is false.
func (a *Account) shapeFor(ctx context.Context, p store.Place, look bool) (*shape, error) {
	text, err := a.store.Structure(ctx, p.ID)
	if err != nil || text != "" || !look {
		return parseShape(text), err
	}
	err = a.client.FetchHeaders(ctx, imap.UIDSetNum(imap.UID(p.UID)), func(m imapclient.Message) error {
		text = cmp.Or(structureOf(m.Structure), toBeWhole)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return parseShape(text), a.store.SetStructure(ctx, p.ID, text)
}

// readPartial makes of the pieces of a message what the store keeps.
func (a *Account) readPartial(ctx context.Context, id mail.ID, p *plan, got imapclient.Sections) (store.PartialItem, error) {
	var item store.PartialItem
	if err := p.fill(got); err != nil {
		return item, err
	}
	partial, err := reading.Assemble(p.root)
	if err != nil {
		return item, err
	}
	m := reading.ParsePartial(partial)
	if err := a.applyReport(ctx, m); err != nil {
		return item, err
	}
	return store.PartialItem{ID: id, Partial: partial, BodyInfo: BodyInfo(m)}, nil
}
