package syncer

import (
	"context"
	"fmt"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/store"
)

const (
	// windowTime is how long what is asked for at once should take to come: what the user
	// waits for waits no longer.
	windowTime = 500 * time.Millisecond
	// longestWindow is what it may take where each question costs long.
	longestWindow = 3 * time.Second
	// worthItsLag is how many times longer than the wait for its first byte an answer may
	// take, so that most of the time of a long line is not spent waiting.
	worthItsLag = 4
)

// lasted tells how long the last window took to come, once it came, and how long it may
// take. The wait for its beginning is the same for a small one, so that asking for less
// would only make more of it.
func (a *Account) lasted(began time.Time) (took, may time.Duration) {
	lag := a.client.Lag()
	return max(time.Since(began)-lag, 0), mayTake(lag)
}

func mayTake(lag time.Duration) time.Duration {
	return min(max(windowTime, worthItsLag*lag), longestWindow)
}

// nextWindow is the size of the window behind one of that size.
func nextWindow(size, least, most, grow int64, took, may time.Duration) int64 {
	switch {
	case took < may/2:
		return min(grow*size, most)
	case took > may:
		return min(max(int64(float64(size)*may.Seconds()/took.Seconds()), least), size)
	}
	return size
}

// affordable is how much of so many bytes may be asked for at once, by how fast they came
// before.
func (a *Account) affordable(bytes int64) int64 {
	flow := a.client.Flow()
	if flow == 0 {
		return bytes
	}
	return min(bytes, int64(float64(flow)*mayTake(a.client.Lag()).Seconds()))
}

// windowed is something of a message that comes in windows.
type windowed struct {
	section   string
	got, size int64 // what has come of it before, and what there is of it; 0: not known
	// keep takes what comes at an offset, end with the last of it. It tells whether more is wanted.
	keep    func(data []byte, at int64, end bool) (more bool, err error)
	between func(context.Context) error // what is done between windows
	atOnce  func() error                // fetches it where the server does not know windows
	fail    func(why string) error      // told where the server does not give it
}

// leastOfPart is the smallest of these windows.
const leastOfPart = 4 << 10

// inWindows fetches something of a message, and looks for new mail in the meantime. It ends
// where the message is somewhere else by then.
func (a *Account) inWindows(ctx context.Context, p store.Place, w windowed) error {
	tooLarge := func() error { return w.fail(fmt.Sprintf("it is larger than %d MB", maxBody>>20)) }
	if w.size > maxBody {
		return tooLarge()
	}
	size := max(a.affordable(firstBodies), leastOfPart)
	for {
		if moved, err := a.elsewhereNow(ctx, p); err != nil || moved {
			return err
		}
		if _, ok, err := a.openFor(ctx, p, w.fail); err != nil || !ok {
			return err
		}
		if a.readOnly { // the first connection may have learned meanwhile that the folder was renumbered
			if moved, err := a.elsewhereNow(ctx, p); err != nil || moved {
				return err
			}
		}
		began := time.Now()
		data, err := a.client.FetchWindow(ctx, imap.UID(p.UID), w.section, w.got, size)
		if windowless(err) {
			return w.atOnce()
		}
		if err != nil {
			return a.notGiven(ctx, err, w.fail)
		}
		// What the server said of the size may be wrong, and it may give less than
		// it was asked for: the end is where nothing more comes.
		n := int64(len(data))
		end := n == 0 || n < size && w.got+n >= w.size
		if w.got+n > maxBody {
			return tooLarge()
		}
		if n == 0 && w.got == 0 && w.size > 0 {
			return w.fail("the server says that there is nothing in it")
		}
		more, err := w.keep(data, w.got, end)
		if err != nil || end || !more {
			return err
		}
		w.got += n
		took, may := a.lasted(began)
		size = nextWindow(size, leastOfPart, largestBodies, 2, took, may)
		if err := w.between(ctx); err != nil {
			return err
		}
		if err := a.lookForMail(ctx); err != nil {
			return err
		}
	}
}
