package bounce

import "strings"

// Words gives what a notice says about each address that stands at the beginning of
// a line: the rest of that line, and the lines below it up to the next address or
// blank line. It is for reports whose fields say no more than that it failed, as Exim
// and OpenSMTPD write them. An address that others were made of has their words.
// Keys are in lower case.
func Words(text string) map[string]string {
	text, _ = cutCopy(text)
	words := map[string]string{}
	var about []string
	put := func(more string) {
		for _, a := range about {
			if have := words[a]; len(have) < maxText {
				words[a] = strings.Join(strings.Fields(have+" "+more), " ")
			}
		}
	}
	lines := 0
	for line := range strings.SplitSeq(text[:min(len(text), maxNotice)], "\n") {
		line = strings.TrimSpace(line)
		a, rest := leading(line)
		switch {
		case a != "" && len(words) < maxRecipients:
			about, lines = []string{strings.ToLower(a)}, 0
			put(rest)
		case line == "" || lines > maxReason:
			about = nil
		case madeOf(line) != "" && len(about) > 0:
			origin := strings.ToLower(madeOf(line))
			if _, named := words[origin]; !named {
				words[origin] = words[about[0]]
				about = append(about, origin)
			}
		default:
			put(line)
		}
		lines++
	}
	return words
}

// madeOf gives the address of "(generated from a@b)" and "(expanded from: <a@b>)".
func madeOf(line string) string {
	if !strings.HasPrefix(line, "(") || !strings.Contains(line, " from") {
		return ""
	}
	return anywhere(line)
}
