package compose

import (
	"bytes"

	"postea/internal/mail"
)

// draftField is how fields begin that only a draft in a Drafts folder has; in
// lower case. No message goes out with one.
const draftField = "x-postea-"

// The fields of a draft that have no place in a message.
const (
	FieldDraft    = "X-Postea-Draft"    // marks what postea has written there
	FieldFormat   = "X-Postea-Format"   // markdown
	FieldForwards = "X-Postea-Forwards" // Message-ID of the forwarded message
	fieldTyped    = "X-Postea-"         // with To, Cc or Bcc behind it: what was typed, where it is no list of addresses yet
)

// FieldTyped is where a draft keeps what was typed into a field of recipients.
func FieldTyped(field string) string { return fieldTyped + field }

// DraftMessage makes the message that keeps a draft in the Drafts folder of a
// server: as it would go out as far as that can be said yet, with Bcc, and with
// what only a draft has in fields of its own. Nothing that is unfinished is an
// error; a file that cannot be read is left out.
func DraftMessage(d mail.Draft, messageID, forwards string, o Options) []byte {
	o = o.filled()
	var w bytes.Buffer
	writeField(&w, "Date", []string{o.Now.UTC().Format(dateFormat)})
	if mail.CheckAddrSpec(d.From.Address) == "" {
		writeField(&w, "From", addressTokens([]mail.Address{d.From}, false))
	}
	for _, f := range []struct{ name, typed string }{{"To", d.To}, {"Cc", d.Cc}, {"Bcc", d.Bcc}} {
		list, err := mail.ParseAddressList(f.typed)
		if len(list) > 0 {
			writeField(&w, f.name, addressTokens(list, false))
		}
		if typed := oneLine(f.typed); err != nil && typed != "" {
			writeField(&w, FieldTyped(f.name), encodeWords(typed, foldAt-len(f.name)-len(fieldTyped)-2))
		}
	}
	if subject := oneLine(d.Subject); subject != "" {
		writeField(&w, "Subject", textTokens("Subject", subject))
	}
	writeField(&w, "Message-ID", []string{"<" + messageID + ">"})
	if isMessageID(d.InReplyTo) {
		writeField(&w, "In-Reply-To", []string{"<" + d.InReplyTo + ">"})
	}
	if refs := referenceTokens(d.Refs); len(refs) > 0 {
		writeField(&w, "References", refs)
	}
	writeField(&w, FieldDraft, []string{"1"})
	if d.Markdown {
		writeField(&w, FieldFormat, []string{"markdown"})
	}
	if isMessageID(forwards) {
		writeField(&w, FieldForwards, []string{"<" + forwards + ">"})
	}
	writeField(&w, "MIME-Version", []string{"1.0"})
	o.HTML = ""
	writeBody(&w, d.Body, o, draftFiles(d, o))
	return w.Bytes()
}

// draftFiles reads what can be read. Pictures of the text get a Content-ID, so
// that they are known as such again.
func draftFiles(d mail.Draft, o Options) []file {
	var files []file
	left := o.MaxBytes
	for _, ref := range d.Attach {
		list, err := readFiles([]mail.AttachmentRef{ref}, left)
		if err != nil {
			continue
		}
		f := list[0]
		left -= int64(len(f.data))
		if f.inline && !isMessageID(f.contentID) {
			f.contentID = NewMessageID(d.From.Address, o.Rand)
		}
		files = append(files, f)
	}
	return files
}
