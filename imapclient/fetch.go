package imapclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// Message is what a fetch tells of one message; fields that were not asked for,
// or that the server did not tell, are zero.
type Message struct {
	UID          imap.UID
	Seq          uint32 // valid until the next EXPUNGE
	Flags        []imap.Flag
	Labels       []string // Gmail's; nil: not told, which is not the same as none
	ThreadID     string   // the conversation by the server's count, the same in all folders; "" where it keeps none
	InternalDate time.Time
	Size         int64
	Header       []byte             // the header fields asked for, as they are in the message
	Structure    imap.BodyStructure // nil where the server could not tell; of enclosed messages the Envelope is nil
	ModSeq       uint64
}

// headerFields are the fields a list and the threading of a mailbox need.
const headerFields = "DATE FROM TO CC BCC SENDER REPLY-TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE " +
	"LIST-ID LIST-POST LIST-UNSUBSCRIBE MAIL-FOLLOWUP-TO AUTO-SUBMITTED X-MICROSOFT-ORIGINAL-MESSAGE-ID"

// headerItems leaves the structure to be added.
const headerItems = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (" + headerFields + ")]"

func (c *Client) headerItems() string {
	return strings.Replace(headerItems, "FLAGS", c.flagItems()+c.threadItem(), 1)
}

// FetchHeaders gives the list data of messages of the open folder to each, in
// the order the server has. Messages that are not there any more, or that the
// server cannot read, are left out. An error of each ends the fetch and is
// returned as it is; each must not use the client.
func (c *Client) FetchHeaders(ctx context.Context, uids imap.UIDSet, each func(Message) error) error {
	if err := c.needsFolder("FETCH"); err != nil {
		return err
	}
	for _, chunk := range chunks(spansOf(uids)) {
		t := &tolerant{client: c, each: each}
		if err := t.fetch(ctx, chunk, true); err != nil {
			return err
		}
	}
	return nil
}

// Newest opens a folder to be read only, and gives the list data of the n messages
// that came last to each. For errors, and what each may do, see FetchHeaders.
func (c *Client) Newest(ctx context.Context, wire string, n uint32, each func(Message) error) error {
	if _, err := c.Select(ctx, wire, true); err != nil {
		return err
	}
	return c.FetchNewest(ctx, n, each)
}

// FetchNewest is FetchHeaders of the n messages that came to the open folder last. It
// goes by their places and not by their UIDs, which nobody need have listed.
func (c *Client) FetchNewest(ctx context.Context, n uint32, each func(Message) error) error {
	f, places, err := c.fetchNewest(ctx, n, c.headerItems()+" BODYSTRUCTURE", each)
	if f.err != nil || err == nil && f.spoiled == 0 || err != nil && !stumbles(err) {
		return cmp.Or(f.err, err)
	}
	uids, err := c.Search(ctx, &imap.SearchCriteria{SeqNum: []imap.SeqSet{places}})
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(uids, func(u imap.UID) bool { return f.got[uint32(u)] })
	return c.FetchHeaders(ctx, imap.UIDSetNum(left...), each)
}

// FetchNewestIDs is FetchNewest of nothing but the UIDs and the fields that hold a
// Message-ID. With an error of the server's it has given what came before.
func (c *Client) FetchNewestIDs(ctx context.Context, n uint32, each func(Message) error) error {
	f, _, err := c.fetchNewest(ctx, n, "UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID X-MICROSOFT-ORIGINAL-MESSAGE-ID)]", each)
	return cmp.Or(f.err, err)
}

// fetchNewest asks for items of the n messages that came to the open folder last, and tells
// their places.
func (c *Client) fetchNewest(ctx context.Context, n uint32, items string, each func(Message) error) (*fetching, imap.SeqSet, error) {
	f := c.newHeaders([]span{{1, math.MaxUint32}}, each)
	if err := c.needsFolder("FETCH"); err != nil {
		return f, nil, err
	}
	if n = min(n, c.exists); n == 0 {
		return f, nil, nil
	}
	places := imap.SeqSet{{Start: c.exists - n + 1, Stop: c.exists}}
	return f, places, c.runFetch(ctx, f, "FETCH "+places.String()+" ("+items+")")
}

