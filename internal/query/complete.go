package query

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Unfinished is the end of a query that may be completed.
type Unfinished struct {
	Start int    // where it begins, in bytes; behind a minus or a bracket
	Field string // as it is named in the help, where a value is being typed; "" for a word or the name of a field
	Value string // what has been typed of the value, or of the word; without a quote
}

// Last gives what is being typed at the end of a query, and false where that is
// nothing that could be completed.
func Last(input string) (Unfinished, bool) {
	tokens := lex(input)
	if len(tokens) == 0 {
		return Unfinished{}, false
	}
	last := tokens[len(tokens)-1]
	if last.at.End < len(input) || len(input) > maxInput {
		return Unfinished{}, false // a blank stands behind it
	}
	field := ""
	value, start := last.text, last.at.Start
	switch {
	case last.kind == name:
		if !isField(last.text) {
			return Unfinished{}, false
		}
		return Unfinished{Start: last.at.End, Field: last.text}, true
	case last.kind != word && !(last.kind == quoted && last.open):
		return Unfinished{}, false
	}
	if n := len(tokens) - 2; n >= 0 && tokens[n].kind == name && isField(tokens[n].text) && (tokens[n].glue || last.kind == word) {
		field = tokens[n].text
	}
	if field == "" && last.kind != word {
		return Unfinished{}, false
	}
	return Unfinished{Start: start, Field: field, Value: value}, true
}

// Fields lists the names of fields that begin as typed, with their colon.
func Fields(typed string) []string {
	var out []string
	for f := range strings.FieldsSeq(fieldNames) {
		if strings.HasPrefix(f, strings.ToLower(typed)) && f != "id" && f != "thread" {
			out = append(out, f+":")
		}
	}
	return out
}

// Values lists what may stand behind a field, where that is always the same.
func Values(field string) []string {
	switch field {
	case "is":
		return strings.Fields(stateNames)
	case "has":
		return []string{"attachment"}
	case "before", "after", "on":
		return []string{"today", "yesterday", "monday", "2026-01-31"}
	case "older", "newer":
		return []string{"1d", "1w", "2w", "1m", "6m", "1y"}
	case "larger", "smaller":
		return []string{"100k", "1M", "5M", "25M"}
	}
	return nil
}

// Quote writes a value so that it is read as one.
func Quote(value string) string {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return isBlank(r) || strings.ContainsRune(`()|":`, r) || isQuote(r) }) ||
		slices.Contains([]string{"OR", "AND", "NOT"}, value) || strings.HasPrefix(value, "-") {
		return `"` + withoutQuotes(value) + `"`
	}
	return value
}

// withoutQuotes leaves out what would end a quoted text.
func withoutQuotes(s string) string {
	out := make([]byte, 0, len(s))
	for i, r := range s {
		if !isQuote(r) || isGershayim(s, i) {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}
