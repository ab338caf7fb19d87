package widget

// forms are those of an Arabic letter: by itself, at the end of a word, at its beginning
// and in its middle; the last two are 0 for a letter that joins only what stands before it.
type forms [4]rune

// shapeOf gives the forms of a letter (Unicode, Arabic Presentation Forms).
func shapeOf(r rune) (f forms, ok bool) {
	both := func(first rune) (forms, bool) { return forms{first, first + 1, first + 2, first + 3}, true }
	before := func(first rune) (forms, bool) { return forms{first, first + 1}, true }
	switch r {
	case 'آ', 'أ', 'ؤ', 'إ':
		return before(0xfe81 + 2*(r-'آ'))
	case 'ئ':
		return both(0xfe89)
	case 'ا':
		return before(0xfe8d)
	case 'ب':
		return both(0xfe8f)
	case 'ة':
		return before(0xfe93)
	case 'ت', 'ث', 'ج', 'ح', 'خ':
		return both(0xfe95 + 4*(r-'ت'))
	case 'د', 'ذ', 'ر', 'ز':
		return before(0xfea9 + 2*(r-'د'))
	case 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع', 'غ':
		return both(0xfeb1 + 4*(r-'س'))
	case 'ف', 'ق', 'ك', 'ل', 'م', 'ن', 'ه':
		return both(0xfed1 + 4*(r-'ف'))
	case 'و':
		return before(0xfeed)
	case 'ى':
		return forms{0xfeef, 0xfef0, 0xfbe8, 0xfbe9}, true
	case 'ي':
		return both(0xfef1)
	case 'پ':
		return both(0xfb56)
	case 'ٹ':
		return both(0xfb66)
	case 'چ':
		return both(0xfb7a)
	case 'ڈ':
		return before(0xfb88)
	case 'ژ':
		return before(0xfb8a)
	case 'ڑ':
		return before(0xfb8c)
	case 'ک':
		return both(0xfb8e)
	case 'گ':
		return both(0xfb92)
	case 'ں':
		return before(0xfb9e)
	case 'ہ':
		return both(0xfba6)
	case 'ھ':
		return both(0xfbaa)
	case 'ے':
		return before(0xfbae)
	case 'ی':
		return both(0xfbfc)
	}
	return f, false
}

// joined gives clusters, in the order of reading, the forms in which Arabic letters are
// written beside each other. A ligature would take another number of cells.
func joined(clusters []string) []string {
	const stretch = 'ـ' // joins on both sides
	joins := func(i int, ahead bool) bool {
		if i < 0 || i >= len(clusters) {
			return false
		}
		r := []rune(clusters[i])[0]
		f, ok := shapeOf(r)
		return r == stretch || ok && (!ahead || f[2] != 0)
	}
	out := make([]string, len(clusters))
	for i, c := range clusters {
		r := []rune(c)
		f, ok := shapeOf(r[0])
		if !ok {
			out[i] = c
			continue
		}
		form := 0
		if joins(i-1, true) {
			form = 1
		}
		if f[2] != 0 && joins(i+1, false) {
			form += 2
		}
		r[0] = f[form]
		out[i] = string(r)
	}
	return out
}
