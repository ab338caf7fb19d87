package composer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

// question is asked once before a message goes out.
type question struct{ what, text, detail string }

// many is from how many recipients on a reply that leaves the house is asked
// about.
const many = 5

// questions are about what may be a slip.
func (m *Model) questions(d mail.Draft) []question {
	var list []question
	if d.Redirects != 0 {
		return append(list, slips(d)...)
	}
	if strings.TrimSpace(d.Subject) == "" {
		list = append(list, question{"subject", "Send without a subject?", ""})
	}
	own := d.Body
	if d.ReplyTo == 0 && d.Forwards == 0 { // otherwise it is the subject of somebody else
		own = d.Subject + "\n" + own
	}
	if len(d.Attach) == 0 && speaksOfAttachment(own) {
		list = append(list, question{"attachment", "Send without an attachment?", "The message speaks of one, and nothing is attached."})
	}
	if from, to, ok := openField(own, 0); ok {
		list = append(list, question{"field", "Send with " + nav.Line(own[from:to]) + " as it stands?", "A field of the template is still open."})
	}
	list = append(list, slips(d)...)
	list = append(list, leavesTheHouse(d)...)
	return append(list, m.otherIdentity(d)...)
}

func recipients(d mail.Draft) []mail.Address {
	var all []mail.Address
	for _, text := range []string{d.To, d.Cc, d.Bcc} {
		list, _ := mail.ParseAddressList(text)
		all = append(all, list...)
	}
	return all
}

// slips are the recipients whose domain looks like a well-known one.
func slips(d mail.Draft) []question {
	var list []question
	for _, a := range recipients(d) {
		if meant := likelyDomain(a.Domain()); meant != "" {
			list = append(list, question{"domain " + a.Domain(), "Is " + nav.Line(a.Address) + " right?", "It looks like " + meant + "."})
		}
	}
	return list
}

// leavesTheHouse asks about a reply to many that also goes to people outside
// one's own domain, which is easily overlooked. Providers that everybody can have
// an address at are no house.
func leavesTheHouse(d mail.Draft) []question {
	all, home := recipients(d), d.From.Domain()
	if d.ReplyTo == 0 || len(all) < many || slices.Contains(wellKnown, home) {
		return nil
	}
	var outside []string
	for _, a := range all {
		if !sameHouse(a.Domain(), home) {
			outside = append(outside, a.Address)
		}
	}
	if len(outside) == 0 || len(outside) == len(all) {
		return nil
	}
	detail := app.Number(len(outside)) + " of them outside " + home + ": " + strings.Join(outside[:min(3, len(outside))], ", ")
	return []question{{"outside", "Reply to " + app.Number(len(all)) + " people?", nav.Line(detail)}}
}

// sameHouse tells of domains of which one is within the other.
func sameHouse(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}

// otherIdentity asks where everybody written to is of the house of another
// identity than the one written from.
func (m *Model) otherIdentity(d mail.Draft) []question {
	all := recipients(d)
	if len(all) == 0 {
		return nil
	}
	domain := all[0].Domain()
	if slices.Contains(wellKnown, domain) || sameHouse(domain, d.From.Domain()) {
		return nil
	}
	for _, a := range all {
		if a.Domain() != domain {
			return nil
		}
	}
	for _, id := range m.identities {
		if id.Address.Domain() == domain {
			return []question{{"identity", "Write to " + nav.Line(domain) + " from " + nav.Line(d.From.Address) + "?", "You have an address there: " + nav.Line(id.Address.Address) + after("; ", m.ask.Hint(keys.Composer, keys.NextIdentity, "turns to it."))}}
		}
	}
	return nil
}

