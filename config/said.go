package config

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// Said identifies what the file said when it was read: another value, another
// configuration. Comments and layout do not count, nor do the theme, which the interface
// writes itself, and the rules, which are taken over.
func (c *Config) Said() uint64 { return c.said }

func said(root *item) uint64 {
	sum := fnv.New64a()
	sum.Write([]byte(root.said("")))
	return sum.Sum64()
}

// said writes a value down; "" for a table in which nothing stands.
func (it *item) said(at string) string {
	var b strings.Builder
	switch it.kind {
	case kindTable:
		for _, f := range it.fields {
			if path := at + "." + f.key; path != ".ui.theme" && path != ".rule" {
				if s := f.said(path); s != "" {
					fmt.Fprintf(&b, "%q=%s\n", path, s)
				}
			}
		}
		return b.String()
	case kindArray:
		for _, e := range it.list {
			fmt.Fprintf(&b, "[%s]", e.said(at))
		}
	}
	return b.String() + fmt.Sprintf("%s %q %d %v", it.kind, it.str, it.num, it.yes)
}
