package reading

import (
	"strconv"
	"strings"
)

// Tone is a colour that means something: an amount that is due, a test that
// failed. The terminal shows it in its own red, green or yellow, whose contrast
// holds.
type Tone uint8

// The tones.
const (
	NoTone Tone = iota
	Red
	Green
	Yellow
)

// maxToned is how long a text may be whose colour says something about it; in a
// longer one it is decoration. In bytes.
const maxToned = 100

// toneOf reads a CSS colour. Only strong reds, greens and yellows count: blue is
// for links everywhere, and the rest belongs to brands.
func toneOf(v string) Tone {
	r, g, b, ok := rgbOf(v)
	if !ok {
		return NoTone
	}
	high, low := max(r, g, b), min(r, g, b)
	if high < 90 || (high-low)*100 < high*55 { // too dark or too pale to be seen as a colour
		return NoTone
	}
	var hue int
	switch d := high - low; high {
	case r:
		hue = (60*(g-b)/d + 360) % 360
	case g:
		hue = 60*(b-r)/d + 120
	default:
		hue = 60*(r-g)/d + 240
	}
	switch {
	case hue <= 14 || hue >= 345:
		return Red
	case hue >= 30 && hue <= 62:
		return Yellow
	case hue >= 85 && hue <= 165:
		return Green
	}
	return NoTone
}

// rgbOf reads the notations of colours that mail uses.
func rgbOf(v string) (r, g, b int, ok bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	if hex, found := strings.CutPrefix(v, "#"); found {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		return int(n >> 16), int(n >> 8 & 0xff), int(n & 0xff), err == nil && len(hex) == 6
	}
	if inner, found := strings.CutPrefix(v, "rgb"); found {
		inner = strings.TrimSuffix(strings.TrimLeft(inner, "a("), ")")
		parts := strings.FieldsFunc(inner, func(c rune) bool { return c == ',' || c == ' ' || c == '/' })
		if len(parts) < 3 {
			return 0, 0, 0, false
		}
		var c [3]int
		for i := range c {
			n, err := strconv.Atoi(parts[i])
			if err != nil || n < 0 || n > 255 {
				return 0, 0, 0, false
			}
			c[i] = n
		}
		return c[0], c[1], c[2], true
	}
	if n, named := namedColours()[v]; named {
		return n >> 16, n >> 8 & 0xff, n & 0xff, true
	}
	return 0, 0, 0, false
}

// namedColours are those CSS names that mean a tone.
func namedColours() map[string]int {
	return map[string]int{
		"red": 0xff0000, "crimson": 0xdc143c, "darkred": 0x8b0000, "firebrick": 0xb22222, "maroon": 0x800000,
		"green": 0x008000, "darkgreen": 0x006400, "forestgreen": 0x228b22, "seagreen": 0x2e8b57, "limegreen": 0x32cd32, "lime": 0x00ff00,
		"orange": 0xffa500, "darkorange": 0xff8c00, "gold": 0xffd700, "goldenrod": 0xdaa520, "darkgoldenrod": 0xb8860b,
	}
}
