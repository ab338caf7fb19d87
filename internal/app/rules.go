package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"postea/config"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/store"
)

// Ruling is what rules want of a message.
type Ruling struct {
	Message mail.Summary
	Rules   []string // the names of those that hold for it, in their order
	MoveTo  string   // the name of a folder; "": it stays
	Labels  []string
	Read    bool
	Star    bool

	part store.Part
	last bool // no further rule is asked
}

// rule is a rule of the configuration as it can be asked.
type rule struct {
	config.Rule
	search query.Node
}

// rules gives those of a list that can be asked, and calls trouble for those that cannot: what is
// named in the search of one need not be there.
func (a *App) rules(ctx context.Context, list []config.Rule, trouble func(config.Rule, string)) ([]rule, error) {
	var out []rule
	for _, r := range list {
		search, err := a.parseWhole(ctx, r.Search())
		if bad, ok := errors.AsType[*QueryError](err); ok {
			trouble(r, bad.Text)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, rule{r, search})
	}
	return out, nil
}

// judge asks rules about messages and gives those that a rule holds for, in the order of
// ids. Each rule sees a message as it is, and not as those before it want it. With act, what is
// wanted is made ready: a folder of a role is made where there is none.
func (a *App) judge(ctx context.Context, of []config.Rule, ids []mail.ID, act bool, trouble func(config.Rule, string)) ([]*Ruling, error) {
	rules, err := a.rules(ctx, of, trouble)
	if err != nil || len(rules) == 0 || len(ids) == 0 {
		return nil, err
	}
	list, err := a.store.Summaries(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make(map[mail.ID]*Ruling, len(list))
	these := query.Any{IDs: make([]int64, len(list))}
	for i, m := range list {
		all[m.ID] = &Ruling{Message: m, part: store.Part{IDs: []mail.ID{m.ID}}}
		these.IDs[i] = int64(m.ID)
	}
	for _, r := range rules {
		hits, err := a.store.Search(ctx, store.Search{For: query.And{these, r.search}}, len(list))
		if err != nil {
			return nil, fmt.Errorf("asking the rule %q: %w", r.Name, err)
		}
		deeds := map[string]*deed{}
		for _, h := range hits {
			v := all[h.ID]
			if v.last {
				continue
			}
			account := v.Message.Account
			if deeds[account] == nil {
				if deeds[account], err = a.deed(ctx, r.Rule, account, act, trouble); err != nil {
					return nil, fmt.Errorf("asking the rule %q: %w", r.Name, err)
				}
			}
			v.want(r.Rule, deeds[account])
		}
	}
	var out []*Ruling
	for _, m := range list {
		if v := all[m.ID]; len(v.Rules) > 0 {
			out = append(out, v)
		}
	}
	return out, nil
}

// deed is what a rule does in an account.
type deed struct {
	flags []string
	to    string // the name of the folder to move to; "": none
	move  store.Change
}

// deed makes ready what a rule does in an account.
func (a *App) deed(ctx context.Context, r config.Rule, account string, act bool, trouble func(config.Rule, string)) (*deed, error) {
	d := &deed{}
	if r.Read {
		d.flags = append(d.flags, mail.FlagSeen)
	}
	if r.Star {
		d.flags = append(d.flags, mail.FlagFlagged)
	}
	if len(r.Label) > 0 {
		gmail, err := a.gmail(ctx, account)
		if err != nil {
			return nil, err
		}
		for _, name := range r.Label {
			flag, err := mail.LabelFlag(name, gmail)
			if err != nil {
				return nil, err
			}
			d.flags = append(d.flags, flag)
		}
	}
	if r.Move == "" {
		return d, nil
	}
	f, err := a.folderOf(ctx, account, r.Move, act)
	if bad, ok := errors.AsType[*UsageError](err); ok {
		why := bad.Text
		if len(a.cfg.Accounts) > 1 {
			why = fmt.Sprintf("in %s %s", account, why)
		}
		trouble(r, why)
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.to, d.move.MoveTo = f.Name, f.ID
	if f.Role == mail.RoleJunk {
		d.move.Add, d.move.Remove = []string{mail.FlagJunk}, []string{mail.FlagNotJunk, nonJunk}
	}
	return d, nil
}

// want adds what a rule wants of the message.
func (v *Ruling) want(r config.Rule, d *deed) {
	v.Rules, v.last = append(v.Rules, r.Name), r.Stop
	v.Read, v.Star, v.Labels = v.Read || r.Read, v.Star || r.Star, append(v.Labels, r.Label...)
	v.part.Add = append(v.part.Add, d.flags...)
	if d.to != "" && v.MoveTo == "" {
		v.MoveTo, v.part.MoveTo = d.to, d.move.MoveTo
		v.part.Add, v.part.Remove = append(v.part.Add, d.move.Add...), d.move.Remove
	}
}

// folderOf gives an account's folder of a name or role. Where there is none of a role, it is
// made with act, and only named without. The error is a *UsageError where messages cannot lie there.
func (a *App) folderOf(ctx context.Context, account, name string, act bool) (f store.FolderState, err error) {
	role, isRole := mail.ParseRole(name)
	if f, err = a.store.FolderNamed(ctx, account, name); err == nil && f.Selectable { // another one may have the role
		return f, nil
	}
	switch {
	case isRole && act:
		return a.folderFor(ctx, account, role)
	case isRole:
		f, err = a.store.FolderByRole(ctx, account, role)
		if errors.Is(err, ErrNotFound) {
			f.Name, err = a.folderName(account, role), nil
		}
		return f, err
	}
	ids, err := a.FindFolders(ctx, account, name)
	if err != nil {
		return f, err
	}
	f, err = a.store.Folder(ctx, ids[0])
	if err == nil && !f.Selectable {
		err = &UsageError{fmt.Sprintf("%s holds only folders, no messages", f.Name)}
	}
	return f, err
}

// beginRules makes what comes from now on new to rules, where there are some.
func (a *App) beginRules(ctx context.Context) error {
	return a.store.BeginRules(ctx, len(a.ruleList()) > 0)
}

// ruleNew asks the rules about what has come to the inboxes since the last time, does what they
// want, and gives the accounts of the messages that they held for.
func (a *App) ruleNew(ctx context.Context) ([]string, error) {
	changed := map[string]bool{}
	if err := a.beginRules(ctx); err != nil {
		return nil, err
	}
	for {
		u, err := a.store.Unruled(ctx)
		if err != nil || u.UpTo == 0 {
			return slices.Sorted(maps.Keys(changed)), err
		}
		var troubles []string
		list, err := a.judge(ctx, a.ruleList(), u.IDs, true, func(r config.Rule, why string) {
			troubles = append(troubles, fmt.Sprintf("The rule %q: %s", r.Name, why))
		})
		if err != nil {
			return nil, err
		}
		a.ruleTroubles(troubles)
		for _, v := range list {
			changed[v.Message.Account] = true
			a.log.Info("ruled", "id", v.Message.ID, "account", v.Message.Account, "rules", strings.Join(v.Rules, ", "), "to", v.MoveTo)
		}
		if err := a.store.Rule(ctx, u.UpTo, partsOf(list)); err != nil {
			return nil, err
		}
	}
}

// ruleTroubles tells of rules that cannot do what they say, of each once, and of all at once, as
// one notice takes the place of another.
func (a *App) ruleTroubles(texts []string) {
	a.mu.Lock()
	if a.troubled == nil {
		a.troubled = map[string]bool{}
	}
	texts = slices.DeleteFunc(texts, func(text string) bool {
		told := a.troubled[text]
		a.troubled[text] = true
		return told
	})
	a.mu.Unlock()
	if len(texts) > 0 {
		text := strings.Join(texts, ". ")
		if n := len(texts); n > 1 { // the end may be cut off
			text = fmt.Sprintf("%d rules cannot do what they say. %s", n, text)
		}
		a.log.Warn("rules", "err", text)
		a.bus.Publish(event.Notice{Error: true, Text: text})
	}
}

// TryRules says what the rules want of messages, and does nothing. The error is a *UsageError
// where one of them cannot do what it says; the others are asked.
func (a *App) TryRules(ctx context.Context, ids []mail.ID) ([]Ruling, error) {
	list, err := a.judgeAll(ctx, a.ruleList(), ids, false)
	out := make([]Ruling, len(list))
	for i, v := range list {
		out[i] = *v
	}
	return out, err
}

// judgeAll is judge for a user who is there to be told.
func (a *App) judgeAll(ctx context.Context, of []config.Rule, ids []mail.ID, act bool) ([]*Ruling, error) {
	var problem error
	list, err := a.judge(ctx, of, ids, act, func(r config.Rule, why string) {
		problem = &UsageError{fmt.Sprintf("The rule %q: %s", r.Name, why)}
	})
	if err == nil {
		err = problem
	}
	return list, err
}

// RunRules does what the rules want of conversations, as far as they lie in the place, in one
// step of undo. It does nothing where one of them cannot do what it says.
func (a *App) RunRules(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	rules := a.writtenRules()
	if len(rules) == 0 {
		return "", &UsageError{"There are no rules; each is a [[rule]] in the configuration"}
	}
	n, err := a.run(ctx, rules, "Ran the rules on", in, t)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "No rule is for any of these", nil
	}
	return "Ran the rules on " + messages(n), nil
}

// run does what rules want of conversations, in one step of undo whose label begins with some
// words, and counts the messages that they held for.
func (a *App) run(ctx context.Context, of []config.Rule, label string, in Place, t []mail.ThreadID) (int, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return 0, err
	}
	list, err := a.judgeAll(ctx, of, ids, true)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	_, err = a.store.ApplyAll(ctx, label+" "+messages(len(list)), partsOf(list))
	return len(list), err
}

func partsOf(list []*Ruling) []store.Part {
	parts := make([]store.Part, len(list))
	for i, v := range list {
		parts[i] = v.part
	}
	return parts
}
