package compose

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
)

// Options for Build. The zero value is right outside of tests.
type Options struct {
	Now      time.Time // of the Date field; zero is the present
	Rand     io.Reader // for Message-ID and boundaries; nil is crypto/rand
	HTML     string    // an HTML version of the body, sent as it is; "": none, but of a draft in Markdown
	MaxBytes int64     // of all attachments together; 0 is 256 MiB
	Lists    Lists     // for Mail-Followup-To; the zero value writes none
}

// filled has the defaults in it.
func (o Options) filled() Options {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	return o
}

// dateFormat is that of RFC 5322 §3.3; in UTC, because a zone tells where the
// sender is.
const dateFormat = "Mon, 02 Jan 2006 15:04:05 +0000"

const defaultMaxBytes = 256 << 20

// Built is a finished message with its envelope.
type Built struct {
	Wire       []byte   // CRLF, without Bcc
	BccHeader  []byte   // the Bcc field with its CRLF, to stand in front of Wire in Sent; empty if there is none
	MessageID  string   // without <>
	From       string   // envelope sender
	Recipients []string // envelope recipients without duplicates: To, Cc, Bcc
	EightBit   bool     // needs 8BITMIME (RFC 6152)
	UTF8       bool     // needs SMTPUTF8 (RFC 6531)
}

// ErrNoRecipients says that To, Cc and Bcc are all empty.
var ErrNoRecipients = errors.New("no recipients")

// FieldError says which field of the draft cannot be used. It wraps the
// *mail.AddressError of every bad address.
type FieldError struct {
	Field string // "From", "To", "Cc" or "Bcc"
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }
func (e *FieldError) Unwrap() error { return e.Err }

// FileError says which attachment cannot be read.
type FileError struct {
	Path string // as in the draft, or the name of an attachment without path
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("cannot attach %s: %v", e.Path, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// ErrTooLarge is wrapped by the *FileError of the attachment that went beyond
// Options.MaxBytes.
var ErrTooLarge = errors.New("the attachments are too large")

// Build makes the final bytes of a draft. Where the draft has a MessageID, it
// is kept. The error is ErrNoRecipients, or a *FieldError or *FileError for
// each thing that is wrong, joined.
func Build(d mail.Draft, o Options) (*Built, error) {
	o = o.filled()
	env, err := readEnvelope(d)
	if err != nil {
		return nil, err
	}
	files, err := readFiles(d.Attach, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	b := &Built{MessageID: d.MessageID, From: env.sender, Recipients: env.recipients, UTF8: env.utf8}
	if !isMessageID(b.MessageID) {
		b.MessageID = NewMessageID(env.sender, o.Rand)
	}
	var w bytes.Buffer
	writeHeader(&w, d, env, b.MessageID, o)
	if d.Markdown && o.HTML == "" {
		o.HTML = markdownOf(d.Body, files, env.sender, o.Rand)
	}
	b.EightBit = writeBody(&w, d.Body, o, files)
	b.Wire = w.Bytes()
	if len(env.bcc) > 0 {
		var bcc bytes.Buffer
		writeField(&bcc, "Bcc", addressTokens(env.bcc, env.utf8))
		b.BccHeader = bcc.Bytes()
	}
	return b, nil
}

// markdownOf gives the HTML of a body; the pictures that it shows, by their names, are
// inline and get a Content-ID.
func markdownOf(body string, files []file, sender string, random io.Reader) string {
	return Markdown(body, func(destination string) (string, bool) {
		i := pictureNamed(files, destination)
		if i < 0 {
			return "", false
		}
		f := &files[i]
		f.inline = true
		if !isMessageID(f.contentID) {
			f.contentID = NewMessageID(sender, random)
		}
		return f.contentID, true
	})
}

// pictureNamed finds the picture that a text means by a name or a path, one that was put
// into the text before one that is only attached; -1 where there is none.
func pictureNamed(files []file, destination string) int {
	if strings.Contains(destination, ":") { // a URL, maybe of a file of that name
		return -1
	}
	named := func(inline bool) int {
		return slices.IndexFunc(files, func(f file) bool {
			return f.inline == inline && strings.HasPrefix(f.kind, "image/") && (f.name == destination || f.name == path.Base(destination))
		})
	}
	if i := named(true); i >= 0 {
		return i
	}
	return named(false)
}

func writeHeader(w *bytes.Buffer, d mail.Draft, env *envelope, id string, o Options) {
	writeField(w, "Date", []string{o.Now.UTC().Format(dateFormat)})
	writeField(w, "From", addressTokens([]mail.Address{env.from}, env.utf8))
	if len(env.to) > 0 {
		writeField(w, "To", addressTokens(env.to, env.utf8))
	}
	if len(env.cc) > 0 {
		writeField(w, "Cc", addressTokens(env.cc, env.utf8))
	}
	if len(env.to)+len(env.cc) == 0 {
		writeField(w, "To", []string{"undisclosed-recipients:;"})
	}
	if follow := o.Lists.followUp(env); len(follow) > 0 {
		writeField(w, "Mail-Followup-To", addressTokens(follow, env.utf8))
	}
	if subject := oneLine(d.Subject); subject != "" {
		writeField(w, "Subject", textTokens("Subject", subject))
	}
	writeField(w, "Message-ID", []string{"<" + id + ">"})
	if isMessageID(d.InReplyTo) {
		writeField(w, "In-Reply-To", []string{"<" + d.InReplyTo + ">"})
	}
	if refs := referenceTokens(d.Refs); len(refs) > 0 {
		writeField(w, "References", refs)
	}
	writeField(w, "MIME-Version", []string{"1.0"})
}

// NewMessageID makes an identifier (RFC 5322 §3.6.4) of 110 random bits and the
// domain of the sender, without <>. rand nil is crypto/rand.
func NewMessageID(from string, random io.Reader) string {
	domain := mail.Address{Address: from}.Domain()
	if ascii, err := asciiDomain(domain); err == nil {
		domain = ascii
	}
	id := token(random, 22) + "@" + domain
	if domain == "" || !isMessageID(id) {
		id = token(random, 22) + "@mail.invalid"
	}
	return id
}

// token gives n random characters of base32.
func token(random io.Reader, n int) string {
	raw := make([]byte, (n*5+7)/8)
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, raw); err != nil {
		_, _ = rand.Read(raw) // it never fails (crypto/rand)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))[:n]
}
