package smtpclient

import (
	"postea/internal/dial"
	"postea/internal/sasl"
)

// DialConfig says where a server is and how it is reached: Host, Port, TLS (a
// TLSMode), CAFile, Pin, Proxy (socks5:// or http://), Insecure, Timeout (of the
// whole connect, 30 s) and SessionCache. Only Host and Port must be set.
type DialConfig = dial.Config

// TLSMode says when a connection becomes TLS; "" is ImplicitTLS.
type TLSMode = dial.TLSMode

// The modes.
const (
	ImplicitTLS      = dial.ModeImplicit      // from the first byte, port 465
	StartTLS         = dial.ModeStartTLS      // by STARTTLS or not at all, port 587
	NoTLS            = dial.ModeNone          // never; only to this machine, unless DialConfig.Insecure is set
	OpportunisticTLS = dial.ModeOpportunistic // where it is offered, with any certificate; nobody signs in then
)

// DialError is what Error wraps when the connection could not be made; its Kind
// tells a name that does not exist from a certificate that is not trusted.
type DialError = dial.Error

// ErrCleartext is wrapped by the Error of a sign-in that would have sent a
// secret without encryption.
var ErrCleartext = sasl.ErrCleartext
