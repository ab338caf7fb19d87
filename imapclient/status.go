package imapclient

import (
	"bytes"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// statusResponse is an OK, NO, BAD, BYE or PREAUTH, RFC 9051 §7.1.
type statusResponse struct {
	typ  imap.StatusResponseType
	code imap.ResponseCode // in upper case
	args []byte            // of the code
	text string
}

func (r statusResponse) ok() bool { return r.typ == imap.StatusResponseTypeOK }

// is tells whether the code is there, of whatever type the response is.
func (r statusResponse) is(code imap.ResponseCode) bool { return r.code == code }

// statusType recognises the word in any case, "" for others.
func statusType(word []byte) imap.StatusResponseType {
	if len(word) > len("PREAUTH") {
		return ""
	}
	switch t := imap.StatusResponseType(strings.ToUpper(string(word))); t {
	case imap.StatusResponseTypeOK, imap.StatusResponseTypeNo, imap.StatusResponseTypeBad,
		imap.StatusResponseTypeBye, imap.StatusResponseTypePreAuth:
		return t
	}
	return ""
}

// parseStatus reads what follows the type. A code that does not end is text.
func parseStatus(typ imap.StatusResponseType, raw []byte) statusResponse {
	r := statusResponse{typ: typ}
	raw = bytes.TrimLeft(raw, " ")
	if code, args, text, ok := cutCode(raw); ok {
		r.code, r.args, raw = imap.ResponseCode(strings.ToUpper(printable(code))), args, text
	}
	r.text = printable(strings.TrimSpace(string(raw[:min(len(raw), maxText)])))
	return r
}

// maxText is how much of a server's words is kept.
const maxText = 1000

// cutCode splits "[CODE args] text". Flags may hold a "]", so the list of flags
// is passed over as a whole.
func cutCode(raw []byte) (code string, args, text []byte, ok bool) {
	if len(raw) == 0 || raw[0] != '[' {
		return "", nil, raw, false
	}
	name := raw[1:]
	if i := bytes.IndexAny(name, " ]"); i >= 0 {
		name = name[:i]
	}
	if len(name) > maxWord {
		return "", nil, raw, false
	}
	s := scanner{b: raw, i: 1 + len(name)}
	from := s.i
	if s.spaces(); s.peek() == '(' && s.skip() != nil {
		s.i = from
	}
	i := bytes.IndexByte(s.rest(), ']')
	if i < 0 {
		return "", nil, raw, false
	}
	end := s.i + i
	return string(name), bytes.TrimSpace(raw[from:end]), raw[end+1:], true
}

// maxCaps bounds what a server may offer.
const maxCaps = 500

// parseCaps reads capabilities. All are in upper case but the two whose
// customary spelling is not.
func parseCaps(raw []byte) imap.CapSet {
	s := scanner{b: raw}
	caps := imap.CapSet{}
	for _, word := range s.words(maxCaps) {
		switch word = strings.ToUpper(word); word {
		case "IMAP4REV1":
			caps[imap.CapIMAP4rev1] = struct{}{}
		case "IMAP4REV2":
			caps[imap.CapIMAP4rev2] = struct{}{}
		default:
			caps[imap.Cap(word)] = struct{}{}
		}
	}
	return caps
}

// maxFlags bounds the flags of a message, and of a folder.
const maxFlags = 1000

func parseFlags(s *scanner) []imap.Flag {
	words := s.words(maxFlags)
	flags := make([]imap.Flag, 0, len(words))
	for _, word := range words {
		if flag := canonicalFlag(word); flag != "" {
			flags = append(flags, flag)
		}
	}
	return flags
}

var systemFlags = []imap.Flag{
	imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft,
}

// canonicalFlag spells a system flag as the RFC does. \Recent says nothing to a
// client that keeps its own mirror, a lone backslash nothing to anyone: both
// are "".
func canonicalFlag(word string) imap.Flag {
	for _, flag := range systemFlags {
		if strings.EqualFold(word, string(flag)) {
			return flag
		}
	}
	if word == `\` || strings.EqualFold(word, `\Recent`) {
		return ""
	}
	return imap.Flag(strings.ToValidUTF8(word, "\uFFFD"))
}
