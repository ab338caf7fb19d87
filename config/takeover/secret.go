package takeover

import (
	"slices"
	"strings"

	"postea/config"
)

// shellCommand is a command that its program gives to a shell. Where none is
// needed, none is kept; and what only prints a word is that word.
func shellCommand(s string) config.Secret {
	s = strings.TrimSpace(s)
	if s == "" {
		return config.Secret{}
	}
	words, err := config.SplitCommand(s)
	if err != nil || strings.HasPrefix(words[0], "~") || strings.Contains(words[0], "=") {
		return config.Secret{Command: []string{"sh", "-c", s}}
	}
	if words[0] == "echo" && len(words) > 1 && words[1] != "-n" && words[1] != "-e" {
		return config.Secret{Value: strings.Join(words[1:], " ")}
	}
	if words[0] == "printf" && len(words) == 3 && (words[1] == "%s" || words[1] == `%s\n`) {
		return config.Secret{Value: words[2]}
	}
	if slices.ContainsFunc(words[1:], func(w string) bool { return strings.HasPrefix(w, "~/") }) {
		return config.Secret{Command: []string{"sh", "-c", s}} // the shell's ~
	}
	return config.Secret{Command: words}
}

// tokens turns a server to OAuth. A secret that is a command gives the tokens.
func tokens(f *Found, s *config.Server, from config.Secret) {
	s.Auth, s.Password = "oauth2", config.Secret{}
	if len(from.Command) > 0 {
		s.Token = from
		return
	}
	f.OAuth = true
	if from.Value != "" {
		f.note("the token in the file", "tokens end after an hour; sign in anew")
	}
}

// mechanism is how a server's auth is written, for the name of a mechanism.
func mechanism(name string) (auth string, oauth, known bool) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "on", "plain", "login", "password": // those come by themselves where TLS is verified
		return "", false, true
	case "off", "none", "anonymous":
		return "none", false, true
	case "xoauth2", "oauthbearer", "oauth2", "oauth":
		return "oauth2", true, true
	case "scram-sha-1", "scram-sha-256", "scram-sha-1-plus", "scram-sha-256-plus":
		return "strong", false, true
	case "cram-md5":
		return "cram-md5", false, true
	}
	return "", false, false
}
