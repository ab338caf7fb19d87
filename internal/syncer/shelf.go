package syncer

import (
	"cmp"
	"context"

	"postea/internal/mail"
	"postea/internal/store"
)

const (
	shelfBytes = 2 << 20 // of bodies stored in one transaction
	shelfCount = 500
)

// shelf reads and stores bodies on goroutines of its own, while the next ones
// come.
type shelf struct {
	list []rawBody
	size int
	jobs chan []rawBody
	end  chan struct{} // closed when nothing is stored any more
	err  error         // once end is closed
}

type rawBody struct {
	id  mail.ID
	raw []byte
}

func (a *Account) newShelf(ctx context.Context) *shelf {
	s := &shelf{jobs: make(chan []rawBody), end: make(chan struct{})}
	ready := make(chan []store.BodyItem)
	ctx, cancel := context.WithCancel(ctx)
	var readErr error
	go func() {
		defer close(ready)
		for list := range s.jobs {
			var items []store.BodyItem
			for _, b := range list {
				var item store.BodyItem
				if item, readErr = a.read(ctx, b.id, b.raw); readErr != nil {
					return
				}
				items = append(items, item)
			}
			select {
			case ready <- items:
			case <-ctx.Done():
				readErr = ctx.Err()
				return
			}
		}
	}()
	go func() {
		defer close(s.end)
		defer cancel()
		for items := range ready {
			if s.err = a.store.PutBodies(ctx, items); s.err != nil {
				return
			}
		}
		s.err = readErr
	}()
	return s
}

// add hands a body over; it waits where more than a transaction's worth waits to
// be stored. The error is that of an earlier one.
func (s *shelf) add(id mail.ID, raw []byte) error {
	s.list = append(s.list, rawBody{id, raw})
	if s.size += len(raw); s.size < shelfBytes && len(s.list) < shelfCount {
		return nil
	}
	return s.flush()
}

func (s *shelf) flush() error {
	if len(s.list) == 0 {
		return nil
	}
	select {
	case s.jobs <- s.list:
		s.list, s.size = nil, 0
		return nil
	case <-s.end:
		return s.err
	}
}

// close waits until all is stored.
func (s *shelf) close() error {
	err := s.flush()
	close(s.jobs)
	<-s.end
	return cmp.Or(s.err, err)
}
