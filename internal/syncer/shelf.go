package syncer

import (
	"cmp"
	"context"
	"math"

	"postea/internal/mail"
	"postea/internal/store"
)

const (
	shelfBytes = 2 << 20 // of bodies stored together
	shelfCount = 500
)

// shelf reads and stores bodies, each on a goroutine of its own, while the next
// ones come.
type shelf struct {
	raw  *keeper[rawBody]
	read *keeper[store.BodyItem]
}

type rawBody struct {
	id  mail.ID
	raw []byte
}

func (b rawBody) weight() int { return len(b.raw) + shelfBytes/shelfCount }

func (a *Account) newShelf(ctx context.Context) *shelf {
	s := &shelf{read: newKeeper(math.MaxInt, func(store.BodyItem) int { return 0 }, func(list []store.BodyItem) error {
		return a.store.PutBodies(ctx, list)
	})}
	s.raw = newKeeper(shelfBytes, rawBody.weight, func(list []rawBody) error {
		for _, b := range list {
			item, err := a.read(ctx, b.id, b.raw)
			if err != nil {
				return err
			}
			if err := s.read.add(item); err != nil {
				return err
			}
		}
		return s.read.flush()
	})
	return s
}

// add hands a body over, as keeper does.
func (s *shelf) add(id mail.ID, raw []byte) error { return s.raw.add(rawBody{id, raw}) }

func (s *shelf) flush() error { return s.raw.flush() }

// close waits until all is stored.
func (s *shelf) close() error {
	err := s.raw.close()
	return cmp.Or(err, s.read.close())
}
