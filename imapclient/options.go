package imapclient

import (
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

// Auth says how to sign in: by Policy, as Username, with what Password or Token give. With
// the zero value nobody signs in.
type Auth = sasl.Auth

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
	return o
}
