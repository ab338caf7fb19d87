package app

import (
	"context"
	"sync"

	"postea/internal/mail"
	"postea/internal/store"
)

// arrangements are the folders that are just being put in order.
type arrangements struct {
	mu   sync.Mutex // guards what follows
	done bool       // no more are begun
	now  map[mail.FolderID]arrangement
}

type arrangement struct {
	sort   string
	single bool
	cancel context.CancelFunc
}

// arrange has a folder put in the order of a query behind the list, which is
// there already and is asked for again when it is done.
func (a *App) arrange(q store.SortQuery) {
	r := &a.arranged
	r.mu.Lock()
	defer r.mu.Unlock()
	old, busy := r.now[q.Folder]
	if r.done || busy && old.sort == q.Sort && old.single == q.Single {
		return
	}
	if busy {
		old.cancel()
	}
	if r.now == nil {
		r.now = map[mail.FolderID]arrangement{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.now[q.Folder] = arrangement{q.Sort, q.Single, cancel}
	a.work.Go(func() {
		defer cancel()
		if err := a.store.Arrange(ctx, q); err != nil && ctx.Err() == nil {
			a.log.Warn("arranging a list", "folder", q.Folder, "err", err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if ctx.Err() == nil { // else there is another
			delete(r.now, q.Folder)
		}
	})
}

// stop ends them; they go on another time.
func (r *arrangements) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	for _, one := range r.now {
		one.cancel()
	}
}