// stumbles tells of an error that a single odd message may be the cause of.
func stumbles(err error) bool {
	var e *Error
	return errors.As(err, &e) && !e.fatal && (e.Kind == KindNo || e.Kind == KindBad) && !e.Throttled()
}

const (
	// maxBarren is how many fetches in a row may come to nothing before the
	// folder is given up.
	maxBarren = 12
	// maxRetries bounds the search for the messages that spoil a chunk.
	maxRetries = 500
)

// tolerant fetches headers from servers that stumble over single messages: what
// was not answered is asked for again without the structure, in ever smaller
// pieces.
type tolerant struct {
	client  *Client
	each    func(Message) error
	barren  int
	retries int
}

func (t *tolerant) fetch(ctx context.Context, spans []span, structure bool) error {
	items := "(" + t.client.headerItems() + ")"
	if structure {
		items = "(" + t.client.headerItems() + " BODYSTRUCTURE)"
	}
	f := t.client.newHeaders(spans, t.each)
	err := t.client.fetch(ctx, f, items, "")
	if f.err != nil {
		return f.err
	}
	refused := stumbles(err)
	if err != nil && !refused {
		return err
	}
	if len(f.got) > 0 {
		t.barren = 0
	} else if t.barren++; refused && t.barren > maxBarren {
		return err
	}
	if !refused && f.spoiled == 0 {
		return nil // what is missing is gone
	}
	missing := f.missing()
	if len(missing) == 0 || len(missing) == 1 && !structure {
		return nil
	}
	if t.retries++; t.retries > maxRetries {
		return err
	}
	half := len(missing) / 2
	if structure || half == 0 {
		half = 0
	}
	for _, part := range [][]uint32{missing[:half], missing[half:]} {
		if len(part) == 0 {
			continue
		}
		if err := t.fetch(ctx, spansOfUIDs(part), false); err != nil {
			return err
		}
	}
	return nil
}

// FetchFlags gives UID, flags and, with CONDSTORE, MODSEQ of messages of the
// open folder to each. With changedSince, and a server that has CONDSTORE, only
// those that changed after it (RFC 7162 §3.1.4.1). For errors see FetchHeaders.
func (c *Client) FetchFlags(ctx context.Context, uids imap.UIDSet, changedSince uint64, each func(Message) error) error {
	if err := c.needsFolder("FETCH"); err != nil {
		return err
	}
	spans := spansOf(uids)
	items, modifier := "(UID "+c.flagItems()+")", ""
	parts := chunks(spans)
	if c.has(imap.CapCondStore) {
		items = "(UID " + c.flagItems() + " MODSEQ)"
		if changedSince > 0 {
			modifier = fmt.Sprintf(" (CHANGEDSINCE %d)", changedSince)
			if len(parts) > 1 {
				// Few have changed: one question is cheaper than many.
				parts = [][]span{{{spans[0].first, spans[len(spans)-1].last}}}
			}
		}
	}
	for _, part := range parts {
		f := c.newFetching(part, each)
		f.wanted = spans
		f.needFlags = true
		if err := c.fetch(ctx, f, items, modifier); err != nil || f.err != nil {
			return cmp.Or(f.err, err)
		}
	}
	return nil
}

// Present tells which of some UIDs are in the open folder, ascending, by a fetch of
// nothing but the UIDs: for servers whose search is not to be trusted.
func (c *Client) Present(ctx context.Context, uids imap.UIDSet) ([]imap.UID, error) {
	if err := c.needsFolder("FETCH"); err != nil {
		return nil, err
	}
	var out []imap.UID
	for _, part := range chunks(spansOf(uids)) {
		cmd := newCommand("UID FETCH " + setText(part) + " (UID)").uids(func(uid imap.UID) bool {
			if !contains(part, uint32(uid)) {
				return false
			}
			out = append(out, uid)
			return true
		})
		if _, err := c.run(ctx, cmd); err != nil {
			return ascending(out), err
		}
	}
	return ascending(out), nil
}

