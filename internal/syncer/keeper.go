package syncer

import (
	"context"
	"slices"

	"postea/internal/mail"
	"postea/internal/store"
)

// storedTogether is how many headers one transaction holds: the first are to be
// seen while the others come.
const storedTogether = 1000

// keeper stores headers on a goroutine of its own, while the next ones are read.
type keeper struct {
	list []store.Header
	jobs chan []store.Header
	end  chan struct{} // closed with the goroutine
	err  error         // once end is closed
}

func (a *Account) newKeeper(ctx context.Context, folder mail.FolderID, long bool) *keeper {
	k := &keeper{jobs: make(chan []store.Header), end: make(chan struct{})}
	add := a.store.AddHeaders
	if long {
		add = a.store.AddMany
	}
	go func() {
		defer close(k.end)
		for list := range k.jobs {
			slices.SortFunc(list, func(x, y store.Header) int { return int(int64(x.UID) - int64(y.UID)) })
			if _, k.err = add(ctx, folder, list); k.err != nil {
				return
			}
		}
	}()
	return k
}

// add hands a header over; it waits where more than a transaction waits to be
// stored. The error is that of an earlier one.
func (k *keeper) add(h store.Header) error {
	if k.list = append(k.list, h); len(k.list) < storedTogether {
		return nil
	}
	return k.flush()
}

func (k *keeper) flush() error {
	if len(k.list) == 0 {
		return nil
	}
	select {
	case k.jobs <- k.list:
		k.list = nil
		return nil
	case <-k.end:
		return k.err
	}
}

// close waits until all is stored.
func (k *keeper) close() error {
	err := k.flush()
	close(k.jobs)
	<-k.end
	if k.err != nil {
		return k.err
	}
	return err
}
