package people

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"regexp"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/vcf"
)

// Read reads an address book as programs write it: vCards, the aliases of mutt,
// abook, LDIF, CSV with a line of titles, or a list of addresses. What cannot be
// read is counted in the error, which comes with what could be.
func Read(r io.Reader) ([]Person, []Group, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBook))
	if err != nil {
		return nil, nil, fmt.Errorf("reading an address book: %w", err)
	}
	text := string(vcf.UTF8(data))
	switch {
	case strings.Contains(strings.ToUpper(text), "BEGIN:VCARD"):
		return ReadCards(bytes.NewReader(data))
	case aliasLine.MatchString(text):
		return readAliases(text)
	case abookLine.MatchString(text):
		return readAbook(text)
	case ldifLine.MatchString(text):
		return readLDIF(text)
	}
	if list, groups, ok := readCSV(text); ok {
		return list, groups, nil
	}
	c := collector{}
	for _, a := range ParseQuery(text) {
		c.person(a)
	}
	if len(c.people) == 0 && strings.TrimSpace(text) != "" {
		return nil, nil, errors.New("there are no addresses in it that can be read; vCards, mutt's aliases, abook, LDIF, CSV with titles and plain lists can")
	}
	return c.people, nil, nil
}

var (
	aliasLine = regexp.MustCompile(`(?m)^[ \t]*alias[ \t]+\S`)
	abookLine = regexp.MustCompile(`(?m)^(program=abook|# abook addressbook file)`)
	ldifLine  = regexp.MustCompile(`(?mi)^dn::?[ \t]`)
)

// collector gathers people and groups.
type collector struct {
	people []Person
	groups []Group
	bad    int
}

func (c *collector) person(a mail.Address) {
	if mail.CheckAddrSpec(a.Address) != "" {
		c.bad++
		return
	}
	a.Name = clean(a.Name)
	c.people = append(c.people, Person{Address: a, Kept: true})
}

func (c *collector) member(group string, a ...mail.Address) {
	group = clean(group)
	if group == "" || len(a) == 0 {
		return
	}
	i := slices.IndexFunc(c.groups, func(g Group) bool { return g.Name == group })
	if i < 0 {
		i = len(c.groups)
		c.groups = append(c.groups, Group{Name: group})
	}
	for _, a := range a {
		if !slices.ContainsFunc(c.groups[i].Members, func(have mail.Address) bool { return strings.EqualFold(have.Address, a.Address) }) {
			c.groups[i].Members = append(c.groups[i].Members, a)
		}
	}
}

// nick keeps a short name for people, as a group, where typing it would not find them.
func (c *collector) nick(name string, list []mail.Address) {
	if len(list) == 1 {
		for _, word := range append(strings.Fields(list[0].Name), list[0].Address) {
			if len(word) >= len(name) && strings.EqualFold(word[:len(name)], name) {
				return
			}
		}
	}
	c.member(name, list...)
}

func (c *collector) result() ([]Person, []Group, error) {
	if c.bad > 0 {
		return c.people, c.groups, fmt.Errorf("%d of the entries cannot be read", c.bad)
	}
	return c.people, c.groups, nil
}

// readAliases reads alias lines of mutt: neomuttrc(5). Other commands between
// them are left alone.
func readAliases(text string) ([]Person, []Group, error) {
	type alias struct {
		nick   string
		groups []string
		pieces []mail.Piece
	}
	var all []alias
	named := map[string]int{}
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\\\n", " "), "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "alias")
		if !ok || rest == strings.TrimLeft(rest, " \t") {
			continue
		}
		var a alias
		word, rest := cutWord(rest)
		for word == "-group" {
			word, rest = cutWord(rest)
			a.groups = append(a.groups, word)
			word, rest = cutWord(rest)
		}
		a.nick = word
		rest = withoutComment(rest)
		a.pieces = mail.SplitAddresses(rest)
		for i, p := range a.pieces { // with its comment, which may be the name
			end := len(rest)
			if i+1 < len(a.pieces) {
				end = a.pieces[i+1].From
			}
			a.pieces[i].Text = strings.TrimRight(rest[p.From:end], " \t,;")
		}
		named[strings.ToLower(a.nick)] = len(all)
		all = append(all, a)
	}
	c := collector{}
	members := make([][]mail.Address, len(all))
	met := make([]bool, len(all)) // one may name itself
	var resolve func(i int) []mail.Address
	resolve = func(i int) []mail.Address {
		if met[i] {
			return members[i]
		}
		met[i] = true
		for _, piece := range all[i].pieces {
			if other, ok := named[strings.ToLower(piece.Text)]; ok {
				members[i] = append(members[i], resolve(other)...)
				continue
			}
			address, err := parseHeader(piece.Text)
			if err != nil {
				c.bad++
				continue
			}
			c.person(address)
			members[i] = append(members[i], address)
		}
		slices.SortStableFunc(members[i], func(a, b mail.Address) int { return strings.Compare(a.Address, b.Address) })
		members[i] = slices.CompactFunc(members[i], func(a, b mail.Address) bool { return a.Address == b.Address })
		return members[i]
	}
	for i, a := range all {
		list := resolve(i)
		c.nick(a.nick, list)
		for _, g := range a.groups {
			c.member(g, list...)
		}
	}
	return c.result()
}

