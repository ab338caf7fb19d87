package syncer

import (
	"errors"
	"fmt"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/dial"
	"postea/internal/event"
)

// Kind is what an account is doing.
type Kind int

// The kinds.
const (
	Idle       Kind = iota // not started
	Connecting             // signing in
	Syncing                // in a round
	Online                 // up to date, following
	Offline                // waiting to try again at Retry
	NeedsYou               // trying again is useless until the user has mended something
)

// Status is what an account is doing, and what is wrong.
type Status struct {
	Kind     Kind
	Text     string // what is wrong and what to do, one line; "" when all is well
	Retry    time.Time
	Done, Of int // headers of this round; Of is 0 while not known
}

// Status tells what the account is doing. It may be called from any goroutine.
func (a *Account) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status
}

func (a *Account) setStatus(s Status) {
	a.mu.Lock()
	same := a.status == s
	a.status = s
	a.mu.Unlock()
	if !same && a.bus != nil {
		a.bus.Publish(event.AccountChanged{Account: a.profile.Name})
	}
}

// failed turns an error into a status.
func (a *Account) failed(err error, retry time.Time) Status {
	if needsUser(err) {
		return Status{Kind: NeedsYou, Text: a.explain(err)}
	}
	return Status{Kind: Offline, Text: a.explain(err), Retry: retry}
}

func needsUser(err error) bool {
	var secret *config.SecretError
	var d *dial.Error
	var e *imapclient.Error
	switch {
	case errors.As(err, &secret):
		return true
	case errors.As(err, &d):
		return d.Kind == dial.KindCertificate || d.Kind == dial.KindConfig
	case errors.As(err, &e):
		return e.Kind == imapclient.KindAuth
	}
	return false
}

// explain says what happened and what to do about it.
func (a *Account) explain(err error) string {
	var secret *config.SecretError
	var d *dial.Error
	var e *imapclient.Error
	switch {
	case errors.As(err, &secret):
		return secret.Error()
	case errors.As(err, &d):
		return d.Error() + adviceFor(d.Kind)
	case errors.As(err, &e) && e.Kind == imapclient.KindAuth:
		return fmt.Sprintf("%s refused the sign-in of %s: %s; check user name and password of account %s", a.profile.IMAP.Host, a.profile.IMAP.Username, e.Text, a.profile.Name)
	case errors.As(err, &e) && e.Kind == imapclient.KindTimeout:
		return fmt.Sprintf("%s does not answer; postea keeps trying", a.profile.IMAP.Host)
	}
	return err.Error()
}

func adviceFor(k dial.Kind) string {
	switch k {
	case dial.KindCertificate:
		return "; if you trust this server set ca_file or pin in its account"
	case dial.KindUnknownHost:
		return "; check the host name and the network"
	case dial.KindConfig:
		return "; mend the account's settings"
	}
	return "; postea keeps trying"
}
