package store

import (
	"slices"
	"strings"

	"postea/internal/mail"
)

// joinFlags gives the stored form: sorted, each once, \Recent left out (it
// belongs to a session, RFC 3501 §2.3.2).
func joinFlags(flags []string) string {
	out := make([]string, 0, len(flags))
	for _, f := range flags {
		f = canonicalFlag(f)
		if f != "" && f != `\Recent` && !strings.ContainsAny(f, " \r\n\t") {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func splitFlags(s string) []string { return strings.Fields(s) }

// canonicalFlag gives system flags one spelling; IMAP compares without case.
func canonicalFlag(f string) string {
	for _, known := range []string{mail.FlagSeen, mail.FlagAnswered, mail.FlagFlagged, mail.FlagDeleted, mail.FlagDraft,
		mail.FlagForwarded, mail.FlagJunk, mail.FlagNotJunk, mail.FlagMuted, mail.FlagSnoozed, `\Recent`} {
		if strings.EqualFold(f, known) {
			return known
		}
	}
	return f
}

// flagDelta tells what must be added to and removed from have to make it want.
func flagDelta(have, want string) (add, remove []string) {
	h, w := splitFlags(have), splitFlags(want)
	for _, f := range w {
		if !slices.Contains(h, f) {
			add = append(add, f)
		}
	}
	for _, f := range h {
		if !slices.Contains(w, f) {
			remove = append(remove, f)
		}
	}
	return add, remove
}

// applyFlags adds and removes.
func applyFlags(flags string, add, remove []string) string {
	out := slices.DeleteFunc(splitFlags(flags), func(f string) bool { return slices.Contains(remove, f) })
	return joinFlags(append(out, add...))
}
