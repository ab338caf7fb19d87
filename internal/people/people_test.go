package people

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

func person(name, address string, sent, seen, days int) Person {
	return Person{Address: mail.Address{Name: name, Address: address}, Sent: sent, Seen: seen, Last: ago(days)}
}

func found(hits []Hit) string {
	var out []string
	for _, h := range hits {
		if h.Group != nil {
			out = append(out, h.Group.Name+"!")
		} else {
			out = append(out, h.Person.Address.Address)
		}
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	b := NewBook([]Person{
		person("Grace Hopper", "grace@navy.example", 9, 20, 2),
		person("Grace Kelly", "gk@monaco.example", 2, 0, 400),
		person("Greta Garbo", "alone@film.example", 0, 50, 1),
		person("Jürgen Groß", "j.gross@uni.example", 1, 0, 10),
		person("田中 美咲", "misaki@jp.example", 3, 3, 3),
		person("Søren Łukasz", "sl@x.example", 1, 1, 5),
		{Address: mail.Address{Name: "Alan Turing", Address: "alan@bletchley.example"}, Kept: true},
		person("Shop", "no-reply@shop.example", 0, 900, 0),
		person("", "shopkeeper@corner.example", 0, 1, 300),
		person("Margaret Hamilton", "margaret@apollo.example", 1, 0, 1),
	}, []Group{{Name: "Grands", Members: []mail.Address{{Address: "a@x.example"}}}}, now)
	tests := []struct{ typed, want string }{
		{"gra", "Grands! grace@navy.example gk@monaco.example alone@film.example"}, // the name of a group comes first
		{"grace", "grace@navy.example gk@monaco.example"},
		{"gr", "Grands! grace@navy.example j.gross@uni.example gk@monaco.example alone@film.example"},
		{"GRACE HO", "grace@navy.example"},
		{"ho gra", "grace@navy.example"},
		{"hop", "grace@navy.example shopkeeper@corner.example no-reply@shop.example"},
		{"gross", "j.gross@uni.example"},
		{"jurgen", "j.gross@uni.example"},
		{"Jürgen", "j.gross@uni.example"},
		{"soren luk", "sl@x.example"},
		{"田", "misaki@jp.example"},
		{"美", "misaki@jp.example"},
		{"bletch", "alan@bletchley.example"},
		{"@apollo", "margaret@apollo.example"},
		{"garet", "margaret@apollo.example"},
		{"alan@bletchley.example", "alan@bletchley.example"},
		{"shop", "shopkeeper@corner.example no-reply@shop.example"},
		{"grhop", "grace@navy.example"},
		{"mhamil", "margaret@apollo.example"},
		{"zzz", ""},
		{"%_", ""},
	}
	for _, tt := range tests {
		if got := found(b.Find(tt.typed, 5)); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.typed, got, tt.want)
		}
	}
	if got := found(b.Find("", 3)); got != "Grands! grace@navy.example misaki@jp.example" {
		t.Errorf("nothing typed: %s", got)
	}
	if b.Find("gra", 0) != nil || len(b.Find("a", 2)) != 2 {
		t.Error("the limit does not hold")
	}
}

func TestTheSameAddressIsOnePerson(t *testing.T) {
	b := NewBook([]Person{
		person("gh", "Grace@x.example", 0, 3, 9),
		{Address: mail.Address{Name: "Grace Hopper", Address: "grace@X.example"}, Kept: true},
		person("Someone", "grace@x.example", 2, 1, 30),
	}, nil, now)
	want := Person{Address: mail.Address{Name: "Grace Hopper", Address: "Grace@x.example"}, Sent: 2, Seen: 3, Last: ago(9), Kept: true}
	if len(b.People()) != 1 || b.People()[0] != want {
		t.Errorf("%+v", b.People())
	}
}

