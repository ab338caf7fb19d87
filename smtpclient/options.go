package smtpclient

import (
	"time"

	"postea/internal/sasl"
	"postea/internal/transcript"
)

// Options says where and how to connect. The zero value of every field but
// Dial is fine.
type Options struct {
	Dial      DialConfig
	Auth      Auth
	LocalName string                // name given in EHLO; "" is "[127.0.0.1]", which tells nothing about this machine
	Learned   Learned               // what Client.Learned gave for this server before; the zero value is fine
	Groups    bool                  // SendGroup does not wait for the answer to one message before the next; see there
	LMTP      bool                  // speak LMTP (RFC 2033): local delivery, a verdict for each recipient
	Timeouts  Timeouts              // zero values are those of RFC 5321
	Trace     func(transcript.Line) // receives the conversation, on the goroutine of the call; nil for none
}

// Auth says how to sign in: by Policy, as Username, with what Password or Token give. With
// the zero value nobody signs in.
type Auth = sasl.Auth

// Timeouts bounds the wait in each phase. A zero field takes the value of
// RFC 5321 §4.5.3.2.
type Timeouts struct {
	Greeting time.Duration // 5 min, §4.5.3.2.1
	Command  time.Duration // 5 min: EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET, NOOP, §4.5.3.2.2 and .3
	Data     time.Duration // 2 min until 354, §4.5.3.2.4
	Block    time.Duration // 3 min for each block of the message, §4.5.3.2.5
	Final    time.Duration // 10 min until the final reply, §4.5.3.2.6; shorter values are raised, for a short wait makes duplicates
}

const (
	defaultLocalName  = "[127.0.0.1]"
	fallbackLocalName = "localhost.localdomain"

	finalTimeout = 10 * time.Minute
	// quitTimeout is short: nothing depends on the answer.
	quitTimeout = 5 * time.Second
	// lastWordsTimeout is how long a failed write waits for the server's reason.
	lastWordsTimeout = 2 * time.Second
)

func (t Timeouts) withDefaults() Timeouts {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&t.Greeting, 5*time.Minute)
	set(&t.Command, 5*time.Minute)
	set(&t.Data, 2*time.Minute)
	set(&t.Block, 3*time.Minute)
	t.Final = max(t.Final, finalTimeout)
	return t
}

func (o Options) withDefaults() Options {
	o.Timeouts = o.Timeouts.withDefaults()
	if o.LocalName == "" {
		o.LocalName = defaultLocalName
	}
	if o.Auth.Policy == "" && o.Auth.Username == "" {
		o.Auth.Policy = "none"
	}
	return o
}
