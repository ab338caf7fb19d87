package config

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
)

// Load reads a configuration file. The error wraps fs.ErrNotExist where there
// is none, and is Problems where the file is wrong.
func Load(path string) (*Config, error) {
	c, err := Examine(path)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Parse is Load for bytes; path is only named in problems, and the file's
// permissions are not looked at.
func Parse(path string, data []byte) (*Config, error) {
	return parse(path, data, newLocker(path))
}

// Examine is Load that gives what could be read beside the Problems, so that
// others can look for further ones in it: nil where the file cannot be read or is no TOML.
func Examine(path string) (*Config, error) {
	data, err := readText(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c, r, err := examine(path, data, newLocker(path))
	if err == nil && len(r.inline) > 0 {
		if err := checkPrivate(path); err != nil {
			return c, Problems{{Path: path, Line: 1, Column: 1, Text: err.Error()}}
		}
	}
	return c, err
}

func parse(path string, data []byte, lock *locker) (*Config, error) {
	c, _, err := examine(path, data, lock)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func examine(path string, data []byte, lock *locker) (*Config, *reader, error) {
	data = withoutMark(data)
	root, problems := parseTree(path, data)
	if problems != nil {
		return nil, nil, problems
	}
	r := &reader{path: path, data: data, lock: lock}
	c := &Config{
		Path:    path,
		UI:      UI{Theme: "auto", Glyphs: "auto", Rows: "auto", Pictures: "auto", Motion: "full", Clock: "auto", Dates: "auto", Week: "auto", RightToLeft: "auto", Title: true, Progress: "auto"},
		Reading: Reading{MarkRead: 2 * time.Second, Bodies: "recent", WebPictures: "ask"},
		Compose: Compose{Format: "plain", Answer: "above", Language: "auto", Editor: "plain", Spelling: "auto"},
		Notify:  Notify{Desktop: "auto", Content: true, Folders: []string{"inbox"}},
		lock:    lock,
	}
	c.said = said(root)
	r.read(root, "", rootFields(c))
	c.files = r.files
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return c, r, r.problems
	}
	return c, r, nil
}

func checkPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && info.Mode().IsRegular() && hasPermissions {
		return fmt.Errorf("holds a password and others can read it (mode %04o): run  chmod 600 %s", mode, path)
	}
	return nil
}

func (r *reader) accounts(c *Config, v *item) {
	if v.kind != kindArray || !v.tables {
		r.problem(v.at, "account", "write [[account]], with two brackets, for each account")
		return
	}
	seen := map[string]int{}
	for _, t := range v.list {
		a := Account{Send: Send{
			Hold: 10 * time.Second, Retry: []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour},
			Warn: 4 * time.Hour, GiveUp: 48 * time.Hour, Reconcile: []time.Duration{15 * time.Second, 2 * time.Minute, 10 * time.Minute}, OnUnsure: "ask",
		}, Sent: Sent{Copy: "auto"}}
		r.read(t, "account", accountFields(&a))
		r.finishAccount(t, &a)
		if first, twice := seen[a.Name]; twice && a.Name != "" {
			r.problem(r.place(t, "name"), "account.name", "%q is also the name of the account in line %d; names must differ", a.Name, first)
		} else {
			seen[a.Name], _ = position(r.data, r.place(t, "name"))
		}
		c.Accounts = append(c.Accounts, a)
	}
}

// place is where a key stands, or else where its table begins.
func (r *reader) place(t *item, path ...string) int {
	at := t.at
	for _, key := range path {
		f := t.get(key)
		if f == nil {
			return at
		}
		at, t = f.at, f
	}
	return at
}

const lowerDigits = "abcdefghijklmnopqrstuvwxyz0123456789"

// plainName tells of what an account or a theme may be called.
func plainName(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, lowerDigits+"_-") == ""
}

// finishAccount fills in defaults and checks what belongs together.
func (r *reader) finishAccount(t *item, a *Account) {
	switch {
	case t.get("name") == nil:
		r.problem(t.at, "account.name", "is missing; every account needs a name")
	case !plainName(a.Name) && t.get("name").kind == kindString:
		r.problem(r.place(t, "name"), "account.name", "%q must be 1 to 32 of a-z, 0-9, - and _", a.Name)
	}
	r.checkAddress(t, a)
	if a.Signature != "" && a.SignatureFile != "" {
		r.problem(r.place(t, "signature_file"), "account.signature_file", "signature is set too; keep one of them")
	}
	r.finishOAuth2(t, a)
	imap, smtp := t.get("imap"), t.get("smtp")
	if imap == nil && smtp == nil {
		r.problem(t.at, "account", "needs [account.imap], [account.smtp] or both")
		return
	}
	if imap != nil && imap.kind == kindTable {
		a.IMAP.Username = cmp.Or(a.IMAP.Username, a.Address)
		r.finishServer(imap, &a.IMAP, "account.imap", map[string]int{"implicit": 993, "starttls": 143, "none": 143})
	}
	if smtp != nil && smtp.kind == kindTable {
		inherit(&a.SMTP, a.IMAP, smtp)
		r.checkHelo(smtp, &a.SMTP)
		if a.SMTP.Direct() {
			r.finishDirect(smtp, &a.SMTP)
			return
		}
		a.SMTP.Username = cmp.Or(a.SMTP.Username, a.Address)
		r.finishServer(smtp, &a.SMTP, "account.smtp", map[string]int{"implicit": 465, "starttls": 587, "none": 587})
		if a.SMTP.Transport == "submission" {
			a.SMTP.Transport = ""
		}
	}
}

