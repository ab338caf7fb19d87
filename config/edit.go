package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"postea/internal/mail"
)

// ErrNoAccount says that the file has no account of that name.
var ErrNoAccount = errors.New("no such account")

// AddAccount appends an account to a configuration file, making the file (0600)
// and its directory (0700) where they are missing. Everything else in the file
// stays as it is. What would not Parse is not written.
func AddAccount(path string, a Account) error {
	data, err := readText(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	return replace(path, data, appendBlock(data, accountText(a)))
}

func appendBlock(data []byte, text string) []byte {
	out := bytes.Clone(data)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, '\n')
	}
	if len(out) > 0 {
		out = append(out, '\n')
	}
	return append(out, text...)
}

// RemoveAccount cuts an account out of a configuration file, with its tables
// and the comment directly above it; comments below it that stand apart stay. The error is ErrNoAccount where there is none.
func RemoveAccount(path, name string) error {
	return edit(path, func(data []byte) ([]byte, error) {
		rest, _, err := cutBlock(path, data, "account", name)
		return rest, err
	})
}

func cutBlock(path string, data []byte, key, name string) (rest, cut []byte, err error) {
	b, err := blockOf(path, data, key, name)
	if err != nil {
		return nil, nil, err
	}
	to := unrelated(data, b)
	return slices.Concat(data[:b.from], data[to:]), data[b.from:to], nil
}

// unrelated is where the comments begin that stand below a block, behind an empty line: they are about
// something else. It is the end of the block where there are none.
func unrelated(data []byte, b block) int {
	at, comment := b.to, b.to
	for end := b.to; end > b.from; end = lineStart(data, end-1) {
		switch line := bytes.TrimSpace(data[lineStart(data, end-1):end]); {
		case len(line) == 0:
			at = comment
		case line[0] != '#':
			return at
		default:
			comment = lineStart(data, end-1)
		}
	}
	return at
}

// EditAccount sets keys of an account, such as "imap.port" or "real_name", and
// leaves every other byte of the file alone. Values are string, int, bool,
// []string or Secret; nil removes the key. The value of "identity" is []Identity:
// all there are to be; a block of which nothing has changed stays as it is.
func EditAccount(path, name string, set map[string]any) error {
	return edit(path, func(data []byte) ([]byte, error) { return editKeys(path, data, name, set) })
}

