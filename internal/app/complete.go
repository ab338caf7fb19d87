package app

import (
	"context"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
)

// maxOffered bounds how many completions of a search are offered.
const maxOffered = 8

// Completion is how a search may go on.
type Completion struct {
	Label  Text   // what is completed
	Detail Text   // a few more words
	Query  string // the whole search then
}

// fieldHelp says what a field finds.
func fieldHelp(field string) string {
	switch field {
	case "from":
		return "who wrote"
	case "to":
		return "to whom, with Cc"
	case "cc":
		return "who got a copy"
	case "subject":
		return "words of the subject"
	case "body":
		return "words of the text"
	case "filename":
		return "an attachment"
	case "list":
		return "a mailing list"
	case "label":
		return "a label"
	case "in":
		return "a folder"
	case "account":
		return "an account"
	case "has":
		return "an attachment"
	case "is":
		return "unread, starred, …"
	case "before", "after", "on":
		return "a day: 2026-01-31, monday"
	case "older", "newer":
		return "a time back from now: 2w"
	case "larger", "smaller":
		return "a size: 5M"
	}
	return ""
}

// CompleteQuery lists how what is being typed at the end of a search may go on.
func (a *App) CompleteQuery(ctx context.Context, text string) ([]Completion, error) {
	u, ok := query.Last(text)
	if !ok {
		return nil, nil
	}
	var out []Completion
	offer := func(value, label, detail string) {
		if len(out) < maxOffered && strings.TrimSuffix(value, " ") != text[u.Start:] { // else it is all there
			out = append(out, Completion{reading.Line(label), reading.Line(detail), text[:u.Start] + value})
		}
	}
	if u.Field == "" {
		if u.Value == "" {
			return nil, nil
		}
		for _, f := range query.Fields(u.Value) {
			offer(f, f, fieldHelp(strings.TrimSuffix(f, ":")))
		}
		return out, nil
	}
	values, err := a.queryValues(ctx, u)
	for _, v := range values {
		offer(query.Quote(v.value)+" ", v.value, v.detail)
	}
	return out, err
}

type queryValue struct{ value, detail string }

// queryValues lists what may stand behind a field, as far as it has been typed.
func (a *App) queryValues(ctx context.Context, u query.Unfinished) ([]queryValue, error) {
	typed := query.Fold(u.Value)
	var out []queryValue
	add := func(v, detail string) {
		if strings.HasPrefix(query.Fold(v), typed) && !slices.ContainsFunc(out, func(x queryValue) bool { return strings.EqualFold(x.value, v) }) {
			out = append(out, queryValue{v, detail})
		}
	}
	for _, v := range query.Values(u.Field) {
		add(v, "")
	}
	switch u.Field {
	case "from", "to", "cc":
		if u.Value == "" {
			return nil, nil
		}
		people, err := a.Complete(ctx, u.Value)
		for _, p := range people {
			out = append(out, queryValue{p.Raw.Address, p.Raw.Name})
		}
		return out, err
	case "account":
		for _, acc := range a.cfg.Accounts {
			add(acc.Name, acc.Address)
		}
	case "in":
		folders, err := a.store.Folders(ctx, "")
		if err != nil {
			return nil, err
		}
		for _, r := range mail.Roles() {
			add(string(r), roleLabel(r))
		}
		for _, f := range folders {
			if a.hasAccount(f.Account) && f.Role == mail.RoleNone {
				add(f.Name, f.Account)
				if strings.HasPrefix(query.Fold(f.Leaf()), typed) {
					add(f.Leaf(), f.Name)
				}
			}
		}
	case "label":
		for _, acc := range a.cfg.Accounts {
			used, err := a.store.Keywords(ctx, acc.Name)
			if err != nil {
				return nil, err
			}
			var names []string
			for flag := range used {
				if name, ok := mail.LabelName(flag); ok {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			for _, n := range names {
				add(n, acc.Name)
			}
		}
	}
	return out, nil
}
