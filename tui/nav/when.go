package nav

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/when"
)

// forms are how else a time can be written, in as much as a question has room for.
const forms = "17:30, fri 17:30, in 2h, 24 dec 18:00"

// AskWhen asks for a time to come.
func AskWhen(title, hint string, then func(text string) tea.Msg) Prompt {
	return Prompt{
		Title: title, Hint: hint, Help: "or type: " + forms, Then: then,
		Choices: []string{"in 2h", "tonight", "tomorrow 9:00", "next week"},
		Preview: func(text string, now time.Time, dates when.Style) (string, bool) {
			at, err := dates.Parse(text, now)
			switch {
			case errors.Is(err, when.ErrPast):
				return Line(err.Error()), false
			case err != nil:
				return "not understood yet: " + forms, false
			}
			return dates.Long(at, now), true
		},
	}
}
