package syncer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/dial"
	"postea/internal/event"
	"postea/internal/reading"
	"postea/internal/store"
)

// Kind is what an account is doing.
type Kind int

// The kinds.
const (
	Idle       Kind = iota // not started
	Connecting             // signing in
	Syncing                // in a round
	Online                 // up to date, following; Text where INBOX cannot be had
	Offline                // waiting to try again at Retry
	NeedsYou               // nothing gets better until the user has mended something
)

// Status is what an account is doing, and what is wrong.
type Status struct {
	Kind     Kind
	Text     string    // what is wrong and what to do, one line; "" when all is well
	Retry    time.Time // when it is tried again; zero where only the user or a long wait helps
	Done, Of int       // headers of the folder under way; Of is 0 where there are few
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

const (
	longestAlert = 200 // characters
	maxAlerts    = 100 // that are remembered
)

// alert tells the user what the server demands that they see (RFC 9051 §7.1), once:
// most say it again at each sign-in.
func (a *Account) alert(text string) {
	words := []rune(reading.Line(text).String())
	if len(words) > longestAlert {
		words = append(words[:longestAlert], '…')
	}
	text = string(words)
	if text == "" || a.alerts[text] {
		return
	}
	if len(a.alerts) == maxAlerts {
		clear(a.alerts)
	}
	a.alerts[text] = true
	a.log.Warn("alert", "text", text)
	if a.bus != nil {
		a.bus.Publish(event.Notice{Account: a.profile.Name, Error: true, Text: a.profile.IMAP.Host + " says: " + text})
	}
}

// failed turns an error into a status.
func (a *Account) failed(err error, retry time.Time) Status {
	st := Status{Kind: Offline, Text: a.explain(err), Retry: retry}
	if needsUser(err) {
		st.Kind = NeedsYou
		if !passes(err) {
			st.Retry = time.Time{}
		}
	}
	return st
}

// passes tells whether what needs the user may be over without: a certificate that proves
// nothing may be that of a network that first wants its own page to be seen, and on a full
// disk there may be room again.
func passes(err error) bool {
	var d *dial.Error
	var full *store.FullError
	return errors.As(err, &full) || errors.As(err, &d) && d.Kind == dial.KindCertificate
}

func needsUser(err error) bool {
	var secret *config.SecretError
	var d *dial.Error
	var e *imapclient.Error
	var full *store.FullError
	var damaged *store.DamagedError
	switch {
	case errors.As(err, &full), errors.As(err, &damaged):
		return true
	case errors.As(err, &secret):
		return !secret.Temporary()
	case errors.As(err, &d):
		return d.Kind == dial.KindCertificate || d.Kind == dial.KindConfig
	case errors.As(err, &e):
		return e.Kind == imapclient.KindAuth || errors.Is(err, imapclient.ErrNoSTARTTLS)
	}
	return false
}

// trying ends what is said of a failure that needs nothing of the user.
const trying = "; postea keeps trying"

// explain says what happened and what to do about it.
func (a *Account) explain(err error) string {
	var secret *config.SecretError
	var d *dial.Error
	var e *imapclient.Error
	var full *store.FullError
	var damaged *store.DamagedError
	switch {
	case errors.As(err, &full):
		return full.Error() + trying
	case errors.As(err, &damaged):
		return damaged.Error()
	case errors.As(err, &secret):
		return secret.Error()
	case errors.As(err, &d):
		return d.Error() + adviceFor(d.Kind)
	case errors.As(err, &e):
		return a.explainIMAP(e)
	}
	return err.Error()
}

func (a *Account) explainIMAP(e *imapclient.Error) string {
	host := a.profile.IMAP.Host
	switch e.Kind {
	case imapclient.KindAuth:
		user, name := a.profile.IMAP.Username, a.profile.Name
		if e.Text == "" && e.Err != nil { // the server has refused nothing
			return fmt.Sprintf("%s cannot be signed in to as %s: %v; check auth, tls and password of account %s", host, user, e.Err, name)
		}
		advice := "check user name and password of account " + name
		if wantsAppPassword(e.Text) {
			advice = "make one in the settings of the account there, and give it to account " + name + " in place of its password"
		}
		return fmt.Sprintf("%s refused the sign-in of %s: %s; %s", host, user, strings.TrimRight(e.Text, ". "), advice)
	case imapclient.KindTimeout:
		if errors.Is(e, imapclient.ErrSilent) {
			return fmt.Sprintf("%s: %v%s", host, imapclient.ErrSilent, trying)
		}
		return host + " does not answer" + trying
	case imapclient.KindBye:
		return fmt.Sprintf("%s ended the connection: %s%s", host, e.Text, trying)
	case imapclient.KindNetwork:
		return fmt.Sprintf("the connection to %s was lost (%s)%s", host, e, trying)
	case imapclient.KindProtocol:
		if e.Fatal() {
			return fmt.Sprintf("the answers of %s cannot be read (%s)%s", host, e, trying)
		}
	}
	switch {
	case e.Throttled():
		return fmt.Sprintf("%s lets this account do nothing for now: %s%s", host, strings.TrimRight(e.Text, ". "), trying)
	case errors.Is(e, imapclient.ErrNoSTARTTLS):
		return fmt.Sprintf("%s: %s; check port and tls of account %s", host, e, a.profile.Name)
	case full(e):
		return fmt.Sprintf("%s; the mailbox is full: delete something for good, or ask for more room", e)
	case e.Temporary():
		return fmt.Sprintf("%s cannot do this for now (%s)%s", host, e, trying)
	}
	return e.Error()
}

// wantsAppPassword knows the words of Gmail, Yahoo and others for accounts whose own
// password opens only their pages.
func wantsAppPassword(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "application-specific password") || strings.Contains(text, "app password") || strings.Contains(text, "app-specific password")
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
	return trying
}
