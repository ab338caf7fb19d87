package reading

import "postea/internal/mail"

// ReceiptTo is who asks to be told that the message was read (RFC 8098 §2.1, and
// the field that came before it); nil for nobody. The sender wrote it: an answer
// tells that the address is read, and when.
func (m *Message) ReceiptTo() []mail.Address {
	for _, name := range []string{"Disposition-Notification-To", "Return-Receipt-To"} {
		if list := parseAddresses(first(m.Header.fields, name)); len(list) > 0 {
			return list
		}
	}
	return nil
}
