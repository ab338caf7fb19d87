package store

import (
	"context"
	"sync"
	"time"

	"postea/internal/mail"
)

const (
	gatherBytes = 16 << 20         // of words, after which a segment is written
	gatherRows  = 20_000           // or messages
	gatherTime  = 10 * time.Second // or when the first of them has waited so long
)

// gathered is a message whose words are written to the index with those of many others.
// Until then it stands in reindex.
type gathered struct {
	storedWords
	msg     mail.ID
	wish    int64  // of reindex; another one there is newer
	body    string // its words
	hasBody bool
}

// size is about how many bytes the words have.
func (g gathered) size() int {
	return len(g.body) + len(g.subject) + len(g.from) + len(g.to) + len(g.cc) + len(g.files)
}

// gatherer gathers the words of many messages and gives them to write, on a goroutine
// that is there while there are some. It is safe for concurrent use.
type gatherer struct {
	write  func(context.Context, []gathered) error
	ctx    context.Context // of writing
	cancel context.CancelFunc

	mu      sync.Mutex
	changed *sync.Cond // one of these has
	list    []gathered
	bytes   int
	added   int  // messages, since the beginning
	written int  // of these
	wanted  int  // of these: somebody waits until they are written
	late    bool // the first of the list has waited long enough
	running bool
	err     error // of a write, until somebody is told
}

func newGatherer(write func(context.Context, []gathered) error) *gatherer {
	g := &gatherer{write: write}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.changed = sync.NewCond(&g.mu)
	return g
}

func (g *gatherer) full() bool { return g.bytes >= gatherBytes || len(g.list) >= gatherRows }

// add takes messages; it waits while as many as make a segment wait to be written. The
// error is that of an earlier write, whose messages still stand in reindex.
func (g *gatherer) add(list []gathered) error {
	if len(list) == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.full() && g.running {
		g.changed.Wait()
	}
	for _, x := range list {
		g.bytes += x.size()
	}
	g.list = append(g.list, list...)
	g.added += len(list)
	if !g.running {
		g.running = true
		go g.run()
	}
	g.changed.Broadcast()
	return g.failed()
}

// flush waits until all is written that was there when it was called.
func (g *gatherer) flush(ctx context.Context) error {
	defer context.AfterFunc(ctx, g.tell)()
	g.mu.Lock()
	defer g.mu.Unlock()
	all := g.added
	g.wanted = all
	g.changed.Broadcast()
	for g.running && g.written < all && ctx.Err() == nil {
		g.changed.Wait()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return g.failed()
}

// tell wakes who waits for a change that is not one of the gatherer's own.
func (g *gatherer) tell() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changed.Broadcast()
}

func (g *gatherer) failed() error {
	err := g.err
	g.err = nil
	return err
}

// close ends the writing. What is not written still stands in reindex.
func (g *gatherer) close() {
	g.cancel()
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.running {
		g.changed.Broadcast()
		g.changed.Wait()
	}
}

func (g *gatherer) run() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.list) > 0 && g.ctx.Err() == nil {
		g.late = false
		timer := time.AfterFunc(gatherTime, func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.late = true
			g.changed.Broadcast()
		})
		for !g.full() && g.written >= g.wanted && !g.late && g.ctx.Err() == nil {
			g.changed.Wait()
		}
		timer.Stop()
		list := g.list
		g.list, g.bytes = nil, 0
		g.changed.Broadcast()
		g.mu.Unlock()
		err := g.write(g.ctx, list)
		g.mu.Lock()
		if err != nil && g.ctx.Err() == nil {
			g.err = err
		}
		g.written += len(list)
		g.changed.Broadcast()
	}
	g.list, g.bytes, g.running = nil, 0, false
	g.changed.Broadcast()
}
