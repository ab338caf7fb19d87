package smtpclient

import "strings"

// SignInFailure is why a sign-in was refused, as far as servers can be
// understood; each needs something else from the user.
type SignInFailure string

const (
	SignInPassword    SignInFailure = "password"     // user name or password is wrong, or a token has expired
	SignInAppPassword SignInFailure = "app-password" // the account's own password does not do; an app password or OAuth does
	SignInOAuth       SignInFailure = "oauth"        // passwords are no longer taken
	SignInDisabled    SignInFailure = "disabled"     // sending is switched off for the account or its organisation
	SignInRate        SignInFailure = "rate"         // too many tries; wait
	SignInMechanism   SignInFailure = "mechanism"    // another way to sign in, or encryption, is wanted
	SignInUnavailable SignInFailure = "unavailable"  // the server cannot check at the moment
	SignInRefused     SignInFailure = "refused"      // for a reason only the server's text has
)

// signInWords finds failures in the text, where providers give one code to many
// of them. The first match wins.
var signInWords = []struct {
	words   string
	failure SignInFailure
}{
	{"credentials were incorrect", SignInPassword},
	{"too many", SignInRate},
	{"rate limit", SignInRate},
	{"application-specific password", SignInAppPassword},
	{"app password", SignInAppPassword},
	{"app-specific password", SignInAppPassword},
	{"basic authentication is", SignInOAuth},
	{"clientauthentication is disabled", SignInDisabled},
	{"mechanism is too weak", SignInMechanism},
	{"encryption required", SignInMechanism},
	{"invalid credentials", SignInPassword}, // maddy says so with 454
}

// signInCodes has the codes of RFC 4954 §6, RFC 3463, RFC 5248 and those the
// large providers made up. They are looked up with and without the basic code.
var signInCodes = map[string]SignInFailure{
	"5.7.139":   SignInDisabled,
	"5.7.30":    SignInOAuth,
	"534 5.7.9": SignInAppPassword,
	"5.7.11":    SignInMechanism,
	"5.7.10":    SignInMechanism,
	"5.7.4":     SignInMechanism,
	"4.7.12":    SignInMechanism, // a sign-in by the plain password is wanted once
	"5.7.3":     SignInPassword,
	"5.7.8":     SignInPassword,
	"4.7.28":    SignInRate,
	"5.7.28":    SignInRate,
	"432":       SignInRate,
	"538":       SignInMechanism,
	"504":       SignInMechanism,
	"534":       SignInAppPassword,
	"535":       SignInPassword,
}

// signInSentences says each in plain words.
var signInSentences = map[SignInFailure]string{
	SignInPassword:    "The user name or password is wrong.",
	SignInAppPassword: "The server wants an app password or OAuth sign-in.",
	SignInOAuth:       "The server no longer takes passwords for sending; use OAuth sign-in.",
	SignInDisabled:    "Sending by password is switched off for this account.",
	SignInRate:        "There were too many sign-ins; wait before the next.",
	SignInMechanism:   "The server does not take this way to sign in.",
	SignInUnavailable: "The server cannot check sign-ins at the moment.",
	SignInRefused:     "The server refused the sign-in.",
}

// SignIn tells why the server refused the sign-in; "" for other errors.
func (e *Error) SignIn() SignInFailure {
	if e.Phase != PhaseAuth || e.Code == 0 {
		return ""
	}
	text := strings.ToLower(e.Text)
	for _, entry := range signInWords {
		if strings.Contains(text, entry.words) {
			return entry.failure
		}
	}
	code := Reply{Code: e.Code}.String()
	for _, key := range []string{code + " " + e.Enhanced, e.Enhanced, code} {
		if failure, ok := signInCodes[key]; ok {
			return failure
		}
	}
	if e.Code/100 == 4 {
		return SignInUnavailable
	}
	return SignInRefused
}

// signInFirst are words of servers that want a sign-in and say so with another code
// than 530, maddy (502), Exim and Exchange (550) among them.
var signInFirst = []string{
	"authenticate first", "must authenticate", "please authenticate", "authentication required", "authentication is required",
	"auth required", "auth is required", "not authenticated",
}

// WantsSignIn reports whether a message was refused because nobody has signed in
// (RFC 4954 §6).
func (e *Error) WantsSignIn() bool {
	switch {
	case e.Phase == PhaseAuth:
		return false
	case e.Code == codeSignInFirst:
		return true
	}
	return e.Phase == PhaseMail && e.Code/100 == 5 && saysOne(strings.ToLower(e.Text), signInFirst)
}