func TestReadCards(t *testing.T) {
	const file = "\ufeffBEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Ada\r\n  Lovelace\r\nN:Lovelace;Ada;;;\r\nEMAIL;TYPE=home:ada@home.example\r\nitem1.EMAIL;TYPE=PREF:ada@work.example\r\nitem1.X-ABLabel:x\r\nCATEGORIES:Friends,myContacts\r\nEND:VCARD\r\n" +
		"BEGIN:VCARD\nVERSION:4.0\nUID:urn:uuid:2\nFN:Bob\\, the second\nEMAIL;PREF=1:mailto:bob@x.example\nCATEGORIES:Friends\nEND:VCARD\n" +
		"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:x\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=\n=BCrgen\nEMAIL;INTERNET:juergen@x.example\nEND:VCARD\n" +
		"BEGIN:VCARD\nVERSION:4.0\nN:Curie;Marie;;;\nFN:\nEMAIL:marie@x.example\nEMAIL:not an address\nEND:VCARD\n" +
		"BEGIN:VCARD\nFN:broken\nEMAIL:lost@x.example\n" +
		"BEGIN:VCARD\nVERSION:4.0\nFN:No address\nTEL:1\nEND:VCARD\n" +
		"BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Team\nMEMBER:urn:uuid:2\nMEMBER:mailto:carol@x.example\nMEMBER:urn:uuid:unknown\nEND:VCARD\n"
	list, groups, err := ReadCards(strings.NewReader(file))
	if err == nil || !strings.Contains(err.Error(), "1 of the vCards") {
		t.Errorf("the broken card: %v", err)
	}
	var got []string
	for _, p := range list {
		if !p.Kept {
			t.Errorf("%v is not kept", p)
		}
		got = append(got, p.Address.String())
	}
	want := []string{"Ada Lovelace <ada@work.example>", "Ada Lovelace <ada@home.example>", `"Bob, the second" <bob@x.example>`, "Jürgen <juergen@x.example>", "Marie Curie <marie@x.example>"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	members := map[string]string{}
	for _, g := range groups {
		members[g.Name] = mail.FormatAddresses(g.Members)
	}
	if len(members) != 2 || members["Friends"] != `Ada Lovelace <ada@work.example>, "Bob, the second" <bob@x.example>` || members["Team"] != `carol@x.example, "Bob, the second" <bob@x.example>` && members["Team"] != `"Bob, the second" <bob@x.example>, carol@x.example` {
		t.Errorf("groups %q", members)
	}
	if _, _, err := ReadCards(strings.NewReader("{}")); err == nil {
		t.Error("what is no vCard is taken for one")
	}
	if list, _, err := ReadCards(strings.NewReader("")); err != nil || list != nil {
		t.Errorf("an empty file: %v %v", list, err)
	}
}

// URLs of mail may be written in capitals, and in codes what an address has beyond plain letters.
func TestCardsWithURLs(t *testing.T) {
	list, groups, err := ReadCards(strings.NewReader("BEGIN:VCARD\nVERSION:4.0\nFN:Ada\nEMAIL:MAILTO:ada@x.example\nEND:VCARD\n" +
		"BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Team\nMEMBER:MAILTO:bob@x.example\nMEMBER:mailto:carol%2Bteam@x.example\nEND:VCARD\n"))
	if err != nil || len(list) != 1 || list[0].Address.String() != "Ada <ada@x.example>" {
		t.Errorf("%+v, %v", list, err)
	}
	if len(groups) != 1 || mail.FormatAddresses(groups[0].Members) != "bob@x.example, carol+team@x.example" {
		t.Errorf("%+v", groups)
	}
}

func TestWrittenCardsAreRead(t *testing.T) {
	list := []Person{{Address: mail.Address{Name: `Bob; "the", second\n`, Address: "bob@x.example"}, Kept: true}, {Address: mail.Address{Address: "用户@例え.example"}, Kept: true}}
	groups := []Group{{Name: "Team, A", Members: []mail.Address{{Address: "bob@x.example"}, {Address: "carol%2b?@x.example"}}}}
	var b bytes.Buffer
	if err := WriteCards(&b, list, groups); err != nil {
		t.Fatal(err)
	}
	gotList, gotGroups, err := ReadCards(&b)
	if err != nil || len(gotList) != 2 || !slices.Equal(gotList, list) {
		t.Errorf("%+v, %v", gotList, err)
	}
	if len(gotGroups) != 1 || gotGroups[0].Name != "Team, A" || mail.FormatAddresses(gotGroups[0].Members) != "bob@x.example, carol%2b?@x.example" {
		t.Errorf("%+v", gotGroups)
	}
}

func TestParseQuery(t *testing.T) {
	got := ParseQuery("Searching database ... 3 entries\nada@x.example\tAda Lovelace\twork\r\nbob@x.example\tBob@x.example\nno address\tx\n\"Carol, C\" <carol@x.example>\n\n")
	want := []mail.Address{{Name: "Ada Lovelace", Address: "ada@x.example"}, {Address: "bob@x.example"}, {Name: "Carol, C", Address: "carol@x.example"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func FuzzReadCards(f *testing.F) {
	f.Add([]byte("BEGIN:VCARD\nVERSION:4.0\nFN:x\nEMAIL:a@x.example\nCATEGORIES:b\nEND:VCARD\n"))
	f.Add([]byte("BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:=\n=C3\nEND:VCARD"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, groups, _ := ReadCards(bytes.NewReader(data))
		for _, p := range list {
			if mail.CheckAddrSpec(p.Address.Address) != "" || strings.ContainsAny(p.Name, "\r\n") {
				t.Fatalf("%+v", p)
			}
		}
		NewBook(list, groups, now).Find("a", 3)
	})
}

// many makes people as they are in an address book of a company.
func many(n int) []Person {
	r := rand.New(rand.NewPCG(1, 2))
	part := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("bcdfghklmnprstvw"[r.IntN(16)])
			b.WriteByte("aeiou"[r.IntN(5)])
		}
		return b.String()
	}
	list := make([]Person, n)
	for i := range list {
		given, family := part(2), part(3)
		list[i] = person(strings.ToUpper(given[:1])+given[1:]+" "+strings.ToUpper(family[:1])+family[1:],
			fmt.Sprintf("%s.%s%d@%s.example", given, family, i%97, part(2)), r.IntN(4), r.IntN(9), r.IntN(900))
	}
	return list
}

// Each of them is asked for over 50,000 people; the median must be below 5 ms.
func BenchmarkFind(b *testing.B) {
	book := NewBook(many(50_000), nil, now)
	for _, typed := range []string{"a", "ma", "mari", "mari.bo", "ri bo", "xq", "mrbk", "zzzzz", "nonexistent name"} {
		b.Run(strings.ReplaceAll(typed, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				book.Find(typed, 8)
			}
		})
	}
}

func BenchmarkNewBook(b *testing.B) {
	list := many(50_000)
	for b.Loop() {
		NewBook(list, nil, now)
	}
}

// What stands behind a letter or a digit is within a word, and found after what begins one.
func TestBeginningsOfWords(t *testing.T) {
	b := NewBook([]Person{person("X1ada", "one@x.example", 9, 9, 1), person("Zada", "two@x.example", 9, 9, 2), person("Ada", "three@x.example", 1, 1, 99)}, nil, now)
	if got := found(b.Find("ada", 5)); got != "three@x.example one@x.example two@x.example" {
		t.Error(got)
	}
}

func TestGroup(t *testing.T) {
	ada, bob := mail.Address{Name: "Ada", Address: "ada@x.example"}, mail.Address{Address: "bob@x.example"}
	b := NewBook(nil, []Group{{Name: "Crew  One", Members: []mail.Address{ada}}, {Name: "crew one", Members: []mail.Address{{Address: "ADA@x.example"}, bob}}, {Name: "Others", Members: []mail.Address{{Address: "eve@x.example"}}}}, now)
	if got, ok := b.Group(" CREW one"); !ok || len(got) != 2 || got[0] != ada || got[1] != bob {
		t.Errorf("%v %v", got, ok)
	}
	if got, ok := b.Group("crew"); ok || got != nil {
		t.Errorf("a group that there is not: %v", got)
	}
}
