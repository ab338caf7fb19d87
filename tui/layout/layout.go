// Package layout knows on which keys of a Latin keyboard the letters of other scripts stand, for
// whoever has forgotten to change the layout.
package layout

import (
	"strings"
	"unicode/utf8"
)

// Layouts of other scripts, each beside the keys of a Latin one on which its letters stand.
var layouts = [...]struct{ letters, latin string }{
	{"йцукенгшщзхъфывапролджэячсмитьбюёіїєґ", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]'\\"}, // Russian, with the letters of Ukrainian
	{"ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁІЇЄҐ", "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~S}\"|"},
	{"ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"}, // Greek
	{"ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ", "ERTYUIOPASDFGHJKLZXCVBNM"},
	{"קראטוןםפשדגכעיחלךףזסבהנמצתץ", "ertyuiopasdfghjkl;zxcvbnm,."},           // Hebrew
	{"ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ", "qwertyuiop[]asdfghjkl;'zxcvnm,./"}, // Arabic
	{"ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm"},             // Korean
	{"ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP"},
}

// Latin gives the key of a Latin layout on which a letter of another script stands, or the
// key as it is.
func Latin(key string) string {
	if utf8.RuneCountInString(key) != 1 {
		return key
	}
	for _, l := range layouts {
		if before, _, found := strings.Cut(l.letters, key); found {
			at := utf8.RuneCountInString(before)
			return l.latin[at : at+1]
		}
	}
	return key
}
