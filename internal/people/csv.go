package people

import (
	"cmp"
	"encoding/csv"
	"io"
	"iter"
	"slices"
	"strings"

	"postea/internal/mail"
)

// The titles of columns in lower case. Outlook and Thunderbird write them in the language
// they speak; these are in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish,
// Russian, Japanese and Chinese. What stands first in a name there is the family's in the last two.
var (
	mailWords  = []string{"mail", "messagerie", "correo", "correio", "posta elettronica", "эл. почт", "электронной почт", "メール", "邮件", "郵件"}
	wholeNames = []string{"display name", "name", "full name", "anzeigename", "nom à afficher", "nombre para mostrar", "nombre a mostrar", "nome visualizzato",
		"nome de exibição", "nome a exibir", "weergavenaam", "nazwa wyświetlana", "отображаемое имя", "表示名", "显示名称", "顯示名稱"}
	firstNames  = []string{"first name", "given name", "first", "vorname", "prénom", "nombre", "nome", "primeiro nome", "voornaam", "imię", "имя", "姓"}
	middleNames = []string{"middle name", "additional name", "middle", "weitere vornamen", "deuxième prénom", "segundo nombre", "secondo nome", "segundo nome", "middelste naam", "drugie imię", "отчество"}
	lastNames   = []string{"last name", "family name", "last", "nachname", "nom", "apellidos", "apellido", "cognome", "sobrenome", "apelido", "último nome", "achternaam", "nazwisko", "фамилия", "名"}
	groupNames  = []string{"labels", "group membership", "categories", "kategorien", "catégories", "categorías", "categorie", "categorias", "categorieën", "kategorie", "категории", "分類項目", "类别", "類別"}
	companies   = []string{"company", "organization", "organization name", "organization 1 - name", "firma", "société", "organización", "compañía", "empresa", "società", "bedrijf", "организация", "会社名", "公司", "單位"}
)

// readCSV reads a table with a line of titles, as Google, Outlook and
// Thunderbird export it; false where it is none with addresses.
func readCSV(text string) ([]Person, []Group, bool) {
	title, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for _, comma := range ",;\t" {
		if strings.Count(title, string(comma)) > strings.Count(title, string(r.Comma)) {
			r.Comma = comma
		}
	}
	titles, err := r.Read()
	if err != nil || len(titles) < 2 || strings.Contains(title, "@") {
		return nil, nil, false
	}
	t := newTable(titles)
	if len(t.addresses) == 0 {
		return nil, nil, false
	}
	c := collector{}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return c.people, c.groups, true
		}
		if err == nil {
			t.collect(&c, row)
		}
	}
}

// table is what the columns of exported contacts hold.
type table struct {
	column            map[string]int // by title, in lower case
	addresses, labels []int
}

func newTable(titles []string) table {
	t := table{column: map[string]int{}}
	for i, title := range titles {
		title = strings.ToLower(strings.TrimSpace(title))
		t.column[title] = i
		switch {
		case holdsAddresses(title):
			t.addresses = append(t.addresses, i)
		case slices.Contains(groupNames, title):
			t.labels = append(t.labels, i)
		}
	}
	return t
}

// holdsAddresses tells a column of addresses from those that say of which kind they are,
// or how they are shown.
func holdsAddresses(title string) bool {
	return slices.ContainsFunc(mailWords, func(s string) bool { return strings.Contains(title, s) }) &&
		!slices.ContainsFunc([]string{"type", "label", "typ", "display", "anzeige"}, func(s string) bool {
			return strings.HasSuffix(title, s) || strings.Contains(title, s+" ")
		})
}

// collect takes the people of a row, and the groups they are in.
func (t table) collect(c *collector, row []string) {
	name := t.name(row)
	var own []mail.Address
	for address := range cells(row, t.addresses, ":::") { // Google's mark between several
		if mail.CheckAddrSpec(address) == "" {
			a := called(name, address)
			own = append(own, a)
			c.person(a)
		}
	}
	if len(own) == 0 {
		return
	}
	for cell := range cells(row, t.labels, ":::") {
		for label := range strings.SplitSeq(cell, ";") {
			if label = strings.TrimSpace(label); label != "" && !strings.HasPrefix(label, "*") { // those of the system
				c.member(label, own[0])
			}
		}
	}
}

// cells are the values of some columns, of which each may hold several.
func cells(row []string, columns []int, mark string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, i := range columns {
			if i >= len(row) {
				continue
			}
			for cell := range strings.SplitSeq(row[i], mark) {
				if !yield(strings.TrimSpace(cell)) {
					return
				}
			}
		}
	}
}

func (t table) name(row []string) string {
	get := func(titles []string) string {
		for _, title := range titles {
			if i, ok := t.column[title]; ok && i < len(row) && strings.TrimSpace(row[i]) != "" {
				return row[i]
			}
		}
		return ""
	}
	return cmp.Or(clean(get(wholeNames)), clean(get(firstNames)+" "+get(middleNames)+" "+get(lastNames)), clean(get(companies)))
}
