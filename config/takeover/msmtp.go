package takeover

import (
	"cmp"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"postea/config"
	"postea/internal/mail"
)

// msmtpAccount is an account of msmtprc: its commands, those it inherits first.
type msmtpAccount struct {
	name string
	set  map[string]string
}

// readMsmtp reads msmtprc, after the manual of msmtp, "Configuration files".
func readMsmtp(path string) ([]Found, error) {
	accounts, err := msmtpAccounts(path)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, a := range accounts {
		if a.set["host"] != "" {
			out = append(out, a.found())
		}
	}
	return out, nil
}

func msmtpAccounts(path string) ([]msmtpAccount, error) {
	text, err := readText(path)
	if err != nil {
		return nil, err
	}
	list := parseMsmtp(text)
	var netrc []netrcEntry
	read := false
	for _, a := range list {
		if how := a.set["auth"]; how == "off" || !a.has("auth") || a.set["password"]+a.set["passwordeval"] != "" {
			continue
		}
		if !read {
			netrc, read = netrcFor(path), true
		}
		a.set["password"] = netrcPassword(netrc, a.set["host"], a.set["user"])
	}
	return list, nil
}

func (a msmtpAccount) has(key string) bool {
	_, has := a.set[key]
	return has
}

// parseMsmtp reads the accounts in their order. "account default : work" only
// says which is the default: it gives no account of its own.
func parseMsmtp(text string) []msmtpAccount {
	var out []msmtpAccount
	defaults := map[string]string{}
	current := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		key, value, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(line), "\t", " "), " ")
		key, value = strings.ToLower(key), unquote(strings.TrimSpace(value))
		switch {
		case key == "" || key[0] == '#':
		case key == "defaults":
			current = defaults
		case key == "account":
			name, parents, inherits := strings.Cut(value, ":")
			a := msmtpAccount{name: strings.TrimSpace(name), set: map[string]string{}}
			maps.Copy(a.set, defaults)
			for parent := range strings.SplitSeq(parents, ",") {
				i := slices.IndexFunc(out, func(o msmtpAccount) bool { return o.name == strings.TrimSpace(parent) })
				if inherits && i >= 0 {
					maps.Copy(a.set, out[i].set)
				}
			}
			current = a.set
			if !inherits || a.name != "default" {
				out = append(out, a)
			}
		default:
			current[key] = value
		}
	}
	return out
}

func unquote(v string) string {
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		return v[1 : len(v)-1]
	}
	return v
}

// on reads a switch; one without a value is on.
func (a msmtpAccount) on(key string, standard bool) bool {
	switch v, ok := a.set[key]; {
	case !ok:
		return standard
	default:
		return v == "" || v == "on"
	}
}

func (a msmtpAccount) found() Found {
	f := Found{Name: a.name}
	from := a.set["from"]
	if strings.ContainsAny(from, "%*") {
		f.note("from "+from, "postea takes whole addresses, and no patterns")
		from = ""
	}
	f.Account.Address, f.Account.RealName = from, a.set["from_full_name"]
	f.Account.SMTP = a.server(&f)
	return f
}

// server gives the server of an account, and notes in f what is left out.
func (a msmtpAccount) server(f *Found) config.Server {
	s := config.Server{Host: a.set["host"], Username: a.set["user"], TLS: "none"}
	if a.on("tls", false) {
		s.TLS = "implicit"
		if a.on("tls_starttls", true) {
			s.TLS = "starttls"
		}
	}
	s.Port, _ = strconv.Atoi(a.set["port"])
	if s.Port < 1 || s.Port > 65535 {
		s.Port = 25
		if s.TLS == "implicit" {
			s.Port = 465
		}
	}
	secret := config.Secret{Value: a.set["password"]}
	if command := a.set["passwordeval"]; command != "" && secret.Value == "" { // msmtp runs it only then
		secret = shellCommand(command)
	}
	how, said := a.set["auth"]
	if !said {
		how = "off"
	}
	auth, oauth, known := mechanism(how)
	switch {
	case oauth:
		tokens(f, &s, secret)
	case auth == "none":
		s.Auth = "none"
	default:
		s.Auth, s.Password = auth, secret
		if !known {
			f.note("the sign-in by "+how, "postea does not know it, and takes the best that the server has")
		}
	}
	a.trust(f, &s)
	if helo := a.set["domain"]; helo != "" && helo != "localhost" && mail.CheckAddrSpec("x@"+helo) == "" {
		s.Helo = helo
	}
	if host := a.set["proxy_host"]; host != "" {
		s.Proxy = "socks5://" + net.JoinHostPort(host, cmp.Or(a.set["proxy_port"], "1080"))
	}
	for key, why := range map[string]string{
		"eval": "nothing is run", "tls_key_file": "postea has no client certificates", "source_ip": "postea lets the system choose",
		"aliases": "postea has no aliases of this machine",
	} {
		if a.set[key] != "" {
			f.note(key, "%s", why)
		}
	}
	slices.SortFunc(f.Notes, func(x, y Note) int { return strings.Compare(x.What, y.What) })
	return s
}

// trust reads what msmtp is told about certificates. Nothing is trusted more
// than before, and the system's own certificates need not be named.
func (a msmtpAccount) trust(f *Found, s *config.Server) {
	if file := a.set["tls_trust_file"]; file != "" && file != "system" && !systemCertificates(file) {
		s.CAFile = file
	}
	if !a.on("tls_certcheck", true) {
		f.note("tls_certcheck off", "postea wants a certificate that it can verify, or a key that you have compared: see pin")
	}
	if a.set["tls_fingerprint"] != "" {
		f.note("tls_fingerprint", "it is of the certificate; postea pins the key:  postea probe %s  shows it", s.Host)
	}
}

func systemCertificates(file string) bool {
	for _, dir := range []string{"/etc/ssl/", "/etc/pki/", "/etc/ca-certificates/", "/usr/share/ca-certificates/", "/usr/local/share/certs/", "/usr/local/etc/openssl", "/opt/homebrew/etc/", "/opt/local/etc/"} {
		if strings.HasPrefix(file, dir) {
			return true
		}
	}
	return false
}
