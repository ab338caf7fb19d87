package takeover

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"postea/config"
	"postea/internal/mail"
)

// thunderbirdProfiles finds prefs.js of every profile: profiles.ini names them.
func thunderbirdProfiles(h Home) []string {
	var out []string
	roots := []string{filepath.Join(h.Dir, ".thunderbird")}
	for _, flatpak := range []string{"net.thunderbird.Thunderbird", "org.mozilla.Thunderbird", "eu.betterbird.Betterbird"} { // the first was the second
		roots = append(roots, filepath.Join(h.Dir, ".var", "app", flatpak, ".thunderbird"))
	}
	roots = append(roots, filepath.Join(h.Dir, "snap", "thunderbird", "common", ".thunderbird"), filepath.Join(h.Dir, "Library", "Thunderbird"))
	if h.AppData != "" {
		roots = append(roots, filepath.Join(h.AppData, "Thunderbird"))
	}
	for _, root := range roots {
		text, err := readText(filepath.Join(root, "profiles.ini"))
		if err != nil {
			continue
		}
		for _, s := range parseINI(text) {
			dir := filepath.FromSlash(s.get("path"))
			if !strings.HasPrefix(s.name, "Profile") || dir == "" {
				continue
			}
			if s.get("isrelative") == "1" {
				dir = filepath.Join(root, dir)
			}
			if _, err := os.Stat(filepath.Join(dir, "prefs.js")); err == nil {
				out = append(out, filepath.Join(dir, "prefs.js"))
			}
		}
	}
	return out
}

// prefs are the settings of a profile: text, whole numbers and true or false, as text.
type prefs map[string]string

// parsePrefs reads lines of user_pref("name", value);
func parsePrefs(text string) prefs {
	out := prefs{}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		inner, ok := strings.CutPrefix(line, "user_pref(")
		inner, ended := strings.CutSuffix(inner, ");")
		if !ok || !ended {
			continue
		}
		name, rest := jsString(inner)
		value, ok := strings.CutPrefix(strings.TrimSpace(rest), ",")
		if name == "" || !ok {
			continue
		}
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, `"`) {
			value, _ = jsString(value)
		}
		out[name] = value
	}
	return out
}

// jsString reads a string in double quotes as Mozilla writes them, and gives what
// stands behind it.
func jsString(s string) (value, rest string) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		return "", s
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:]
		case c == '\\' && i+1 < len(s):
			i++
			switch {
			case s[i] == 'n':
				b.WriteByte('\n')
			case s[i] == 'r':
			case s[i] == 'u' && i+4 < len(s):
				if n, err := strconv.ParseUint(s[i+1:i+5], 16, 16); err == nil {
					b.WriteRune(rune(n))
					i += 4
				}
			default:
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", ""
}

func (p prefs) list(name string) []string {
	return strings.FieldsFunc(p[name], func(r rune) bool { return r == ',' || r == ' ' })
}

func (p prefs) number(name string) int {
	n, _ := strconv.Atoi(p[name])
	return n
}

// readThunderbird reads prefs.js, or the profile that it lies in. Passwords lie
// encrypted beside it, and stay there.
func readThunderbird(path string) ([]Found, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "prefs.js")
	}
	text, err := readText(path)
	if err != nil {
		return nil, err
	}
	p := parsePrefs(text)
	var out []Found
	for _, account := range p.list("mail.accountmanager.accounts") {
		server := p["mail.account."+account+".server"]
		ids := p.list("mail.account." + account + ".identities")
		switch p["mail.server."+server+".type"] {
		case "", "none", "rss", "nntp", "im": // folders of this machine, feeds, news, chat
			continue
		}
		f := p.account(server, ids)
		f.File = path
		out = append(out, f)
	}
	return out, nil
}

func (p prefs) account(server string, ids []string) Found {
	at := "mail.server." + server + "."
	f := Found{Name: p[at+"name"]}
	if kind := p[at+"type"]; kind != "imap" {
		f.Refused = "its mail comes by " + kind + ", and postea reads by IMAP"
	}
	f.Account.IMAP = p.end(&f, at, "userName", map[string]int{"implicit": 993, "starttls": 143, "none": 143})
	for i, id := range ids {
		p.takeIdentity(&f, "mail.identity."+id+".", i == 0)
	}
	f.Account.SMTP = p.outgoing(&f, ids)
	p.others(&f, ids)
	return f
}

