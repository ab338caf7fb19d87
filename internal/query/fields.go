package query

import (
	"math"
	"strconv"
	"strings"
)

const fieldNames = "from to cc subject body filename list label in account has is before after on older newer larger smaller id thread"

func isField(name string) bool {
	for have := range strings.FieldsSeq(fieldNames) {
		if have == name {
			return true
		}
	}
	return name == "size"
}

// canonical is the name under which the help tells of a field that Gmail, notmuch
// or others call otherwise.
func canonical(name string) string {
	switch name {
	case "s":
		return "subject"
	case "file", "attachment":
		return "filename"
	case "tag", "keyword":
		return "label"
	case "folder":
		return "in"
	case "since":
		return "after"
	case "date":
		return "on"
	case "newer_than":
		return "newer"
	case "older_than":
		return "older"
	case "mid", "msgid", "rfc822msgid":
		return "id"
	}
	return name
}

// textField gives the field of a name under which words are looked for, and
// Anywhere where the name is none of these.
func textField(name string) Field {
	switch name {
	case "from":
		return From
	case "to":
		return To
	case "cc":
		return Cc
	case "subject":
		return Subject
	case "body":
		return Body
	case "filename":
		return Files
	case "list":
		return List
	}
	return Anywhere
}

// value makes what stands after a field's name into a condition.
func (p *parser) value(field string, t token) Node {
	if f := textField(field); f != Anywhere {
		return p.text(f, t)
	}
	v := strings.TrimSpace(t.text)
	if v == "" {
		p.problem(t.at, true, "nothing stands after %s:", field)
		return nil
	}
	half := t.at.End == len(p.input)
	switch field {
	case "label":
		return label(v, t)
	case "in":
		return In{v, t.at}
	case "account":
		return Account{v, t.at}
	case "has":
		return p.has(v, t, half)
	case "is":
		return p.is(v, t, half)
	case "larger", "smaller", "size":
		return p.size(field, v, t, half)
	case "id":
		return p.id(v, t)
	case "thread":
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			p.problem(t.at, false, "a conversation is a number, not %q", v)
			return nil
		}
		return Thread{n}
	}
	return p.dates(field, v, t)
}

// label holds also for what is a tag in notmuch, or a label in Gmail's words, and here
// is the state or the place of a message. In quotes it is only a label.
func label(v string, t token) Node {
	var as Node
	switch strings.ToLower(v) {
	case "unread":
		as = Is{Unread}
	case "flagged", "starred":
		as = Is{Starred}
	case "replied":
		as = Is{Answered}
	case "passed":
		as = Is{Forwarded}
	case "draft":
		as = Is{Draft}
	case "sent":
		as = Is{Sent}
	case "attachment":
		as = Is{Attachment}
	case "inbox":
		as = In{v, t.at}
	}
	if as == nil || t.kind == quoted {
		return Label{v}
	}
	return Or{Label{v}, as}
}

func (p *parser) has(v string, t token, half bool) Node {
	switch strings.ToLower(v) {
	case "attachment", "attachments", "file", "files":
		return Is{Attachment}
	case "star":
		return Is{Starred}
	}
	p.problem(t.at, half && strings.HasPrefix("attachment", strings.ToLower(v)), "has: knows only attachment, not %q", v)
	return nil
}

const stateNames = "unread read starred answered forwarded draft sent muted pinned"

func (p *parser) is(v string, t token, half bool) Node {
	switch strings.ToLower(v) {
	case "unread", "new", "unseen":
		return Is{Unread}
	case "read", "seen":
		return Is{Read}
	case "starred", "flagged":
		return Is{Starred}
	case "answered", "replied":
		return Is{Answered}
	case "forwarded":
		return Is{Forwarded}
	case "draft":
		return Is{Draft}
	case "sent":
		return Is{Sent}
	case "muted":
		return Is{Muted}
	case "pinned":
		return Is{Pinned}
	}
	for s := range strings.FieldsSeq(stateNames) {
		if half && strings.HasPrefix(s, strings.ToLower(v)) {
			p.problem(t.at, true, "is: knows %s", stateNames)
			return nil
		}
	}
	p.problem(t.at, false, "is: knows %s, not %q", stateNames, v)
	return nil
}

func (p *parser) id(v string, t token) Node {
	v = strings.TrimSuffix(strings.TrimPrefix(v, "<"), ">")
	if strings.Contains(v, "@") {
		return ID{v}
	}
	if n, err := strconv.ParseInt(v, 10, 64); err != nil || n <= 0 {
		p.problem(t.at, t.at.End == len(p.input), "an id is a number or a Message-ID, not %q", v)
		return nil
	}
	return ID{v}
}

// size reads 5M, 1.5mb, 300k, 2000: bytes, by thousands as lists show them.
func (p *parser) size(field, v string, t token, half bool) Node {
	under := field == "smaller" || strings.HasPrefix(v, "<")
	num := strings.ToLower(strings.TrimLeft(v, "<>="))
	num = strings.TrimSuffix(strings.TrimSuffix(num, "b"), "i")
	unit := 1.0
	if n := len(num); n > 0 {
		if i := strings.IndexByte("kmg", num[n-1]); i >= 0 {
			unit = math.Pow(1000, float64(i+1))
			num = num[:n-1]
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.ReplaceAll(num, ",", ".")), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n*unit > 1<<60 {
		p.problem(t.at, half && num == "", "a size is such as 500k, 5M or 1G, not %q", v)
		return nil
	}
	if under {
		return Size{Under: max(int64(n*unit), 1)}
	}
	return Size{Over: int64(n * unit)}
}
