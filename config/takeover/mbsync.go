package takeover

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"postea/config"
	"postea/internal/mail"
)

// readMbsync reads the IMAP servers of mbsync, after mbsync(1). By what they
// send is msmtp's to say, where that has an account of the same name, user or
// address.
func readMbsync(path string) ([]Found, error) {
	text, err := readText(path)
	if err != nil {
		return nil, err
	}
	var senders []msmtpAccount
	if home, err := HomeOf(); err == nil {
		for _, file := range Places(Msmtp, home) {
			senders, _ = msmtpAccounts(file)
		}
	}
	return mbsyncAccounts(text, senders), nil
}

func mbsyncAccounts(text string, senders []msmtpAccount) []Found {
	var out []Found
	for _, s := range mbsyncSections(text) {
		if s.keys["host"] == "" && s.keys["tunnel"] == "" {
			continue // a store that names its account
		}
		f := Found{Name: strings.TrimSuffix(strings.TrimSuffix(s.name, "-remote"), "-far")}
		f.Account.IMAP = f.mbsyncServer(s)
		if f.Account.IMAP.Host == "" {
			f.Refused = "it is reached by a tunnel, and postea connects to the server itself"
		}
		f.sendsBy(senders)
		out = append(out, f)
	}
	return out
}

// mbsyncSections are the accounts, and the stores that name none.
func mbsyncSections(text string) []section {
	var out []section
	in := false
	for line := range strings.SplitSeq(text, "\n") {
		words := mbsyncWords(line)
		if len(words) == 0 {
			continue
		}
		key, value := strings.ToLower(words[0]), strings.Join(words[1:], " ")
		switch key {
		case "imapaccount", "imapstore":
			in = true
			out = append(out, section{name: value, keys: map[string]string{}})
		case "maildirstore", "channel", "group":
			in = false
		default:
			if in {
				out[len(out)-1].keys[key] = value
			}
		}
	}
	return out
}

// mbsyncWords splits a line, up to a word that begins with #. Quotes may stand
// within a word, and a backslash takes what follows as it is.
func mbsyncWords(line string) []string {
	var out []string
	var word strings.Builder
	open, quoted, taken := false, false, false
	for _, r := range strings.TrimSpace(line) + " " {
		switch {
		case taken:
			word.WriteRune(r)
			taken = false
		case r == '\\':
			open, taken = true, true
		case r == '"':
			open, quoted = true, !quoted
		case !quoted && (r == ' ' || r == '\t'):
			if open {
				out = append(out, word.String())
				word.Reset()
				open = false
			}
		case !open && r == '#':
			return out
		default:
			open = true
			word.WriteRune(r)
		}
	}
	return out
}

func (f *Found) mbsyncServer(s section) config.Server {
	at := config.Server{Host: s.get("host"), Username: s.get("user"), TLS: "starttls"}
	at.Port, _ = strconv.Atoi(s.get("port"))
	switch strings.ToLower(cmp.Or(s.get("tlstype"), s.get("ssltype"))) {
	case "imaps":
		at.TLS = "implicit"
	case "none":
		at.TLS = "none"
	}
	if s.get("tlstype")+s.get("ssltype") == "" && (at.Port == 993 || s.get("useimaps") == "yes") {
		at.TLS = "implicit"
	}
	if at.Port < 1 || at.Port > 65535 {
		at.Port = 0
	}
	if s.get("usercmd") != "" && at.Username == "" {
		f.note("UserCmd", "a command gives it, and nothing is run")
	}
	secret := config.Secret{Value: s.get("pass")}
	if command := strings.TrimPrefix(s.get("passcmd"), "+"); command != "" { // the + only says that it asks
		secret = shellCommand(command)
	}
	at.Password = secret
	for name := range strings.FieldsSeq(s.get("authmechs")) {
		if auth, oauth, known := mechanism(name); oauth {
			tokens(f, &at, secret)
			break
		} else if known {
			at.Auth = auth
			break
		}
	}
	if file := s.get("certificatefile"); file != "" && !systemCertificates(file) {
		f.note("CertificateFile", "it may hold the server's own certificate; where the system does not know who signed that, set ca_file, or pin the key that  postea probe %s  shows", at.Host)
	}
	return at
}

// sendsBy takes the server of the account of msmtp that is for the same mail.
func (f *Found) sendsBy(senders []msmtpAccount) {
	user := f.Account.IMAP.Username
	for _, same := range []func(msmtpAccount) bool{
		func(a msmtpAccount) bool {
			return mail.CheckAddrSpec(user) == "" && strings.EqualFold(a.set["from"], user)
		},
		func(a msmtpAccount) bool { return user != "" && a.set["user"] == user },
		func(a msmtpAccount) bool { return a.name == f.Name },
	} {
		if i := slices.IndexFunc(senders, same); i >= 0 && senders[i].set["host"] != "" {
			f.Account.SMTP = senders[i].server(f)
			if from := senders[i].set["from"]; mail.CheckAddrSpec(from) == "" {
				f.Account.Address, f.Account.RealName = from, senders[i].set["from_full_name"]
			}
			return
		}
	}
}
