package reading

import (
	"fmt"
	"testing"
)

func TestContacts(t *testing.T) {
	m := Parse([]byte("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: text/x-vcard; charset=iso-8859-1; name=g.vcf\n\n" +
		"BEGIN:VCARD\nVERSION:3.0\nN:Hopper;Grace;;Rear Admiral;\nORG:Navy;Computing\nTITLE:Director\nEMAIL;TYPE=INTERNET:grace@navy.example\nEMAIL:not an address\n" +
		"TEL;TYPE=WORK:+1 555 0100\nADR:;;1 Harbour Road;Arlington;VA;22201;USA\nURL:https://navy.example/\nNOTE:x\x1b[31m\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nFN:J\xf6rg \x1b[2J\nTEL:tel:+49-30-1\nEND:VCARD\n" +
		"BEGIN:VCARD\nVERSION:3.0\n--b\nContent-Type: application/octet-stream; name=broken.vcf\n\n:;:;\n--b--\n"))
	got := m.Contacts()
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	if s := fmt.Sprint(got[0].Name, "|", got[0].Organization, "|", got[0].Addresses, "|", got[0].Phones, "|", got[0].Places, "|", got[0].Links); s != "Rear Admiral Grace Hopper|Director, Navy, Computing|[Rear Admiral Grace Hopper <grace@navy.example>]|[+1 555 0100]|[1 Harbour Road, 22201 Arlington, VA, USA]|[https://navy.example/]" {
		t.Errorf("%s", s)
	}
	if s := got[1].Name.String(); s != "Jörg ␛[2J" && s != "Jörg [2J" {
		t.Errorf("%q", s)
	}
}

// Telephones and Outlook write version 2.1.
func TestOldContacts(t *testing.T) {
	got := readCards("BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BC=\r\nrgen;;;\r\nTEL;CELL;VOICE:+49 1\r\nEMAIL;INTERNET:j@x.example\r\n"+
		"ADR;WORK;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:;;Stra=DFe 1;Berlin;;10115;\r\nEND:VCARD\r\nBEGIN:VCARD\r\n::\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nEND:VCARD\r\n", 20)
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	if s := fmt.Sprint(got[0].Name, "|", got[0].Addresses, "|", got[0].Phones, "|", got[0].Places); s != "Jürgen Müller|[Jürgen Müller <j@x.example>]|[+49 1]|[Straße 1, 10115 Berlin]" {
		t.Errorf("%s", s)
	}
}

func FuzzContacts(f *testing.F) {
	f.Add("BEGIN:VCARD\nVERSION:3.0\nFN:x\nEMAIL:a@b.example\nEND:VCARD\n")
	f.Add("BEGIN:VCARD\nN:;;;\nADR:\nEND:VCARD")
	f.Fuzz(func(t *testing.T, text string) {
		if n := len(readCards(text, maxCards)); n > maxCards {
			t.Errorf("%d cards", n)
		}
	})
}
