package mailfile

import (
	"bytes"
	"fmt"
	"mime"
	"slices"
	"strings"
	"time"
)

// MaxMessage is the size up to which a message is read, in bytes. Larger ones
// are skipped, with a *SkippedError.
const MaxMessage = 256 << 20

// Message is one message with what is known about it beside its bytes.
type Message struct {
	Raw   []byte    // with CRLF
	Flags []string  // as IMAP writes them: \Seen, $Forwarded
	Date  time.Time // of its arrival; zero where it is not known
	Name  string    // where it stands: the file, or the number in an mbox
	Next  int64     // where reading goes on after it
}

// SkippedError says that a message could not be read; the ones after it can.
type SkippedError struct{ Name, Why string }

func (e *SkippedError) Error() string { return e.Name + ": " + e.Why }

// toCRLF makes every line end with CRLF (RFC 5322 §2.1). A lone CR stays.
func toCRLF(b []byte) []byte {
	bare := 0
	for i, c := range b {
		if c == '\n' && (i == 0 || b[i-1] != '\r') {
			bare++
		}
	}
	if bare == 0 {
		return b
	}
	out := make([]byte, 0, len(b)+bare)
	for i, c := range b {
		if c == '\n' && (i == 0 || b[i-1] != '\r') {
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}

func toLF(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i, c := range b {
		// A line that ends in a CR of its own keeps both: toCRLF takes them for its end.
		if c == '\r' && i+1 < len(b) && b[i+1] == '\n' && (i == 0 || b[i-1] != '\r') {
			continue
		}
		out = append(out, c)
	}
	return out
}

// statusLetters are the flags of Status and X-Status, and those of Maildir, whose
// meanings differ in one letter only.
var statusLetters = map[byte]string{'R': `\Seen`, 'A': `\Answered`, 'F': `\Flagged`, 'T': `\Draft`, 'D': `\Deleted`}

const flagsField = "X-Postea-Flags: "

// flagLines are the fields that go in front of a header, and tell other
// programs too what they can understand.
func flagLines(flags []string) string {
	var status, xstatus strings.Builder
	for _, c := range []byte("RAFTD") {
		if !slices.Contains(flags, statusLetters[c]) {
			continue
		}
		if c == 'R' {
			status.WriteByte(c)
			continue
		}
		xstatus.WriteByte(c)
	}
	return fmt.Sprintf("%s%s\nStatus: %sO\nX-Status: %s\n", flagsField, strings.Join(flags, " "), status.String(), xstatus.String())
}

// ownFlags takes off what flagLines put in front; raw has CRLF.
func ownFlags(raw []byte) ([]byte, []string, bool) {
	if rest, ok := bytes.CutPrefix(raw, []byte(flagsField)); ok {
		line, rest, _ := bytes.Cut(rest, []byte("\r\n"))
		for _, field := range []string{"Status: ", "X-Status: "} {
			if bytes.HasPrefix(rest, []byte(field)) {
				_, rest, _ = bytes.Cut(rest, []byte("\r\n"))
			}
		}
		return rest, goodFlags(strings.Fields(string(line))), true
	}
	return raw, nil, false
}

// anyFlags is ownFlags that also reads what another program left in the header
// of a message in an mbox, where it has no other place. What Thunderbird has
// deleted or moved away stays in its file until that is compacted, and is gone.
func anyFlags(raw []byte) (_ []byte, flags []string, gone bool) {
	if rest, flags, ok := ownFlags(raw); ok {
		return rest, flags, false
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(unfolded(head), []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		text := strings.TrimSpace(string(value))
		switch strings.ToLower(string(name)) {
		case "status", "x-status":
			for _, c := range []byte(text) {
				if f, ok := statusLetters[c]; ok {
					flags = append(flags, f)
				}
			}
		case "x-keywords", "x-mozilla-keys":
			flags = append(flags, strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })...)
		case "x-gmail-labels":
			flags = append(flags, gmailFlags(text)...)
		case "x-mozilla-status": // hexadecimal: 1 read, 2 replied, 4 marked, 8 expunged, 1000 forwarded
			var bits uint32
			if _, err := fmt.Sscanf(text, "%x", &bits); err == nil {
				gone = bits&8 != 0
				for bit, f := range map[uint32]string{1: `\Seen`, 2: `\Answered`, 4: `\Flagged`, 0x1000: "$Forwarded"} {
					if bits&bit != 0 {
						flags = append(flags, f)
					}
				}
			}
		}
	}
	return raw, goodFlags(flags), gone
}

// unfolded joins the lines of a header that are broken.
func unfolded(head []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(head, []byte("\r\n "), []byte(" ")), []byte("\r\n\t"), []byte(" "))
}

// Google Takeout writes what Gmail calls labels, the state of a message among
// them, in the language of its user.
var (
	gmailUnread  = []string{"unread", "ungelesen", "non lus", "non lu", "no leídos", "no leído", "non letti", "da leggere", "não lidas", "não lidos", "ongelezen", "nieprzeczytane", "непрочитанные", "未読"}
	gmailStarred = []string{"starred", "markiert", "suivis", "messages suivis", "destacados", "speciali", "com estrela", "met ster", "oznaczone gwiazdką", "помеченные", "スター付き"}
)

// gmailFlags are the flags that a message has by its X-Gmail-Labels. One that is
// not called unread is read.
func gmailFlags(text string) []string {
	if decoded, err := new(mime.WordDecoder).DecodeHeader(text); err == nil {
		text = decoded
	}
	flags := []string{`\Seen`}
	for label := range strings.SplitSeq(text, ",") {
		label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"`))
		if slices.Contains(gmailUnread, label) {
			flags = slices.DeleteFunc(flags, func(f string) bool { return f == `\Seen` })
		}
		if slices.Contains(gmailStarred, label) {
			flags = append(flags, `\Flagged`)
		}
	}
	return flags
}

// goodFlags drops what IMAP could not carry (RFC 9051 §9, flag) and what is
// there twice, and sorts the rest. \Recent is the server's own.
func goodFlags(list []string) []string {
	var out []string
	for _, f := range list {
		name := strings.TrimPrefix(f, `\`)
		atom := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
			return r <= ' ' || r > '~' || strings.ContainsRune(`(){%*"\]`, r)
		})
		system := slices.Contains([]string{`\Seen`, `\Answered`, `\Flagged`, `\Deleted`, `\Draft`}, f)
		if atom && (system || !strings.HasPrefix(f, `\`)) && len(f) < 100 && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}
