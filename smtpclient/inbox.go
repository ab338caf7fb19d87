package smtpclient

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// errFlood marks a server that answers what nobody asked.
var errFlood = errors.New("the server sends more replies than there were commands")

// errTimeout marks a phase that took too long.
var errTimeout = errors.New("no answer in time")

// slack is how many unasked replies are kept before the connection is given up.
const slack = 8

// inbox reads replies all the time, so that a server never waits for us to read
// while we wait for it to, and so that the end of an idle connection is known.
type inbox struct {
	br    *bufio.Reader
	ready chan struct{} // holds a token when there is news
	done  chan struct{} // closed when reading has ended

	mu       sync.Mutex // guards what follows
	queue    []Reply
	expected int   // replies still to come for commands already written
	err      error // why reading ended
	single   bool  // stop reading after the next reply
	greedy   bool  // join 250 replies that arrive in one piece
}

func newInbox(r io.Reader) *inbox {
	in := &inbox{
		br:    bufio.NewReader(r),
		ready: make(chan struct{}, 1),
		done:  make(chan struct{}),
	}
	go in.run()
	return in
}

func (in *inbox) run() {
	defer close(in.done)
	for {
		r, err := readReply(in.br)
		if err == nil && in.joins(r) {
			err = in.join(&r)
		}
		r.at = time.Now()
		if !in.put(r, err) {
			return
		}
	}
}

// put files a reply, or the error that ends reading, and reports whether to go on.
func (in *inbox) put(r Reply, err error) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	defer in.signal()
	if err == nil && len(in.queue) >= in.expected+slack {
		err = errFlood
	}
	if err != nil {
		in.err = err
		return false
	}
	in.queue = append(in.queue, r)
	return !in.single
}

func (in *inbox) signal() {
	select {
	case in.ready <- struct{}{}:
	default:
	}
}

func (in *inbox) joins(r Reply) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.greedy && r.Code == codeOK
}

// join adds the rest of an EHLO list in which the last-line mark came too early.
func (in *inbox) join(r *Reply) error {
	for in.br.Buffered() >= 3 && len(r.lines) < maxReplyLines {
		if next, err := in.br.Peek(3); err != nil || string(next) != "250" {
			return nil
		}
		rest, err := readReply(in.br)
		if err != nil {
			return err
		}
		r.lines = append(r.lines, rest.lines...)
	}
	return nil
}

// expect announces n commands. With greedy, the reply is to an EHLO; with
// single, reading stops after it so that the bytes behind it stay untouched.
func (in *inbox) expect(n int, greedy, single bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.expected += n
	in.greedy = greedy
	in.single = single
}

// next waits for a reply. ctx and timeout bound the wait; what ended reading is
// returned only when no reply is left.
func (in *inbox) next(ctx context.Context, timeout time.Duration) (Reply, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		if r, err, ok := in.take(); ok {
			return r, err
		}
		select {
		case <-in.ready:
		case <-in.done:
		case <-ctx.Done():
			return Reply{}, ctx.Err()
		case <-timer.C:
			return Reply{}, errTimeout
		}
	}
}

func (in *inbox) take() (Reply, error, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.queue) > 0 {
		r := in.queue[0]
		in.queue = in.queue[1:]
		in.expected = max(in.expected-1, 0)
		return r, nil, true
	}
	return Reply{}, in.err, in.err != nil
}

// unasked returns a reply that is there although none is expected.
func (in *inbox) unasked() (Reply, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.queue) == 0 {
		return Reply{}, false
	}
	r := in.queue[0]
	in.queue = in.queue[1:]
	return r, true
}

// news reports whether a reply waits or reading has ended: next would not wait.
func (in *inbox) news() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.queue) > 0 || in.err != nil
}

// ended returns why reading has ended, or nil.
func (in *inbox) ended() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.err
}
