package config

import (
	"fmt"
	"strings"
)

// Reference is the documentation of every setting, in Markdown, made of the
// table that reads them.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# The configuration

One TOML file: ` + "`postea config path`" + ` says where, ` + "`postea config check`" + ` what is wrong with it, ` + "`postea config example`" + ` prints
it whole. Unknown keys are refused. Durations are written like "10s", "5m", "48h", "2d".

A postea that runs takes over changed rules, unless the file has a fault, which it tells of; otherwise it keeps the configuration it began with, and says so when the file has come to say something else.

This page is made of the program's own table of settings.
`)
	var account []field
	for _, f := range rootFields(&Config{lock: &locker{}}) {
		if f.key == "account" {
			account = accountFields(&Account{})
			continue
		}
		section(&b, f.head(""), f)
	}
	section(&b, "[[account]]", field{doc: "One block for each account, in the order in which they are shown.", section: account})
	for _, f := range account {
		if f.section != nil {
			section(&b, f.head("account."), f)
		}
	}
	b.WriteString(`
## Where a password or token comes from

| | |
|---|---|
| ` + "`{ command = \"pass show mail/work\" }`" + ` | the first line that a program prints within 30 s; a list, or a string split by the shell's quoting rules. No shell is run |
| ` + "`{ keyring = true }`" + ` | the system's keyring |
| ` + "`{ encrypted = true }`" + ` | the file ` + "`secrets.age`" + ` beside the configuration, encrypted with a passphrase (age, scrypt) |
| ` + "`{ env = \"VAR\" }`" + ` | a variable of the environment |
| ` + "`{ value = \"…\" }`" + ` or a string | the file itself, which must be private then (0600) |
`)
	return b.String()
}

// head is what begins the table of a field.
func (f field) head(prefix string) string {
	if f.tables {
		return "[[" + prefix + f.key + "]]"
	}
	return "[" + prefix + f.key + "]"
}

func section(b *strings.Builder, head string, f field) {
	fmt.Fprintf(b, "\n## `%s`\n\n%s\n\n| key | e.g. or default | |\n|---|---|---|\n", head, f.doc)
	if f.section == nil { // a table of the user's own keys
		key, value, _ := strings.Cut(f.sample, " = ")
		fmt.Fprintf(b, "| `%s` | `%s` | any action of [keys.md](keys.md) |\n", key, value)
	}
	cell := strings.NewReplacer("|", `\|`)
	for _, k := range f.section {
		if k.set != nil && !k.tables {
			fmt.Fprintf(b, "| `%s` | `%s` | %s |\n", k.key, cell.Replace(k.sample), cell.Replace(k.doc))
		}
	}
}
