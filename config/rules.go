package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postea/internal/mail"
	"postea/internal/query"
)

// Rule is what is done with a message that comes to an inbox and that a search finds.
type Rule struct {
	Name  string
	Match string   // a search
	Move  string   // name or role of a folder of the message's account; "": it stays
	Label []string // labels that are put on
	Read  bool     // it is marked as read
	Star  bool
	Stop  bool // rules after this one are not asked
}

// Search is Match as it is to be parsed: nobody is there to finish its last word, which
// therefore does not go on.
func (rule Rule) Search() string { return rule.Match + " " }

func ruleFields(rule *Rule) []field {
	return []field{
		{key: "name", need: true, doc: "by which you are told of it", sample: `"builds"`, set: str(&rule.Name)},
		{key: "match", need: true, doc: "a search, as in `postea search`", sample: `"list:ci.example.org -subject:failed"`, set: match(rule)},
		{key: "move", doc: "to this folder of its account, by name or role (archive, trash, junk); of several rules the first that moves decides", sample: `"Lists/Builds"`, set: str(&rule.Move)},
		{key: "label", doc: "put on, one or a list", sample: `["ci"]`, set: labels(&rule.Label)},
		{key: "read", doc: "mark as read", sample: `false`, set: yes(&rule.Read)},
		{key: "star", doc: "give it a star", sample: `false`, set: yes(&rule.Star)},
		{key: "stop", doc: "ask no rule after this one", sample: `false`, set: yes(&rule.Stop)},
	}
}

// AddRule appends a rule to a configuration file, in which everything else stays as it is. What
// would not Parse is not written: the error is Problems then.
func AddRule(path string, rule Rule) error {
	return edit(path, func(data []byte) ([]byte, error) { return appendBlock(data, ruleText(rule)), nil })
}

func ruleText(rule Rule) string {
	var b strings.Builder
	b.WriteString("[[rule]]\n")
	for _, f := range []struct {
		key   string
		value any
		skip  bool
	}{
		{"name", rule.Name, false}, {"match", rule.Match, false}, {"move", rule.Move, rule.Move == ""}, {"label", rule.Label, len(rule.Label) == 0},
		{"read", true, !rule.Read}, {"star", true, !rule.Star}, {"stop", true, !rule.Stop},
	} {
		if !f.skip {
			fmt.Fprintf(&b, "%s = %s\n", f.key, tomlValue(f.value))
		}
	}
	return b.String()
}

// ErrNoRule says that the file has no rule of that name.
var ErrNoRule = errors.New("no such rule")

// RemoveRule cuts a rule out of a configuration file, with the comment directly above it, and gives
// what it has cut, for RestoreRule. The error is ErrNoRule where there is none.
func RemoveRule(path, name string) (string, error) {
	var cut []byte
	err := edit(path, func(data []byte) (rest []byte, err error) {
		rest, cut, err = cutBlock(path, data, "rule", name)
		return rest, err
	})
	return string(cut), err
}

// RestoreRule puts back what RemoveRule has cut: in front of the rule of a name, or at the end where
// there is none.
func RestoreRule(path, cut, before string) error {
	return edit(path, func(data []byte) ([]byte, error) {
		b, err := blockOf(path, data, "rule", before)
		if errors.Is(err, ErrNoRule) {
			return appendBlock(data, cut), nil
		}
		return slices.Concat(data[:b.from], []byte(cut), data[b.from:]), err
	})
}

func match(rule *Rule) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		rule.Match = strings.TrimSpace(v.str)
		q := query.Parse(rule.Search(), time.Now())
		switch {
		case len(q.Problems) > 0:
			p := q.Problems[0]
			r.problem(v.at, v.key, "%s (at character %d of the search)", p.Text, utf8.RuneCountInString(rule.Match[:min(p.Start, len(rule.Match))])+1)
		case q.Root == nil:
			r.problem(v.at, v.key, "asks for nothing")
		}
	}
}

// labels reads names of labels as a list, or one as it is.
func labels(to *[]string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if v.kind == kindString {
			*to = []string{v.str}
		} else {
			strs(to)(r, v)
		}
		for _, name := range *to {
			if _, err := mail.LabelFlag(name, false); err != nil {
				r.problem(v.at, v.key, "%v", err)
			}
		}
	}
}

func (r *reader) rules(c *Config, v *item) {
	if v.kind != kindArray || !v.tables {
		r.problem(v.at, "rule", "write [[rule]], with two brackets, for each rule")
		return
	}
	seen := map[string]int{}
	for _, t := range v.list {
		var rule Rule
		r.read(t, "rule", ruleFields(&rule))
		switch first := seen[rule.Name]; {
		case strings.TrimSpace(rule.Name) == "":
			r.problem(r.place(t, "name"), "rule.name", "is missing; every rule needs a name")
		case first != 0:
			r.problem(r.place(t, "name"), "rule.name", "%q is also the name of the rule in line %d; names must differ", rule.Name, first)
		default:
			seen[rule.Name], _ = position(r.data, r.place(t, "name"))
		}
		if t.get("match") == nil {
			r.problem(t.at, "rule.match", "is missing; it says which messages the rule is for")
		}
		if rule.Move == "" && len(rule.Label) == 0 && !rule.Read && !rule.Star && !rule.Stop {
			r.problem(t.at, "rule", "does nothing; give it move, label, read, star or stop")
		}
		c.Rules = append(c.Rules, rule)
	}
}
