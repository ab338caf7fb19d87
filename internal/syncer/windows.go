package syncer

import "time"

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
