package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// editIdentities makes the [[account.identity]] blocks of an account those of a
// list.
func editIdentities(path string, data []byte, name string, list []Identity) ([]byte, error) {
	b, err := blockOf(path, data, "account", name)
	if err != nil {
		return nil, err
	}
	c, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	acc, _ := c.Account(name)
	left := slices.Clone(list)
	var out []byte
	from := 0
	if blocks := b.tree.get("identity"); blocks != nil {
		for i, t := range blocks.list {
			start := commentsAbove(data, lineStart(data, t.at))
			end := endOfTable(data, t.at, b.to)
			out = append(out, data[from:start]...)
			from = end
			at := slices.IndexFunc(left, func(id Identity) bool { return sameAddress(id.Address, acc.More[i].Address) })
			if at < 0 {
				continue
			}
			if left[at] == acc.More[i] {
				out = append(out, data[start:end]...)
			} else {
				out = append(out, identityText(left[at])...)
			}
			left = slices.Delete(left, at, at+1)
		}
	}
	out = append(out, data[from:b.to]...)
	if len(left) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, '\n')
	}
	for _, id := range left {
		out = append(out, identityText(id)...)
	}
	return append(out, data[b.to:]...), nil
}

// endOfTable is where a table that begins in a line ends: before the next header
// and the comment above that, or at most.
func endOfTable(data []byte, at, most int) int {
	for _, h := range headers(data) {
		if h.at > at {
			return min(commentsAbove(data, h.at), most)
		}
	}
	return most
}

// identityText writes an identity as a person would.
func identityText(id Identity) string {
	var b strings.Builder
	b.WriteString("  [[account.identity]]\n")
	for _, f := range []struct{ key, value string }{
		{"address", id.Address}, {"real_name", id.RealName}, {"signature", id.Signature}, {"signature_file", id.SignatureFile},
	} {
		if f.value != "" {
			fmt.Fprintf(&b, "  %s = %s\n", f.key, tomlString(f.value))
		}
	}
	return b.String()
}
