package compose

import (
	"bytes"
	"strings"

	"postea/internal/mail"
)

// Resend makes the message that sends another one on as it is (RFC 5322
// §3.6.6): a block of Resent fields with the draft's sender and recipients on
// top, then the message, its body untouched, so that signatures stay valid, unless
// no server would take its lines. Only what was for somebody else is taken off: Bcc, Return-Path. Built.MessageID is
// the Resent-Message-ID, because the other one names what others have too. The
// error is one of Build or of Adopt.
func Resend(raw []byte, d mail.Draft, o Options) (*Built, error) {
	o = o.filled()
	env, err := readEnvelope(d)
	if err != nil {
		return nil, err
	}
	fields, body, err := splitFields(crlf(raw))
	if err != nil {
		return nil, err
	}
	fields, body = shortLines(inUTF8(fields), body)
	b := &Built{MessageID: d.MessageID, From: env.sender, Recipients: env.recipients, UTF8: env.utf8}
	if !isMessageID(b.MessageID) {
		b.MessageID = NewMessageID(env.sender, o.Rand)
	}
	var w bytes.Buffer
	writeField(&w, "Resent-Date", []string{o.Now.UTC().Format(dateFormat)})
	writeField(&w, "Resent-From", addressTokens([]mail.Address{env.from}, env.utf8))
	if len(env.to) > 0 {
		writeField(&w, "Resent-To", addressTokens(env.to, env.utf8))
	}
	if len(env.cc) > 0 {
		writeField(&w, "Resent-Cc", addressTokens(env.cc, env.utf8))
	}
	if len(env.to)+len(env.cc) == 0 {
		writeField(&w, "Resent-To", []string{"undisclosed-recipients:;"})
	}
	writeField(&w, "Resent-Message-ID", []string{"<" + b.MessageID + ">"})
	for _, f := range fields {
		// By Delivered-To servers know a loop, and one that saw it before would send
		// back what comes round to the same address.
		if !private(f.name) && !strings.EqualFold(f.name, "Delivered-To") {
			f.write(&w, b.UTF8)
		}
	}
	w.WriteString("\r\n")
	head := w.Len()
	w.Write(body)
	b.Wire = w.Bytes()
	for _, c := range b.Wire[head:] {
		b.EightBit = b.EightBit || c >= 0x80
	}
	return b, checkLines(b.Wire)
}

// ForOthers gives a message as it may be shown to others: without the fields
// that a copy of one's own has and what was sent has not. What does not begin
// with a header is given back as it is.
func ForOthers(raw []byte) []byte {
	fields, body, err := splitFields(crlf(raw))
	if err != nil {
		return raw
	}
	var w bytes.Buffer
	for _, f := range fields {
		if !private(f.name) {
			w.WriteString(f.name + ":" + f.value + "\r\n")
		}
	}
	w.WriteString("\r\n")
	w.Write(body)
	return w.Bytes()
}

func private(field string) bool {
	name := strings.ToLower(field)
	return name == "bcc" || name == "resent-bcc" || name == "return-path" || strings.HasPrefix(name, draftField)
}
