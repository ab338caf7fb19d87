package reading

import (
	"strings"

	"github.com/emersion/go-vcard"

	"postea/internal/mail"
	"postea/internal/vcf"
)

const (
	maxCards    = 20
	maxCardFile = 256 << 10
)

// ContactCard is a person or an organization that a message introduces (vCard,
// RFC 6350). Its texts are safe for the screen, Addresses are true.
type ContactCard struct {
	Name         Text
	Organization Text // with the role in it
	Addresses    []mail.Address
	Phones       []Text
	Places       []Text
	Links        []Text
}

// Contacts gives the contact cards among the files of the message.
func (m *Message) Contacts() []ContactCard {
	var out []ContactCard
	for _, a := range m.Attachments {
		if len(out) >= maxCards {
			break
		}
		if isContact(a) && a.Size <= maxCardFile {
			if text, ok := m.FileText(a, maxCardFile); ok {
				out = append(out, readCards(text, maxCards-len(out))...)
			}
		}
	}
	return out
}

func isContact(a Attachment) bool {
	switch a.Type {
	case "text/vcard", "text/x-vcard", "text/directory":
		return true
	}
	return strings.HasSuffix(strings.ToLower(a.Name), ".vcf")
}

func readCards(text string, most int) (out []ContactCard) {
	defer func() { _ = recover() }() // what a fault in the library leaves is what could be read
	for _, raw := range vcf.Split([]byte(text)) {
		card, err := vcf.Decode(raw)
		if err != nil {
			continue
		}
		if c := readCard(card); c.Name.String() != "" || len(c.Addresses) > 0 {
			out = append(out, c)
		}
		if len(out) >= most {
			break
		}
	}
	return out
}

func readCard(card vcard.Card) ContactCard {
	name := card.PreferredValue(vcard.FieldFormattedName)
	if n := card.Name(); strings.TrimSpace(name) == "" && n != nil {
		name = strings.Join(strings.Fields(n.HonorificPrefix+" "+n.GivenName+" "+n.AdditionalName+" "+n.FamilyName+" "+n.HonorificSuffix), " ")
	}
	c := ContactCard{Name: Line(name)}
	var work []string
	for _, s := range []string{card.PreferredValue(vcard.FieldTitle), card.PreferredValue(vcard.FieldRole), strings.ReplaceAll(strings.Trim(card.PreferredValue(vcard.FieldOrganization), ";"), ";", ", ")} {
		if s = strings.TrimSpace(s); s != "" {
			work = append(work, s)
		}
	}
	c.Organization = Line(strings.Join(work, ", "))
	const most = 5
	for _, s := range card.Values(vcard.FieldEmail) {
		s, _ = vcf.Address(s)
		if len(c.Addresses) < most && mail.CheckAddrSpec(s) == "" {
			c.Addresses = append(c.Addresses, mail.Address{Name: c.Name.String(), Address: s})
		}
	}
	lines := func(list []string) (out []Text) {
		for _, s := range list {
			if t := Line(s); t.String() != "" && len(out) < most {
				out = append(out, t)
			}
		}
		return out
	}
	var phones []string
	for _, s := range card.Values(vcard.FieldTelephone) {
		phones = append(phones, strings.TrimPrefix(s, "tel:"))
	}
	c.Phones, c.Links = lines(phones), lines(card.Values(vcard.FieldURL))
	var places []string
	for _, p := range card.Addresses() {
		var parts []string
		for _, s := range []string{p.PostOfficeBox, p.ExtendedAddress, p.StreetAddress, p.PostalCode + " " + p.Locality, p.Region, p.Country} {
			if s = strings.TrimSpace(s); s != "" {
				parts = append(parts, s)
			}
		}
		places = append(places, strings.Join(parts, ", "))
	}
	c.Places = lines(places)
	return c
}
