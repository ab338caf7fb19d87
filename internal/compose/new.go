package compose

import "postea/internal/mail"

// New is an empty draft with the signature in its place.
func New(me Self) mail.Draft {
	d := mail.Draft{From: me.From}
	if block := signatureBlock(me.Signature); block != "" {
		d.Body = "\n" + block
	}
	return d
}
