package people_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"postea/internal/people"
)

func TestReadOtherBooks(t *testing.T) {
	const aliases = `set realname = "Ada"
alias bob Bob Builder <bob@example.com> # at work, "not" read
alias -group friends -group all mum "Hopper, Grace" <grace@example.mil>
alias j =?utf-8?q?J=C3=B6rg?= <j@x.example>
alias team bob, mum, \
  eve@example.net
alias old  old@example.org (Old Friend)
alias loop loop, bob
aliases none@example.org
`
	const abook = `# abook addressbook file

[format]
program=abook
version=0.6.1

[0]
name=Grace Hopper
email=grace@example.mil,grace@home.example
nick=gh
groups=navy,friends

[1]
name=Nobody
`
	const ldif = `dn: cn=Bob Builder,mail=bob@example.com
objectclass: person
cn:: QsO2YiBCdWlsZGVy
mail: bob@example
 .com
mozillaSecondEmail: bob@home.example

dn: cn=Eve,mail=eve@example.net
givenName: Eve
sn: Line
mail: eve@example.net
mozillaNickname: snake

dn: cn=Team
objectclass: groupOfNames
cn: Team
member: cn=Bob Builder,mail=bob@example.com
member: cn=Eve,mail=eve@example.net
`
	const google = `First Name,Middle Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value
Grace,,Hopper,Navy ::: * myContacts,* Work,grace@example.mil ::: grace@navy.example,
"Bob, the",,Builder,* myContacts,,bob@example.com,bob@home.example
No,,Address,,,,
`
	const outlook = "First Name;Last Name;E-mail Address;E-mail Display Name\r\nJörg;Müller;joerg@example.de;Jörg Müller (joerg@example.de)\r\n"
	latin, err := charmap.Windows1252.NewEncoder().String(outlook)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, people, groups string }{
		{"mutt", aliases,
			"Bob Builder <bob@example.com> | Hopper, Grace <grace@example.mil> | Jörg <j@x.example> | eve@example.net | Old Friend <old@example.org>",
			"mum: grace@example.mil | friends: grace@example.mil | all: grace@example.mil | team: bob@example.com eve@example.net grace@example.mil | loop: bob@example.com"},
		{"abook", abook, "Grace Hopper <grace@example.mil> | Grace Hopper <grace@home.example>", "gh: grace@example.mil | navy: grace@example.mil | friends: grace@example.mil"},
		{"ldif", ldif, "Böb Builder <bob@example.com> | Böb Builder <bob@home.example> | Eve Line <eve@example.net>", "snake: eve@example.net | Team: bob@example.com eve@example.net"},
		{"google", google, "Grace Hopper <grace@example.mil> | Grace Hopper <grace@navy.example> | Bob, the Builder <bob@example.com> | Bob, the Builder <bob@home.example>", "Navy: grace@example.mil"},
		{"outlook", latin, "Jörg Müller <joerg@example.de>", ""},
		{"outlook, in German", "Anrede,Vorname,Weitere Vornamen,Nachname,Firma,E-Mail-Adresse,E-Mail: Angezeigter Name,Kategorien\nHerr,Jörg,,Müller,,joerg@example.de,Jörg Müller (joerg@example.de),Freunde\n,,,,Werke AG,info@example.de,,\n", "Jörg Müller <joerg@example.de> | Werke AG <info@example.de>", "Freunde: joerg@example.de"},
		{"outlook, in French", "Prénom,Deuxième prénom,Nom,Adresse de messagerie,Type de messagerie\nRené,,Descartes,rene@example.fr,SMTP\n", "René Descartes <rene@example.fr>", ""},
		{"outlook, in Spanish", "Nombre,Segundo nombre,Apellidos,Organización,Dirección de correo electrónico,Tipo de correo electrónico,Dirección del correo electrónico 2,Categorías\nJosé,,Núñez,,jose@example.es,SMTP,j@example.es,Amigos\n,,,Molinos SA,info@example.es,SMTP,,\n", "José Núñez <jose@example.es> | José Núñez <j@example.es> | Molinos SA <info@example.es>", "Amigos: jose@example.es"},
		{"outlook, in Italian", "Nome,Secondo nome,Cognome,Indirizzo posta elettronica,Nome visualizzato posta elettronica\nLuigi,F,Menabrea,luigi@example.it,Luigi Menabrea (luigi@example.it)\n", "Luigi F Menabrea <luigi@example.it>", ""},
		{"outlook, in Portuguese", "Nome;Sobrenome;Endereço de Email;Endereço de Email 2\nJoão;Sá;joao@example.pt;\n", "João Sá <joao@example.pt>", ""},
		{"outlook, in Dutch", "Voornaam,Achternaam,E-mailadres\nJan,de Vries,jan@example.nl\n", "Jan de Vries <jan@example.nl>", ""},
		{"outlook, in Polish", "Imię,Nazwisko,Adres e-mail\nŁukasz,Żak,lukasz@example.pl\n", "Łukasz Żak <lukasz@example.pl>", ""},
		{"outlook, in Russian", "Имя;Отчество;Фамилия;Адрес эл. почты\nПётр;;Соколов;pjotr@example.ru\n", "Пётр Соколов <pjotr@example.ru>", ""},
		{"outlook, in Japanese", "姓,名,電子メール アドレス\n山田,太郎,taro@example.jp\n", "山田 太郎 <taro@example.jp>", ""},
		{"yahoo", "First,Middle,Last,Nickname,Email,Category\nMary,,Somerville,,mary@example.org,\n", "Mary Somerville <mary@example.org>", ""},
		{"thunderbird, in Italian", "Nome,Cognome,Nome visualizzato,Soprannome,Email primaria,Email secondaria\nLuigi,M,Luigi Menabrea,,luigi@example.it,\n", "Luigi Menabrea <luigi@example.it>", ""},
		{"thunderbird, in German", "Vorname,Nachname,Anzeigename,Primäre E-Mail-Adresse,Sekundäre E-Mail-Adresse\nMary,S,Mary Somerville,mary@example.org,m@example.org\n", "Mary Somerville <mary@example.org> | Mary Somerville <m@example.org>", ""},
		{"list of several on a line", "\"Builder, Bob\" <bob@example.com>, eve@example.net; Grace <grace@example.mil>\n", "Builder, Bob <bob@example.com> | eve@example.net | Grace <grace@example.mil>", ""},
		{"vCard of a company", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\r\nORG:Engines Ltd;Mills\r\nEMAIL:info@example.com\r\nEND:VCARD\r\n", "Engines Ltd <info@example.com>", ""},
		{"list", "Bob Builder <bob@example.com>\neve@example.net\n", "Bob Builder <bob@example.com> | eve@example.net", ""},
		{"vCard", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nEMAIL:bob@example.com\r\nEND:VCARD\r\n", "Bob <bob@example.com>", ""},
		{"nothing", "\n", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, groups, err := people.Read(strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			var got, teams []string
			for _, p := range list {
				if !p.Kept {
					t.Errorf("%s is not kept", p.Address.Address)
				}
				s := p.Address.Address
				if p.Name != "" {
					s = fmt.Sprintf("%s <%s>", p.Name, s)
				}
				if !slices.Contains(got, s) {
					got = append(got, s)
				}
			}
			for _, g := range groups {
				s := g.Name + ":"
				for _, m := range g.Members {
					s += " " + m.Address
				}
				teams = append(teams, s)
			}
			if s := strings.Join(got, " | "); s != c.people {
				t.Errorf("people are %s, not %s", s, c.people)
			}
			if s := strings.Join(teams, " | "); s != c.groups {
				t.Errorf("groups are %s, not %s", s, c.groups)
			}
		})
	}
}

func TestReadTellsWhatItCannot(t *testing.T) {
	if _, _, err := people.Read(strings.NewReader("Dear Ada,\nhow are you?\n")); err == nil || !strings.Contains(err.Error(), "no addresses") {
		t.Errorf("a letter is an address book: %v", err)
	}
	list, _, err := people.Read(strings.NewReader("alias bob bob@example.com\nalias bad <nobody\n"))
	if len(list) != 1 || err == nil || !strings.Contains(err.Error(), "1 of the entries") {
		t.Errorf("got %v, %v", list, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"alias a a, b\nalias b a", "[0]\nprogram=abook\nemail=,", "dn: x\nmail:: !", "Name,E-mail\n\"", "\xff\xfea\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, groups, _ := people.Read(strings.NewReader(s))
		for _, p := range list {
			if p.Address.Address == "" {
				t.Errorf("somebody without an address: %q", s)
			}
		}
		for _, g := range groups {
			if len(g.Members) == 0 {
				t.Errorf("an empty group: %q", s)
			}
		}
	})
}
