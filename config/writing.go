package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"postea/internal/mail"
)

// Compose is how messages are written.
type Compose struct {
	Format      string   // plain, markdown
	Answer      string   // where an answer is written: above the quote, below it, inline, or none: no quote
	Language    string   // of the line above a quote; "auto" is that of the environment
	Attribution string   // that line itself, with {name} {address} {date} {time}; "" is that of the language
	Editor      string   // style of the editor: plain, emacs or vi
	Spelling    string   // names of dictionaries, parted by commas; "auto" is that of the environment, "off" none
	EditHeader  bool     // the external editor gets the header fields too
	Lists       []string // addresses of mailing lists that are written to
	Subscribed  []string // and of those that are read: answers need no copy to oneself
}

// Identity is an address to write from that differs from the account's own in
// more than the address.
type Identity struct {
	Address       string
	RealName      string
	Signature     string
	SignatureFile string
}

func composeFields(c *Compose) []field {
	return []field{
		{key: "format", doc: "plain, or markdown: an HTML version goes along", sample: `"plain"`, set: oneOf(&c.Format, "plain", "markdown")},
		{key: "answer", doc: "where an answer is written: above the quote, below, inline, or none: no quote", sample: `"above"`, set: oneOf(&c.Answer, "above", "below", "inline", "none")},
		{key: "language", doc: "of the line above a quote: auto, en, de, fr, es, …", sample: `"auto"`, set: language(&c.Language)},
		{key: "attribution", doc: "that line in your own words, with {name} {address} {date} {time}", sample: `"{name} wrote on {date}:"`, set: attribution(&c.Attribution)},
		{key: "editor", doc: "keys of the editor: plain, emacs (the actions of the composer then begin with ctrl+x: `postea keys`) or vi", sample: `"plain"`, set: oneOf(&c.Editor, "plain", "emacs", "vi")},
		{key: "spelling", doc: "dictionaries, parted by commas; auto is that of your language, off none", sample: `"auto"`, set: str(&c.Spelling)},
		{key: "subscribed", doc: "mailing lists you read: a message to one asks for answers without a copy to you (Mail-Followup-To)", sample: `["talk@lists.example.org"]`, set: addresses(&c.Subscribed)},
		{key: "lists", doc: "mailing lists you write to without reading them: answers are asked for with a copy to you", sample: `["help@lists.example.org"]`, set: addresses(&c.Lists)},
		{key: "edit_header", doc: "hand the header fields to $EDITOR too", sample: `false`, set: yes(&c.EditHeader)},
	}
}

// Languages lists the languages of the line above a quote.
func Languages() []string {
	return []string{"cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "ja", "ko", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "zh"}
}

// language reads one of Languages, also as a locale has it (pt_BR.UTF-8), and
// what else Norwegian is called.
func language(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		code := strings.ToLower(v.str)
		if i := strings.IndexAny(code, "_-.@"); i >= 0 {
			code = code[:i]
		}
		if known := append(Languages(), "", "auto", "no", "nn"); !slices.Contains(known, code) {
			r.problem(v.at, v.key, "%q is not known; there are auto, %s", v.str, strings.Join(Languages(), ", "))
			return
		}
		*to = v.str
	}
}

// Patterns are compiled when they are used: each command would wait for them.
var placeholder = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{[^{}]*\}`) })

// attribution reads the line above a quote.
func attribution(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		for _, p := range placeholder().FindAllString(v.str, -1) {
			if !slices.Contains([]string{"{name}", "{address}", "{date}", "{time}"}, p) {
				r.problem(v.at, v.key, "there is no %s; there are {name}, {address}, {date} and {time}", p)
			}
		}
		*to = v.str
	}
}

// addresses reads a list of addresses.
func addresses(to *[]string) func(*reader, *item) {
	return func(r *reader, v *item) {
		strs(to)(r, v)
		for _, e := range v.list {
			if why := mail.CheckAddrSpec(e.str); why != "" && e.kind == kindString {
				r.problem(e.at, v.key, "%q: %s", e.str, why)
			}
		}
	}
}

func identityFields(i *Identity) []field {
	return []field{
		{key: "address", need: true, doc: "one of yours", sample: `"a.lovelace@example.org"`, set: str(&i.Address)},
		{key: "real_name", doc: "that of the account where it is not set", sample: `"A. Lovelace"`, set: str(&i.RealName)},
		{key: "signature", doc: "or signature_file; that of the account where it is not set", sample: `"A."`, set: str(&i.Signature)},
		{key: "signature_file", sample: `"~/.signature-work"`, set: readFile(&i.SignatureFile)},
	}
}

// identities reads the tables [[account.identity]].
func identities(to *[]Identity) func(*reader, *item) {
	return func(r *reader, v *item) {
		if v.kind != kindArray || !v.tables {
			r.problem(v.at, "account.identity", "write [[account.identity]], with two brackets, for each address")
			return
		}
		for _, t := range v.list {
			var id Identity
			r.read(t, "account.identity", identityFields(&id))
			switch why := mail.CheckAddrSpec(id.Address); {
			case t.get("address") == nil:
				r.problem(t.at, "account.identity.address", "is missing")
			case why != "" && t.get("address").kind == kindString:
				r.problem(r.place(t, "address"), "account.identity.address", "%q: %s", id.Address, why)
			}
			if id.Signature != "" && id.SignatureFile != "" {
				r.problem(r.place(t, "signature_file"), "account.identity.signature_file", "signature is set too; keep one of them")
			}
			*to = append(*to, id)
		}
	}
}

// Identities gives the account's address and its other ones, with their names.
func (a Account) Identities() []mail.Address {
	out := []mail.Address{{Name: a.RealName, Address: a.Address}}
	add := func(name, address string) {
		for i := range out {
			if sameAddress(out[i].Address, address) {
				if name != "" {
					out[i].Name = name
				}
				return
			}
		}
		if name == "" {
			name = a.RealName
		}
		out = append(out, mail.Address{Name: name, Address: address})
	}
	for _, alias := range a.Aliases {
		add("", alias)
	}
	for _, id := range a.More {
		add(id.RealName, id.Address)
	}
	return out
}

// SignatureOf gives the signature that goes with one of the account's
// addresses, read from its file where it is in one; "" for none.
func (a Account) SignatureOf(address string) (string, error) {
	text, file := a.Signature, a.SignatureFile
	for _, id := range a.More {
		if sameAddress(id.Address, address) && id.Signature+id.SignatureFile != "" {
			text, file = id.Signature, id.SignatureFile
		}
	}
	if file == "" {
		return text, nil
	}
	b, err := os.ReadFile(ExpandHome(file))
	if err != nil {
		return "", fmt.Errorf("reading the signature of account %s: %w", a.Name, err)
	}
	return strings.TrimRight(string(b), "\n"), nil
}

// TemplateDir is where templates lie: beside the configuration.
func (c *Config) TemplateDir() string {
	return filepath.Join(filepath.Dir(c.Path), "templates")
}
