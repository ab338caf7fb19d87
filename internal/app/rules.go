package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
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

// few messages are asked about one by one; of more, all that a rule holds for are looked up.
const few = 500

// rules gives those of a list that can be asked, and calls trouble for those that cannot: what is
// named in the search of one need not be there.
func (a *App) rules(ctx context.Context, list []config.Rule, trouble func(config.Rule, string)) ([]rule, error) {
	var out []rule
	for _, r := range list {
		q, err := a.parse(ctx, r.Search())
		if err != nil {
			return nil, err
		}
		if len(q.Problems) > 0 {
			trouble(r, q.Problems[0].Text)
			continue
		}
		out = append(out, rule{r, q.Root})
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
	for _, m := range list {
		all[m.ID] = &Ruling{Message: m, part: store.Part{IDs: []mail.ID{m.ID}}}
	}
	for _, r := range rules {
		hits, err := a.heldBy(ctx, r, ids)
		if err != nil {
			return nil, fmt.Errorf("asking the rule %q: %w", r.Name, err)
		}
		for _, h := range hits {
			if v := all[h.ID]; v != nil && !v.last {
				if err := a.want(ctx, v, r, act, trouble); err != nil {
					return nil, fmt.Errorf("asking the rule %q: %w", r.Name, err)
				}
			}
		}
	}
	var out []*Ruling
	for _, id := range ids {
		if v := all[id]; v != nil && len(v.Rules) > 0 {
			out = append(out, v)
		}
	}
	return out, nil
}

// heldBy finds the messages that a rule holds for, at least those of ids.
func (a *App) heldBy(ctx context.Context, r rule, ids []mail.ID) ([]store.Hit, error) {
	if len(ids) > few {
		return a.store.Search(ctx, store.Search{For: r.search}, math.MaxInt32)
	}
	these := query.Any{IDs: make([]int64, len(ids))}
	for i, id := range ids {
		these.IDs[i] = int64(id)
	}
	return a.store.Search(ctx, store.Search{For: query.And{these, r.search}}, len(ids))
}

// want adds what a rule wants of a message.
func (a *App) want(ctx context.Context, v *Ruling, r rule, act bool, trouble func(config.Rule, string)) error {
	v.Rules, v.last = append(v.Rules, r.Name), r.Stop
	v.Read, v.Star = v.Read || r.Read, v.Star || r.Star
	if r.Read {
		v.part.Add = append(v.part.Add, mail.FlagSeen)
	}
	if r.Star {
		v.part.Add = append(v.part.Add, mail.FlagFlagged)
	}
	for _, name := range r.Label {
		gmail, err := a.gmail(ctx, v.Message.Account)
		if err != nil {
			return err
		}
		flag, err := mail.LabelFlag(name, gmail)
		if err != nil {
			return err
		}
		v.part.Add, v.Labels = append(v.part.Add, flag), append(v.Labels, name)
	}
	if r.Move == "" || v.MoveTo != "" {
		return nil
	}
	f, err := a.folderOf(ctx, v.Message.Account, r.Move, act)
	if bad, ok := errors.AsType[*UsageError](err); ok {
		why := bad.Text
		if len(a.cfg.Accounts) > 1 {
			why = fmt.Sprintf("in %s %s", v.Message.Account, why)
		}
		trouble(r.Rule, why)
		return nil
	}
	if err != nil {
		return err
	}
	v.part.MoveTo, v.MoveTo = f.ID, f.Name
	if f.Role == mail.RoleJunk {
		v.part.Add, v.part.Remove = append(v.part.Add, mail.FlagJunk), []string{mail.FlagNotJunk, nonJunk}
	}
	return nil
}

// folderOf gives an account's folder of a name or role. Where there is none of a role, it is
// made with act, and only named without. The error is a *UsageError where messages cannot lie there.
func (a *App) folderOf(ctx context.Context, account, name string, act bool) (f store.FolderState, err error) {
	role, isRole := mail.ParseRole(name)
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
		list, err := a.judge(ctx, a.ruleList(), u.IDs, true, a.ruleTrouble)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			changed[v.Message.Account] = true
			a.log.Info("ruled", "id", v.Message.ID, "account", v.Message.Account, "rules", strings.Join(v.Rules, ", "), "to", v.MoveTo)
		}
		if err := a.store.Rule(ctx, u.UpTo, partsOf(list)); err != nil {
			return nil, err
		}
	}
}

// ruleTrouble tells of a rule that cannot do what it says, once.
func (a *App) ruleTrouble(r config.Rule, why string) {
	text := fmt.Sprintf("The rule %q: %s", r.Name, why)
	a.mu.Lock()
	told := a.troubled[text]
	if a.troubled == nil {
		a.troubled = map[string]bool{}
	}
	a.troubled[text] = true
	a.mu.Unlock()
	if !told {
		a.log.Warn("rule", "name", r.Name, "err", why)
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
	rules := a.ruleList()
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