// uids has the command, a FETCH, give the UIDs that it tells to take, which says whether
// they were asked for.
func (c *command) uids(take func(imap.UID) bool) *command {
	c.data = func(u *untagged) bool {
		var d fetchData
		return u.name == "FETCH" && d.parse(&u.args) == nil && d.UID != 0 && take(d.UID)
	}
	return c
}

// defaultBody is the largest body without a limit of the caller.
const (
	defaultBody = 256 << 20
	largestBody = math.MaxInt32 - 1 // what the range of a partial fetch can say everywhere
)

// FetchBody returns the whole message as it is on the server, without marking
// it as read. A message larger than limit bytes is KindTooLarge (0 means 256
// MiB), one that is not there KindNo with ErrNotFound.
func (c *Client) FetchBody(ctx context.Context, uid imap.UID, limit int64) ([]byte, error) {
	const op = "FETCH"
	if err := c.needsFolder(op); err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = defaultBody
	}
	limit = min(limit, largestBody)
	// One byte more than allowed tells a message that is too large, whatever
	// size the server claims.
	item := fmt.Sprintf("(UID BODY.PEEK[]<0.%d>)", limit+1)
	f, err := c.fetchBody(ctx, uid, limit, item)
	var e *Error
	if errors.As(err, &e) && e.Kind == KindBad && !e.fatal && !e.Throttled() {
		f, err = c.fetchBody(ctx, uid, limit, "(UID BODY.PEEK[])")
	}
	switch {
	case err != nil:
		return nil, err
	case f.cut || int64(len(f.body)) > limit:
		return nil, &Error{Op: op, Kind: KindTooLarge, Err: fmt.Errorf("the message is larger than %d bytes", limit)}
	case f.body == nil:
		return nil, &Error{Op: op, Kind: KindNo, Err: ErrNotFound}
	}
	return f.body, nil
}

// FetchBodies gives whole messages of the open folder to each as they come, as
// FetchBody does one; those that are larger than limit bytes, gone, or answered
// in a way that cannot be read are left out, and may be asked for one by one. The
// bytes are the caller's. For errors, and what each may do, see FetchHeaders.
func (c *Client) FetchBodies(ctx context.Context, uids imap.UIDSet, limit int64, each func(uid imap.UID, raw []byte) error) error {
	if err := c.needsFolder("FETCH"); err != nil {
		return err
	}
	for _, part := range chunks(spansOf(uids)) {
		f := c.newFetching(part, nil)
		f.limits = limits{line: maxLine, literal: limit, total: limit + maxTotal}
		f.needBody, f.eachBody, f.uncut = true, each, true
		if err := c.fetch(ctx, f, "(UID BODY.PEEK[])", ""); err != nil || f.err != nil {
			return cmp.Or(f.err, err)
		}
	}
	return nil
}

func (c *Client) fetchBody(ctx context.Context, uid imap.UID, limit int64, item string) (*fetching, error) {
	f := c.newFetching([]span{{uint32(uid), uint32(uid)}}, func(Message) error { return nil })
	f.limits = limits{line: maxLine, literal: limit + 1, total: limit + maxTotal}
	f.needBody = true
	return f, c.fetch(ctx, f, item, "")
}

func (c *Client) fetch(ctx context.Context, f *fetching, items, modifier string) error {
	if len(f.asked) == 0 {
		return nil
	}
	return c.runFetch(ctx, f, "UID FETCH "+setText(f.asked)+" "+items+modifier)
}

func (c *Client) runFetch(ctx context.Context, f *fetching, line string) error {
	cmd := newCommand(line)
	cmd.op = "FETCH"
	cmd.limits = f.limits
	cmd.data = f.take
	_, err := c.run(ctx, cmd)
	f.finish()
	return err
}

