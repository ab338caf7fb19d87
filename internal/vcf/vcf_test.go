package vcf

import (
	"strings"
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

// TestManyFolds: a card with a picture is one line of megabytes, folded; to read it
// took minutes.
func TestManyFolds(t *testing.T) {
	cards := Split([]byte("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nPHOTO:" + strings.Repeat("\r\n aaaa", 1<<20) + "\nEND:VCARD\n"))
	if len(cards) != 1 {
		t.Fatalf("%d cards", len(cards))
	}
	card, err := Decode(cards[0])
	if err != nil || card.Value("FN") != "Ada" || len(card.Value("PHOTO")) != 4<<20 {
		t.Errorf("%v: %q, %d bytes", err, card.Value("FN"), len(card.Value("PHOTO")))
	}
}

// A comma within the name of a category parts none, and further lines have more of them.
func TestCategories(t *testing.T) {
	list := Split([]byte("BEGIN:VCARD\nVERSION:3.0\nFN:Smith\\, Ada\nCATEGORIES:Friends,Smith\\, Fami\n ly\nCATEGORIES:Choir\nEND:VCARD\n"))
	card, err := Decode(list[0])
	if err != nil || card.Value(vcard.FieldFormattedName) != "Smith, Ada" {
		t.Errorf("%v: %q", err, card.Value(vcard.FieldFormattedName))
	}
	if got := strings.Join(card.Values(vcard.FieldCategories), "|"); got != "Friends|Smith, Family|Choir" {
		t.Error(got)
	}
}
