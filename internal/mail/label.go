package mail

import (
	"fmt"
	"slices"
	"strings"
)

// gmailMark begins a flag that stands for a Gmail label. No IMAP keyword can
// hold it (RFC 9051 §9, list-wildcards).
const gmailMark = "%"

// maxLabel is the longest name of a label, in bytes.
const maxLabel = 120

// thunderbirdLabels are the names that Thunderbird shows for its first tags.
var thunderbirdLabels = []string{"Important", "Work", "Personal", "To do", "Later"}

// technical are keywords that programs keep for themselves.
var technical = []string{"junk", "nonjunk", "notjunk", "junkrecorded", "forwarded", "redirected", "mdnsent", "receipt-handled", "old", "unwanted", "x-me-annot-1", "x-me-annot-2"}

// LabelFlag gives the flag that stands for a label: a keyword or, where gmail is
// set, the mark of a Gmail label. The error says what is wrong with the name.
func LabelFlag(name string, gmail bool) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return "", fmt.Errorf("a label needs a name")
	case len(name) > maxLabel:
		return "", fmt.Errorf("the name of a label has at most %d bytes", maxLabel)
	case strings.HasPrefix(name, `\`), strings.HasPrefix(name, "$"):
		return "", fmt.Errorf("the name of a label cannot begin with %s", name[:1])
	}
	if gmail {
		return gmailMark + atom(name), nil
	}
	for i, known := range thunderbirdLabels {
		if strings.EqualFold(known, name) {
			return fmt.Sprintf("$label%d", i+1), nil
		}
	}
	return atom(name), nil
}

// LabelName gives the name of the label that a flag stands for; false for a flag
// that is none.
func LabelName(flag string) (string, bool) {
	if rest, ok := strings.CutPrefix(flag, gmailMark); ok {
		name := unatom(rest)
		return name, !strings.HasPrefix(name, `\`) // what the system keeps: \Inbox, \Important
	}
	if len(flag) == len("$label1") && strings.EqualFold(flag[:len("$label")], "$label") {
		if n := int(flag[len(flag)-1] - '1'); n >= 0 && n < len(thunderbirdLabels) {
			return thunderbirdLabels[n], true
		}
	}
	if strings.HasPrefix(flag, `\`) || strings.HasPrefix(flag, "$") || slices.Contains(technical, strings.ToLower(flag)) {
		return "", false
	}
	return unatom(flag), flag != ""
}

// Labels lists the names of the labels among flags.
func Labels(flags []string) []string {
	var out []string
	for _, f := range flags {
		if name, ok := LabelName(f); ok {
			out = append(out, name)
		}
	}
	return out
}

// GmailLabel gives the Gmail label that a flag stands for, and false for a flag
// that a server knows as such.
func GmailLabel(flag string) (string, bool) {
	rest, ok := strings.CutPrefix(flag, gmailMark)
	return unatom(rest), ok
}

// FromGmailLabel is the flag that stands for a label as Gmail tells it.
func FromGmailLabel(label string) string { return gmailMark + atom(label) }

// ServerFlags leaves out what stands for Gmail labels: flags as IMAP writes them.
func ServerFlags(flags []string) []string {
	return slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return strings.HasPrefix(f, gmailMark) })
}

// CheckFlag tells what is wrong with a flag that somebody wants to set: a server
// takes its own, without \Recent, and keywords that are atoms (RFC 9051 §2.3.2, §9).
func CheckFlag(flag string) error {
	if strings.HasPrefix(flag, `\`) {
		known := []string{FlagSeen, FlagAnswered, FlagFlagged, FlagDraft, FlagDeleted}
		if !slices.ContainsFunc(known, func(f string) bool { return strings.EqualFold(f, flag) }) {
			return fmt.Errorf("%s is no flag of IMAP; there are %s, and keywords without a \\", flag, strings.Join(known, " "))
		}
		return nil
	}
	if flag == "" || strings.ContainsFunc(flag, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`(){%*"\]`, r) }) {
		return fmt.Errorf("%q is no keyword of IMAP: those are of ASCII letters, digits and signs such as $ and _", flag)
	}
	return nil
}

// atom writes a label as a keyword: its blank is _, and what an atom cannot hold is written
// as in names of folders (RFC 3501 §5.1.3).
func atom(name string) string {
	var b strings.Builder
	var odd []rune
	flush := func() {
		b.WriteString(shift(odd))
		odd = odd[:0]
	}
	for _, r := range name {
		switch {
		case r == ' ':
			flush()
			b.WriteByte('_')
		case r < ' ', r >= 0x7f, strings.ContainsRune(`_&(){%*"\]`, r):
			odd = append(odd, r)
		default:
			flush()
			b.WriteRune(r)
		}
	}
	flush()
	return b.String()
}

func unatom(s string) string {
	var b strings.Builder
	for s != "" {
		if s[0] == '&' {
			if code, rest, ok := strings.Cut(s[1:], "-"); ok {
				if list, err := shifted(code); err == nil && len(list) > 0 {
					b.WriteString(string(list))
					s = rest
					continue
				}
			}
		}
		if s[0] == '_' {
			b.WriteByte(' ')
		} else {
			b.WriteByte(s[0])
		}
		s = s[1:]
	}
	return b.String()
}
