package people

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/emersion/go-vcard"

	"postea/internal/mail"
	"postea/internal/vcf"
)

// maxBook bounds how much of an address book is read, in bytes.
const maxBook = 64 << 20

// ReadCards reads vCards of any version: a person for each e-mail address, and
// groups from cards of that kind (RFC 6350 §6.1.4, and what Apple writes) and
// from categories. Cards that cannot be read are counted in the error, which
// comes with what could be.
func ReadCards(r io.Reader) ([]Person, []Group, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBook))
	if err != nil {
		return nil, nil, fmt.Errorf("reading vCards: %w", err)
	}
	var book cards
	bad := 0
	for _, raw := range vcf.Split(data) {
		card, err := vcf.Decode(raw)
		if err != nil {
			bad++
			continue
		}
		book.add(card)
	}
	people, groups := book.people, book.finish()
	switch {
	case bad > 0:
		return people, groups, fmt.Errorf("%d of the vCards cannot be read", bad)
	case len(people)+len(groups) == 0 && len(bytes.TrimSpace(data)) > 0 && !bytes.Contains(bytes.ToUpper(data), []byte("BEGIN:VCARD")):
		return nil, nil, errors.New("there are no vCards in it")
	}
	return people, groups, nil
}

// cards gathers what a file holds.
type cards struct {
	people  []Person
	byUID   map[string][]mail.Address
	groups  []Group
	members [][]string // of groups, by UID or address
	names   map[string]int
}

func (c *cards) add(card vcard.Card) {
	if isGroup(card) {
		g := Group{Name: clean(card.Value(vcard.FieldFormattedName))}
		var members []string
		for _, f := range append(card["MEMBER"], card["X-ADDRESSBOOKSERVER-MEMBER"]...) {
			members = append(members, f.Value)
		}
		if g.Name != "" {
			c.groups, c.members = append(c.groups, g), append(c.members, members)
		}
		return
	}
	name := clean(card.PreferredValue(vcard.FieldFormattedName))
	if name == "" {
		name = clean(nameOf(card))
	}
	var own []mail.Address
	fields := card[vcard.FieldEmail]
	if best := card.Preferred(vcard.FieldEmail); best != nil {
		fields = append([]*vcard.Field{best}, fields...)
	}
	seen := map[string]bool{}
	for _, f := range fields {
		address, _ := vcf.Address(f.Value)
		if mail.CheckAddrSpec(address) != "" || seen[address] {
			continue
		}
		seen[address] = true
		a := called(name, address)
		own = append(own, a)
		c.people = append(c.people, Person{Address: a, Kept: true})
	}
	if len(own) == 0 {
		return
	}
	if uid := card.Value(vcard.FieldUID); uid != "" {
		if c.byUID == nil {
			c.byUID = map[string][]mail.Address{}
		}
		c.byUID[strings.TrimPrefix(uid, "urn:uuid:")] = own[:1]
	}
	for _, category := range card.Values(vcard.FieldCategories) {
		c.categorise(clean(category), own[0])
	}
}

// categorise makes groups of categories, but for those that mean everybody.
func (c *cards) categorise(name string, a mail.Address) {
	if name == "" || strings.EqualFold(name, "myContacts") || strings.EqualFold(name, "starred") {
		return
	}
	if c.names == nil {
		c.names = map[string]int{}
	}
	i, ok := c.names[name]
	if !ok {
		i = len(c.groups)
		c.names[name] = i
		c.groups, c.members = append(c.groups, Group{Name: name}), append(c.members, nil)
	}
	c.groups[i].Members = append(c.groups[i].Members, a)
}

// finish finds the members of the groups, which may stand before or behind them.
func (c *cards) finish() []Group {
	var out []Group
	for i, g := range c.groups {
		for _, m := range c.members[i] {
			if address, ok := vcf.Address(m); ok {
				if mail.CheckAddrSpec(address) == "" {
					g.Members = append(g.Members, mail.Address{Address: address})
				}
				continue
			}
			g.Members = append(g.Members, c.byUID[strings.TrimPrefix(m, "urn:uuid:")]...)
		}
		if len(g.Members) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func isGroup(card vcard.Card) bool {
	return strings.EqualFold(card.Value(vcard.FieldKind), "group") || strings.EqualFold(card.Value("X-ADDRESSBOOKSERVER-KIND"), "group")
}

func nameOf(card vcard.Card) string {
	if n := card.Name(); n != nil {
		return strings.Join(strings.Fields(n.GivenName+" "+n.AdditionalName+" "+n.FamilyName), " ")
	}
	company, _, _ := strings.Cut(card.Value(vcard.FieldOrganization), ";") // its units stand behind it
	return company
}

// called is an address with a name. A card must have one, and where nobody gave it
// programs write an address there.
func called(name, address string) mail.Address {
	if mail.CheckAddrSpec(name) == "" {
		name = ""
	}
	return mail.Address{Name: name, Address: address}
}

// clean makes one line of a value.
func clean(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
}

// WriteCards writes vCards of version 4.0 (RFC 6350): a card for each person,
// then one for each group, whose members are addresses.
func WriteCards(w io.Writer, list []Person, groups []Group) error {
	enc := vcard.NewEncoder(w)
	for _, p := range list {
		c := vcard.Card{}
		c.SetValue(vcard.FieldVersion, "4.0")
		c.SetValue(vcard.FieldFormattedName, clean(p.Label()))
		c.SetValue(vcard.FieldEmail, p.Address.Address)
		if err := enc.Encode(c); err != nil {
			return fmt.Errorf("writing vCards: %w", err)
		}
	}
	for _, g := range groups {
		c := vcard.Card{}
		c.SetValue(vcard.FieldVersion, "4.0")
		c.SetKind(vcard.KindGroup)
		c.SetValue(vcard.FieldFormattedName, clean(g.Name))
		for _, m := range g.Members {
			c.AddValue("MEMBER", "mailto:"+url.PathEscape(m.Address))
		}
		if err := enc.Encode(c); err != nil {
			return fmt.Errorf("writing vCards: %w", err)
		}
	}
	return nil
}
