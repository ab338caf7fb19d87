package compose

import (
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// inUTF8 brings what fields hold in the charset of the text, or else in that of
// Windows, to UTF-8, so that no letter is lost where it is encoded.
func inUTF8(fields []rawField) []rawField {
	foreign := func(f rawField) bool { return !utf8.ValidString(f.value) }
	if !slices.ContainsFunc(fields, foreign) {
		return fields
	}
	_, params, _ := mime.ParseMediaType(fieldOf(fields, "content-type"))
	out := slices.Clone(fields)
	for i, f := range out {
		if foreign(f) {
			out[i].value = decodeBytes(f.value, params["charset"])
		}
	}
	return out
}

func decodeBytes(s, charset string) string {
	if e, err := htmlindex.Get(charset); err == nil {
		if text, err := e.NewDecoder().String(s); err == nil && !strings.Contains(text, "\ufffd") {
			return text
		}
	}
	text, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return s
	}
	return text
}