// inherit lets SMTP take from IMAP what it does not set itself.
func inherit(smtp *Server, imap Server, t *item) {
	smtp.Username = cmp.Or(smtp.Username, imap.Username)
	if t.get("auth") == nil {
		smtp.Auth = imap.Auth
	}
	if t.get("password") == nil {
		smtp.Password = imap.Password
	}
	if t.get("token") == nil {
		smtp.Token = imap.Token
	}
	if t.get("ca_file") == nil {
		smtp.CAFile = imap.CAFile
	}
	if t.get("proxy") == nil {
		smtp.Proxy = imap.Proxy
	}
}

func (r *reader) checkAddress(t *item, a *Account) {
	if t.get("address") == nil {
		r.problem(t.at, "account.address", "is missing; it is what the account writes from")
	} else if why := mail.CheckAddrSpec(a.Address); why != "" && t.get("address").kind == kindString {
		r.problem(r.place(t, "address"), "account.address", "%q: %s", a.Address, why)
	}
	for _, alias := range a.Aliases {
		if why := mail.CheckAddrSpec(alias); why != "" {
			r.problem(r.place(t, "aliases"), "account.aliases", "%q: %s", alias, why)
		}
	}
}

func (r *reader) finishServer(t *item, s *Server, key string, ports map[string]int) {
	if t.get("host") == nil {
		r.problem(t.at, key+".host", "is missing; it is the name of the server")
	} else if t.get("host").kind == kindString {
		r.checkHost(t, s, key)
	}
	if s.TLS == "" {
		s.TLS = "implicit"
		if s.Port == 143 || s.Port == 587 || s.Port == 25 {
			s.TLS = "starttls"
		}
	}
	if s.Port == 0 {
		s.Port = ports[s.TLS]
	}
	if s.TLS == "none" && !s.Insecure && s.Host != "" && !isLoopback(s.Host) {
		r.problem(r.place(t, "tls"), key+".tls", `"none" sends the password and all mail in clear; it is taken for this machine only, or with insecure = true`)
	}
	r.finishAuth(t, s, key)
	if strings.HasPrefix(s.CAFile, "~/") {
		s.CAFile = ExpandHome(s.CAFile)
	}
}

func (r *reader) checkHost(t *item, s *Server, key string) {
	name, port, both := strings.Cut(s.Host, ":")
	switch {
	case s.Host == "":
		r.problem(r.place(t, "host"), key+".host", "is empty; it is the name of the server")
	case strings.ContainsAny(s.Host, " /@\t"):
		r.problem(r.place(t, "host"), key+".host", "%q is no host name", s.Host)
	case both && !strings.Contains(port, ":"): // an IPv6 address has more of them
		r.problem(r.place(t, "host"), key+".host", "%q is no host name; write host = %q and port = %s", s.Host, name, cmp.Or(port, "…"))
	}
}

func (r *reader) finishAuth(t *item, s *Server, key string) {
	if s.Auth == "" {
		s.Auth = "password"
		if s.Password.Zero() {
			s.Auth = "none"
			if !s.Token.Zero() {
				s.Auth = "oauth2"
			} else if strings.HasSuffix(key, "imap") && !s.Password.faulty && !s.Token.faulty {
				r.problem(t.at, key+".password", `is missing; write password = { command = "…" }, or auth = "none"`)
			}
		}
	}
	switch s.Auth {
	case "none":
	case "oauth2", "xoauth2", "XOAUTH2", "oauthbearer", "OAUTHBEARER":
		if s.Token.Zero() && !s.Token.faulty {
			r.problem(r.place(t, "auth"), key+".token", `is missing; with auth = "oauth2" write token = { command = "…" }, or [account.oauth2]`)
		}
	default:
		if s.Password.Zero() && !s.Password.faulty && !strings.EqualFold(s.Auth, "external") && t.get("auth") != nil {
			r.problem(r.place(t, "auth"), key+".password", "is missing")
		}
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func sameAddress(own, address string) bool {
	if strings.EqualFold(own, address) {
		return true
	}
	at, ownAt := strings.LastIndexByte(address, '@'), strings.LastIndexByte(own, '@')
	if at < 0 || ownAt < 0 || !strings.EqualFold(own[ownAt:], address[at:]) {
		return false
	}
	// me+anything@ reaches me@ (RFC 5233).
	local, _, tagged := strings.Cut(address[:at], "+")
	return tagged && strings.EqualFold(local, own[:ownAt])
}

// ExpandHome puts the home directory in the place of a leading ~/. A path without
// one, or whose home is not known, is returned as it is.
func ExpandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, rest)
}
