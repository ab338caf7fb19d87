package people

import (
	"strings"

	"postea/internal/mail"
)

// ParseQuery reads what a query command prints, as mutt, abook, khard, lbdb and
// notmuch-address do: an address, a tab and a name on a line, or an address as
// in a header. Lines without an address are notices.
func ParseQuery(output string) []mail.Address {
	var list []mail.Address
	for line := range strings.SplitSeq(output, "\n") {
		address, rest, tabbed := strings.Cut(strings.TrimRight(line, "\r"), "\t")
		if !tabbed {
			if a, err := mail.ParseAddress(line); err == nil {
				list = append(list, a)
			} else {
				several, _ := mail.ParseAddressList(line)
				list = append(list, several...)
			}
			continue
		}
		name, _, _ := strings.Cut(rest, "\t")
		if address = strings.TrimSpace(address); mail.CheckAddrSpec(address) == "" {
			list = append(list, called(clean(name), address))
		}
	}
	return list
}
