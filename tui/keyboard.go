package tui

import (
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"postea/tui/keys"
)

// usual makes of a key what it is called everywhere: terminals that tell more about
// keys tell those of the keypad from the others, which locks are on, and the letters
// that keys have in layouts of other scripts.
func usual(m *keys.Map, k tea.KeyPressMsg) tea.KeyPressMsg {
	k.Mod &^= tea.ModCapsLock | tea.ModNumLock | tea.ModScrollLock
	if code := offKeypad(k.Code); code != k.Code {
		if k.Code = code; code < utf8.RuneSelf && unicode.IsPrint(code) && k.Mod == 0 {
			k.Text = string(code)
		}
	}
	base := k.BaseCode
	k.BaseCode = 0 // of a Latin layout the letter counts, wherever it stands
	if k.Mod&^tea.ModShift == 0 || k.Code < utf8.RuneSelf || unicode.Is(unicode.Latin, k.Code) || base <= ' ' || base >= 0x7f {
		return k
	}
	if !m.Has(keyName(k)) { // ctrl and a Russian letter is not what the user has named
		k.Code = base
	}
	return k
}

// offKeypad is the key that does the same beside the keypad.
func offKeypad(code rune) rune {
	if code >= tea.KeyKp0 && code <= tea.KeyKp9 {
		return '0' + code - tea.KeyKp0
	}
	switch code {
	case tea.KeyKpEnter:
		return tea.KeyEnter
	case tea.KeyKpEqual:
		return '='
	case tea.KeyKpMultiply:
		return '*'
	case tea.KeyKpPlus:
		return '+'
	case tea.KeyKpComma, tea.KeyKpSep:
		return ','
	case tea.KeyKpMinus:
		return '-'
	case tea.KeyKpDecimal:
		return '.'
	case tea.KeyKpDivide:
		return '/'
	case tea.KeyKpUp:
		return tea.KeyUp
	case tea.KeyKpDown:
		return tea.KeyDown
	case tea.KeyKpLeft:
		return tea.KeyLeft
	case tea.KeyKpRight:
		return tea.KeyRight
	case tea.KeyKpPgUp:
		return tea.KeyPgUp
	case tea.KeyKpPgDown:
		return tea.KeyPgDown
	case tea.KeyKpHome:
		return tea.KeyHome
	case tea.KeyKpEnd:
		return tea.KeyEnd
	case tea.KeyKpInsert:
		return tea.KeyInsert
	case tea.KeyKpDelete:
		return tea.KeyDelete
	}
	return code
}
