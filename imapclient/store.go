package imapclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// AddFlags sets flags on messages of the open folder. UIDs that are not there
// are no error. Nothing happens without flags.
func (c *Client) AddFlags(ctx context.Context, uids imap.UIDSet, flags []imap.Flag) error {
	return c.store(ctx, spansOf(uids), "+FLAGS.SILENT", flags)
}

// RemoveFlags is the opposite of AddFlags.
func (c *Client) RemoveFlags(ctx context.Context, uids imap.UIDSet, flags []imap.Flag) error {
	return c.store(ctx, spansOf(uids), "-FLAGS.SILENT", flags)
}

func (c *Client) store(ctx context.Context, spans []span, how string, flags []imap.Flag) error {
	const op = "STORE"
	if err := c.needsFolder(op); err != nil {
		return err
	}
	if err := checkFlags(op, flags); err != nil || len(flags) == 0 {
		return err
	}
	for _, chunk := range chunks(spans) {
		cmd := newCommand("UID STORE " + setText(chunk) + " " + how + " " + flagList(flags))
		cmd.quiet = true
		if _, err := c.run(ctx, cmd); err != nil {
			return err
		}
	}
	return nil
}

func flagList(flags []imap.Flag) string {
	words := make([]string, len(flags))
	for i, flag := range flags {
		words[i] = string(flag)
	}
	return "(" + strings.Join(words, " ") + ")"
}

// checkFlags demands the grammar of RFC 9051 §9, flag: anything else could end
// the command.
func checkFlags(op string, flags []imap.Flag) error {
	for _, flag := range flags {
		name := strings.TrimPrefix(string(flag), `\`)
		bad := strings.ContainsFunc(name, func(r rune) bool {
			return r <= ' ' || r >= 0x7f || strings.ContainsRune(`(){%*"\]`, r)
		})
		if bad || name == "" || len(name) > maxWord {
			return invalid(op, fmt.Errorf("flag %q %w", printable(string(flag)), ErrArgument))
		}
	}
	return nil
}

// Copied is where messages have gone to, as far as the server tells (RFC 4315 §3).
type Copied struct {
	UIDValidity uint32                // of the target; 0: not told
	UIDs        map[imap.UID]imap.UID // new ones by the old ones, under that UIDVALIDITY; never nil
}

// Move takes messages of the open folder to another one and returns their new
// UIDs as far as the server tells them, also along with an error: those are
// there already. A folder that does not exist is KindNo with the code TRYCREATE.
//
// Servers without MOVE copy, and delete behind it; on those without UIDPLUS the
// originals stay, marked as deleted.
func (c *Client) Move(ctx context.Context, uids imap.UIDSet, toWire string) (Copied, error) {
	verb := "UID COPY "
	if c.has(imap.CapMove) {
		verb = "UID MOVE "
	}
	return c.transfer(ctx, verb, uids, toWire, func(chunk []span) error {
		if c.has(imap.CapMove) {
			return nil
		}
		return c.expunge(ctx, chunk)
	})
}

// Copy is Move that leaves the originals alone.
func (c *Client) Copy(ctx context.Context, uids imap.UIDSet, toWire string) (Copied, error) {
	return c.transfer(ctx, "UID COPY ", uids, toWire, func([]span) error { return nil })
}

// transfer runs a command on uids in pieces, and after behind each.
func (c *Client) transfer(ctx context.Context, verb string, uids imap.UIDSet, toWire string, after func([]span) error) (Copied, error) {
	out := Copied{UIDs: map[imap.UID]imap.UID{}}
	op := strings.TrimSuffix(strings.TrimPrefix(verb, "UID "), " ")
	if err := c.needsFolder(op); err != nil {
		return out, err
	}
	if err := checkText(op, toWire); err != nil {
		return out, err
	}
	for _, chunk := range chunks(spansOf(uids)) {
		cmd := newCommand(verb + setText(chunk) + " ").str(toWire)
		cmd.quiet = true
		cmd.code = func(r statusResponse) { out.take(r, chunk) }
		r, err := c.run(ctx, cmd)
		if err != nil {
			return out, err
		}
		out.take(r, chunk)
		if err := after(chunk); err != nil {
			return out, err
		}
	}
	return out, nil
}

// take reads "validity from to", RFC 4315 §3: two sets that go in step.
// Only UIDs that were asked for count, so a hostile range costs nothing.
func (c *Copied) take(r statusResponse, asked []span) {
	if !r.is("COPYUID") {
		return
	}
	fields := strings.Fields(string(r.args))
	if len(fields) != 3 {
		return
	}
	validity, err := strconv.ParseUint(fields[0], 10, 32)
	from, err1 := parseSet(fields[1], maxMissing)
	to, err2 := parseSet(fields[2], maxMissing)
	if err != nil || err1 != nil || err2 != nil || sizeOf(from) != sizeOf(to) || sizeOf(from) > min(sizeOf(asked), mostUIDs) {
		return
	}
	if sizeOf(normalise(slices.Clone(to))) != sizeOf(to) {
		return // one place for two messages
	}
	if uint32(validity) != c.UIDValidity { // then what was told before means nothing any more
		clear(c.UIDs)
		c.UIDValidity = uint32(validity)
	}
	next := walk(to)
	for _, s := range from {
		for uid := uint64(s.first); uid <= uint64(s.last); uid++ {
			if target := next(); contains(asked, uint32(uid)) {
				c.UIDs[imap.UID(uid)] = imap.UID(target)
			}
		}
	}
}

// walk returns a function that gives the numbers of a set one by one, 0 behind
// its end.
func walk(spans []span) func() uint32 {
	i, offset := 0, uint32(0)
	return func() uint32 {
		if i == len(spans) {
			return 0
		}
		n := spans[i].first + offset
		if n == spans[i].last {
			i, offset = i+1, 0
		} else {
			offset++
		}
		return n
	}
}

// Expunge deletes messages of the open folder for good: only these, whatever
// else is marked as deleted. Without UIDPLUS the server can do no more than mark
// them (RFC 4315 §2.1).
func (c *Client) Expunge(ctx context.Context, uids imap.UIDSet) error {
	if err := c.needsFolder("EXPUNGE"); err != nil {
		return err
	}
	for _, chunk := range chunks(spansOf(uids)) {
		if err := c.expunge(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) expunge(ctx context.Context, chunk []span) error {
	if err := c.store(ctx, chunk, "+FLAGS.SILENT", []imap.Flag{imap.FlagDeleted}); err != nil {
		return err
	}
	if !c.has(imap.CapUIDPlus) {
		return nil
	}
	cmd := newCommand("UID EXPUNGE " + setText(chunk))
	cmd.quiet = true
	_, err := c.run(ctx, cmd)
	var e *Error
	if errors.As(err, &e) && !e.fatal && (e.Kind == KindNo || e.Kind == KindBad) && e.Code == "" {
		return nil // offered and yet not there: marked is all one can have
	}
	return err
}
