package imapclient

import (
	"context"
	"errors"
	"fmt"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// Mirror is how far the caller's copy of a folder has come. It must hold every
// message below UIDNext, and within what is looked at, that the server had at
// ModSeq.
type Mirror struct {
	UIDValidity uint32
	UIDNext     imap.UID
	ModSeq      uint64
}

// Look opens one folder and asks for what has changed since a Mirror, in one
// go. Wire, Mirror, Fetch and List are the question, the rest is the answer.
type Look struct {
	Wire   string
	Mirror Mirror // without a ModSeq nothing is known
	Fetch  int    // how far above the mirror's UIDs headers are fetched along; 0: not at all
	// Later fetches them in a round trip of their own, and only where the answer says
	// that there are some, and not too many: with a Mirror, for the last look of all.
	Later bool
	List  bool // list all UIDs, of Within where that is given
	// Within are the UIDs that the caller has or wants to hear of; what has changed
	// elsewhere is of no interest, though some servers tell it. Empty: all.
	Within imap.UIDSet

	Err      error            // why there is no answer, or not all of it; an *Error, fatal only where the connection broke
	Data     *imap.SelectData // nil where the folder cannot be opened
	UIDs     []imap.UID       // ascending
	Vanished imap.UIDSet      // what is not there any more, as far as the server knows that; may name what never was
	Changed  []Message        // UID, Flags and ModSeq of messages below UIDNext
	New      []Message        // as of FetchHeaders

	// Whole says that Changed and New are all there is to a mirror that was
	// right; Exact that Vanished is, too. Without Exact only counting shows
	// whether something has vanished.
	Whole, Exact bool

	question []*command
	answered int
	garbled  bool // a VANISHED that could not be read
	changed  *fetching
	fresh    *fetching
	found    *searchResult
	gone     []span
}

// maxChanged bounds what is kept of the changes of one folder, in bytes.
const maxChanged = 64 << 20

// errChanges says that a server reports more changes than the folder can have.
var errChanges = errors.New("the server tells of more changes than there can be")

// Overview gives the folders as List does, and looks into some of them, all in
// one flight. The error is that of the list; each look has its own. The list comes
// last: of a folder that is open many servers know the counts, which they have to
// find out of any other.
func (c *Client) Overview(ctx context.Context, looks []*Look) ([]Mailbox, error) {
	line := c.listCommands()[0]
	l := c.newListing()
	after := []*command{l.command(line)}
	if ask := c.askNamespaces(); ask != nil {
		after = append([]*command{ask}, after...)
	}
	if err := c.looking(ctx, looks, after...); err != nil {
		return nil, err
	}
	if l.refused == nil && len(l.boxes) > 0 {
		return l.finish(), nil
	}
	if l.refused != nil && l.refused.Throttled() {
		return nil, l.refused
	}
	if c.usesReturn() && (l.refused == nil || !l.refused.Temporary()) {
		c.noReturn = true
	}
	return c.List(ctx)
}

// Look answers looks in as few flights as it takes. The folder of the last one
// that could be opened is open afterwards. The error is the end of the
// connection; looks that were answered before stay so.
func (c *Client) Look(ctx context.Context, looks ...*Look) error {
	return c.looking(ctx, looks)
}

func (c *Client) looking(ctx context.Context, looks []*Look, after ...*command) error {
	if err := c.lookOnce(ctx, looks, after...); err != nil {
		return err
	}
	// QRESYNC was offered, but is not to be had after all, or a name is wanted first.
	var again []*Look
	nameless := false
	for _, l := range looks {
		var e *Error
		if !errors.As(l.Err, &e) || l.Data != nil {
			continue
		}
		unnamed := c.has(imap.CapID) && wantsID(e)
		if nameless = nameless || unnamed; unnamed || e.Kind == KindBad && c.noQResync {
			again = append(again, l)
		}
	}
	if len(again) == 0 {
		return nil
	}
	if nameless {
		if err := c.sendID(ctx); err != nil {
			return err
		}
	}
	return c.lookOnce(ctx, again)
}

func (c *Client) lookOnce(ctx context.Context, looks []*Look, after ...*command) error {
	var cmds []*command
	if enable := c.enable(); enable != nil {
		cmds = append(cmds, enable)
	}
	for _, l := range looks {
		l.question = nil
		if err := checkText("SELECT", l.Wire); err != nil {
			l.Err = err
			continue
		}
		cmds = append(cmds, l.ask(c)...)
	}
	cmds = append(cmds, after...)
	if len(cmds) == 0 {
		return nil
	}
	_, err := c.runAll(ctx, cmds)
	for i, l := range looks {
		if err == nil && i == len(looks)-1 && l.missesNew() {
			cmd := l.fetchNew(c)
			l.question = append(l.question, cmd)
			_, err = c.runAll(ctx, []*command{cmd})
		}
		if l.question != nil {
			l.conclude()
		}
		if err == nil && i == len(looks)-1 && l.List && l.Err == nil && l.Data != nil && len(l.Within) == 0 && len(l.UIDs) < int(c.exists) {
			uids, lerr := c.byPlaces(ctx, l.UIDs)
			var e *Error
			switch {
			case lerr == nil:
				l.UIDs = uids
			case errors.As(lerr, &e):
				l.fail(e)
				if e.fatal {
					err = lerr
				}
			}
		}
	}
	return err
}

// missesNew tells whether there are new messages to be fetched later.
func (l *Look) missesNew() bool {
	if !l.Later || l.fresh != nil || l.Data == nil || l.Err != nil || l.Data.UIDValidity != l.Mirror.UIDValidity {
		return false
	}
	above := int64(l.Data.UIDNext) - int64(l.Mirror.UIDNext)
	return above > 0 && above <= int64(l.Fetch)
}

// enable switches QRESYNC on where it is offered (RFC 7162 §3.2.3), once. Not
// every server that does so says ENABLED; its OK will do.
func (c *Client) enable() *command {
	if !c.has(imap.CapQResync) || c.qresync || c.noQResync {
		return nil
	}
	cmd := newCommand("ENABLE QRESYNC")
	c.qresync = true // what follows in the flight counts on it
	cmd.data = func(u *untagged) bool { return u.name == "ENABLED" }
	cmd.ended = func(r statusResponse) {
		if !r.ok() {
			c.qresync, c.noQResync = false, true
		}
	}
	return cmd
}

// ask makes the commands.
func (l *Look) ask(c *Client) []*command {
	l.Err, l.Data, l.UIDs, l.Vanished, l.Changed, l.New, l.Whole, l.Exact = nil, nil, nil, nil, nil, nil, false, false
	l.gone, l.fresh, l.found, l.changed, l.answered, l.garbled = nil, nil, nil, nil, 0, false
	since := l.Mirror.ModSeq > 0 && l.Mirror.UIDNext > 0
	l.Exact = since && c.qresync
	below := l.below()
	if since {
		l.changed = l.newChanges(c)
	}
	l.question = []*command{l.open(c, setText(below))}
	if since && !c.qresync && l.Mirror.UIDNext > 1 {
		l.question = append(l.question, l.fetch(l.changed,
			fmt.Sprintf("UID FETCH %s (UID %s MODSEQ) (CHANGEDSINCE %d)", setText(below), c.flagItems(), l.Mirror.ModSeq)))
	}
	if l.Fetch > 0 && !(l.Later && since) {
		l.question = append(l.question, l.fetchNew(c))
	}
	if l.List {
		l.question = append(l.question, l.search(c))
	}
	return l.question
}

func (l *Look) newChanges(c *Client) *fetching {
	f := c.newFetching(l.below(), l.keepChange())
	f.needFlags = true
	return f
}

func (l *Look) fetchNew(c *Client) *command {
	first := max(uint32(l.Mirror.UIDNext), 1)
	last := uint32(min(int64(first)+int64(l.Fetch)-1, 1<<32-2))
	if l.Mirror.ModSeq == 0 || l.Mirror.UIDNext == 0 {
		first, last = 1, 1<<32-1
	}
	l.fresh = c.newHeaders([]span{{first, last}}, func(m Message) error {
		l.New = append(l.New, m)
		return nil
	})
	return l.fetch(l.fresh, "UID FETCH "+setText(l.fresh.asked)+" ("+c.headerItems()+" BODYSTRUCTURE)")
}

// below are the UIDs of which changes are asked for.
func (l *Look) below() []span {
	last := max(uint32(l.Mirror.UIDNext), 2) - 1
	var out []span
	for _, s := range spansOf(l.Within) {
		if s.last = min(s.last, last); s.first <= s.last {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return []span{{1, last}}
	}
	return out
}

// keepChange keeps changes as long as they are plausible.
func (l *Look) keepChange() func(Message) error {
	held := 0
	return func(m Message) error {
		held += 100
		for _, f := range m.Flags {
			held += 20 + len(f)
		}
		if held > maxChanged {
			l.Changed = nil
			return errChanges
		}
		l.Changed = append(l.Changed, m)
		return nil
	}
}

// open is SELECT with the mirror's state, RFC 7162 §3.2.5.
func (l *Look) open(c *Client, known string) *command {
	cmd := c.selectCommand(l.Wire, false, func(data *imap.SelectData) { l.Data = data })
	if l.Exact {
		cmd.text(fmt.Sprintf(" (QRESYNC (%d %d %s))", l.Mirror.UIDValidity, l.Mirror.ModSeq, known))
	} else if c.has(imap.CapCondStore) {
		cmd.text(" (CONDSTORE)")
	}
	take, code, ended := cmd.data, cmd.code, cmd.ended
	cmd.code = func(r statusResponse) {
		// RFC 7162 §3.2.11: what came so far was about the folder that was open before.
		if r.is("CLOSED") && l.Exact {
			l.gone, l.garbled, l.Changed = nil, false, nil
			l.changed = l.newChanges(c)
		}
		code(r)
	}
	cmd.data = func(u *untagged) bool {
		switch {
		case take(u):
			return true
		case u.name == "VANISHED" && l.Exact:
			spans, earlier, err := parseVanished(&u.args)
			if err != nil {
				l.garbled = true
			}
			if earlier { // else it is about the folder that was open before
				l.gone = append(l.gone, spans...)
			}
			return true
		case u.name == "FETCH" && l.Exact:
			return l.changed.take(u)
		}
		return false
	}
	cmd.limits.line = maxNumbers
	cmd.ended = func(r statusResponse) {
		ended(r)
		l.judge("SELECT", r)
	}
	return cmd
}

func (l *Look) judge(op string, r statusResponse) {
	l.answered++
	if e := refusal(op, r); e != nil {
		l.fail(e)
	}
}

func (l *Look) fetch(f *fetching, line string) *command {
	cmd := newCommand(line)
	cmd.op, cmd.limits, cmd.data = "FETCH", f.limits, f.take
	cmd.quiet = true // flags that were changed by others come in their answer
	cmd.ended = func(r statusResponse) { l.judge("FETCH", r) }
	return cmd
}

func (l *Look) search(c *Client) *command {
	head, which := "UID SEARCH ", "ALL"
	if c.has(imap.CapESearch) {
		head = "UID SEARCH RETURN (ALL) "
	}
	if within := spansOf(l.Within); len(within) > 0 {
		which = "UID " + setText(within)
	}
	cmd := newCommand(head + which)
	cmd.limits.line = maxNumbers
	l.found = &searchResult{limit: c.plausible}
	cmd.data = l.found.take
	cmd.ended = func(r statusResponse) { l.judge("SEARCH", r) }
	return cmd
}

// fail notes the first thing that went wrong.
func (l *Look) fail(e *Error) {
	if l.Err == nil {
		l.Err = e
	}
}

// conclude judges what has come.
func (l *Look) conclude() {
	if l.answered < len(l.question) {
		l.Err = &Error{Op: "SELECT", Kind: KindNetwork, Err: ErrClosed, fatal: true}
	}
	for _, f := range []*fetching{l.changed, l.fresh} {
		if f == nil {
			continue
		}
		f.finish()
		if f.err != nil {
			l.fail(&Error{Op: "FETCH", Kind: KindProtocol, Err: f.err})
		}
	}
	if l.List && l.Err == nil {
		l.list()
	}
	if l.Data == nil || l.Err != nil || l.Mirror.ModSeq == 0 {
		l.Exact = false
		l.Whole = l.Data != nil && l.Err == nil && l.Mirror.ModSeq == 0 && l.Fetch > 0 && l.fresh.spoiled == 0
		return
	}
	// Another UIDVALIDITY, or a count that was lost, and the server has not
	// spoken of our state (RFC 7162 §3.2.5.1, §3.1.2.2).
	l.Whole = l.Data.UIDValidity == l.Mirror.UIDValidity && l.Data.HighestModSeq >= l.Mirror.ModSeq &&
		l.Data.UIDNext >= l.Mirror.UIDNext && l.changed.spoiled == 0 && !l.garbled
	if above := int64(l.Data.UIDNext) - int64(l.Mirror.UIDNext); above > 0 {
		l.Whole = l.Whole && int64(l.Fetch) >= above && l.fresh != nil && l.fresh.spoiled == 0
	}
	l.Exact = l.Exact && l.Whole
	if l.Exact {
		for _, s := range normalise(l.gone) {
			l.Vanished.AddRange(imap.UID(s.first), imap.UID(s.last))
		}
	}
}

func (l *Look) list() {
	if l.found.err != nil {
		l.fail(&Error{Op: "SEARCH", Kind: KindProtocol, Err: l.found.err})
		return
	}
	l.UIDs = ascending(l.found.uids)
}

// parseVanished reads "(EARLIER) set", RFC 7162 §3.2.10.
func parseVanished(s *scanner) (spans []span, earlier bool, err error) {
	if s.spaces(); s.peek() == '(' {
		for _, word := range s.words(maxParams) {
			earlier = earlier || strings.EqualFold(word, "EARLIER")
		}
	}
	spans, err = parseSet(s.word(), mostUIDs)
	return spans, earlier, err
}
