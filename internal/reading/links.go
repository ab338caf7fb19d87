package reading

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

const (
	maxLinks   = 500
	maxURLSize = 8 << 10
	maxWrapped = 3 // services in front of each other
)

// Link is something the message points to. Its strings are the sender's, not
// safe for a screen.
type Link struct {
	Number int    // from 1, as in Span.Link
	URL    string // http, https or mailto only
	Host   string // where it really leads, punycode where that is not plain ASCII; the address of a mailto
	Text   string // what the message shows for it
	Shown  string // URL without the service that checks it before it is opened, such as Safe Links
	Via    string // the host of that service; "" for none
}

// linker numbers URLs; equal ones share a number.
type linker struct {
	list   []Link
	number map[string]int

	counters []string // hosts of pictures that count readers
}

// add gives the number of a URL, 0 where it cannot or must not be opened.
func (l *linker) add(rawURL, text string) int {
	target, host := checkURL(rawURL)
	if target == "" {
		return 0
	}
	if n := l.number[target]; n > 0 {
		return n
	}
	if len(l.list) == maxLinks {
		return 0
	}
	if l.number == nil {
		l.number = make(map[string]int)
	}
	n := len(l.list) + 1
	l.number[target] = n
	link := Link{Number: n, URL: target, Host: host, Text: strings.TrimSpace(text), Shown: target}
	for range maxWrapped {
		on, onHost := checkURL(unwrapped(link.Shown))
		if onHost == "" {
			break
		}
		link.Shown, link.Host, link.Via = on, onHost, host
	}
	if link.Text == target {
		link.Text = link.Shown
	}
	l.list = append(l.list, link)
	return n
}

// cut takes back the links beyond the first n.
func (l *linker) cut(n int) {
	for _, link := range l.list[n:] {
		delete(l.number, link.URL)
	}
	l.list = l.list[:n]
}

// checkURL lets only http, https and mailto through and finds the host that a
// browser would go to, whatever stands before an @ in front of it.
func checkURL(s string) (target, host string) {
	s = strings.TrimSpace(s)
	s = strings.Map(func(r rune) rune { // browsers drop these inside a URL
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, s)
	if len(s) > maxURLSize || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return "", ""
	}
	s = strings.ReplaceAll(s, " ", "%20")
	switch { // as on a page, whose scheme a mail does not have, or as it is written by hand
	case strings.HasPrefix(s, "//"):
		s = "https:" + s
	case len(s) > 4 && strings.EqualFold(s[:4], "www."):
		s = "http://" + s
	}
	scheme, _, _ := strings.Cut(s, ":")
	switch strings.ToLower(scheme) {
	case "mailto":
		address := mailtoAddress(s)
		return s, address
	case "http", "https":
	default:
		return "", ""
	}
	u, err := url.Parse(strings.ReplaceAll(s, `\`, "/"))
	if err != nil || u.Host == "" {
		return "", ""
	}
	host = strings.ToLower(u.Hostname())
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	return s, host
}

// findURLs gives the ranges of the URLs that stand in plain text.
func findURLs(s string) [][2]int {
	var found [][2]int
	for at := 0; at < len(s); {
		start := nextURL(s[at:])
		if start < 0 {
			break
		}
		start += at
		end := start + urlLength(s[start:])
		if end-start > len("https://") {
			found = append(found, [2]int{start, end})
		}
		at = max(end, start+4)
	}
	return found
}

func nextURL(s string) int {
	for i := 0; i+1 < len(s); i++ {
		switch s[i] | 0x20 {
		case 'h', 'm', 'w':
		default:
			continue
		}
		if d := s[i+1] | 0x20; d != 't' && d != 'a' && d != 'w' || i > 0 && isWord(s[i-1]) {
			continue
		}
		for _, prefix := range [...]string{"https://", "http://", "mailto:", "www."} {
			if len(s)-i > len(prefix) && strings.EqualFold(s[i:i+len(prefix)], prefix) {
				return i
			}
		}
	}
	return -1
}

func isWord(c byte) bool { return isBase64(c) && c != '+' && c != '/' || c == '_' }

// urlLength ends a URL at a blank, a quote, a bracket or the punctuation of Chinese
// and Japanese, behind which no blank stands, and takes off that of the sentence
// around it. An underscore stays: identifiers end in one.
func urlLength(s string) int {
	s = s[:min(len(s), maxURLSize)]
	end := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune("<>\"`{}|\\^\u00a0\u3000\u201c\u201d\u00ab\u00bb\u2026、。〈〉《》「」『』【】！（），：；？", r)
	})
	if end < 0 {
		end = len(s)
	}
	opened := strings.Count(s[:end], "(") - strings.Count(s[:end], ")")
	for end > 0 {
		switch s[end-1] {
		case '.', ',', ';', ':', '!', '?', '\'', ']', '*':
		case ')':
			if opened >= 0 {
				return end
			}
			opened++
		default:
			return end
		}
		end--
	}
	return end
}
