package theme

import (
	"fmt"
	"strconv"
	"strings"
)

// Written is a theme as a user writes it: what is not named is as in the base,
// a built-in theme.
type Written struct {
	Name, Base string
	Colours    []Colouring
}

// Colouring is a colour that is given to a role. The variant is dark or light,
// or "" for both.
type Colouring struct{ Variant, Role, Colour string }

// The variants of a written theme.
const (
	VariantDark  = "dark"
	VariantLight = "light"
)

// Problem is something wrong with a written theme: with the colouring of that
// index, or with the base where it is -1.
type Problem struct {
	Index int
	Text  string
}

// Make makes a theme of what a user has written. Colours that cannot be used
// are problems and left as they are in the base.
func Make(w Written) (Theme, []Problem) {
	var problems []Problem
	base, ok := Named(w.Base, nil)
	if !ok {
		problems = append(problems, Problem{-1, fmt.Sprintf("%q is none of postea's own themes: %s", w.Base, strings.Join(names(), ", "))})
		base, _ = Named("", nil)
	}
	t := Theme{Name: w.Name, About: "your own", dark: base.dark, light: base.light, pinned: base.pinned}
	for i, c := range w.Colours {
		if err := t.colour(c); err != nil {
			problems = append(problems, Problem{i, err.Error()})
		}
	}
	return t, problems
}

func names() []string {
	var out []string
	for _, t := range BuiltIn() {
		out = append(out, t.Name)
	}
	return out
}

func (t *Theme) colour(c Colouring) error {
	var to []*palette
	switch c.Variant {
	case VariantDark, VariantLight:
		p := t.variant(c.Variant)
		to = append(to, p)
	case "":
		for _, p := range []*palette{t.dark, t.light} {
			if p != nil {
				to = append(to, p)
			}
		}
	default:
		return fmt.Errorf("a theme has the tables [dark] and [light], and no [%s]", c.Variant)
	}
	for _, p := range to {
		if err := p.set(c.Role, c.Colour); err != nil {
			return err
		}
	}
	return nil
}

// variant is the palette for one kind of background; where the base has none,
// it begins as that of the default theme.
func (t *Theme) variant(name string) *palette {
	p, fresh := &t.dark, teaDark
	if name == VariantLight {
		p, fresh = &t.light, teaLight
	}
	if *p == nil {
		*p = fresh()
	}
	return *p
}

func (p *palette) set(role, colour string) error {
	for i, r := range surfaceRoles {
		if r.Name != role {
			continue
		}
		if Surface(i) == Ground && colour == "terminal" {
			p.painted, p.bare = false, true
			return nil
		}
		c, err := parseColour(colour)
		if err != nil {
			return err
		}
		p.surface[i] = c
		p.painted = p.painted || Surface(i) == Ground
		return nil
	}
	for i, r := range inkRoles {
		if r.Name == role {
			c, err := parseColour(colour)
			if err == nil {
				p.ink[i] = c
			}
			return err
		}
	}
	return fmt.Errorf("there is no such colour%s", meant(role))
}

// parseColour reads #rrggbb and #rgb.
func parseColour(s string) (rgb, error) {
	digits, ok := strings.CutPrefix(s, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || len(digits) != 6 {
		return rgb{}, fmt.Errorf(`%q is no colour; write it like "#e8a75d"`, s)
	}
	return hex(uint32(n)), nil
}

// meant lists the roles, for who has written another name.
func meant(role string) string {
	var list []string
	for _, r := range Roles() {
		if strings.EqualFold(r.Name, role) {
			return fmt.Sprintf("; did you mean %q?", r.Name)
		}
		list = append(list, r.Name)
	}
	return "; there are " + strings.Join(list, ", ")
}
