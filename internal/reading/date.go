package reading

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads the date-time of RFC 5322 §3.3 with the obsolete forms of
// §4.3, and the common ways of missing it: no weekday, no seconds, no zone,
// asctime, ISO 8601. A date without a zone is taken for UTC.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(stripComments(s))
	if len(s) > 200 {
		return time.Time{}, false
	}
	if len(s) > 4 && s[4] == '-' {
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
			if t, err := time.Parse(layout, s); err == nil {
				return plausible(t)
			}
		}
	}
	var d dateParts
	for _, tok := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		d.token(tok)
	}
	return d.time()
}

// receivedDate reads the time of a Received field, which stands behind its last
// semicolon (RFC 5321 §4.4).
func receivedDate(s string) (time.Time, bool) {
	s = stripComments(s)
	i := strings.LastIndexByte(s, ';')
	if i < 0 {
		return time.Time{}, false
	}
	return parseDate(s[i+1:])
}

type dateParts struct {
	day, month, year, hour, min, sec, zone int
	hasDay, hasYear, hasTime, hasZone      bool
	pm, am                                 bool
}

func (d *dateParts) token(tok string) {
	lower := strings.ToLower(tok)
	switch {
	case !d.hasTime && strings.Count(tok, ":") >= 1 && isDigit(tok[0]):
		d.clock(tok)
	case !d.hasTime && d.hasYear && isDigit(tok[0]) && strings.Contains(tok, "."): // 10.20.30, as a locale writes it
		d.clock(strings.ReplaceAll(tok, ".", ":"))
	case d.hasTime && !d.hasZone && len(tok) >= 2 && (tok[0] == '+' || tok[0] == '-') && isDigit(tok[1]):
		d.zone, d.hasZone = numericZone(tok), true
	case isDigit(tok[0]) && strings.Count(tok, "-") == 2: // 12-Mar-2024
		for part := range strings.SplitSeq(tok, "-") {
			if part != "" {
				d.token(part)
			}
		}
	case isDigit(tok[0]):
		d.number(tok)
	case d.month == 0 && monthNumber(lower) > 0:
		d.month = monthNumber(lower)
	case lower == "pm" || lower == "am":
		d.pm, d.am = lower == "pm", lower == "am"
	case d.hasTime && !d.hasZone:
		d.namedZone(lower)
	}
}

func (d *dateParts) number(tok string) {
	n, err := strconv.Atoi(strings.TrimRight(tok, "stndrh."))
	if err != nil {
		return
	}
	switch {
	case !d.hasDay && n >= 1 && n <= 31 && len(tok) <= 4 && !strings.HasPrefix(tok, "00"):
		d.day, d.hasDay = n, true
	case !d.hasYear:
		d.year, d.hasYear = fullYear(n, len(tok)), true
	}
}

// fullYear reads years of two and three digits as RFC 5322 §4.3 says.
func fullYear(n, digits int) int {
	switch {
	case digits <= 2 && n < 50:
		return 2000 + n
	case digits <= 3:
		return 1900 + n
	}
	return n
}

func (d *dateParts) clock(tok string) {
	if i := strings.IndexAny(tok, "+-"); i > 0 { // 10:20:30+0100
		d.zone, d.hasZone = numericZone(tok[i:]), true
		tok = tok[:i]
	}
	parts := strings.Split(tok, ":")
	field := func(i int) int {
		if i >= len(parts) {
			return 0
		}
		digits, _, _ := strings.Cut(parts[i], ".")
		n, err := strconv.Atoi(digits)
		if err != nil {
			return -1
		}
		return n
	}
	d.hour, d.min, d.sec = field(0), field(1), field(2)
	d.hasTime = true
}

// numericZone gives seconds east of Greenwich; an impossible zone is UTC.
func numericZone(tok string) int {
	digits := strings.ReplaceAll(tok[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return 0
	}
	if len(digits) <= 2 {
		n *= 100
	}
	seconds := n/100*3600 + n%100*60
	if n%100 >= 60 || seconds > 15*3600 {
		return 0
	}
	if tok[0] == '-' {
		return -seconds
	}
	return seconds
}

// namedZone knows the names of RFC 5322 §4.3 and a few that are unambiguous
// in practice. Others are UTC, as that section says.
func (d *dateParts) namedZone(name string) {
	hours, ok := map[string]int{
		"edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
		"cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "bst": 1,
		"ut": 0, "utc": 0, "gmt": 0, "z": 0,
	}[name]
	if ok {
		d.zone, d.hasZone = hours*3600, true
		return
	}
	for _, prefix := range []string{"gmt", "utc"} { // GMT+0100
		if rest := strings.TrimPrefix(name, prefix); rest != name && len(rest) > 1 && (rest[0] == '+' || rest[0] == '-') {
			d.zone, d.hasZone = numericZone(rest), true
		}
	}
}

func (d *dateParts) time() (time.Time, bool) {
	if d.pm && d.hour < 12 {
		d.hour += 12
	}
	if d.am && d.hour == 12 {
		d.hour = 0
	}
	if !d.hasDay || d.month == 0 || !d.hasYear ||
		d.hour < 0 || d.hour > 24 || d.min < 0 || d.min > 59 || d.sec < 0 || d.sec > 60 {
		return time.Time{}, false
	}
	zone := time.UTC
	if d.zone != 0 {
		zone = time.FixedZone("", d.zone)
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, 0, zone)
	if t.Day() != d.day && d.hour < 24 && d.sec < 60 {
		return time.Time{}, false // 31 February
	}
	return plausible(t)
}

// plausible keeps out years that JSON and databases cannot hold.
func plausible(t time.Time) (time.Time, bool) {
	if t.Year() < 1900 || t.Year() > 9998 {
		return time.Time{}, false
	}
	return t, true
}

func monthNumber(s string) int {
	if len(s) < 3 {
		return 0
	}
	i := strings.Index("jan feb mar apr may jun jul aug sep oct nov dec ", s[:3]+" ")
	if i < 0 {
		return 0
	}
	return i/4 + 1
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
