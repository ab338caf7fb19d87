package config

import (
	"fmt"
	"slices"
	"strings"
)

// Example is a whole configuration with comments: what an account needs is
// live, everything else is commented out with its default.
func Example() string {
	var b strings.Builder
	b.WriteString("# postea: accounts and settings. `postea config check` tells what is wrong.\n\n")
	var account []field
	for _, f := range rootFields(&Config{lock: &locker{}}) {
		if f.key == "account" {
			account = accountFields(&Account{})
			continue
		}
		if f.tables {
			fmt.Fprintf(&b, "# %s\n# %s\n", f.doc, f.head(""))
			exampleFields(&b, optional(f.section), "")
			b.WriteString("\n")
			continue
		}
		fmt.Fprintf(&b, "# %s\n%s\n", f.doc, f.head(""))
		if f.set != nil {
			fmt.Fprintf(&b, "# %s\n", f.sample)
		}
		exampleFields(&b, f.section, "")
		b.WriteString("\n")
	}
	b.WriteString("# One block for each account.\n[[account]]\n")
	exampleFields(&b, account, "")
	for _, f := range account {
		if f.tables {
			fmt.Fprintf(&b, "  # %s\n  # %s\n", f.doc, f.head("account."))
			exampleFields(&b, optional(f.section), "  ")
			continue
		}
		if f.set != nil {
			continue
		}
		live := f.key == "imap" || f.key == "smtp"
		mark := "# "
		if live {
			mark = ""
		}
		fmt.Fprintf(&b, "  # %s\n  %s%s\n", f.doc, mark, f.head("account."))
		exampleFields(&b, f.section, "  ")
	}
	return b.String()
}

func exampleFields(b *strings.Builder, fields []field, indent string) {
	for _, f := range fields {
		if f.set == nil || f.tables {
			continue
		}
		line := f.key + " = " + f.sample
		if !f.need {
			line = "# " + line
		}
		if f.doc != "" {
			line = fmt.Sprintf("%-44s # %s", line, f.doc)
		}
		b.WriteString(indent + line + "\n")
	}
}

// optional gives fields that are all commented out.
func optional(fields []field) []field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].need = false
	}
	return out
}
