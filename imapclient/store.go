package imapclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// Move takes messages of the open folder to another one and returns their new
// UIDs as far as the server tells them, also along with an error: those are
// there already. A folder that does not exist is KindNo with the code TRYCREATE.
//
// Servers without MOVE copy, and delete behind it; on those without UIDPLUS the
// originals stay, marked as deleted.
func (c *Client) Move(ctx context.Context, uids imap.UIDSet, toWire string) (map[imap.UID]imap.UID, error) {
	moved := map[imap.UID]imap.UID{}
	verb := "UID COPY "
	if c.has(imap.CapMove) {
		verb = "UID MOVE "
	}
	err := c.transfer(ctx, verb, uids, toWire, moved, func(chunk []span) error {
		if c.has(imap.CapMove) {
			return nil
		}
		return c.expunge(ctx, chunk)
	})
	return moved, err
}

// Copy is Move that leaves the originals alone.
func (c *Client) Copy(ctx context.Context, uids imap.UIDSet, toWire string) (map[imap.UID]imap.UID, error) {
	copied := map[imap.UID]imap.UID{}
	err := c.transfer(ctx, "UID COPY ", uids, toWire, copied, func([]span) error { return nil })
	return copied, err
}

// transfer runs a command on uids in pieces, and after behind each.
func (c *Client) transfer(ctx context.Context, verb string, uids imap.UIDSet, toWire string, moved map[imap.UID]imap.UID, after func([]span) error) error {
	op := strings.TrimSuffix(strings.TrimPrefix(verb, "UID "), " ")
	if err := c.needsFolder(op); err != nil {
		return err
	}
	if err := checkText(op, toWire); err != nil {
		return err
	}
	for _, chunk := range chunks(spansOf(uids)) {
		cmd := newCommand(verb + setText(chunk) + " ").str(toWire)
		cmd.quiet = true
		cmd.code = func(r statusResponse) { takeCopyUID(r, chunk, moved) }
		r, err := c.run(ctx, cmd)
		if err != nil {
			return err
		}
		takeCopyUID(r, chunk, moved)
		if err := after(chunk); err != nil {
			return err
		}
	}
	return nil
}

// takeCopyUID reads "validity from to", RFC 4315 §3: two sets that go in step.
// Only UIDs that were asked for count, so a hostile range costs nothing.
func takeCopyUID(r statusResponse, asked []span, moved map[imap.UID]imap.UID) {
	if !r.is("COPYUID") {
		return
	}
	fields := strings.Fields(string(r.args))
	if len(fields) != 3 {
		return
	}
	from, err1 := parseSet(fields[1], maxMissing)
	to, err2 := parseSet(fields[2], maxMissing)
	if err1 != nil || err2 != nil || sizeOf(from) != sizeOf(to) || sizeOf(from) > min(sizeOf(asked), mostUIDs) {
		return
	}
	if sizeOf(normalise(slices.Clone(to))) != sizeOf(to) {
		return // one place for two messages
	}
	next := walk(to)
	for _, s := range from {
		for uid := uint64(s.first); uid <= uint64(s.last); uid++ {
			if target := next(); contains(asked, uint32(uid)) {
				moved[imap.UID(uid)] = imap.UID(target)
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
