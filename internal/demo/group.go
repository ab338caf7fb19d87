package demo

import "sync"

// group counts what runs, and lets nothing begin once it is shut.
type group struct {
	mu   sync.Mutex
	shut bool
	wg   sync.WaitGroup
}

// enter reports whether something may begin; then leave must be called.
func (g *group) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.wg.Add(1)
	return true
}

func (g *group) leave() { g.wg.Done() }

func (g *group) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
}

func (g *group) wait() { g.wg.Wait() }