// attachmentWords are what people write where they mean to attach something, in
// lower case. Words of Latin, Greek and Cyrillic script are found where a word
// begins.
var attachmentWords = []string{
	"attached", "attachment", "enclosed", "i attach", "i'm attaching", "am attaching", "i enclose", "i'm enclosing", "am enclosing", // English
	"angehängt", "anhang", "anhänge", "anbei", "beigefügt", "im attachment", // German
	"ci-joint", "pièce jointe", "pièces jointes", "en pj", "je joins", // French
	"adjunto", "adjunta", "adjunté", "te adjunt", "archivo adjunto", // Spanish
	"allegato", "allegati", "in allegato", // Italian
	"em anexo", "anexo", "anexado", "segue anexo", // Portuguese
	"bijlage", "bijgevoegd", "bijgesloten", // Dutch
	"bifogad", "bifogat", "bilaga", "bifogar", // Swedish
	"vedhæftet", "vedhæfter", "vedlagt", "vedlegg", // Danish, Norwegian
	"liitteenä", "liite", "oheisena", // Finnish
	"w załączniku", "załączam", "załącznik", // Polish
	"v příloze", "přílohu", "přikládám", "v prílohe", // Czech, Slovak
	"mellékelt", "csatolt", "csatolva", "mellékletben", // Hungarian
	"atașat", "ataşat", "anexat", // Romanian
	"ekteki", "ekte gönder", "ekli dosya", "iliştirdim", // Turkish
	"во вложении", "вложение", "прикрепил", "прилагаю", "вложил", // Russian
	"у вкладенні", "додаю", "прикріпив", // Ukrainian
	"συνημμένο", "συνημμένα", "επισυνάπτω", // Greek
	"添付", "附件", "附上", "첨부", "מצורף", "מצורפת", "مرفق", "المرفق", "संलग्न", "แนบมา", "แนบไฟล์", "đính kèm", "terlampir", "lampiran",
}

// speaksOfAttachment looks for the word in what the user wrote: not in quotes
// and not in the signature.
func speaksOfAttachment(body string) bool {
	for line := range strings.SplitSeq(body, "\n") {
		if line == "-- " || forwardedFrom(line) {
			return false
		}
		if quoted(line) {
			continue
		}
		lower := strings.ToLower(line)
		for _, w := range attachmentWords {
			if atWord(lower, w) {
				return true
			}
		}
	}
	return false
}

// forwardedFrom tells the line below which stands what another wrote.
func forwardedFrom(line string) bool { return strings.HasPrefix(line, "---------- ") }

func quoted(line string) bool { return strings.HasPrefix(line, ">") }

// atWord tells whether word stands in s, where a word begins.
func atWord(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		if i == 0 || word[0] >= 0xd7 || !unicode.IsLetter(before) { // from Hebrew on, words are joined or not parted
			return true
		}
		from = i + len(word)
	}
}

// wellKnown are providers that many people have an address at.
var wellKnown = []string{
	"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
	"proton.me", "protonmail.com", "fastmail.com", "gmx.net", "gmx.de", "web.de", "t-online.de", "mail.ru", "yandex.ru", "orange.fr", "laposte.net", "libero.it", "qq.com", "163.com",
}

// likelyDomain is the well-known domain that a domain is one slip away from.
func likelyDomain(domain string) string {
	if len(domain) < 6 || slices.Contains(wellKnown, domain) || slices.Contains([]string{"mail.com", "gmx.com", "gmx.at", "gmx.ch", "email.com", "ymail.com", "gmx.fr", "live.de", "live.fr", "outlook.de", "outlook.fr", "hotmail.de", "hotmail.fr", "yahoo.de", "yahoo.fr", "yahoo.co", "proton.ch"}, domain) {
		return ""
	}
	for _, k := range wellKnown {
		if len(k) >= len("gmail.com") && oneSlip(domain, k) {
			return k
		}
	}
	return ""
}

// oneSlip tells whether two names differ by one letter added, left out or
// changed, or by two neighbours swapped.
func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := a[i:], b[i:]
	switch len(x) - len(y) {
	case 1:
		return x[1:] == y
	case -1:
		return x == y[1:]
	case 0:
		if len(x) == 0 {
			return false
		}
		swapped := len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
		return swapped || x[1:] == y[1:]
	}
	return false
}
