package takeover

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"postea/config"
	"postea/internal/mail"
)

// readMutt reads a muttrc or neomuttrc. There is an account for what holds
// without a hook, and one for each hook, or key that reads a file, which says
// another server or address.
func readMutt(path string) ([]Found, error) {
	m := newMuttState(path)
	if err := m.read(path); err != nil {
		return nil, err
	}
	return m.accounts(path), nil
}

// accounts gives what the state and its hooks describe.
func (m *muttState) accounts(path string) []Found {
	var out []Found
	add := func(f Found, ok bool) {
		same := func(o Found) bool {
			a, b := o.Account, f.Account
			return a.IMAP.Host == b.IMAP.Host && (a.IMAP.Username == b.IMAP.Username || b.IMAP.Username == "") && (a.IMAP.Host != "" || strings.EqualFold(a.Address, b.Address))
		}
		i := slices.IndexFunc(out, same)
		switch {
		case !ok:
		case i < 0:
			f.File = path
			out = append(out, f)
		default: // another address of the same mailbox
			b := f.Account
			if b.SignatureFile == out[i].Account.SignatureFile {
				b.SignatureFile = ""
			}
			out[i].identity(config.Identity{Address: b.Address, RealName: b.RealName, SignatureFile: b.SignatureFile})
		}
	}
	first := *m // what its hooks set is not for the others
	first.own()
	add(first.found(""))
	for i, h := range m.hooks {
		c := m.clone()
		c.dir = h.dir
		c.line(h.command)
		c.entered(h.pattern)
		c.others(slices.Concat(m.hooks, c.hooks), i)
		add(c.found(h.name()))
	}
	if len(out) > 1 && out[0].Account.IMAP.Host == "" && out[0].Account.SMTP.Host == "" {
		out = out[1:] // only what the others have in common
	}
	if len(out) > 0 {
		m.general(&out[0])
	}
	return out
}

// general tells what becomes of what is of no account.
func (m *muttState) general(f *Found) {
	for _, file := range *m.aliases {
		f.note(noteAliases, "they come into the address book by  postea contacts import %s", file)
	}
	f.addressCommand(noteQuery, m.value(f, "query_command"))
	for _, of := range []struct{ command, key string }{{noteSubscribe, "subscribed"}, {noteLists, "lists"}} {
		if list := m.lists[of.command]; len(list) > 0 {
			f.note(of.command, "postea takes whole addresses of lists, with this in the configuration:  [compose]  %s = [\"%s\"]", of.key, strings.Join(list, `", "`))
		}
	}
	for _, name := range []string{"crypt_autosign", "crypt_autoencrypt", "crypt_opportunistic_encrypt", "pgp_default_key", "pgp_sign_as"} {
		if m.yes(name, false) {
			f.note(name, "postea neither signs nor encrypts")
			break
		}
	}
}

// own carries out the hooks that are about the account that holds without one.
func (m *muttState) own() {
	u, ok := parseURL(m.text("folder"))
	if !ok || u.host == "" {
		return
	}
	for _, h := range m.hooks {
		user := m.text("imap_user")
		if user == "no" {
			user = ""
		}
		at, ok := parseURL(plainPattern(h.pattern))
		if here := cmp.Or(u.user, user); !ok || !strings.EqualFold(at.host, u.host) || at.user != "" && here != "" && at.user != here {
			continue
		}
		c := m.clone()
		c.dir = h.dir
		c.line(h.command)
		if user == "" || c.text("imap_user") == user {
			m.vars, m.alternates = c.vars, c.alternates
			m.notes = append(m.notes, c.notes...)
		}
	}
}

// entered puts the server of a hook's pattern in the place of the folder, as
// mutt would where that folder is opened.
func (m *muttState) entered(pattern string) {
	at, ok := parseURL(plainPattern(pattern))
	if !ok || !strings.HasPrefix(at.scheme, "imap") || at.host == "" {
		return
	}
	if u, ok := parseURL(m.text("folder")); !ok || !strings.EqualFold(u.host, at.host) || at.user != "" && at.user != u.user {
		m.vars["folder"] = word{text: plainPattern(pattern)}
		delete(m.vars, "spoolfile")
	}
}

