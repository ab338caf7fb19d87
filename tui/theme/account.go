package theme

// OfAccount is the ink of an account's name: that of the colour it has in the
// configuration, else the one given.
func OfAccount(color string, otherwise Ink) Ink {
	switch color {
	case "green":
		return Green
	case "yellow":
		return Yellow
	case "blue":
		return Blue
	case "violet":
		return Violet
	case "red":
		return Red
	}
	return otherwise
}
