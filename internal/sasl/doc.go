// Package sasl holds the sign-in mechanisms of SMTP and IMAP as clients of
// go-sasl, and the rule that picks one.
//
// A protocol calls [Choose] with the mechanisms the server offers, the policy
// of the profile and the credentials; it runs the exchange with [Begin] and
// [Exchange.Answer]; after the server's success it calls [Verify], which fails
// if the server had to prove something (SCRAM) and did not. After a refusal
// [Failure] has what an OAuth server said. Servers must not see a secret in
// clear text: Choose returns [ErrCleartext] instead of a client.
//
// Empty is not nothing: a nil response means none, an empty one is sent as an
// empty line, and as "=" only when it is an initial response (RFC 4954 §4,
// RFC 4959 §3).
package sasl
