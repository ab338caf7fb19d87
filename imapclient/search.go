package imapclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

const (
	// mostUIDs bounds a result, whatever the server says the folder holds.
	mostUIDs = 5_000_000
	// slackUIDs is how many messages may have come since the folder was counted.
	slackUIDs = 10_000
	// maxCriteria bounds nested criteria.
	maxCriteria = 20
)

// UIDs returns the UIDs of all messages of the open folder, ascending.
func (c *Client) UIDs(ctx context.Context) ([]imap.UID, error) {
	uids, err := c.Search(ctx, &imap.SearchCriteria{})
	if err != nil || len(uids) >= int(c.exists) {
		return uids, err
	}
	return c.byPlaces(ctx, uids)
}

// placesAtOnce is how many messages are asked for by their places in one command: no
// server that limits what it does at once (RFC 9738) does less.
const placesAtOnce = 1000

// byPlaces is for a search for all that has brought fewer messages than the folder is
// said to have: some servers answer OK and nothing else, others with so many and no more.
// Who believes that takes the others for deleted. It adds those that a fetch of all
// places tells; that nothing at all is told is an error.
func (c *Client) byPlaces(ctx context.Context, uids []imap.UID) ([]imap.UID, error) {
	var cmds []*command
	for first := uint32(1); first <= c.exists && first < mostUIDs; first += placesAtOnce {
		cmd := newCommand(fmt.Sprintf("FETCH %d:%d (UID)", first, min(first+placesAtOnce-1, c.exists)))
		cmds = append(cmds, cmd.uids(func(uid imap.UID) bool {
			if len(uids) >= mostUIDs {
				return false
			}
			uids = append(uids, uid)
			return true
		}))
	}
	if len(cmds) == 0 {
		return uids, nil
	}
	answers, err := c.runAll(ctx, cmds)
	if err != nil {
		return nil, err
	}
	for _, r := range answers {
		if e := refusal("FETCH", r); e != nil {
			return nil, e
		}
	}
	if len(uids) == 0 && c.exists > 0 {
		return nil, &Error{Op: "SEARCH", Kind: KindProtocol, Err: errNoneListed}
	}
	return ascending(uids), nil
}

var errNoneListed = errors.New("the server lists no messages of those that it counts")

// Search returns the UIDs of the messages in the open folder that fit,
// ascending. Nil criteria fit all.
func (c *Client) Search(ctx context.Context, criteria *imap.SearchCriteria) ([]imap.UID, error) {
	const op = "SEARCH"
	if err := c.needsFolder(op); err != nil {
		return nil, err
	}
	if criteria == nil {
		criteria = &imap.SearchCriteria{}
	}
	if len(criteria.UID) == 1 {
		// A long set is asked for in pieces, for servers bound the length of a line.
		if parts := chunks(spansOf(criteria.UID[0])); len(parts) > 1 {
			return c.searchParts(ctx, *criteria, parts)
		}
	}
	keys := newCommand("")
	if err := addCriteria(keys, criteria, 0); err != nil {
		return nil, err
	}
	head := "UID SEARCH"
	if c.has(imap.CapESearch) {
		head += " RETURN (ALL)"
	}
	if needsCharset(criteria) {
		head += " CHARSET UTF-8"
	}
	cmd := newCommand(head)
	cmd.splice(keys)
	cmd.limits.line = maxNumbers
	found := &searchResult{limit: c.plausible}
	cmd.data = found.take
	if _, err := c.run(ctx, cmd); err != nil {
		return nil, err
	}
	if found.err != nil {
		return nil, &Error{Op: op, Kind: KindProtocol, Err: found.err}
	}
	return ascending(found.uids), nil
}

func (c *Client) searchParts(ctx context.Context, criteria imap.SearchCriteria, parts [][]span) ([]imap.UID, error) {
	var all []imap.UID
	for _, part := range parts {
		var set imap.UIDSet
		for _, s := range part {
			set.AddRange(imap.UID(s.first), imap.UID(s.last))
		}
		criteria.UID = []imap.UIDSet{set}
		uids, err := c.Search(ctx, &criteria)
		if err != nil {
			return nil, err
		}
		all = append(all, uids...)
	}
	return ascending(all), nil
}

