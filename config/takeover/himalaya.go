package takeover

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"postea/config"
	"postea/internal/mail"
)

// table is one of a TOML file whose keys are written imap.host, or imap-host as
// the first versions did.
type table map[string]any

func (t table) at(path ...string) any {
	if v, ok := t[strings.Join(path, "-")]; ok {
		return v
	}
	v, ok := t[path[0]]
	if !ok || len(path) == 1 {
		return v
	}
	inner, _ := v.(map[string]any)
	return table(inner).at(path[1:]...)
}

func (t table) text(path ...string) string {
	switch v := t.at(path...).(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

func (t table) sub(path ...string) table {
	m, _ := t.at(path...).(map[string]any)
	return m
}

// readHimalaya reads the accounts of himalaya: those of version 2, which name a
// server, of version 1, with a backend, and of those before it.
func readHimalaya(path string) ([]Found, error) {
	text, err := readText(path)
	if err != nil {
		return nil, err
	}
	var file table
	if err := toml.Unmarshal([]byte(text), &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return himalayaAccounts(file), nil
}

func himalayaAccounts(file table) []Found {
	accounts := file.sub("accounts")
	if accounts == nil {
		accounts = file
	}
	names := slices.SortedFunc(maps.Keys(accounts), func(a, b string) int {
		first := func(name string) int {
			if accounts.sub(name)["default"] == true {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(first(a), first(b)), strings.Compare(a, b))
	})
	var out []Found
	for _, name := range names {
		if t := accounts.sub(name); t != nil && (len(file.sub("accounts")) > 0 || t["email"] != nil) {
			out = append(out, himalayaAccount(name, t, file))
		}
	}
	return out
}

func himalayaAccount(name string, t, global table) Found {
	f := Found{Name: name}
	f.Account.Address = t.text("email")
	f.Account.RealName = cmp.Or(t.text("display-name"), global.text("display-name"))
	if sig := cmp.Or(t.text("signature"), global.text("signature")); strings.HasPrefix(sig, "~/") || strings.HasPrefix(sig, "/") {
		f.Account.SignatureFile = sig
	} else {
		f.Account.Signature = strings.TrimSpace(sig)
	}
	kind := cmp.Or(t.text("backend"), t.text("backend", "type"))
	switch {
	case t.at("imap", "server") != nil:
		f.Account.IMAP = f.himalayaURL(t.sub("imap"), "imap", 143)
	case kind == "imap" && t.sub("backend") != nil:
		f.Account.IMAP = f.himalayaServer(t.sub("backend"))
	case kind == "imap":
		f.Account.IMAP = f.himalayaServer(t.within("imap"))
	case kind != "" && kind != "none":
		f.note("the backend "+kind, "postea reads by IMAP")
	}
	sender := cmp.Or(t.text("sender"), t.text("message", "send", "backend"), t.text("message", "send", "backend", "type"))
	switch {
	case t.at("smtp", "server") != nil:
		f.Account.SMTP = f.himalayaURL(t.sub("smtp"), "smtp", 587)
	case sender == "smtp" && t.sub("message", "send", "backend") != nil:
		f.Account.SMTP = f.himalayaServer(t.sub("message", "send", "backend"))
	case sender == "smtp":
		f.Account.SMTP = f.himalayaServer(t.within("smtp"))
	case sender != "" && sender != "none":
		f.note("sending by "+sender, "postea sends by SMTP itself")
	}
	for role, keys := range map[mail.Role][]string{mail.RoleSent: {"sent"}, mail.RoleDrafts: {"drafts", "draft"}, mail.RoleTrash: {"trash"}, mail.RoleArchive: {"archive"}, mail.RoleJunk: {"junk", "spam"}} {
		for _, aliases := range []table{t.sub("mailbox", "alias"), t.sub("folder", "aliases"), t.sub("folder", "alias"), t.sub("folder-aliases")} {
			for _, k := range keys {
				f.folder(role, aliases.text(k))
			}
		}
	}
	return f
}

// within gives what stands under a name, as a table of its own or with a dash.
func (t table) within(name string) table {
	out := table{}
	for k, v := range t {
		if rest, ok := strings.CutPrefix(k, name+"-"); ok {
			out[rest] = v
		}
	}
	maps.Copy(out, t.sub(name))
	return out
}

// himalayaURL reads a server as version 2 writes it.
func (f *Found) himalayaURL(t table, protocol string, plain int) config.Server {
	at := t.text("server")
	if !strings.Contains(at, "://") {
		at = protocol + "s://" + at
	}
	u, _ := parseURL(at)
	s := config.Server{Host: u.host, Port: u.port, TLS: "implicit", CAFile: t.text("tls", "cert")}
	if u.scheme == protocol {
		if s.TLS = "none"; t["starttls"] == true {
			s.TLS = "starttls"
		}
		s.Port = cmp.Or(s.Port, plain)
	}
	sasl := t.sub("sasl")
	if len(sasl) == 0 {
		s.Auth = "none"
	}
	for name := range sasl {
		how := sasl.sub(name)
		s.Username = how.text("username")
		auth, oauth, known := mechanism(name)
		switch {
		case oauth:
			tokens(f, &s, f.himalayaSecret(how.at("token")))
		case auth == "none":
			s.Auth = auth
		default:
			s.Password = f.himalayaSecret(how.at("password"))
			if s.Auth = auth; !known {
				f.note("the sign-in by "+name, "postea does not know it, and takes the best that the server has")
			}
		}
	}
	return s
}

// himalayaServer reads a server as the versions before 2 write it.
func (f *Found) himalayaServer(t table) config.Server {
	s := config.Server{Host: t.text("host"), Username: t.text("login"), TLS: "implicit"}
	if host, port, err := net.SplitHostPort(s.Host); err == nil {
		s.Host = host
		s.Port, _ = strconv.Atoi(port)
	}
	if port, err := strconv.Atoi(t.text("port")); err == nil && port > 0 && port <= 65535 {
		s.Port = port
	}
	switch cmp.Or(t.text("encryption"), t.text("encryption", "type")) {
	case "none":
		s.TLS = "none"
	case "start-tls", "starttls":
		s.TLS = "starttls"
	}
	if t["starttls"] == true {
		s.TLS = "starttls"
	}
	auth := t.sub("auth")
	if cmp.Or(t.text("auth"), auth.text("type")) == "oauth2" || t.sub("oauth2") != nil {
		tokens(f, &s, config.Secret{})
		return s
	}
	for _, from := range []any{t["passwd"], auth.at("passwd"), map[string]any(auth)} {
		if secret := f.himalayaSecret(from); len(secret.Command) > 0 || secret.Value != "" {
			s.Password = secret
			break
		}
	}
	return s
}

// himalayaSecret reads a secret: raw, a command, or one in himalaya's own part of the keyring.
func (f *Found) himalayaSecret(v any) config.Secret {
	m, _ := v.(map[string]any)
	t := table(m)
	if raw := t.text("raw"); raw != "" {
		return config.Secret{Value: raw}
	}
	for _, key := range []string{"cmd", "command"} {
		switch c := t[key].(type) {
		case string:
			return shellCommand(c)
		case []any:
			var words []string
			for _, w := range c {
				words = append(words, fmt.Sprint(w))
			}
			return config.Secret{Command: words}
		}
	}
	return config.Secret{}
}
