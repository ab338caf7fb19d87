package syncer

import "time"

const (
	firstKeep    = 9 * time.Minute // many NATs forget a silent connection after 10
	shortestKeep = 4 * time.Minute
	longestKeep  = 24 * time.Minute // servers may hang up after 30, RFC 2177 §3
	// trusted is how long connections must have lasted until the longest wait is
	// tried.
	trusted = 24 * time.Hour
	// silence is from how long a wait on its end says something about the line.
	silence = 3 * time.Minute
)

// keepalive learns how long a connection may be silent on the way to a server.
// The zero value knows nothing yet.
type keepalive struct {
	d    time.Duration
	held time.Duration // since the last death
}

func (k *keepalive) wait() time.Duration {
	if k.d == 0 {
		return firstKeep
	}
	return k.d
}

// learn takes the length of a wait, and whether the connection was found dead
// at its end.
func (k *keepalive) learn(waited time.Duration, dead bool) {
	switch {
	case dead && waited >= silence:
		k.d, k.held = shortestKeep, 0
	case !dead:
		if k.held += waited; k.held >= trusted {
			k.d = longestKeep
		}
	}
}