// ascending sorts UIDs and takes doubles out.
func ascending(uids []imap.UID) []imap.UID {
	if !slices.IsSorted(uids) {
		slices.Sort(uids)
	}
	return slices.Compact(uids)
}

// plausible is how many messages the open folder can have.
func (c *Client) plausible() int {
	return int(min(int64(c.exists)+slackUIDs, mostUIDs))
}

// searchResult gathers SEARCH and ESEARCH responses: servers answer with either
// to either. One that cannot be read counts only where none can.
type searchResult struct {
	uids  []imap.UID
	limit func() int // asked when an answer comes: only then is the folder counted for certain
	err   error
	some  bool
}

func (r *searchResult) take(u *untagged) bool {
	var spans []span
	var err error
	switch u.name {
	case "SEARCH":
		spans, err = searchList(&u.args)
	case "ESEARCH":
		spans, err = searchExtended(&u.args)
	default:
		return false
	}
	if err == nil {
		err = r.add(spans)
	}
	switch {
	case errors.Is(err, ErrTooMany), err != nil && !r.some:
		r.err = err
	case err == nil && !errors.Is(r.err, ErrTooMany):
		r.some, r.err = true, nil
	}
	return true
}

func searchList(s *scanner) ([]span, error) {
	var out []span
	for s.spaces(); !s.end() && s.peek() != '('; s.spaces() {
		n, err := strconv.ParseUint(s.word(), 10, 32)
		switch {
		case err != nil:
			return nil, errSyntax
		case len(out) == mostUIDs:
			return nil, ErrTooMany
		}
		if k := len(out); k > 0 && uint64(out[k-1].last)+1 == n {
			out[k-1].last++
			continue
		}
		out = append(out, span{uint32(n), uint32(n)})
	}
	return out, nil
}

// searchExtended reads "(TAG x) UID ALL set", RFC 4731 §3.1.
func searchExtended(s *scanner) ([]span, error) {
	if s.spaces(); s.peek() == '(' && s.skip() != nil {
		return nil, errSyntax
	}
	var out []span
	for s.spaces(); !s.end(); s.spaces() {
		switch item := strings.ToUpper(s.word()); item {
		case "":
			return nil, errSyntax
		case "UID":
		case "ALL":
			spans, err := parseSet(s.word(), mostUIDs)
			if err != nil {
				return nil, err
			}
			out = append(out, spans...)
		default:
			if s.skip() != nil {
				return nil, errSyntax
			}
		}
	}
	return out, nil
}

func (r *searchResult) add(spans []span) error {
	if int64(len(r.uids))+sizeOf(spans) > int64(r.limit()) {
		return ErrTooMany
	}
	for _, s := range spans {
		for uid := uint64(s.first); uid <= uint64(s.last); uid++ {
			if uid != 0 {
				r.uids = append(r.uids, imap.UID(uid))
			}
		}
	}
	return nil
}

// splice appends the pieces of another command.
func (cmd *command) splice(other *command) {
	for _, p := range other.pieces {
		if p.literal {
			cmd.pieces = append(cmd.pieces, p)
			continue
		}
		cmd.add(string(p.data), p.shown)
	}
}

// addCriteria writes search keys, RFC 9051 §6.4.4, each with a blank in front.
func addCriteria(cmd *command, sc *imap.SearchCriteria, depth int) error {
	if depth > maxCriteria {
		return invalid("SEARCH", errDepth)
	}
	before := len(cmd.pieces)
	length := 0
	if before > 0 {
		length = len(cmd.pieces[before-1].data)
	}
	addNumbers(cmd, sc)
	addDates(cmd, sc)
	if err := addStrings(cmd, sc); err != nil {
		return err
	}
	if err := addFlags(cmd, sc); err != nil {
		return err
	}
	for _, not := range sc.Not {
		cmd.text(" NOT")
		if err := addGroup(cmd, &not, depth); err != nil {
			return err
		}
	}
	for _, or := range sc.Or {
		cmd.text(" OR")
		for i := range or {
			if err := addGroup(cmd, &or[i], depth); err != nil {
				return err
			}
		}
	}
	if len(cmd.pieces) == before && (before == 0 || len(cmd.pieces[before-1].data) == length) {
		cmd.text(" ALL")
	}
	return nil
}

