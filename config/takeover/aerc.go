package takeover

import (
	"maps"
	netmail "net/mail"
	"path/filepath"
	"strings"

	"postea/config"
	"postea/internal/mail"
)

// readAerc reads accounts.conf, after aerc-accounts(5).
func readAerc(path string) ([]Found, error) {
	text, err := readText(path)
	if err != nil {
		return nil, err
	}
	var out []Found
	sections := parseINI("[]\n" + text)
	for _, s := range sections[1:] {
		if len(s.keys) > 0 {
			all := maps.Clone(sections[0].keys) // what stands above the accounts holds for each
			maps.Copy(all, s.keys)
			out = append(out, aercAccount(section{s.name, all}))
		}
	}
	if len(out) > 0 {
		out[0].addressCommand(noteBook, aercAddressCommand(path))
	}
	return out, nil
}

// aercAddressCommand stands in aerc.conf, beside the accounts.
func aercAddressCommand(accounts string) string {
	text, err := readText(filepath.Join(filepath.Dir(accounts), "aerc.conf"))
	if err != nil {
		return ""
	}
	for _, s := range parseINI(text) {
		if command := s.get("address-book-cmd"); s.name == "compose" && command != "" {
			return command
		}
	}
	return ""
}

// addressCommand tells how a command that finds addresses comes along, which is of no account.
func (f *Found) addressCommand(what, command string) {
	if command != "" {
		f.note(what, "postea asks it too, with this in the configuration:  [contacts]  query = %q", command)
	}
}

func aercAccount(s section) Found {
	f := Found{Name: s.name}
	f.from(s.get("from"))
	f.aercSource(s)
	f.aercOutgoing(s)
	for alias := range strings.SplitSeq(s.get("aliases"), ",") {
		switch a, err := netmail.ParseAddress(strings.TrimSpace(alias)); {
		case strings.TrimSpace(alias) == "":
		case strings.ContainsAny(alias, "*?["):
			f.note("the alias "+strings.TrimSpace(alias), "postea takes whole addresses, and no patterns")
		case err != nil:
			f.note("the alias "+strings.TrimSpace(alias), "it cannot be read as an address")
		default:
			f.identity(config.Identity{Address: a.Address, RealName: a.Name})
		}
	}
	f.addressCommand(noteBook, s.get("address-book-cmd"))
	f.Account.SignatureFile = s.get("signature-file")
	if s.get("signature-cmd") != "" {
		f.note("signature-cmd", "postea takes a text or a file")
	}
	sent, more, _ := strings.Cut(s.get("copy-to"), ",")
	f.folder(mail.RoleSent, strings.TrimSpace(sent))
	if more != "" {
		f.note("copies in "+strings.TrimSpace(more), "postea keeps one, in %s", strings.TrimSpace(sent))
	}
	f.folder(mail.RoleDrafts, s.get("postpone"))
	f.folder(mail.RoleArchive, s.get("archive"))
	for _, k := range []string{"pgp-key-id", "pgp-auto-sign", "pgp-opportunistic-encrypt"} {
		if s.get(k) != "" {
			f.note(k, "postea neither signs nor encrypts")
			break
		}
	}
	return f
}

// from takes name and address from "Ada <ada@example.org>".
func (f *Found) from(s string) {
	if s == "" {
		return
	}
	if a, err := netmail.ParseAddress(s); err == nil {
		f.Account.Address, f.Account.RealName = a.Address, a.Name
		return
	}
	name, rest, ok := strings.Cut(s, "<")
	if address, _, closed := strings.Cut(rest, ">"); ok && closed {
		f.Account.Address, f.Account.RealName = strings.TrimSpace(address), strings.Trim(strings.TrimSpace(name), `"`)
		return
	}
	f.Account.Address = strings.TrimSpace(s)
}

func (f *Found) aercSource(s section) {
	source := s.get("source")
	u, ok := parseURL(source)
	scheme, options, _ := strings.Cut(u.scheme, "+")
	if !ok || scheme != "imap" && scheme != "imaps" {
		switch {
		case source == "":
			f.Refused = "it has no source"
		case ok && u.scheme != "":
			f.Refused = "its mail comes by " + u.scheme + ", and postea reads by IMAP"
		default:
			f.Refused = "its source is no address of an IMAP server"
		}
		return
	}
	at := config.Server{Host: u.host, Port: u.port, Username: u.user, TLS: "implicit"}
	if scheme == "imap" {
		at.TLS = "starttls"
	}
	f.aercServer(&at, u, options, s.get("source-cred-cmd"))
	f.Account.IMAP = at
}

func (f *Found) aercOutgoing(s section) {
	out := s.get("outgoing")
	u, ok := parseURL(out)
	scheme, options, _ := strings.Cut(u.scheme, "+")
	switch {
	case out == "":
		return
	case !ok && !strings.Contains(out, "://"):
		f.sendmail("outgoing", out)
		return
	case !ok || scheme != "smtp" && scheme != "smtps":
		f.note("outgoing", "postea sends by SMTP itself, not by another protocol")
		return
	}
	at := config.Server{Host: u.host, Port: u.port, Username: u.user, TLS: "implicit"}
	if scheme == "smtp" {
		at.TLS = "starttls"
	}
	if at.Port == 0 && scheme == "smtp" {
		at.Port = 587
	}
	f.aercServer(&at, u, options, s.get("outgoing-cred-cmd"))
	if u.user == "" && at.Auth == "" {
		at.Auth = "none"
	}
	f.Account.SMTP = at
}

// aercServer reads what stands behind the + of a scheme, and where the password
// comes from: the address, or else the command.
func (f *Found) aercServer(at *config.Server, u mailURL, options, command string) {
	secret := shellCommand(command)
	if u.hasPassword {
		secret = config.Secret{Value: u.password}
	}
	at.Password = secret
	for option := range strings.SplitSeq(options, "+") {
		if option == "insecure" {
			at.TLS = "none"
			continue
		}
		auth, oauth, known := mechanism(option)
		switch {
		case oauth && u.query.Get("token_endpoint") != "":
			f.note("renewing tokens at "+u.host, "sign in anew; postea keeps tokens of its own")
			tokens(f, at, config.Secret{})
		case oauth:
			tokens(f, at, secret)
		case !known:
			f.note("the sign-in by "+option, "postea does not know it, and takes the best that the server has")
		default:
			at.Auth = auth
			if auth == "none" {
				at.Password = config.Secret{}
			}
		}
	}
}
