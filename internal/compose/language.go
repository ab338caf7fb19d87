package compose

import "strings"

// Style is how an answer looks. The zero value writes it above the quote, in
// English.
type Style struct {
	Answer      string // above, below, inline (among the quote) or none (no quote)
	Language    string // of the line above a quote: a code such as "de" or "pt_BR.UTF-8"
	Attribution string // that line itself, with {name} {address} {date} {time}; "" is that of the language
}

// attributions are the lines above a quote, with a date and without one, and how
// dates are written there.
var attributions = map[string]struct{ dated, plain, date string }{
	"en": {"On {date} at {time}, {name} wrote:", "{name} wrote:", "Mon, 2 Jan 2006"},
	"de": {"Am {date} um {time} schrieb {name}:", "{name} schrieb:", "02.01.2006"},
	"fr": {"Le {date} à {time}, {name} a écrit :", "{name} a écrit :", "02/01/2006"},
	"es": {"El {date} a las {time}, {name} escribió:", "{name} escribió:", "02/01/2006"},
	"it": {"Il {date} alle {time}, {name} ha scritto:", "{name} ha scritto:", "02/01/2006"},
	"pt": {"Em {date} às {time}, {name} escreveu:", "{name} escreveu:", "02/01/2006"},
	"nl": {"Op {date} om {time} schreef {name}:", "{name} schreef:", "02-01-2006"},
	"sv": {"Den {date} kl. {time} skrev {name}:", "{name} skrev:", "2006-01-02"},
	"da": {"Den {date} kl. {time} skrev {name}:", "{name} skrev:", "02.01.2006"},
	"nb": {"Den {date} kl. {time} skrev {name}:", "{name} skrev:", "02.01.2006"},
	"fi": {"{name} kirjoitti {date} klo {time}:", "{name} kirjoitti:", "2.1.2006"},
	"pl": {"Dnia {date} o {time} {name} pisze:", "{name} pisze:", "02.01.2006"},
	"cs": {"Dne {date} v {time} {name} napsal(a):", "{name} napsal(a):", "2. 1. 2006"},
	"hu": {"{name} ezt írta ({date} {time}):", "{name} ezt írta:", "2006. 01. 02."},
	"ro": {"În {date}, la {time}, {name} a scris:", "{name} a scris:", "02.01.2006"},
	"tr": {"{name}, {date} {time} tarihinde yazdı:", "{name} yazdı:", "02.01.2006"},
	"ru": {"{date} в {time}, {name} пишет:", "{name} пишет:", "02.01.2006"},
	"uk": {"{date} о {time}, {name} пише:", "{name} пише:", "02.01.2006"},
	"el": {"Στις {date} {time}, ο/η {name} έγραψε:", "Ο/Η {name} έγραψε:", "02/01/2006"},
	"ja": {"{date} {time}、{name} のメール:", "{name} のメール:", "2006年1月2日"},
	"zh": {"{name} 于 {date} {time} 写道：", "{name} 写道：", "2006年1月2日"},
	"ko": {"{date} {time}, {name} 작성:", "{name} 작성:", "2006년 1월 2일"},

	"zh_tw": {"{name} 於 {date} {time} 寫道：", "{name} 寫道：", "2006年1月2日"}, // in traditional characters
}

// language brings "de_AT.UTF-8" and the like to a language that is known here.
func language(code string) string {
	parts := append(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool { return strings.ContainsRune("_-.@", r) }), "", "")
	code, region := parts[0], parts[1]
	switch {
	case code == "no" || code == "nn":
		code = "nb"
	case code == "zh" && (region == "tw" || region == "hk" || region == "mo" || region == "hant"):
		code = "zh_tw"
	}
	if _, ok := attributions[code]; !ok {
		return "en"
	}
	return code
}

func attribution(o Original, s Style) string {
	words := attributions[language(s.Language)]
	line, author := s.Attribution, first(o.From)
	date, clock := "", ""
	if !o.Date.IsZero() {
		date, clock = o.Date.Format(words.date), o.Date.Format("15:04")
	}
	switch {
	case line == "" && o.Date.IsZero():
		line = words.plain
	case line == "":
		line = words.dated
	}
	name := oneLine(author.Label())
	if name == "" {
		name = "someone"
	}
	return oneLine(strings.NewReplacer("{name}", name, "{address}", oneLine(author.Address), "{date}", date, "{time}", clock).Replace(line))
}

// body gives an answer: a place to write, the quote, the signature, and where the
// cursor stands in it.
func (s Style) body(o Original, signature string) (text string, cursor int) {
	quoted := ""
	if s.Answer != "none" {
		quoted = quote(o.Text)
	}
	sign := signatureBlock(signature)
	if quoted == "" {
		return "\n\n" + sign, 0
	}
	quoted = attribution(o, s) + "\n" + quoted
	switch s.Answer {
	case "below":
		return quoted + "\n\n" + sign, len(quoted) + 1
	case "inline":
		return quoted + "\n" + sign, strings.IndexByte(quoted, '\n') + 1
	}
	return "\n\n" + quoted + sign, 0
}