// addGroup writes keys in parentheses.
func addGroup(cmd *command, sc *imap.SearchCriteria, depth int) error {
	inner := newCommand("")
	if err := addCriteria(inner, sc, depth+1); err != nil {
		return err
	}
	if len(inner.pieces) > 0 {
		inner.pieces[0].data = inner.pieces[0].data[1:]
		inner.pieces[0].shown = inner.pieces[0].shown[1:]
	}
	cmd.text(" (")
	cmd.splice(inner)
	cmd.text(")")
	return nil
}

func addNumbers(cmd *command, sc *imap.SearchCriteria) {
	for _, set := range sc.SeqNum {
		cmd.text(" " + set.String())
	}
	for _, set := range sc.UID {
		cmd.text(" UID " + setText(spansOf(set)))
	}
	if sc.Larger > 0 {
		cmd.text(fmt.Sprintf(" LARGER %d", sc.Larger))
	}
	if sc.Smaller > 0 {
		cmd.text(fmt.Sprintf(" SMALLER %d", sc.Smaller))
	}
	if sc.ModSeq != nil {
		cmd.text(fmt.Sprintf(" MODSEQ %d", sc.ModSeq.ModSeq))
	}
}

func addDates(cmd *command, sc *imap.SearchCriteria) {
	add := func(key string, t time.Time) {
		if !t.IsZero() {
			cmd.text(" " + key + " " + t.Format("2-Jan-2006"))
		}
	}
	add("SINCE", sc.Since)
	add("BEFORE", sc.Before)
	add("SENTSINCE", sc.SentSince)
	add("SENTBEFORE", sc.SentBefore)
}

func addStrings(cmd *command, sc *imap.SearchCriteria) error {
	add := func(key string, values ...string) error {
		if err := checkText("SEARCH", values...); err != nil {
			return err
		}
		cmd.text(" " + key)
		for _, v := range values {
			cmd.text(" ").str(v)
		}
		return nil
	}
	for _, h := range sc.Header {
		if err := add("HEADER", h.Key, h.Value); err != nil {
			return err
		}
	}
	for _, text := range sc.Body {
		if err := add("BODY", text); err != nil {
			return err
		}
	}
	for _, text := range sc.Text {
		if err := add("TEXT", text); err != nil {
			return err
		}
	}
	return nil
}

func addFlags(cmd *command, sc *imap.SearchCriteria) error {
	if err := checkFlags("SEARCH", append(slices.Clone(sc.Flag), sc.NotFlag...)); err != nil {
		return err
	}
	for _, flag := range sc.Flag {
		cmd.text(" " + flagKey(flag, ""))
	}
	for _, flag := range sc.NotFlag {
		cmd.text(" " + flagKey(flag, "UN"))
	}
	return nil
}

func flagKey(flag imap.Flag, un string) string {
	if name, system := strings.CutPrefix(string(canonicalFlag(string(flag))), `\`); system {
		return un + strings.ToUpper(name)
	}
	return un + "KEYWORD " + string(flag)
}

// needsCharset tells whether a string goes beyond ASCII.
func needsCharset(sc *imap.SearchCriteria) bool {
	texts := append(slices.Clone(sc.Body), sc.Text...)
	for _, h := range sc.Header {
		texts = append(texts, h.Key, h.Value)
	}
	for _, text := range texts {
		if strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
			return true
		}
	}
	if slices.ContainsFunc(sc.Not, func(n imap.SearchCriteria) bool { return needsCharset(&n) }) {
		return true
	}
	return slices.ContainsFunc(sc.Or, func(or [2]imap.SearchCriteria) bool {
		return needsCharset(&or[0]) || needsCharset(&or[1])
	})
}
