package doctor

import (
	"context"
	"time"

	"postea/config"
	"postea/internal/dial"
)

const reachTimeout = 8 * time.Second

// ReachError says in one line why a server cannot be used.
type ReachError struct {
	Text string
	Err  error
}

func (e *ReachError) Error() string { return e.Text }

// Unwrap gives the cause.
func (e *ReachError) Unwrap() error { return e.Err }

// Reach connects to a server of a service (imap or smtp) without signing in, for some
// seconds at most, and tells how long that took. Its TLS is verified. The error is a
// *ReachError.
func Reach(ctx context.Context, service string, c dial.Config) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	c.Timeout = reachTimeout
	l := Look{Service: service}
	began := time.Now()
	var err error
	if service == "imap" {
		err = l.imap(ctx, c)
	} else {
		err = l.smtp(ctx, c)
	}
	if err != nil {
		at := config.Server{Host: c.Host, Port: c.Port}
		err = &ReachError{explainProbe(config.Account{IMAP: at, SMTP: at}, service, err), err}
	}
	return time.Since(began), err
}