// fetching gathers the responses to one FETCH. Servers may part what they say
// of a message, and say things nobody asked for in between.
type fetching struct {
	asked, wanted []span
	each          func(Message) error
	eachBody      func(uid imap.UID, raw []byte) error // of many; nil: the one body is kept
	limits        limits

	eachSections func(uid imap.UID, s Sections) error
	needSections []string
	origin       int64 // where the window of a section begins
	misplaced    bool  // another one came
	uncut        bool  // what is cut is left out

	needHeader, needFlags, needBody bool
	labels, utf8Names               bool // flags come with Gmail's labels

	got     map[uint32]bool       // by UID
	partial map[uint32]*fetchData // by sequence number
	held    int                   // bytes in partial
	spoiled int                   // responses that could not be read whole
	body    []byte
	cut     bool
	err     error // of each
}

func (c *Client) newFetching(asked []span, each func(Message) error) *fetching {
	return &fetching{
		labels: c.HasLabels(), utf8Names: c.utf8Names(), asked: asked, wanted: asked, each: each, limits: usual,
		got: map[uint32]bool{}, partial: map[uint32]*fetchData{},
	}
}

// newHeaders is newFetching for list data.
func (c *Client) newHeaders(asked []span, each func(Message) error) *fetching {
	f := c.newFetching(asked, each)
	f.needHeader, f.limits = true, headerLimits
	return f
}

const (
	// maxPartial and maxHeld bound what is kept of messages whose data comes in
	// parts.
	maxPartial = 10_000
	maxHeld    = 32 << 20
)

// headerLimits bounds the fields of one message; a list needs no more of them.
var headerLimits = limits{line: maxLine, literal: 128 << 10, total: 1 << 20}

func (f *fetching) take(u *untagged) bool {
	if u.name != "FETCH" || u.num == 0 {
		return false
	}
	data := f.partial[u.num]
	if data == nil {
		data = &fetchData{utf8Names: f.utf8Names, pieces: f.needSections != nil, origin: f.origin}
		data.Seq = u.num
	}
	if err := data.parse(&u.args); err != nil {
		f.spoiled++
	}
	data.cut = data.cut || u.cut
	f.misplaced = f.misplaced || data.misplaced
	if data.UID == 0 && !data.hasHeader && data.body == nil && data.sections == nil || data.UID != 0 && !contains(f.wanted, uint32(data.UID)) {
		return false // about another message
	}
	if !f.complete(data) {
		if size := len(u.args.b); len(f.partial) < maxPartial && f.held+size < maxHeld {
			f.partial[u.num] = data
			data.held += size
			f.held += size
		}
		return true
	}
	delete(f.partial, u.num)
	f.held -= data.held
	if data.cut && f.uncut {
		return true
	}
	f.cut = f.cut || data.cut
	f.deliver(data)
	return true
}

func (f *fetching) complete(d *fetchData) bool {
	switch {
	case d.UID == 0:
		return false
	case f.needBody:
		return d.body != nil
	case f.needSections != nil:
		return d.all(f.needSections)
	case f.needHeader:
		return d.hasHeader && d.hasFlags && d.hasSize && (!f.labels || d.Labels != nil)
	}
	return d.hasFlags && (!f.labels || d.Labels != nil)
}

// finish delivers what came without some of its parts.
func (f *fetching) finish() {
	for _, d := range f.partial {
		if d.UID != 0 && (d.hasHeader && f.needHeader || d.hasFlags && f.needFlags) {
			f.deliver(d)
		}
	}
	f.partial = map[uint32]*fetchData{}
}

func (f *fetching) deliver(d *fetchData) {
	uid := uint32(d.UID)
	if f.err != nil || f.got[uid] {
		return
	}
	f.got[uid] = true
	if f.eachBody != nil {
		f.err = f.eachBody(d.UID, d.body)
		return
	}
	if f.eachSections != nil {
		f.err = f.eachSections(d.UID, d.sections)
		return
	}
	f.body = d.body
	f.err = f.each(d.Message)
}

// missing lists the UIDs that were asked for and did not come.
func (f *fetching) missing() []uint32 {
	var out []uint32
	for _, s := range f.asked {
		if s.size() > maxMissing {
			return nil // an open range: nobody knows what should be in it
		}
		for uid := s.first; ; uid++ {
			if !f.got[uid] {
				out = append(out, uid)
			}
			if uid == s.last || len(out) == maxMissing {
				break
			}
		}
	}
	return slices.Clip(out)
}

const maxMissing = 100_000