// edit writes a file anew that f has changed.
func edit(path string, f func([]byte) ([]byte, error)) error {
	data, err := readText(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	out, err := f(data)
	if err != nil {
		return err
	}
	return replace(path, data, out)
}

func editKeys(path string, data []byte, name string, set map[string]any) ([]byte, error) {
	var err error
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if list, ok := set[key].([]Identity); ok && key == "identity" {
			data, err = editIdentities(path, data, name, list)
		} else {
			data, err = editKey(path, data, name, key, set[key])
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// block is the lines of one account or rule.
type block struct {
	name     string
	tree     *item
	from, to int
}

// blocksOf finds where each account or rule, as key says, begins and ends: from the comment
// above its header to the next header that does not belong to it.
func blocksOf(path string, data []byte, key string) ([]block, error) {
	root, problems := parseTree(path, data)
	if problems != nil {
		return nil, problems
	}
	list := root.get(key)
	if list == nil || !list.tables {
		return nil, nil
	}
	heads := headers(data)
	var out []block
	for _, t := range list.list {
		b := block{tree: t, from: lineStart(data, t.at), to: len(data)}
		if n := t.get("name"); n != nil {
			b.name = n.str
		}
		for _, h := range heads {
			if h.at > b.from && !(h.within && key == "account") {
				b.to = commentsAbove(data, h.at)
				break
			}
		}
		b.from = commentsAbove(data, b.from)
		out = append(out, b)
	}
	return out, nil
}

func blockOf(path string, data []byte, key, name string) (block, error) {
	blocks, err := blocksOf(path, data, key)
	if err != nil {
		return block{}, err
	}
	i := slices.IndexFunc(blocks, func(b block) bool { return b.name == name })
	if i >= 0 {
		return blocks[i], nil
	}
	none := ErrNoAccount
	if key == "rule" {
		none = ErrNoRule
	}
	return block{}, fmt.Errorf("%w: %s", none, name)
}

type headerLine struct {
	at     int
	within bool   // belongs to the account above it
	table  string // the name, of a table that lies in no other
}

// headers finds the lines that open a table, by the parser's own positions.
func headers(data []byte) []headerLine {
	var b builder
	b.data = data
	b.parser.Reset(data)
	var out []headerLine
	for b.parser.NextExpression() {
		e := b.parser.Expression()
		path := keys(e)
		if e.Kind.String() != "Table" && e.Kind.String() != "ArrayTable" || len(path) == 0 {
			continue
		}
		h := headerLine{at: lineStart(data, offset(path[0])), within: string(path[0].Data) == "account" && len(path) > 1}
		if len(path) == 1 {
			h.table = string(path[0].Data)
		}
		out = append(out, h)
	}
	return out
}

func lineStart(data []byte, at int) int { return bytes.LastIndexByte(data[:at], '\n') + 1 }

// commentsAbove moves up over comment lines that stand directly above a line.
func commentsAbove(data []byte, at int) int {
	for at > 0 {
		above := lineStart(data, at-1)
		if !bytes.HasPrefix(bytes.TrimSpace(data[above:at]), []byte("#")) {
			break
		}
		at = above
	}
	return at
}

func editKey(path string, data []byte, name, key string, value any) ([]byte, error) {
	b, err := blockOf(path, data, "account", name)
	if err != nil {
		return nil, err
	}
	table, leaf, dotted := strings.Cut(key, ".")
	t := b.tree
	if !dotted {
		table, leaf = "", key
	} else {
		t = b.tree.get(table)
	}
	var old *item
	if t != nil {
		old = t.get(leaf)
	}
	switch {
	case old != nil && old.kind == kindTable && old.to == 0:
		return nil, fmt.Errorf("%s: change %s yourself: it stands in several pieces", path, key)
	case t != nil && t.to > 0:
		return editInline(data, t, old, leaf, value), nil
	case old != nil && value == nil:
		from := lineStart(data, old.at)
		to := from + lineLength(data[from:])
		if old.to > to {
			to = old.to + lineLength(data[old.to:])
		}
		return slices.Concat(data[:from], data[to:]), nil
	case value == nil:
		return data, nil
	case old != nil:
		from, to := valueRange(data, old)
		return slices.Concat(data[:from], []byte(tomlValue(value)), data[to:]), nil
	}
	line := leaf + " = " + tomlValue(value) + "\n"
	if t == nil {
		before := data[:b.to]
		if !bytes.HasSuffix(before, []byte("\n")) {
			before = slices.Concat(before, []byte("\n"))
		}
		return slices.Concat(before, []byte("  [account."+table+"]\n  "+line), data[b.to:]), nil
	}
	at := t.at + lineLength(data[t.at:])
	return slices.Concat(data[:at], []byte(indentOf(data, t)+line), data[at:]), nil
}

// editInline is editKey for a table in braces on one line, whose other keys stay.
func editInline(data []byte, t, old *item, leaf string, value any) []byte {
	const blanks = " \t"
	switch {
	case old == nil && value == nil:
		return data
	case old == nil:
		open, _ := valueRange(data, t)
		next := " " + leaf + " = " + tomlValue(value)
		switch {
		case len(t.fields) > 0:
			next += ","
		case data[open+1] != ' ':
			next += " "
		}
		return slices.Concat(data[:open+1], []byte(next), data[open+1:])
	case value != nil:
		from, to := valueRange(data, old)
		return slices.Concat(data[:from], []byte(tomlValue(value)), data[to:])
	}
	_, to := valueRange(data, old)
	before, after := data[:old.at], bytes.TrimLeft(data[to:], blanks)
	if rest, more := bytes.CutPrefix(after, []byte(",")); more {
		return slices.Concat(before, bytes.TrimLeft(rest, blanks))
	}
	return slices.Concat(bytes.TrimRight(before, blanks+","), []byte(" "), after)
}

// indentOf is the indent of the first key of a table.
func indentOf(data []byte, t *item) string {
	if len(t.fields) == 0 {
		return ""
	}
	from := lineStart(data, t.fields[0].at)
	return string(data[from:t.fields[0].at])
}

// valueRange is where the value of a key stands: behind the = to its last byte.
func valueRange(data []byte, v *item) (int, int) {
	if v.to > v.from && v.kind != kindArray && v.kind != kindTable {
		return v.from, v.to
	}
	from := v.at + bytes.IndexByte(data[v.at:], '=') + 1
	for from < len(data) && (data[from] == ' ' || data[from] == '\t') {
		from++
	}
	return from, v.to
}

func lineLength(data []byte) int {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1
	}
	return len(data)
}

// replace writes the file anew in one step, after making sure that it parses.
func replace(path string, before, after []byte) error {
	if _, err := Parse(path, after); err != nil {
		return err
	}
	if bytes.Equal(before, after) && before != nil {
		return nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a file kept elsewhere and linked stays linked
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the configuration directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".config-*.toml") // 0600
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(after); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

// tomlValue writes a value as TOML.
func tomlValue(v any) string {
	switch v := v.(type) {
	case string:
		return tomlString(v)
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case []string:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = tomlString(s)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Secret:
		switch {
		case len(v.Command) > 0:
			return "{ command = " + tomlValue(v.Command) + " }"
		case v.Env != "":
			return "{ env = " + tomlString(v.Env) + " }"
		case v.Keyring:
			return "{ keyring = true }"
		case v.Encrypted:
			return "{ encrypted = true }"
		}
		return "{ value = " + tomlString(v.Value) + " }"
	}
	return `""`
}

// tomlString writes a basic string: TOML 1.0, String.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// accountText writes an account as a person would: only what differs from the
// defaults.
func accountText(a Account) string {
	var b strings.Builder
	line := func(indent, key string, value any, skip bool) {
		if !skip {
			fmt.Fprintf(&b, "%s%s = %s\n", indent, key, tomlValue(value))
		}
	}
	b.WriteString("[[account]]\n")
	line("", "name", a.Name, false)
	line("", "address", a.Address, false)
	line("", "real_name", a.RealName, a.RealName == "")
	line("", "aliases", a.Aliases, len(a.Aliases) == 0)
	line("", "signature", a.Signature, a.Signature == "")
	line("", "signature_file", a.SignatureFile, a.SignatureFile == "")
	line("", "drafts", a.Drafts, a.Drafts == "")
	line("", "color", a.Color, a.Color == "")
	line("", "bodies", a.Bodies, a.Bodies == "")
	line("", "depth", a.Depth.String(), a.Depth.All())
	line("", "authserv_id", a.AuthServID, a.AuthServID == "")
	server := func(name string, s, like Server) {
		if !s.Used() {
			return
		}
		fmt.Fprintf(&b, "  [account.%s]\n", name)
		line("  ", "transport", s.Transport, s.Transport == "")
		line("  ", "helo", s.Helo, s.Helo == "")
		line("  ", "host", s.Host, s.Host == "")
		line("  ", "port", s.Port, s.Port == 0)
		line("  ", "tls", s.TLS, s.TLS == "")
		line("  ", "username", s.Username, s.Username == "" || s.Username == like.Username)
		line("  ", "auth", s.Auth, s.Auth == "" || s.Auth == like.Auth)
		line("  ", "password", s.Password, s.Password.Zero() || sameSecret(s.Password, like.Password))
		line("  ", "token", s.Token, s.Token.Zero() || s.Token.tokens != nil || sameSecret(s.Token, like.Token))
		line("  ", "ca_file", s.CAFile, s.CAFile == "" || s.CAFile == like.CAFile)
		line("  ", "pin", s.Pin, s.Pin == "")
		line("  ", "proxy", s.Proxy, s.Proxy == "" || s.Proxy == like.Proxy)
		line("  ", "insecure", s.Insecure, !s.Insecure)
	}
	server("imap", a.IMAP, Server{})
	server("smtp", a.SMTP, a.IMAP)
	if len(a.Folders) > 0 {
		b.WriteString("  [account.folders]\n")
		for _, role := range mail.Roles() {
			line("  ", string(role), a.Folders[role], a.Folders[role] == "")
		}
	}
	for _, id := range a.More {
		b.WriteString(identityText(id))
	}
	if o := a.OAuth2; o.Used() {
		b.WriteString("  [account.oauth2]\n")
		line("  ", "provider", o.Provider, o.Provider == "")
		line("  ", "client_id", o.ClientID, false)
		line("  ", "client_secret", o.ClientSecret, o.ClientSecret.Zero())
		line("  ", "keep", o.Keep, o.Keep == "")
		line("  ", "tenant", o.Tenant, o.Tenant == "")
		line("  ", "auth_url", o.AuthURL, o.AuthURL == "")
		line("  ", "token_url", o.TokenURL, o.TokenURL == "")
		line("  ", "device_url", o.DeviceURL, o.DeviceURL == "")
		line("  ", "scopes", o.Scopes, len(o.Scopes) == 0)
		line("  ", "ca_file", o.CAFile, o.CAFile == "")
	}
	return b.String()
}

func sameSecret(a, b Secret) bool {
	return a.Env == b.Env && a.Keyring == b.Keyring && a.Encrypted == b.Encrypted && a.Value == b.Value && slices.Equal(a.Command, b.Command)
}

// Complete checks an account and fills in the defaults, as reading it from a
// file would. The error is Problems.
func Complete(a Account) (Account, error) {
	c, err := Parse("the account", []byte(accountText(a)))
	if err != nil {
		return a, err
	}
	return c.Accounts[0], nil
}

// Complete is the function of that name for an account that is to be one of
// this configuration: what it keeps, it keeps there.
func (c *Config) Complete(a Account) (Account, error) {
	passphrase := c.lock.passphrase
	full, err := parse("the account", []byte(accountText(a)), c.lock)
	c.lock.passphrase = passphrase
	if err != nil {
		return a, err
	}
	return full.Accounts[0], nil
}
