package composer

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/nav"
)

// spell is what judges the words of the text.
type spell struct {
	use     *app.Speller
	loaded  bool
	judged  map[string]bool // words that are not known
	ignored map[string]bool
}

// maxJudged bounds how many words are remembered.
const maxJudged = 20_000

type spellerMsg struct {
	use *app.Speller
	err error
}

func (m *Model) askSpeller() nav.Cmd {
	return m.ask.Ask("speller", func(ctx context.Context) tea.Msg {
		s, err := m.source.Speller(ctx)
		return spellerMsg{s, err}
	})
}

func (m *Model) tookSpeller(msg spellerMsg) nav.Cmd {
	m.spell.loaded = true
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if msg.use == nil || m.fixed() {
		return nil
	}
	m.spell.use, m.spell.judged, m.spell.ignored = msg.use, map[string]bool{}, map[string]bool{}
	m.body.Doubt = m.doubtWord
	return nil
}

// doubtWord tells whether a word is not known. Words are judged once.
func (m *Model) doubtWord(word string) bool {
	bad, judged := m.spell.judged[word]
	if !judged {
		if len(m.spell.judged) > maxJudged {
			clear(m.spell.judged)
		}
		bad = !m.spell.use.Known(word)
		m.spell.judged[word] = bad
	}
	return bad && !m.spell.ignored[word]
}

type suggestedMsg struct {
	word     string
	from, to int
	list     []string
}

// correctMsg puts a word in the place of another one.
type correctMsg struct {
	from, to int
	was, is  string
}

// keepWordMsg takes a word for right, here or from now on.
type keepWordMsg struct {
	word  string
	still bool // from now on
}

type keptWordMsg struct{ err error }

// spelling goes to the next word that is not known and offers what may be meant.
func (m *Model) spelling() nav.Cmd {
	if m.spell.use == nil {
		text := "No dictionary of your language is installed; the packages are called hunspell-en-us and the like"
		if !m.spell.loaded {
			text = "The dictionary is still being read"
		}
		return nav.Say(nav.Toast{Text: reading.Line(text)})
	}
	m.setFocus(inBody)
	word, from, to, ok := m.body.NextDoubt()
	if !ok {
		return nav.Done("Every word is known")
	}
	use := m.spell.use
	return nav.Hold(m.ask.Ask("suggestions", func(context.Context) tea.Msg {
		return suggestedMsg{word, from, to, use.Suggest(word, 6)}
	}))
}

func (m *Model) suggested(msg suggestedMsg) nav.Cmd {
	menu := nav.Menu{Title: "“" + nav.Line(msg.word) + "” is not known", Hint: "take"}
	for _, s := range msg.list {
		menu.Items = append(menu.Items, nav.Item{Label: nav.Line(s), Msg: m.ask.Answer(correctMsg{msg.from, msg.to, msg.word, s})})
	}
	menu.Items = append(menu.Items,
		nav.Item{Label: "It is right in this message", Msg: m.ask.Answer(keepWordMsg{word: msg.word})},
		nav.Item{Label: "It is right always", Detail: "kept among your words", Msg: m.ask.Answer(keepWordMsg{msg.word, true})})
	return nav.Say(menu)
}

// correct changes a word, unless the text has changed meanwhile, and goes on.
func (m *Model) correct(msg correctMsg) nav.Cmd {
	if text := m.body.Text(); msg.to > len(text) || text[msg.from:msg.to] != msg.was {
		return nil
	}
	m.body.ReplaceRange(msg.from, msg.to, msg.is)
	return m.spelling()
}

func (m *Model) keepWord(msg keepWordMsg) nav.Cmd {
	m.spell.ignored[msg.word] = true
	next := m.spelling()
	if !msg.still {
		return next
	}
	use := m.spell.use
	return nav.Batch(m.ask.Run(func(context.Context) tea.Msg { return keptWordMsg{use.Keep(msg.word)} }), next)
}
