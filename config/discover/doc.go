// Package discover finds the servers of a mail address.
//
//	f := discover.Finder{Check: check}
//	answer := f.Find(ctx, "ada@example.org")
//	answer.Best.IMAP[0].Host
//
// What is built in is answered at once and asks nobody. For everything else
// these are asked side by side, and the first of them that knows counts:
//
//  1. the domain itself: https://autoconfig.DOMAIN and its /.well-known
//  2. Mozilla's collection of settings, by the domain
//  3. the domain's SRV records (RFC 6186, RFC 8314 §5.1)
//  4. the domain's MX, where it belongs to a provider that is built in or collected
//  5. usual names, where a server answers with a certificate for that name
//
// Documents come over HTTPS only and without the address, only the domain. What
// comes from outside is bounded, and a server without TLS is never taken from
// it. Where only the DNS vouches for a name outside the domain, the Found says
// so, and the user is to confirm it (RFC 6186 §6).
package discover