// others carries out the further hooks of the server that is entered: its sign-in
// stands in an account-hook, and the address in a folder-hook.
func (m *muttState) others(hooks []muttHook, but int) {
	u, ok := parseURL(m.text("folder"))
	if !ok || u.host == "" {
		return
	}
	user := cmp.Or(u.user, m.text("imap_user"))
	for i, h := range hooks {
		at, ok := parseURL(plainPattern(h.pattern))
		if i == but || !ok || !strings.EqualFold(at.host, u.host) || at.user != "" && user != "" && at.user != user {
			continue
		}
		if at.user == "" && u.user != "" && strings.Contains(h.command, "imap_user") {
			continue // of another mailbox there
		}
		m.dir = h.dir
		m.line(h.command)
	}
}

// plainPattern takes away what makes a regular expression of an address.
func plainPattern(p string) string {
	p = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(p, "^"), "$"), ".*")
	return regexp.MustCompile(`\\([^A-Za-z0-9])`).ReplaceAllString(p, "$1")
}

// name calls an account after the file that its hook reads, or the pattern.
func (h muttHook) name() string {
	if file, ok := strings.CutPrefix(h.command, "source "); ok {
		base := filepath.Base(strings.Trim(strings.TrimSpace(file), `'"`))
		base = strings.TrimSuffix(strings.TrimSuffix(base, ".muttrc"), ".rc")
		return strings.TrimPrefix(strings.TrimPrefix(base, "account."), "muttrc.")
	}
	if at, ok := parseURL(plainPattern(h.pattern)); ok {
		return at.host
	}
	return ""
}

// found is the account that the state describes; false where it is none.
func (m *muttState) found(name string) (Found, bool) {
	f := Found{Name: name, Notes: slices.Clone(m.notes)}
	f.from(m.value(&f, "from"))
	f.Account.RealName = cmp.Or(f.Account.RealName, m.value(&f, "realname"))
	m.imap(&f)
	m.smtp(&f)
	if f.Account.Address == "" && f.Account.IMAP.Host == "" && f.Account.SMTP.Host == "" {
		return f, false
	}
	if f.Account.IMAP.Host == "" && f.Account.SMTP.Host == "" {
		f.Refused = "its mail is in files of this machine, and postea reads by IMAP"
	}
	m.rest(&f)
	return f, true
}

// value is a setting that must be known here.
func (m *muttState) value(f *Found, name string) string {
	w := m.vars[name]
	if w.command != "" || w.partly {
		f.note(name, "a command gives it, and nothing is run")
		return ""
	}
	if w.text == "no" {
		return ""
	}
	return w.text
}

// secret is a setting that may come from a command.
func (m *muttState) secret(f *Found, name string) config.Secret {
	w := m.vars[name]
	switch {
	case w.command != "":
		return shellCommand(w.command)
	case w.partly:
		f.note(name, "it is partly made by a command; write it anew")
	case w.text != "no":
		return config.Secret{Value: w.text}
	}
	return config.Secret{}
}

func (m *muttState) imap(f *Found) {
	var u mailURL
	for _, name := range []string{"folder", "spoolfile", "spool_file"} {
		if at, ok := parseURL(m.value(f, name)); ok && strings.HasPrefix(at.scheme, "imap") && u.host == "" {
			u = at
		}
	}
	if u.host == "" {
		return
	}
	if m.value(f, "tunnel") != "" {
		f.note("tunnel", "postea connects to the server itself")
	}
	s := config.Server{Host: u.host, Port: u.port, Username: cmp.Or(u.user, m.value(f, "imap_login"), m.value(f, "imap_user")), TLS: "implicit"}
	if u.scheme == "imap" {
		s.TLS = m.startTLS()
	}
	s.Password = m.secret(f, "imap_pass")
	if u.hasPassword {
		s.Password = config.Secret{Value: u.password}
	}
	m.sign(f, &s, "imap_authenticators", "imap_oauth_refresh_command")
	s.CAFile = m.certificates(f)
	f.Account.IMAP = s
}

func (m *muttState) startTLS() string {
	if !m.yes("ssl_starttls", true) && !m.yes("ssl_force_tls", false) {
		return "none"
	}
	return "starttls"
}

func (m *muttState) certificates(f *Found) string {
	if file := m.value(f, "ssl_ca_certificates_file"); file != "" && !systemCertificates(file) {
		return file
	}
	return ""
}

// sign reads which mechanisms are wanted, the first that is known.
func (m *muttState) sign(f *Found, s *config.Server, mechanisms, refresh string) {
	list := strings.FieldsFunc(m.value(f, mechanisms), func(r rune) bool { return r == ':' || r == ' ' })
	for _, name := range list {
		auth, oauth, known := mechanism(name)
		switch {
		case oauth:
			from := m.secret(f, refresh)
			if command := from.Value; command != "" { // it is a command as it stands
				from = shellCommand(command)
			}
			tokens(f, s, from)
			return
		case known:
			s.Auth = auth
			return
		}
	}
	if len(list) > 0 {
		f.note(mechanisms, "postea does not know these, and takes the best that the server has")
	}
}

