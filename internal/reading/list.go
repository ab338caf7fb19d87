package reading

import (
	"net/url"
	"strings"
)

// List is what a mailing list says about itself. Its URLs were written by the
// sender: nothing is asked of them unless the user does, and each may tell the
// sender who that was.
type List struct {
	Name        Text   // what List-Id calls it, or its id
	ID          string // List-Id without <>
	Post        string // address
	Archive     string // URL, http or https (RFC 5064 Archived-At, or List-Archive)
	Help        string // URL, http, https or mailto
	Unsubscribe []string
	// OneClick is the URL that a POST of "List-Unsubscribe=One-Click" leaves
	// the list with (RFC 8058), "" where the sender does not offer it.
	OneClick string
	// OneClickSigned tells that a DKIM signature claims to cover the two fields
	// that OneClick comes from (RFC 8058 §4). It is not checked.
	OneClickSigned bool
}

// List reads the fields of RFC 2369, 2919, 5064 and 8058; nil if none is there.
func (m *Message) List() *List {
	h := m.Header
	l := List{ID: h.ListID, Post: h.ListPost}
	name, _, _ := strings.Cut(h.Get("List-Id"), "<")
	if name = strings.Trim(strings.TrimSpace(name), `"`); name == "" {
		name = l.ID
	}
	l.Name = Line(name)
	l.Archive = firstURL(h, "http", "Archived-At", "List-Archive")
	l.Help = firstURL(h, "", "List-Help")
	for _, u := range h.ListUnsubscribe {
		if target, _ := checkURL(u); target != "" && len(l.Unsubscribe) < maxLinks {
			l.Unsubscribe = append(l.Unsubscribe, target)
		}
	}
	l.readOneClick(h)
	if l.ID == "" && l.Post == "" && l.Archive == "" && l.Help == "" && l.Unsubscribe == nil {
		return nil
	}
	return &l
}

func firstURL(h Header, scheme string, names ...string) string {
	for _, name := range names {
		value := h.Get(name)
		list := angles(value)
		if list == nil {
			list = strings.Fields(value)
		}
		for _, u := range list {
			if target, _ := checkURL(u); target != "" && strings.HasPrefix(strings.ToLower(target), scheme) {
				return target
			}
		}
	}
	return ""
}

// readOneClick wants exactly what RFC 8058 §3.1 asks for: one field of each
// kind, one https URL.
func (l *List) readOneClick(h Header) {
	post := strings.Join(strings.Fields(h.Get("List-Unsubscribe-Post")), "")
	if !strings.EqualFold(post, "List-Unsubscribe=One-Click") || countOf(h.fields, "List-Unsubscribe") != 1 || countOf(h.fields, "List-Unsubscribe-Post") != 1 {
		return
	}
	for _, u := range l.Unsubscribe {
		parsed, err := url.Parse(u)
		if err == nil && parsed.Scheme == "https" && parsed.User == nil {
			if l.OneClick != "" {
				l.OneClick = "" // two of them: which is meant cannot be told
				return
			}
			l.OneClick = u
		}
	}
	for _, f := range h.fields {
		if l.OneClick != "" && strings.EqualFold(f.Name, "DKIM-Signature") && signsBoth(f.Value) {
			l.OneClickSigned = true
		}
	}
}

func signsBoth(signature string) bool {
	for tag := range strings.SplitSeq(signature, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) != "h" {
			continue
		}
		fields := strings.ToLower(strings.Join(strings.Fields(value), ""))
		fields = ":" + fields + ":"
		return strings.Contains(fields, ":list-unsubscribe:") && strings.Contains(fields, ":list-unsubscribe-post:")
	}
	return false
}
