package store

import (
	"encoding/json"
	"strings"

	"postea/internal/mail"
)

// maxAddresses bounds how many addresses of a field the mirror keeps.
const maxAddresses = 1000

const (
	jsonName    = `{"name":"`
	jsonAddress = `","address":"`
	jsonEnd     = `"}`
)

// addressJSON writes addresses as the mirror keeps them. Plain ones, which nearly all are,
// are written without encoding/json, to the same effect.
func addressJSON(list []mail.Address) string {
	if len(list) == 0 {
		return "[]"
	}
	list = list[:min(len(list), maxAddresses)]
	size := 2
	for _, a := range list {
		if !plainJSON(a.Name) || !plainJSON(a.Address) {
			b, err := json.Marshal(list)
			if err != nil {
				return "[]" // strings cannot fail
			}
			return string(b)
		}
		size += len(jsonName) + len(a.Name) + len(jsonAddress) + len(a.Address) + len(jsonEnd) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for i, a := range list {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(jsonName)
		b.WriteString(a.Name)
		b.WriteString(jsonAddress)
		b.WriteString(a.Address)
		b.WriteString(jsonEnd)
	}
	b.WriteByte(']')
	return b.String()
}

// plainJSON tells whether a text stands in JSON as it is, also as encoding/json writes it.
func plainJSON(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// parseAddresses reads what addressJSON wrote. The texts are parts of s.
func parseAddresses(s string) []mail.Address {
	if s == "" || s == "[]" {
		return nil
	}
	if list, ok := parsePlainAddresses(s); ok {
		return list
	}
	var list []mail.Address
	if json.Unmarshal([]byte(s), &list) != nil {
		return nil
	}
	return list
}

func parsePlainAddresses(s string) ([]mail.Address, bool) {
	if strings.IndexByte(s, '\\') >= 0 {
		return nil, false
	}
	list := make([]mail.Address, 0, strings.Count(s, jsonAddress))
	for i := 0; ; i++ {
		var a mail.Address
		var ok bool
		if s, ok = strings.CutPrefix(s, "[,"[min(i, 1):min(i, 1)+1]+jsonName); !ok {
			return nil, false
		}
		if a.Name, s, ok = strings.Cut(s, `"`); !ok {
			return nil, false
		}
		if s, ok = strings.CutPrefix(s, jsonAddress[1:]); !ok {
			return nil, false
		}
		if a.Address, s, ok = strings.Cut(s, `"`); !ok || s == "" || s[0] != '}' {
			return nil, false
		}
		list = append(list, a)
		if s = s[1:]; s == "]" {
			return list, true
		}
	}
}