// end reads a server: nsMsgSocketType and nsMsgAuthMethod have the numbers.
func (p prefs) end(f *Found, at, user string, ports map[string]int) config.Server {
	s := config.Server{Host: cmp.Or(p[at+"realhostname"], p[at+"hostname"]), Port: p.number(at + "port"), Username: cmp.Or(p[at+"realuserName"], p[at+user])}
	if s.Host == "" {
		return s
	}
	socket, said := p[at+"socketType"]
	if !said {
		socket = p[at+"try_ssl"]
	}
	switch socket {
	case "3":
		s.TLS = "implicit"
	case "1", "2":
		s.TLS = "starttls"
	default:
		s.TLS = "none"
	}
	if s.Port < 1 || s.Port > 65535 {
		s.Port = ports[s.TLS]
	}
	switch method := p[at+"authMethod"]; method {
	case "10":
		tokens(f, &s, config.Secret{})
	case "5", "6", "7":
		f.note("the sign-in to "+s.Host, "postea knows no Kerberos, NTLM or client certificates, and takes the best that the server has")
	case "1":
		s.Auth = "none"
	}
	return s
}

func (p prefs) outgoing(f *Found, ids []string) config.Server {
	name := ""
	for _, id := range ids {
		name = cmp.Or(name, p["mail.identity."+id+".smtpServer"])
	}
	at := "mail.smtpserver." + cmp.Or(name, p["mail.smtp.defaultserver"]) + "."
	if kind := p[at+"type"]; kind != "" && kind != "smtp" {
		f.note("sending by "+kind, "postea sends by SMTP")
		return config.Server{}
	}
	s := p.end(f, at, "username", map[string]int{"implicit": 465, "starttls": 587, "none": 25})
	if s.Host != "" && s.Username == "" && s.Auth == "" {
		s.Auth = "none"
	}
	return s
}

// others tells of addresses that send by a server which is not the account's: one that
// does not know them may refuse their mail.
func (p prefs) others(f *Found, ids []string) {
	for _, id := range ids {
		at := "mail.smtpserver." + p["mail.identity."+id+".smtpServer"] + "."
		address, host := p["mail.identity."+id+".useremail"], p[at+"hostname"]
		if s := f.Account.SMTP; s.Host == "" || host == "" || strings.EqualFold(host, s.Host) && p[at+"username"] == s.Username {
			continue
		}
		f.note("sending from "+address+" by "+host, "an account of postea's sends all by one server; one that only sends is added by  postea account add %s --smtp-host %s --no-lookup", address, host)
	}
}

func (p prefs) takeIdentity(f *Found, at string, first bool) {
	id := config.Identity{Address: p[at+"useremail"], RealName: p[at+"fullName"]}
	switch sig := p[at+"htmlSigText"]; {
	case p[at+"attach_signature"] == "true" && p[at+"sig_file"] != "":
		file := p[at+"sig_file"]
		if ext := strings.ToLower(filepath.Ext(file)); ext == ".html" || ext == ".htm" || !filepath.IsAbs(file) {
			f.note("the signature of "+id.Address, "it is no text")
		} else {
			id.SignatureFile = file
		}
	case sig != "" && p[at+"htmlSigFormat"] == "true":
		f.note("the signature of "+id.Address, "it is HTML, and postea takes a text")
	default:
		id.Signature = strings.TrimRight(sig, "\n")
	}
	if p[at+"reply_to"] != "" {
		f.note("answers to "+p[at+"reply_to"], "postea has no fixed Reply-To")
	}
	if !first || f.Account.Address != "" {
		f.identity(id)
		return
	}
	a := &f.Account
	a.Address, a.RealName, a.Signature, a.SignatureFile = id.Address, id.RealName, id.Signature, id.SignatureFile
	for _, v := range []struct {
		role mail.Role
		key  string
	}{{mail.RoleSent, "fcc_folder"}, {mail.RoleDrafts, "draft_folder"}, {mail.RoleArchive, "archive_folder"}} {
		u, ok := parseURL(p[at+v.key]) // imap://user@host/INBOX/Sent
		if ok && u.scheme == "imap" && strings.EqualFold(u.host, a.IMAP.Host) && (v.role != mail.RoleArchive || p[at+"archive_enabled"] != "false") {
			f.folder(v.role, folderName(u.path))
		}
	}
}

// folderName reads the name in a folder's address: as the server writes it, which is in
// modified UTF-7 or, where it takes that, in UTF-8.
func folderName(s string) string {
	if name, err := mail.DecodeUTF7(s); err == nil {
		return name
	}
	return s
}
