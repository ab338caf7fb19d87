package sasl

import (
	"encoding/base64"
	"strings"
)

// Blank is what stands for a secret.
const Blank = "••••••••"

// shortestSecret keeps Scrub from blanking ordinary words.
const shortestSecret = 4

// Secrets takes what must not be shown out of texts, such as those of a server
// that repeats it. The zero value hides nothing.
type Secrets struct{ list []string }

// Hide makes s, and its base64 form, unspeakable.
func (s *Secrets) Hide(secret string) {
	if len(secret) >= shortestSecret {
		s.list = append(s.list, secret, base64.StdEncoding.EncodeToString([]byte(secret)))
	}
}

// Forget hides nothing any more.
func (s *Secrets) Forget() { s.list = nil }

// Scrub returns text with Blank in the place of secrets.
func (s *Secrets) Scrub(text string) string {
	for _, secret := range s.list {
		text = strings.ReplaceAll(text, secret, Blank)
	}
	return text
}
