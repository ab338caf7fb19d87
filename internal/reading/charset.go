package reading

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// detectSample bounds what the guesser looks at.
const detectSample = 32 << 10

// decodeCharset gives the UTF-8 text of b. Labels are wrong so often that the
// bytes come first: what is valid UTF-8 is UTF-8. Otherwise the label decides,
// and where there is none that can be right, a guess.
func decodeCharset(b []byte, label string) string {
	label = cleanLabel(label)
	if s, ok := decodeBOM(b); ok {
		return s
	}
	if isSevenBitCode(label) || strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32") {
		if s, ok := decodeAs(b, label); ok {
			return s
		}
	}
	if utf8.Valid(b) {
		if bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) { // whatever it is labelled as: no other text has that
			if s, ok := decodeAs(b, "iso-2022-jp"); ok {
				return s
			}
		}
		if s, ok := decodePairs(b, label); ok {
			return s
		}
		return string(b)
	}
	if label == "utf-8" || label == "utf8" {
		if mostlyUTF8(b) {
			return strings.ToValidUTF8(string(b), "\ufffd")
		}
		return guess(b)
	}
	if s, ok := decodeAs(b, label); ok {
		return s
	}
	return guess(b)
}

// OwnText gives what the user's own programs write, in UTF-8, or else in a charset
// that is named; where that is none of a text, in that of Windows. No letter is lost
// that could be told.
func OwnText(b []byte, charset string) string {
	if s, ok := decodeBOM(b); ok {
		return s
	}
	if utf8.Valid(b) || mostlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	if s, ok := decodeAs(b, cleanLabel(charset)); ok && !strings.Contains(s, "\ufffd") {
		return s
	}
	s, _ := decodeAs(b, "windows-1252")
	return s
}

// chancePairs is how many characters of two bytes may be valid UTF-8 by chance: of those of
// GB 2312 about one in six is.
const chancePairs = 4

// decodePairs reads bytes in a code of two bytes for a character that happen to be
// valid UTF-8 too: 谢谢 in GB 2312 are the bytes of лл. Text of these languages
// takes three bytes for a character in UTF-8, so that what has only two is not it. In
// more than a few of them no text of these codes is UTF-8 by chance.
func decodePairs(b []byte, label string) (string, bool) {
	switch findEncoding(label) {
	case simplifiedchinese.GB18030, traditionalchinese.Big5, korean.EUCKR, japanese.EUCJP, japanese.ShiftJIS:
	default:
		return "", false
	}
	pairs := 0
	for _, c := range b {
		if c >= 0xe0 {
			return "", false
		}
		if c >= 0xc0 {
			pairs++
		}
	}
	if pairs == 0 || pairs > chancePairs {
		return "", false
	}
	s, ok := decodeAs(b, label)
	return s, ok && !strings.Contains(s, "\ufffd")
}

// cleanLabel undoes the ways in which charset names arrive damaged.
func cleanLabel(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\r\n\"'"))
	label = strings.TrimPrefix(label, "charset=")
	if i := strings.IndexAny(label, " ;,*"); i >= 0 {
		label = label[:i]
	}
	return label
}

// isSevenBitCode tells of codes whose bytes are ASCII, so that they look like
// valid UTF-8.
func isSevenBitCode(label string) bool {
	return strings.HasPrefix(label, "iso-2022-") || label == "hz-gb-2312" || isUTF7(label)
}

func isUTF7(label string) bool {
	return label == "utf-7" || label == "utf7" || label == "unicode-1-1-utf-7" || label == "x-unicode-2-0-utf-7"
}

func decodeBOM(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		if rest := b[3:]; utf8.Valid(rest) {
			return string(rest), true
		}
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		if len(b)%2 == 0 && bytes.IndexByte(b, 0) >= 0 {
			return decodeAs(b, "utf-16")
		}
	}
	return "", false
}

