package imapclient

import (
	"context"
	"strings"
	"time"

	"postea/internal/dial"
	"postea/internal/mail"
	"postea/internal/sasl"
	"postea/internal/transcript"
)

// Options says where and how to connect. The zero value of every field but
// Dial is fine.
type Options struct {
	Dial     dial.Config
	Auth     Auth
	Timeouts Timeouts
	Roles    map[mail.Role]string  // folders that the user has given a role; the server's word and known names give the others
	Alert    func(text string)     // receives what the server wants the user to see (RFC 9051 §7.1, ALERT), on the goroutine of the call; one line from outside
	Trace    func(transcript.Line) // receives the conversation, on the goroutine of the call; nil for none
}

// Auth says how to sign in. With an empty Username and Policy nobody signs in.
type Auth struct {
	// Policy is "password", "strong", "oauth2", "none" or a mechanism's name;
	// "" is "password" with a Username and "none" without.
	Policy   string
	Username string
	// Password and Token fetch the secret when it is needed, and only if the
	// server offers a way to use it. Token serves the OAuth mechanisms.
	Password func(context.Context) (string, error)
	Token    func(context.Context) (string, error)
	// Renew gives another token than one that the server has just refused; nil:
	// there is none. It is asked once for a connection.
	Renew func(ctx context.Context, refused string) (string, error)
}

// Timeouts bounds the wait for the server. Zero values take the defaults.
type Timeouts struct {
	Command time.Duration // 60 s of silence; every byte begins a new wait, so a long literal may take its time
	Done    time.Duration // 10 s until the end of IDLE is confirmed
	Poll    time.Duration // 60 s between looks at a server without IDLE
}

const (
	defaultCommand = 60 * time.Second
	defaultDone    = 10 * time.Second
	defaultPoll    = 60 * time.Second
	logoutTimeout  = 3 * time.Second
)

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&o.Timeouts.Command, defaultCommand)
	set(&o.Timeouts.Done, min(defaultDone, o.Timeouts.Command))
	set(&o.Timeouts.Poll, defaultPoll)
	if o.Auth.Policy == "" && o.Auth.Username == "" {
		o.Auth.Policy = sasl.PolicyNone
	}
	return o
}

func (a Auth) none() bool { return strings.EqualFold(a.Policy, sasl.PolicyNone) }
