package compose

import (
	"encoding/hex"
	"errors"
	"mime"
	"net/url"
	"slices"
	"strings"

	"postea/internal/mail"
)

// ErrMailto says that a text is no mailto URL.
var ErrMailto = errors.New("this is no mailto: URL")

// maxMailto bounds a URL; longer ones come from nobody who means well.
const maxMailto = 256 << 10

// ParseMailto reads a mailto URL (RFC 6068) into a draft without sender: To, Cc,
// Bcc, Subject, Body and In-Reply-To. Every other field is left out and named in
// ignored, so that a link can neither attach a file nor speak for somebody else.
// The error is ErrMailto, also for broken percent-encoding of an address; in a
// text, as in "subject=100%", a percent sign that begins no code is one.
func ParseMailto(s string) (d mail.Draft, ignored []string, err error) {
	if len(s) < len("mailto:") || !strings.EqualFold(s[:len("mailto:")], "mailto:") || len(s) > maxMailto {
		return d, nil, ErrMailto
	}
	rest, _, _ := strings.Cut(s[len("mailto:"):], "#")
	rest = strings.TrimPrefix(rest, "//") // a common slip
	to, query, _ := strings.Cut(rest, "?")
	var toList, cc, bcc, body []string
	if toList, err = mailtoAddresses(to); err != nil {
		return d, nil, err
	}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, raw, _ := strings.Cut(pair, "=")
		name = unescapeText(name)
		value := unescapeText(raw)
		switch strings.ToLower(name) {
		case "to", "cc", "bcc":
			list, err := mailtoAddresses(raw)
			if err != nil {
				return d, nil, err
			}
			into := map[string]*[]string{"to": &toList, "cc": &cc, "bcc": &bcc}[strings.ToLower(name)]
			*into = append(*into, list...)
		case "subject":
			d.Subject = oneLine(decodeWords(value))
		case "body":
			body = append(body, quotable(value))
		case "in-reply-to":
			if id := strings.Trim(strings.TrimSpace(value), "<>"); isMessageID(id) {
				d.InReplyTo, d.Refs = id, []string{id}
			}
		default:
			if name = oneLine(name); name != "" && !slices.Contains(ignored, name) {
				ignored = append(ignored, name)
			}
		}
	}
	d.To, d.Cc, d.Bcc = strings.Join(toList, ", "), strings.Join(cc, ", "), strings.Join(bcc, ", ")
	d.Body = strings.Join(body, "\n")
	return d, ignored, nil
}

// mailtoAddresses cuts at the commas that stand there as such; a coded one is
// part of an address (RFC 6068 §2).
func mailtoAddresses(s string) ([]string, error) {
	var list []string
	for piece := range strings.SplitSeq(s, ",") {
		text, err := unescape(piece)
		if err != nil {
			return nil, err
		}
		if text = oneLine(decodeWords(text)); text == "" {
			continue
		}
		if a, err := mail.ParseAddress(text); err == nil {
			text = a.String()
		}
		list = append(list, text)
	}
	return list, nil
}

// unescape leaves a plus a plus, RFC 6068 §5.
func unescape(s string) (string, error) {
	out, err := url.PathUnescape(s)
	if err != nil {
		return "", ErrMailto
	}
	return strings.ToValidUTF8(out, "\ufffd"), nil
}

// unescapeText leaves a percent sign that begins no code as it is.
func unescapeText(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if code, err := hex.DecodeString(s[min(i+1, len(s)):min(i+3, len(s))]); s[i] == '%' && err == nil && len(code) == 1 {
			out.Write(code)
			i += 2
			continue
		}
		out.WriteByte(s[i])
	}
	return strings.ToValidUTF8(out.String(), "\ufffd")
}

// decodeWords reads encoded words, which RFC 6068 §2 item 5 lets stand in
// fields.
func decodeWords(s string) string {
	var d mime.WordDecoder
	if out, err := d.DecodeHeader(s); err == nil {
		return strings.ToValidUTF8(out, "\ufffd")
	}
	return s
}
