package vcf

import (
	"testing"
	"unicode/utf16"

	"github.com/emersion/go-vcard"
)

// Cards that name no charset are read in the one they are in.
func TestCharsets(t *testing.T) {
	const card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\u00eb J\u00f6rg\r\nEND:VCARD\r\n"
	wide := "\xff\xfe"
	latin := ""
	for _, u := range utf16.Encode([]rune(card)) {
		wide += string([]byte{byte(u), byte(u >> 8)})
		latin += string([]byte{byte(u)})
	}
	folded := "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\xc3\r\n \xab J\u00f6rg\r\nEND:VCARD\r\n"
	for name, raw := range map[string]string{"UTF-8": card, "with a mark": "\ufeff" + card, "UTF-16": wide, "Latin-1": latin, "folded within a character": folded} {
		list := Split([]byte(raw))
		if len(list) != 1 {
			t.Errorf("%s: %d cards", name, len(list))
			continue
		}
		c, err := Decode(list[0])
		if got := c.PreferredValue(vcard.FieldFormattedName); err != nil || got != "Zo\u00eb J\u00f6rg" {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}