func (m *muttState) smtp(f *Found) {
	u, ok := parseURL(m.value(f, "smtp_url"))
	if !ok || u.host == "" || !strings.HasPrefix(u.scheme, "smtp") {
		if command := m.value(f, "sendmail"); command != "" {
			f.sendmail("sendmail", command)
		}
		return
	}
	s := config.Server{Host: u.host, Port: u.port, Username: cmp.Or(u.user, m.value(f, "smtp_user")), TLS: "implicit"}
	if u.scheme == "smtp" {
		s.TLS = m.startTLS()
		s.Port = cmp.Or(u.port, 25)
	}
	s.Password = m.secret(f, "smtp_pass")
	if u.hasPassword {
		s.Password = config.Secret{Value: u.password}
	}
	m.sign(f, &s, "smtp_authenticators", "smtp_oauth_refresh_command")
	if s.Username == "" && s.Auth == "" {
		s.Auth, s.Password = "none", config.Secret{}
	}
	s.CAFile = m.certificates(f)
	f.Account.SMTP = s
}

// sendmail takes the server of msmtp, where that is what a program sends by.
func (f *Found) sendmail(setting, command string) {
	words, err := config.SplitCommand(command)
	if err != nil {
		return
	}
	if filepath.Base(words[0]) != "msmtp" {
		f.note(setting, "postea sends by SMTP itself, not by %s", filepath.Base(words[0]))
		return
	}
	name, file := "", ""
	for i, w := range words[1:] {
		next := ""
		if i+2 < len(words) {
			next = words[i+2]
		}
		switch {
		case w == "-a":
			name = next
		case w == "-C":
			file = next
		case strings.HasPrefix(w, "--account="):
			name = strings.TrimPrefix(w, "--account=")
		case strings.HasPrefix(w, "--file="):
			file = strings.TrimPrefix(w, "--file=")
		}
	}
	if file == "" {
		home, err := HomeOf()
		if err != nil {
			return
		}
		file = cmp.Or(slices.Concat(Places(Msmtp, home), []string{""})[0])
	}
	f.msmtp(config.ExpandHome(file), name)
}

// msmtp takes the server of an account of msmtp: that of a name, or else that of
// the address, or the only one.
func (f *Found) msmtp(file, name string) {
	accounts, err := msmtpAccounts(file)
	if err != nil {
		if !os.IsNotExist(err) {
			f.note("msmtp", "its configuration cannot be read")
		}
		return
	}
	i := slices.IndexFunc(accounts, func(a msmtpAccount) bool { return a.name == name })
	if name == "" {
		i = slices.IndexFunc(accounts, func(a msmtpAccount) bool {
			return f.Account.Address != "" && strings.EqualFold(a.set["from"], f.Account.Address)
		})
		if i < 0 && len(accounts) == 1 {
			i = 0
		}
	}
	if i < 0 {
		f.note("msmtp", "none of its accounts is clearly the one of this address")
		return
	}
	f.Account.SMTP = accounts[i].server(f)
	if f.Account.Address == "" {
		f.from(accounts[i].set["from"])
	}
}

// rest takes what is neither server nor sign-in.
func (m *muttState) rest(f *Found) {
	if sig := m.value(f, "signature"); strings.HasSuffix(sig, "|") {
		f.note("signature", "postea takes a text or a file")
	} else {
		f.Account.SignatureFile = sig
	}
	for _, pattern := range m.alternates {
		address := plainPattern(pattern)
		if mail.CheckAddrSpec(address) != "" || strings.ContainsAny(address, "*?[]()|\\") {
			f.note("alternates "+pattern, "postea takes whole addresses, and no patterns")
			continue
		}
		f.identity(config.Identity{Address: address})
	}
	if f.Account.IMAP.Host == "" {
		return
	}
	for _, v := range []struct {
		role mail.Role
		name string
	}{{mail.RoleSent, "record"}, {mail.RoleDrafts, "postponed"}, {mail.RoleTrash, "trash"}} {
		role, folder := v.role, m.value(f, v.name)
		if strings.HasPrefix(folder, "=") || strings.HasPrefix(folder, "+") {
			f.folder(role, folder[1:])
		} else if u, ok := parseURL(folder); ok && strings.EqualFold(u.host, f.Account.IMAP.Host) {
			f.folder(role, u.path)
		}
	}
}
