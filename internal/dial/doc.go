// Package dial opens the TCP and TLS connections mail protocols run on.
//
// Fill a [Config], then call [Dial]. With [ModeImplicit] the returned connection
// has finished its TLS handshake; with [ModeStartTLS] it is plain, and the protocol
// upgrades it with [StartTLS] after its own negotiation; with [ModeNone] it stays
// plain, which is refused beyond the loopback interface unless Config.Insecure
// says otherwise. [TLSState] tells afterwards what was agreed.
//
// Every failure is an [Error]: one plain line, and a [Kind] to decide on.
package dial
