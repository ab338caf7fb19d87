package reading

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Attachment is a file in a message. Name and ContentID are what the sender
// wrote: not safe for a screen, and Name never for a path (see SafeName).
type Attachment struct {
	Index     int // from 1
	Name      string
	Type      string
	Charset   string // as the sender names it; "" for none
	Size      int64  // decoded, in bytes
	Inline    bool   // meant to be seen within the text
	ContentID string
	Part      string // path of the part
	Away      bool   // it was left at the server; Size is an estimate
	Enclosed  bool   // it stands in an attached message, and goes along with that
}

// OwnFiles gives the attachments that stand in no other.
func (m *Message) OwnFiles() []Attachment {
	return slices.DeleteFunc(slices.Clone(m.Attachments), func(at Attachment) bool { return at.Enclosed })
}

func (m *Message) addAttachment(n *node, inline bool) {
	i := len(m.Attachments) + 1
	p := m.Parts[m.paths[n]]
	if m.within[n] {
		p.Size = n.size()
	}
	m.files = append(m.files, n)
	m.Attachments = append(m.Attachments, Attachment{
		Index: i, Name: n.name(), Type: n.kind, Charset: n.params["charset"], Size: p.Size, Part: p.Path,
		Inline: inline || n.disposition == "inline", ContentID: n.contentID(), Away: n.away,
	})
}

// addInner adds a file that stands inside a part and has no path of its own.
func (m *Message) addInner(part, n *node, inline bool) {
	m.files = append(m.files, n)
	m.Attachments = append(m.Attachments, Attachment{
		Index: len(m.files), Name: n.name(), Type: n.kind, Charset: n.params["charset"], Size: int64(len(n.body)), Part: m.Parts[m.paths[part]].Path,
		Inline: inline, ContentID: n.contentID(),
	})
}

// addWithin notes that a tree of entities stands inside a part. They have no
// paths of their own, as no server knows them.
func (m *Message) addWithin(part, n *node) {
	if m.within == nil {
		m.within = make(map[*node]bool)
	}
	m.within[n], m.paths[n] = true, m.paths[part]
	for _, c := range n.children {
		m.addWithin(part, c)
	}
}

// Open gives the decoded bytes of an attachment, exactly as the sender's
// encoding holds them; ErrAway where they are still at the server. It reads nothing for an attachment of another message
// that has no counterpart here.
func (m *Message) Open(a Attachment) io.Reader {
	if a.Index < 1 || a.Index > len(m.files) {
		return bytes.NewReader(nil)
	}
	return m.files[a.Index-1].reader()
}

const maxNameBytes = 200

// SafeName gives a name that can be created in a directory: no path, nothing
// hidden, no option for a command, nothing that a file system refuses or a
// terminal obeys. It is never empty and at most 200 bytes long; two
// attachments may have the same.
func (a Attachment) SafeName() string {
	name := strings.ToValidUTF8(a.Name, "_")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = Line(name).String()
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r), r == utf8.RuneError, r >= 0x2400 && r <= 0x2421:
			return '_'
		case r == '\u2024' || r == '\uff0e': // look like the dot of an extension
			return '_'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) && r != zwj && r != zwnj:
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(strings.TrimLeft(name, ".-~ "), ". ")
	if name == "" {
		name = "attachment" + extensionOf(a.Type)
	}
	if isReserved(name) {
		name = "_" + name
	}
	return shorten(name)
}

// extensionOf is a fixed short table: that of the system differs from machine
// to machine.
func extensionOf(kind string) string {
	if ext, ok := extensions()[kind]; ok {
		return ext
	}
	return ".bin"
}

func extensions() map[string]string {
	return map[string]string{
		"application/pdf": ".pdf", "application/zip": ".zip", "application/json": ".json",
		"application/pgp-signature": ".asc", "application/pgp-keys": ".asc",
		"application/pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m",
		"audio/mpeg": ".mp3", "image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp",
		"message/rfc822": ".eml", "message/global": ".eml", "message/delivery-status": ".txt",
		"text/calendar": ".ics", "text/csv": ".csv", "text/html": ".html", "text/plain": ".txt",
		"text/rfc822-headers": ".txt", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "video/mp4": ".mp4",
	}
}

// isReserved tells of the device names of Windows, with any extension.
func isReserved(name string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	base = strings.TrimSpace(base)
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$":
		return true
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(base, "COM"), "LPT")
	return len(base) > 3 && rest != base && utf8.RuneCountInString(rest) == 1 && strings.ContainsAny(rest, "0123456789¹²³")
}

// shorten cuts a name to maxNameBytes between characters and keeps its extension.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	cut := maxNameBytes - len(ext)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.TrimRight(name[:cut], ". ") + ext
}

// FileText gives a text file as text, in whatever charset it says it is; ok is
// false where it holds no text. At most limit bytes are read.
func (m *Message) FileText(a Attachment, limit int64) (text string, ok bool) {
	if a.Index < 1 || a.Index > len(m.files) {
		return "", false
	}
	n := m.files[a.Index-1]
	data, ok := fileText(n, limit)
	if !ok {
		return "", false
	}
	return n.wordsOf(data), true
}

func fileText(n *node, limit int64) (text []byte, ok bool) {
	data, err := io.ReadAll(io.LimitReader(n.reader(), limit))
	if err != nil {
		return nil, false
	}
	head := data[:min(len(data), 8<<10)]
	odd := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			odd++
		}
	}
	wide := len(head) > 1 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) // UTF-16
	if odd > 0 && !wide || !wide && !strings.HasPrefix(n.kind, "text/") && !utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]) {
		return nil, false
	}
	return data, true
}
