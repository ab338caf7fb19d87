package nav

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/when"
	"postea/tui/keys"
)

// Asker puts a screen's questions to the backend and knows which of them still
// matter. It is used from Update only; the commands it makes may run anywhere.
type Asker struct {
	Dates when.Style // how times are written in what is said
	Keys  *keys.Map  // which keys are named in what is said

	ctx    context.Context
	now    func() time.Time
	handle func(tea.Msg) Cmd
	slots  map[string]*ticket
	line   *Order
	closed bool
}

// Order is where changes wait for each other: askers that share one carry theirs
// out in the order in which they were made, so that an undo takes back what was
// done last. It also knows what of all that was asked to be done is not done yet.
// It is used from Update only.
type Order struct {
	last           chan struct{} // the end of the last change
	changes, works int           // whose answer has not been delivered
}

// Changing tells whether a change is under way, or has ended and not been told of yet.
func (l *Order) Changing() bool { return l.changes > 0 }

// Working tells the same of anything that was to be brought to its end.
func (l *Order) Working() bool { return l.changes+l.works > 0 }

// stand gives the end of the change before, and what to close at the end of this
// one.
func (l *Order) stand() (before, own chan struct{}) {
	before, own = l.last, make(chan struct{})
	l.last = own
	return before, own
}

type ticket struct{ cancel context.CancelFunc }

// NewAsker makes an asker whose questions end with ctx. handle gets the answers;
// now is the clock that commands read.
func NewAsker(ctx context.Context, now func() time.Time, handle func(tea.Msg) Cmd) *Asker {
	return &Asker{ctx: ctx, now: now, handle: handle, slots: map[string]*ticket{}, line: &Order{}}
}

// Share makes the asker's changes wait for those of others that share the line.
func (a *Asker) Share(l *Order) { a.line = l }

// Result is an answer on its way to the screen that asked.
type Result struct {
	At    time.Time // when the answer came; zero where it came from Update
	asker *Asker
	slot  string
	of    *ticket // nil: the answer matters however late it comes
	msg   tea.Msg

	count *int // of what has no answer yet; nil: it is not counted
}

// Deliver gives the answer to its screen, or drops it where a newer question
// has been asked since, or the screen has gone.
func (r Result) Deliver() Cmd {
	a := r.asker
	if r.count != nil {
		*r.count--
	}
	if r.of != nil {
		if a.closed || a.slots[r.slot] != r.of {
			return nil
		}
		delete(a.slots, r.slot)
	}
	return a.handle(r.msg)
}

// Ask runs f and delivers what it returns, unless another question is asked in
// the same slot first; f's context is cancelled then.
func (a *Asker) Ask(slot string, f func(context.Context) tea.Msg) Cmd {
	a.Drop(slot)
	if a.closed {
		return nil
	}
	ctx, cancel := context.WithCancel(a.ctx)
	t := &ticket{cancel}
	a.slots[slot] = t
	return Later(func() tea.Msg {
		defer cancel()
		msg := f(ctx)
		return Result{At: a.now(), asker: a, slot: slot, of: t, msg: msg}
	})
}

// Run runs f, which changes something, to its end: it is not cancelled when
// the screen goes, and what it returns is delivered in any case.
func (a *Asker) Run(f func(context.Context) tea.Msg) Cmd {
	return a.toEnd(&a.line.works, f)
}

// toEnd runs f, which counts until its answer is delivered.
func (a *Asker) toEnd(count *int, f func(context.Context) tea.Msg) Cmd {
	*count++
	return Later(func() tea.Msg {
		msg := f(a.ctx)
		return Result{At: a.now(), asker: a, msg: msg, count: count}
	})
}

// Change is Run for what can be undone: it waits for the changes made before.
func (a *Asker) Change(f func(context.Context) tea.Msg) Cmd {
	before, own := a.line.stand()
	return a.toEnd(&a.line.changes, func(ctx context.Context) tea.Msg {
		defer close(own)
		if before != nil {
			select {
			case <-before:
			case <-ctx.Done():
			}
		}
		return f(ctx)
	})
}

// Answer makes msg one that is delivered to the screen, for something that is
// said elsewhere, such as by an overlay.
func (a *Asker) Answer(msg tea.Msg) tea.Msg { return Result{asker: a, msg: msg} }

// After delivers msg when d has passed, unless the slot is used again before.
func (a *Asker) After(slot string, d time.Duration, msg tea.Msg) Cmd {
	return a.Ask(slot, func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		return msg
	})
}

// Clock reads the time, for commands only.
func (a *Asker) Clock() time.Time { return a.now() }

// Drop gives up the question in a slot.
func (a *Asker) Drop(slot string) {
	if t, ok := a.slots[slot]; ok {
		t.cancel()
		delete(a.slots, slot)
	}
}

// Waiting tells whether a slot's question is still open.
func (a *Asker) Waiting(slot string) bool { return a.slots[slot] != nil }

// Fresh is a new asker in the place of one that was closed.
func (a *Asker) Fresh() *Asker {
	f := NewAsker(a.ctx, a.now, a.handle)
	f.line, f.Dates, f.Keys = a.line, a.Dates, a.Keys
	return f
}

// Hint names the key of an action before what it does: "u undo". It is empty
// where the user has given the action no key.
func (a *Asker) Hint(s keys.Scope, do keys.Action, does string) string {
	if a.Keys == nil {
		return ""
	}
	if list := a.Keys.Keys(s, do); len(list) > 0 {
		return keys.Shown(list[0], "enter") + " " + does
	}
	return ""
}

// Close gives up every question.
func (a *Asker) Close() {
	a.closed = true
	for slot := range a.slots {
		a.Drop(slot)
	}
}
