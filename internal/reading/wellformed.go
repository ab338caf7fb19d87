package reading

// maxQPLine is the longest line of quoted-printable that goes to enmime, which
// breaks lines of 1,024 bytes and may lose one where it does.
const maxQPLine = 1000

// isWellFormed tells whether a body keeps the rules of its encoding so far
// that everyone decodes it alike. Of damaged bodies enmime makes garbage (a
// second run of base64 after padding, the footer of a list), nothing, or a
// record of each wrong byte that is larger than the message.
func isWellFormed(body []byte, encoding string) bool {
	switch encoding {
	case "base64":
		return isWellFormedBase64(body)
	case "quoted-printable":
		return isWellFormedQP(body)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return false // enmime does not know it
	}
	return len(body) == 0 || body[len(body)-1] != '\r' // which enmime takes for a part of the boundary
}

// isWellFormedBase64 wants RFC 2045 §6.8: the alphabet, broken into lines
// anywhere, with padding only at the end. Missing padding is no harm.
func isWellFormedBase64(body []byte) bool {
	digits, padded := 0, false
	for _, c := range body {
		switch {
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		case c == '=':
			padded = true
		case padded || base64Value(c) < 0:
			return false
		default:
			digits++
		}
	}
	return digits%4 != 1
}

// isWellFormedQP wants RFC 2045 §6.7: printable characters, "=" only before
// two digits or the end of a line, and no blank at the end of a line.
func isWellFormedQP(body []byte) bool {
	width := 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\n' || c == '\r' && i+1 < len(body) && body[i+1] == '\n':
			if i > 0 && isBlank(body[i-1]) {
				return false
			}
			width = 0
			continue
		case c == '=':
			if !startsEscape(body[i+1:]) {
				return false
			}
		case c < ' ' && c != '\t' || c > '~':
			return false
		}
		if width++; width > maxQPLine {
			return false
		}
	}
	return len(body) == 0 || !isBlank(body[len(body)-1])
}

func startsEscape(b []byte) bool {
	switch {
	case len(b) == 0:
		return false
	case b[0] == '\n':
		return true
	case len(b) == 1:
		return false
	}
	return b[0] == '\r' && b[1] == '\n' || hexValue(b[0]) >= 0 && hexValue(b[1]) >= 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
