package smtpclient

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Capabilities is what a server offered in its last EHLO. The zero value offers
// nothing.
type Capabilities struct {
	params map[string][]string // by keyword in upper case
}

// Offers reports whether the server offered the extension, by its EHLO keyword
// in any case.
func (c Capabilities) Offers(keyword string) bool {
	_, ok := c.params[strings.ToUpper(keyword)]
	return ok
}

// Params returns the parameters of an extension, nil if it was not offered.
func (c Capabilities) Params(keyword string) []string {
	return slices.Clone(c.params[strings.ToUpper(keyword)])
}

// Keywords returns the offered extensions in alphabetical order.
func (c Capabilities) Keywords() []string {
	return slices.Sorted(maps.Keys(c.params))
}

// Mechanisms returns the SASL mechanisms offered, in upper case.
func (c Capabilities) Mechanisms() []string {
	return c.Params("AUTH")
}

// MaxSize returns the size limit in bytes, 0 if there is none or it is not told
// (RFC 1870 §4).
func (c Capabilities) MaxSize() int64 {
	params := c.params["SIZE"]
	if len(params) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(params[0], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// limit returns one of the LIMITS of RFC 9422 §4, 0 if there is none.
func (c Capabilities) limit(name string) int {
	for _, param := range c.params["LIMITS"] {
		key, value, _ := strings.Cut(strings.ToUpper(param), "=")
		if n, err := strconv.Atoi(value); key == name && err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// parseCapabilities reads the lines of an EHLO reply; the first is the server's
// greeting, RFC 5321 §4.1.1.1.
func parseCapabilities(lines []string) Capabilities {
	c := Capabilities{params: make(map[string][]string)}
	for i, line := range lines {
		if i > 0 {
			c.add(textOf(line))
		}
	}
	return c
}

func (c Capabilities) add(line string) {
	fields := strings.Fields(printable(line))
	if len(fields) == 0 {
		return
	}
	keyword, params := strings.ToUpper(fields[0]), fields[1:]
	switch {
	case strings.HasPrefix(keyword, "AUTH="):
		// The form of drafts before RFC 4954, still sent next to the other.
		params = append([]string{keyword[len("AUTH="):]}, params...)
		keyword = "AUTH"
	case keyword == "8" && len(params) > 0 && strings.EqualFold(params[0], "BITMIME"):
		keyword, params = "8BITMIME", nil // sent by Yahoo for years
	}
	known := c.params[keyword]
	for _, param := range params {
		if keyword == "AUTH" {
			param = strings.ToUpper(param)
		}
		if param != "" && !slices.Contains(known, param) {
			known = append(known, param)
		}
	}
	c.params[keyword] = known
}

// addAll takes lines that came late.
func (c Capabilities) addAll(lines []string) {
	for _, line := range lines {
		c.add(textOf(line))
	}
}
