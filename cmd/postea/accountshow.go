package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/mail"
)

func (e *env) accountShowCommand() *cobra.Command {
	return &cobra.Command{Use: "show NAME", Short: "Show the settings of an account", Args: cobra.ExactArgs(1),
		Long: `Show what the configuration says of an account, what it leaves to the defaults
included. No password is shown.`,
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := e.loadConfig(true)
			if err != nil {
				return err
			}
			a, err := accountCalled(c, args[0])
			if err != nil {
				return err
			}
			if e.json {
				return e.emit(accountOut(a))
			}
			for _, line := range accountLines(accountOut(a)) {
				e.print("%s%s", pad(line[0], 16), line[1])
			}
			return nil
		}}
}

// accountLines are the settings as a person reads them; those that are not set are
// left out.
func accountLines(a accountJSON) [][2]string {
	out := [][2]string{{"name", a.Name}, {"address", a.Address}}
	add := func(key, value string) {
		if value != "" {
			out = append(out, [2]string{key, value})
		}
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	add("real name", text(a.RealName))
	add("aliases", strings.Join(a.Aliases, ", "))
	for _, id := range a.Identities {
		line := mail.Address{Name: text(id.RealName), Address: id.Address}.String()
		if id.Signature {
			line += ", with a signature of its own"
		}
		add("identity", line)
	}
	for _, end := range []struct {
		name string
		s    *serverJSON
	}{{"imap", a.IMAP}, {"smtp", a.SMTP}} {
		if s := end.s; s != nil {
			add(end.name, fmt.Sprintf("%s:%d %s, as %s by %s", s.Host, s.Port, s.TLS, s.Username, s.Auth))
		}
	}
	for _, role := range mail.Roles() {
		if name := a.Folders[string(role)]; name != "" {
			add(string(role), name)
		}
	}
	add("color", text(a.Color))
	add("bodies", text(a.Bodies))
	add("depth", a.Depth)
	add("drafts", a.Drafts)
	return out
}

type identityJSON struct {
	Address   string  `json:"address"`
	RealName  *string `json:"real_name"`
	Signature bool    `json:"signature"`
}

func identitiesOut(a config.Account) []identityJSON {
	out := []identityJSON{}
	for _, id := range a.More {
		out = append(out, identityJSON{id.Address, orNull(id.RealName), id.Signature+id.SignatureFile != ""})
	}
	return out
}