// parseHeader reads an address as a header or a person writes it: a (name) behind it, encoded words.
func parseHeader(s string) (mail.Address, error) {
	if bare, comment, ok := strings.Cut(s, "("); ok && strings.HasSuffix(comment, ")") && !strings.Contains(s, "<") {
		s = strings.TrimSuffix(comment, ")") + " <" + strings.TrimSpace(bare) + ">"
	}
	a, err := mail.ParseAddress(s)
	if err == nil {
		if name, err := new(mime.WordDecoder).DecodeHeader(a.Name); err == nil {
			a.Name = clean(name)
		}
	}
	return a, err
}

func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " \t")
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// withoutComment takes away what stands behind a # outside quotes.
func withoutComment(s string) string {
	quoted := false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case '#':
			if !quoted && i > 0 && (s[i-1] == ' ' || s[i-1] == '\t') {
				return s[:i]
			}
		}
	}
	return s
}

// readAbook reads abook's file: sections with key=value.
func readAbook(text string) ([]Person, []Group, error) {
	c := collector{}
	entry := map[string]string{}
	flush := func() {
		var own []mail.Address
		for address := range strings.SplitSeq(entry["email"], ",") {
			if address = strings.TrimSpace(address); address != "" {
				a := called(clean(entry["name"]), address)
				own = append(own, a)
				c.person(a)
			}
		}
		if len(own) > 0 && mail.CheckAddrSpec(own[0].Address) == "" {
			if nick := clean(entry["nick"]); nick != "" {
				c.nick(nick, own[:1])
			}
			for group := range strings.SplitSeq(entry["groups"], ",") {
				c.member(group, own[0])
			}
		}
		clear(entry)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			flush()
		} else if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			entry[strings.ToLower(strings.TrimSpace(key))] = value
		}
	}
	flush()
	return c.result()
}

// readLDIF reads what directories and Thunderbird export (RFC 2849).
func readLDIF(text string) ([]Person, []Group, error) {
	c := collector{}
	byDN := map[string]mail.Address{}
	type team struct {
		name    string
		members []string
	}
	var teams []team
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n ", "")
	for entry := range strings.SplitSeq(text, "\n\n") {
		at := map[string][]string{}
		for line := range strings.Lines(entry) {
			key, value, ok := strings.Cut(strings.TrimRight(line, "\n"), ":")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			if coded, ok := strings.CutPrefix(value, ":"); ok {
				if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded)); err == nil {
					value = string(vcf.UTF8(b))
				}
			}
			key, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(key)), ";")
			at[key] = append(at[key], strings.TrimSpace(value))
		}
		first := func(keys ...string) string {
			for _, k := range keys {
				if len(at[k]) > 0 {
					return at[k][0]
				}
			}
			return ""
		}
		if members := append(at["member"], at["uniquemember"]...); len(members) > 0 {
			teams = append(teams, team{first("cn"), members})
			continue
		}
		name := clean(first("cn", "displayname"))
		if name == "" {
			name = clean(first("givenname") + " " + first("sn"))
		}
		for i, address := range slices.Concat(at["mail"], at["mozillasecondemail"]) {
			a := called(name, address)
			c.person(a)
			if i == 0 && mail.CheckAddrSpec(address) == "" {
				byDN[strings.ToLower(first("dn"))] = a
				if nick := clean(first("mozillanickname", "xmozillanickname")); nick != "" {
					c.nick(nick, []mail.Address{a})
				}
			}
		}
	}
	for _, t := range teams {
		for _, dn := range t.members {
			if a, ok := byDN[strings.ToLower(dn)]; ok {
				c.member(t.name, a)
			}
		}
	}
	return c.result()
}
