package reading

// Gist gives what a store keeps of a message beside its bytes: the first words
// of the body, as Snippet does, and the whole text, for an index of words. Both
// come of one pass without enmime, because a first sync asks for them by the
// hundred thousand.
//
// The text is that of the reader, as Text gives it but for the columns of tables, and not
// safe for a screen.
// It is cut at max bytes; 0 is no bound.
func (m *Message) Gist(words, max int) (snippetOf Text, text string) {
	doc := m.build(false, nil, (*grid).inRows) // what stands in a cell is found as one
	if words > 0 {
		s := snippet(doc, words, true)
		if s == "" {
			s = snippet(doc, words, false)
		}
		snippetOf = Text{s}
	}
	if doc.text != nil {
		text = doc.text()
	}
	if max > 0 && len(text) > max {
		text = text[:max]
	}
	return snippetOf, text
}
