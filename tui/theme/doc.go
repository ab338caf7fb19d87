// Package theme says how the interface looks: which ink a meaning has, and
// which signs stand beside it.
//
// A view never names a colour. It draws with a Style, which pairs an Ink (what
// the text means) with a Surface (what it lies on); a Look, made once the
// terminal has told what it can show, turns the Style into an escape sequence:
//
//	look := theme.New(theme.Options{Dark: true, Profile: colorprofile.TrueColor})
//	look.SGR(theme.Style{Ink: theme.Strong, Bold: true})
//	look.Signs.Unread
//
// The terminal's own background is kept; only surfaces are painted.
package theme
