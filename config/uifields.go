package config

// uiFields are the settings of how postea looks.
func uiFields(u *UI) []field {
	return []field{
		{key: "theme", doc: "auto (by the terminal's background) or another: `postea config themes` lists them", sample: `"auto"`, set: themeField(u)},
		{key: "glyphs", doc: "auto (ascii where the font has few signs: on the Linux console and vt terminals), unicode, ascii, or nerd (needs a Nerd Font)", sample: `"auto"`, set: oneOf(&u.Glyphs, "auto", "unicode", "ascii", "nerd")},
		{key: "rows", doc: "auto (one line where it fits, else two), compact (one, or two without a blank between) or comfortable (two)", sample: `"auto"`, set: oneOf(&u.Rows, "auto", "compact", "comfortable")},
		{key: "keys", doc: "the keys to begin with: default, gmail, aerc or mutt; [keys] changes single ones", sample: `"default"`, set: oneOf(&u.Keys, "default", "gmail", "aerc", "mutt")},
		{key: "pictures", doc: "auto (as well as the terminal can), cells (coloured cells) or off", sample: `"auto"`, set: oneOf(&u.Pictures, "auto", "cells", "off")},
		{key: "motion", doc: "full, or reduced: nothing counts seconds, no bar grows", sample: `"full"`, set: oneOf(&u.Motion, "full", "reduced")},
		{key: "plain", doc: "for a screen reader: one thing after the other, words in place of signs, no lines; also --plain", sample: `false`, set: yes(&u.Plain)},
		{key: "clock", doc: "auto (by LC_TIME), 24h or 12h", sample: `"auto"`, set: oneOf(&u.Clock, "auto", "24h", "12h")},
		{key: "dates", doc: "auto (by LC_TIME), day (3 Oct), month (Oct 3) or iso (10-03)", sample: `"auto"`, set: oneOf(&u.Dates, "auto", "day", "month", "iso")},
		{key: "week", doc: "the day that work begins with, which *next week* means: auto (by LC_TIME), monday, sunday or saturday", sample: `"auto"`, set: oneOf(&u.Week, "auto", "monday", "sunday", "saturday")},
		{key: "right_to_left", doc: "who puts Hebrew, Arabic and the like in order: terminal, postea, or auto (postea on terminals that are known not to: xterm, Alacritty, foot, rxvt, st)", sample: `"auto"`, set: oneOf(&u.RightToLeft, "auto", "terminal", "postea")},
		{key: "title", doc: "say in the title of the window where you are and what is unread", sample: `true`, set: yes(&u.Title)},
		{key: "progress", doc: "show in the terminal's tab how far syncing and sending are: auto (where it is known to be understood), on or off", sample: `"auto"`, set: oneOf(&u.Progress, "auto", "on", "off")},
	}
}

func themeField(u *UI) func(*reader, *item) {
	return func(r *reader, v *item) {
		str(&u.Theme)(r, v)
		u.ThemeLine, _ = position(r.data, v.at)
	}
}