func decodeAs(b []byte, label string) (string, bool) {
	if isUTF7(label) {
		return decodeUTF7(b), true
	}
	if label == "iso-2022-kr" {
		b, label = shiftedKorean(b), "euc-kr"
	}
	e := findEncoding(label)
	if e == nil {
		return "", false
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	return strings.ToValidUTF8(string(out), "\ufffd"), true
}

// shiftedKorean makes EUC-KR of ISO-2022-KR (RFC 1557), where SO and SI stand around
// Korean and the header of a text announces that.
func shiftedKorean(b []byte) []byte {
	out := make([]byte, 0, len(b))
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	high := byte(0)
	for _, c := range b {
		switch {
		case c == 0x0e:
			high = 0x80
		case c == 0x0f:
			high = 0
		case c == '\n':
			high = 0
			fallthrough
		case c <= ' ':
			out = append(out, c)
		default:
			out = append(out, c|high)
		}
	}
	return out
}

// findEncoding returns nil for a name it does not know.
func findEncoding(label string) encoding.Encoding {
	switch label {
	case "":
		return nil
	case "us-ascii", "ascii", "iso-8859-1", "latin1", "iso8859-1", "iso_8859-1", "8859-1", "iso-8859-8-i-1", "ansi_x3.4-1968":
		return charmap.Windows1252 // what is labelled so and has bytes above 7f is this
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-32":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-ms", "iso-2022-jp-3", "iso-2022-jp-2004":
		label = "iso-2022-jp" // which has all that is used of them
	case "cp932", "windows-932", "ms932", "sjis":
		label = "shift_jis"
	case "cp936", "ms936", "gb2312-80", "x-gbk", "cn-gb":
		label = "gbk"
	case "cp949", "ms949", "ks_c_5601-1987", "ksc5601", "uhc", "x-windows-949":
		label = "euc-kr"
	case "cp950", "x-big5":
		label = "big5"
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		if e == simplifiedchinese.GBK {
			return simplifiedchinese.GB18030 // which has all of it, and all that is labelled so
		}
		return e
	}
	for _, name := range []string{label, numbered(label)} {
		if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil {
			return e
		}
	}
	if e, err := htmlindex.Get(numbered(label)); err == nil && e != encoding.Replacement {
		return e
	}
	return nil
}

// numbered spells names such as "cp-850", "1251" and "8859_2" as the registry does.
func numbered(label string) string {
	digits := strings.TrimLeft(label, "abcdefghijklmnopqrstuvwxyz-_")
	switch {
	case strings.HasPrefix(digits, "8859"):
		return "iso-8859-" + strings.TrimLeft(digits[4:], "-_")
	case strings.HasPrefix(digits, "125") && len(digits) == 4:
		return "windows-" + digits
	case len(digits) == 3:
		return "ibm" + digits
	}
	return label
}

// mostlyUTF8 tells whether b is UTF-8 with a few broken bytes, as left by a
// cut or a footer in another charset.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good >= bad
}

func guess(b []byte) string {
	if s, ok := decodeDetected(b); ok {
		return s
	}
	if s, ok := decodeAs(b, "windows-1252"); ok {
		return s
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// decodeDetected reads bytes as what they most look like. The detector tries its
// charsets side by side, and which of equals it names first is chance: the one
// that leaves fewer bytes unread is taken, then that of the lesser name.
func decodeDetected(b []byte) (string, bool) {
	all, err := chardet.NewTextDetector().DetectAll(b[:min(len(b), detectSample)])
	if err != nil || all[0].Confidence < 30 {
		return "", false
	}
	slices.SortFunc(all, func(x, y chardet.Result) int {
		return cmp.Or(y.Confidence-x.Confidence, strings.Compare(x.Charset, y.Charset))
	})
	best, fewest, found := "", 0, false
	for _, r := range all {
		if r.Confidence < all[0].Confidence {
			break
		}
		if strings.HasPrefix(r.Charset, "UTF-") {
			continue // it would have been read as such
		}
		s, ok := decodeAs(b, strings.ToLower(r.Charset))
		if n := strings.Count(s, "\ufffd"); ok && (!found || n < fewest) {
			best, fewest, found = s, n, true
		}
	}
	return best, found
}
