package rtf

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// characters are control words that stand for text.
var characters = map[string]string{
	"par": "\n", "line": "\n", "row": "\n", "nestrow": "\n", "sect": "\n", "page": "\n", "column": "\n", "softline": "\n", "tab": "\t", "cell": "\t", "nestcell": "\t",
	"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}

// destinations are groups whose text is not that of the document.
var destinations = map[string]bool{
	"colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "themedata": true, "colorschememapping": true, "datastore": true,
	"header": true, "headerl": true, "headerr": true, "headerf": true, "footer": true, "footerl": true, "footerr": true, "footerf": true,
	"ftnsep": true, "ftnsepc": true, "aftnsep": true, "aftnsepc": true, "listtable": true, "listoverridetable": true, "revtbl": true, "filetbl": true,
	"nonesttables": true, "xe": true, "tc": true, "sn": true, "sv": true, "nonshppict": true,
}

// charsets are the code pages of fonts.
var charsets = map[int]string{
	77: "macintosh", 128: "shift_jis", 129: "euc-kr", 134: "gbk", 136: "big5", 161: "windows-1253", 162: "windows-1254", 163: "windows-1258",
	177: "windows-1255", 178: "windows-1256", 186: "windows-1257", 204: "windows-1251", 222: "windows-874", 238: "windows-1250", 255: "ibm850",
}

// CodePage gives the name of a code page of Windows, as decoders know it.
func CodePage(n uint32) string {
	switch n {
	case 437, 850, 852, 866:
		return "ibm" + strconv.Itoa(int(n))
	case 932:
		return "shift_jis"
	case 936:
		return "gbk"
	case 949:
		return "euc-kr"
	case 950:
		return "big5"
	case 10000:
		return "macintosh"
	case 20866:
		return "koi8-r"
	case 65001:
		return "utf-8"
	}
	if n >= 28591 && n <= 28606 {
		return "iso-8859-" + strconv.Itoa(int(n-28590))
	}
	return "windows-" + strconv.Itoa(int(n))
}

func decode(b []byte, page string) string {
	if ascii(b) {
		return string(b)
	}
	var e encoding.Encoding
	switch page {
	case "ibm437":
		e = charmap.CodePage437
	case "ibm850":
		e = charmap.CodePage850
	case "ibm852":
		e = charmap.CodePage852
	default:
		e, _ = htmlindex.Get(page)
	}
	if utf8.Valid(b) && len(b) > 1 && page != "gbk" && page != "shift_jis" && page != "big5" && page != "euc-kr" { // programs that know no code pages
		return string(b)
	}
	if e != nil {
		if out, err := e.NewDecoder().Bytes(b); err == nil {
			return strings.ToValidUTF8(string(out), string(utf8.RuneError))
		}
	}
	return strings.ToValidUTF8(string(b), string(utf8.RuneError))
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
