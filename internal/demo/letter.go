package demo

import (
	"bytes"
	"fmt"
	"mime"
	netmail "net/mail"
	"strings"
	"time"
)

// dateLayout is that of RFC 5322 §3.3.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// person is somebody who writes mail.
type person struct{ name, address string }

func (p person) String() string {
	if p.name != "" && isASCII(p.name) && !strings.ContainsAny(p.name, `()<>[]:;@\,."`) {
		return p.name + " <" + p.address + ">"
	}
	return (&netmail.Address{Name: p.name, Address: p.address}).String()
}

// field is one field of a header, decoded.
type field struct{ name, value string }

// letter is a message before it has become bytes. It is all that the sample
// mail, the answers and the reports need, and no more: package compose does it
// properly, but lies on a higher floor.
type letter struct {
	id      string   // Message-ID without <>
	parents []string // those of the conversation so far, the nearest last
	from    person
	to, cc  []person
	subject string
	date    time.Time
	extra   []field
	body    part
}

// bytes writes the letter as it goes over the wire.
func (l letter) bytes() []byte {
	var b bytes.Buffer
	write := func(name, value string) {
		if value != "" {
			b.WriteString(fold(name, value))
		}
	}
	write("From", l.from.String())
	write("To", join(l.to))
	write("Cc", join(l.cc))
	write("Subject", encodeWords(l.subject))
	write("Date", l.date.Format(dateLayout))
	write("Message-ID", "<"+l.id+">")
	if n := len(l.parents); n > 0 {
		write("In-Reply-To", "<"+l.parents[n-1]+">")
		write("References", "<"+strings.Join(l.parents, "> <")+">")
	}
	for _, f := range l.extra {
		write(f.name, encodeWords(f.value))
	}
	write("MIME-Version", "1.0")
	b.Write(l.body.bytes())
	return b.Bytes()
}

func join(list []person) string {
	var names []string
	for _, p := range list {
		names = append(names, p.String())
	}
	return strings.Join(names, ", ")
}

// encodeWords writes what is not plain ASCII as encoded words (RFC 2047), so that
// the letters in it can be read unless they are few.
func encodeWords(s string) string {
	q, b := mime.QEncoding.Encode("utf-8", s), mime.BEncoding.Encode("utf-8", s)
	if 4*len(b) < 3*len(q) {
		return b
	}
	return q
}

// fold breaks a field at its spaces so that lines stay below 78 characters where
// they can.
func fold(name, value string) string {
	var b strings.Builder
	line := name + ":"
	for word := range strings.SplitSeq(value, " ") {
		if len(line)+1+len(word) > 77 && line != name+":" {
			b.WriteString(line + "\r\n")
			line = ""
		}
		line += " " + word
	}
	fmt.Fprintf(&b, "%s\r\n", line)
	return b.String()
}
