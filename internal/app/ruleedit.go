package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"
)

// ruleList gives the rules that there are now.
func (a *App) ruleList() []config.Rule {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ruled
}

// writtenRules gives the rules as the configuration file has them by now: another window may
// have changed them a moment ago.
func (a *App) writtenRules() []config.Rule {
	if a.cfg.Path != "" {
		if c, err := config.Load(a.cfg.Path); err == nil {
			return c.Rules
		}
	}
	return slices.Clone(a.ruleList())
}

// takeRules makes other rules those that are asked from now on.
func (a *App) takeRules(list []config.Rule) {
	a.mu.Lock()
	a.ruled = list
	a.troubled = nil
	a.mu.Unlock()
	a.bus.Publish(event.RulesChanged{})
}

// RuleFor is a search that finds mail like a message, for a rule.
type RuleFor struct {
	Words Text   // what it finds
	Match string // config.Rule.Match
}

// RulesFor proposes rules for mail like the newest message of a conversation in a place, the
// most telling first.
func (a *App) RulesFor(ctx context.Context, in Place, t mail.ThreadID) ([]RuleFor, error) {
	heads, err := a.heads(ctx, in, []mail.ThreadID{t})
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	head := slices.MaxFunc(heads, func(x, y store.MsgHead) int { return x.Date.Compare(y.Date) })
	m, err := a.store.Summary(ctx, head.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.store.ListID(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	of := ""
	if len(a.cfg.Accounts) > 1 {
		of = "account:" + query.Quote(m.Account) + " "
	}
	var out []RuleFor
	add := func(words, field, value string) {
		if value = strings.TrimSpace(value); value == "" {
			return
		}
		r := RuleFor{reading.Line(words), of + field + ":" + query.Quote(value)}
		if q := query.Parse(config.Rule{Match: r.Match}.Search(), a.now()); len(q.Problems) == 0 { // not of signs alone
			out = append(out, r)
		}
	}
	add("Of the list "+list, "list", list)
	if len(m.From) > 0 {
		from := m.From[0]
		add("From "+from.Label(), "from", from.Address)
		if _, domain, ok := strings.Cut(from.Address, "@"); ok {
			add("From anybody at "+domain, "from", domain)
		}
	}
	acc, _ := a.cfg.Account(m.Account)
	for _, to := range slices.Concat(m.To, m.Cc) {
		if !strings.EqualFold(to.Address, acc.Address) && (acc.Own(to.Address) || len(m.To)+len(m.Cc) == 1) {
			add("To "+to.Address, "to", to.Address)
		}
	}
	if subject := strings.TrimSpace(strings.TrimPrefix(compose.ReplySubject(m.Subject), "Re:")); subject != "" {
		add("About “"+subject+"”", "subject", subject)
	}
	return out, nil
}

// NewRule is a rule to be made.
type NewRule struct {
	Name, Match string
	Move, Label string // "": none
	Read, Star  bool
}

// MakeRule keeps a rule in the configuration, and does what it says with the conversations that it
// was made for, as far as they lie in the place, in one step of undo; other rules are not asked about
// them. From now on it is asked about what comes. A name that another rule has gets a number.
func (a *App) MakeRule(ctx context.Context, in Place, t []mail.ThreadID, wanted NewRule) (string, error) {
	rule := config.Rule{Name: wanted.Name, Match: wanted.Match, Move: wanted.Move, Read: wanted.Read, Star: wanted.Star}
	if wanted.Label != "" {
		rule.Label = []string{wanted.Label}
	}
	if _, err := a.parseWhole(ctx, rule.Search()); err != nil {
		return "", err
	}
	list := a.writtenRules()
	rule.Name = strings.Join(strings.Fields(rule.Name), " ")
	for n, name := 2, rule.Name; slices.ContainsFunc(list, func(r config.Rule) bool { return r.Name == rule.Name }); n++ {
		rule.Name = fmt.Sprintf("%s (%d)", name, n)
	}
	if a.cfg.Path != "" {
		if err := config.AddRule(a.cfg.Path, rule); err != nil {
			return "", fmt.Errorf("keeping the rule: %w", err)
		}
	}
	a.takeRules(append(slices.Clip(list), rule))
	kept := fmt.Sprintf("Kept the rule “%s”", rule.Name)
	n, err := a.run(ctx, []config.Rule{rule}, "Ran a rule on", in, t)
	switch bad, ok := errors.AsType[*UsageError](err); {
	case ok: // it is kept all the same, and not to be made once more
		return kept + ". " + bad.Text, nil
	case err != nil:
		return "", fmt.Errorf("the rule “%s” is kept, and was not run: %w", rule.Name, err)
	case n == 0:
		return kept + ". It is for none of these", nil
	}
	return kept + ". Ran it on " + messages(n), nil
}

// Rule is a rule as it is shown.
type Rule struct {
	Name Text
	Raw  string // for ForgetRule
	Says Text   // what it is for and does
}

// Rules lists the rules in their order.
func (a *App) Rules() []Rule {
	list := a.ruleList()
	out := make([]Rule, len(list))
	for i, r := range list {
		out[i] = Rule{Name: reading.Line(r.Name), Raw: r.Name, Says: reading.Line(r.Match + " → " + RuleDoes(r))}
	}
	return out
}

// forgotten is a rule as a step of undo has it.
type forgotten struct {
	Rule   config.Rule
	Cut    string // of config.RemoveRule
	Before string // the name of the rule that it stood before; "": it was the last
}

// ForgetRule takes a rule out of the configuration, as a step of undo. What it did stays done. The
// error is ErrNotFound where there is none.
func (a *App) ForgetRule(ctx context.Context, name string) (string, error) {
	list := a.writtenRules()
	i := slices.IndexFunc(list, func(r config.Rule) bool { return r.Name == name })
	if i < 0 {
		return "", ErrNotFound
	}
	f := forgotten{Rule: list[i]}
	if i+1 < len(list) {
		f.Before = list[i+1].Name
	}
	if a.cfg.Path != "" {
		var err error
		if f.Cut, err = config.RemoveRule(a.cfg.Path, name); err != nil && !errors.Is(err, config.ErrNoRule) {
			return "", fmt.Errorf("forgetting the rule: %w", err)
		}
	}
	a.takeRules(slices.Delete(list, i, i+1))
	step, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	label := fmt.Sprintf("Forgot the rule “%s”", name)
	return label, a.store.RuleForgotten(ctx, label, string(step))
}

// keepAgain takes back what ForgetRule did. It may be done twice. The error is a *UsageError where
// another rule has the name by now.
func (a *App) keepAgain(step string) error {
	var f forgotten
	if err := json.Unmarshal([]byte(step), &f); err != nil {
		return fmt.Errorf("reading the rule: %w", err)
	}
	list := a.writtenRules()
	at := len(list)
	for i, r := range list {
		switch {
		case reflect.DeepEqual(r, f.Rule):
			return nil
		case r.Name == f.Rule.Name:
			return &UsageError{fmt.Sprintf("Another rule is called “%s” by now; the one that was forgotten stays so", r.Name)}
		case r.Name == f.Before:
			at = i
		}
	}
	if a.cfg.Path != "" {
		var err error
		if f.Cut != "" {
			err = config.RestoreRule(a.cfg.Path, f.Cut, f.Before)
		} else { // somebody had taken it out of the file already
			err = config.AddRule(a.cfg.Path, f.Rule)
		}
		if err != nil {
			return fmt.Errorf("keeping the rule again: %w", err)
		}
	}
	a.takeRules(slices.Insert(list, at, f.Rule))
	return nil
}

// RuleDoes says in words what a rule does.
func RuleDoes(r config.Rule) string {
	var out []string
	if r.Move != "" {
		out = append(out, "move to "+r.Move)
	}
	if len(r.Label) > 0 {
		out = append(out, "label "+strings.Join(r.Label, ", "))
	}
	for _, w := range []struct {
		on    bool
		words string
	}{{r.Read, "mark as read"}, {r.Star, "star"}, {r.Stop, "stop"}} {
		if w.on {
			out = append(out, w.words)
		}
	}
	return strings.Join(out, "; ")
}
