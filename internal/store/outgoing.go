package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// keepFinished is how long a finished message stays listed.
const keepFinished = 30 * 24 * time.Hour

// QueueItem is a message ready to go.
type QueueItem struct {
	Outgoing  mail.Outgoing // Account, NotBefore, HoldReason, MessageID, EnvID, From, FromHeader, To, Subject, Recipients, Replaces
	Wire      []byte        // the bytes that go over the wire
	Bcc       []byte        // header lines put in front of the Sent copy; may be empty
	EightBit  bool
	UTF8      bool
	Answers   string     // Message-ID to be marked \Answered once accepted
	Forwards  string     // Message-ID to be marked $Forwarded once accepted
	Draft     mail.Draft // to edit it again; retired where its ID is set
	WantsCopy bool       // false: no copy in Sent is to be made
}

// SentError says that a draft was sent already.
type SentError struct {
	ID mail.OutboxID
	At time.Time
}

func (e *SentError) Error() string {
	return fmt.Sprintf("this draft was sent already, at %s, as %s", e.At.Local().Format("15:04 on 2 Jan"), e.ID)
}

// Queue commits a message to the outbox and retires its draft in one
// transaction. When it returns nil the message is on the disk. The error is a
// *SentError where the draft was sent before and is not to be sent Again.
func (s *Store) Queue(ctx context.Context, q QueueItem) (mail.OutboxID, error) {
	ids, err := s.QueueAll(ctx, []QueueItem{q})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// QueueAll is Queue for several messages in one transaction.
func (s *Store) QueueAll(ctx context.Context, list []QueueItem) ([]mail.OutboxID, error) {
	var ids []mail.OutboxID
	wires := make([][]byte, len(list))
	for i, q := range list {
		wires[i] = s.pack(q.Wire)
	}
	err := s.writeOwn(ctx, "writing to the outbox", func(t *txn) error {
		ids = ids[:0]
		for i, q := range list {
			id, err := t.queue(q, wires[i])
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// settleFailed takes failures as dealt with.
func settleFailed(_ *txn, _ int64, o *mail.Outgoing) error {
	for i := range o.Recipients {
		if r := &o.Recipients[i]; r.State == mail.RecipientFailed {
			r.Settled = true
		}
	}
	return nil
}

// unsent refuses a draft that was sent already, as from another window.
func (t *txn) unsent(d mail.Draft) error {
	if d.ID == 0 || d.Again {
		return nil
	}
	var n, at int64
	err := t.QueryRowContext(t.ctx, `SELECT id, created FROM outgoing WHERE draft = ? AND draft <> 0 AND cancelled = 0 ORDER BY id DESC LIMIT 1`, d.ID).Scan(&n, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return &SentError{mail.NewOutboxID(n), time.UnixMilli(at)}
}

func (t *txn) queue(q QueueItem, wire []byte) (mail.OutboxID, error) {
	if err := t.unsent(q.Draft); err != nil {
		return "", err
	}
	o := q.Outgoing
	now := t.s.now()
	from, err := json.Marshal(o.FromHeader)
	if err != nil {
		return "", err
	}
	var replaces int64
	if o.Replaces != "" {
		replaces, _ = o.Replaces.Number()
	}
	copyState := mail.CopyNone
	if !q.WantsCopy {
		copyState = mail.CopySkipped
	}
	n, err := t.insert(`INSERT INTO outgoing (account, created, not_before, hold_reason, message_id, envid, env_from, from_header, to_header,
		subject, size, eight_bit, utf8, copy, replaces, answers, forwards, draft) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.Account, now.UnixMilli(), millis(o.NotBefore), o.HoldReason, o.MessageID, o.EnvID, o.From, string(from), addressJSON(o.To),
		o.Subject, len(q.Wire), q.EightBit, q.UTF8, copyState, replaces, q.Answers, q.Forwards, q.Draft.ID)
	if err != nil {
		return "", err
	}
	id := mail.NewOutboxID(n)
	draft, data, err := t.s.encodeDraft(q.Draft)
	if err != nil {
		return "", err
	}
	if err := t.exec(`INSERT INTO content (outgoing, wire, bcc, draft) VALUES (?, ?, ?, ?)`, n, wire, notNil(q.Bcc), draft); err != nil {
		return "", err
	}
	if err := t.saveData("content_data", "outgoing", n, data); err != nil {
		return "", err
	}
	for i, r := range o.Recipients {
		if err := t.exec(`INSERT INTO recipient (outgoing, n, address) VALUES (?, ?, ?)`, n, i, r.Address); err != nil {
			return "", err
		}
		if err := t.useContact(r.Address, o.To, now); err != nil {
			return "", err
		}
	}
	if replaces != 0 {
		if err := t.exec(`UPDATE outgoing SET replaced_by = ? WHERE id = ?`, n, replaces); err != nil {
			return "", err
		}
		if err := t.change(o.Replaces, settleFailed); err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
	}
	if err := errors.Join(t.keepUnseen(q.Draft), t.retireDraft(q.Draft.ID)); err != nil {
		return "", err
	}
	t.emit(event.OutboxChanged{ID: id})
	detail := ""
	if o.NotBefore.After(now) {
		detail = "held until " + o.NotBefore.Local().Format("2 Jan 15:04:05")
	}
	return id, t.log(n, "queued", "written to disk", detail)
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

func (t *txn) log(n int64, kind, text, detail string) error {
	return t.exec(`INSERT INTO journey (outgoing, at, kind, text, detail) VALUES (?, ?, ?, ?, ?)`, n, t.s.now().UnixMilli(), kind, text, detail)
}

const outgoingColumns = `id, account, created, not_before, hold_reason, next_attempt, attempts, message_id, envid, env_from, from_header, to_header,
	subject, size, blocked, blocked_by, cancelled, sending, copy, queue_id, last_text, reports_open, replaces, replaced_by, unsure_since, reconciled, finished, planned, release, tried,
	iif(sending, ifnull((SELECT started FROM attempt WHERE attempt.outgoing = outgoing.id ORDER BY n DESC LIMIT 1), 0), 0),
	(SELECT json_group_array(json_object('a', address, 's', state, 'o', source, 'c', code, 'e', enhanced, 't', text, 'd', settled) ORDER BY n)
		FROM recipient WHERE recipient.outgoing = outgoing.id)`

// storedRecipient is a recipient as outgoingColumns gives it: an item and its
// recipients are read in one statement, so that they belong together.
type storedRecipient struct {
	Address  string              `json:"a"`
	State    mail.RecipientState `json:"s"`
	Source   mail.Source         `json:"o"`
	Code     int                 `json:"c"`
	Enhanced string              `json:"e"`
	Text     string              `json:"t"`
	Settled  int                 `json:"d"`
}

type outgoingRow struct {
	mail.Outgoing
	n       int64
	planned time.Time
}

// forgiveClock ends waits that began in what is now the future: the clock was
// set back. A message scheduled for a time of day keeps it.
func (o *outgoingRow) forgiveClock(now time.Time) {
	if o.planned.After(now) && o.NextAttempt.After(now) {
		o.NextAttempt = now
	}
	if o.HoldReason == mail.HeldForUndo && o.Created.After(now) && o.NotBefore.After(now) {
		o.NotBefore = now
	}
}

func scanOutgoing(row interface{ Scan(...any) error }) (outgoingRow, error) {
	var o outgoingRow
	var created, notBefore, next, unsure, finished, replaces, replacedBy, planned, release, tried, began int64
	var from, to, recipients string
	err := row.Scan(&o.n, &o.Account, &created, &notBefore, &o.HoldReason, &next, &o.Attempts, &o.MessageID, &o.EnvID, &o.From, &from, &to,
		&o.Subject, &o.Size, &o.Blocked, &o.BlockedBy, &o.Cancelled, &o.Sending, &o.Copy, &o.QueueID, &o.LastText, &o.ReportsOpen, &replaces, &replacedBy,
		&unsure, &o.Reconciled, &finished, &planned, &release, &tried, &began, &recipients)
	if errors.Is(err, sql.ErrNoRows) {
		return o, ErrNotFound
	}
	if err != nil {
		return o, err
	}
	o.ID = mail.NewOutboxID(o.n)
	o.Created, o.NotBefore, o.NextAttempt = fromMillis(created), fromMillis(notBefore), fromMillis(next)
	o.UnsureSince, o.Finished, o.planned = fromMillis(unsure), fromMillis(finished), fromMillis(planned)
	o.Release, o.Tried, o.Began = fromMillis(release), fromMillis(tried), fromMillis(began)
	if err := json.Unmarshal([]byte(from), &o.FromHeader); err != nil {
		return o, fmt.Errorf("reading an outbox item: %w", err)
	}
	o.To = parseAddresses(to)
	var stored []storedRecipient
	if err := json.Unmarshal([]byte(recipients), &stored); err != nil {
		return o, fmt.Errorf("reading an outbox item: %w", err)
	}
	for _, r := range stored {
		o.Recipients = append(o.Recipients, mail.Recipient{Address: r.Address, State: r.State, Source: r.Source, Code: r.Code, Enhanced: r.Enhanced, Text: r.Text, Settled: r.Settled != 0})
	}
	if replaces != 0 {
		o.Replaces = mail.NewOutboxID(replaces)
	}
	if replacedBy != 0 {
		o.ReplacedBy = mail.NewOutboxID(replacedBy)
	}
	return o, nil
}

// queryer is what a transaction and a pool of readers have in common.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Store) selectOutgoing(ctx context.Context, q queryer, where string, args ...any) ([]mail.Outgoing, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+outgoingColumns+` FROM outgoing WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	list, err := collect(rows, func() (outgoingRow, error) { return scanOutgoing(rows) })
	if err != nil {
		return nil, s.damage(err)
	}
	out := make([]mail.Outgoing, len(list))
	for i, o := range list {
		now := s.now()
		o.forgiveClock(now)
		o.State, o.HeldFor = mail.Derive(o.Outgoing, now)
		out[i] = o.Outgoing
	}
	return out, nil
}

// OutboxCounts says how many messages are in which kind of state.
type OutboxCounts struct {
	Sending, Waiting, NeedYou int
	Soon                      int // of those that wait: they go out without another wait than that for an undo
}

// CountOutbox counts the messages that are not finished; its cases are those of
// mail.Derive.
func (s *Store) CountOutbox(ctx context.Context) (c OutboxCounts, err error) {
	now := s.now().UnixMilli()
	err = s.own.read.QueryRowContext(ctx, `
		SELECT coalesce(sum(kind = 1), 0), coalesce(sum(kind = 2), 0), coalesce(sum(kind = 3), 0), coalesce(sum(kind = 2 AND soon), 0) FROM (
			SELECT CASE WHEN o.not_before > ? THEN o.hold_reason = 'undo' ELSE o.next_attempt = 0 END AS soon, CASE
				WHEN o.sending THEN 1
				WHEN pending > 0 AND o.not_before > ? THEN 2
				WHEN pending > 0 AND o.blocked <> '' THEN 3
				WHEN unsure > 0 THEN 3
				WHEN pending > 0 THEN 2
				WHEN failed > 0 THEN 3
			END AS kind
			FROM outgoing o JOIN (
				SELECT outgoing, sum(state = 'pending') AS pending, sum(state = 'unsure') AS unsure, sum(state = 'failed' AND settled = 0) AS failed
				FROM recipient GROUP BY outgoing
			) r ON r.outgoing = o.id
			WHERE o.finished = 0 AND o.cancelled = 0)`, now, now).Scan(&c.Sending, &c.Waiting, &c.NeedYou, &c.Soon)
	if err != nil {
		return c, fmt.Errorf("counting the outbox: %w", err)
	}
	return c, nil
}

// Outbox lists the messages that are not finished and those of the last 30
// days, newest first.
func (s *Store) Outbox(ctx context.Context) ([]mail.Outgoing, error) {
	return s.selectOutgoing(ctx, s.own.read, `finished = 0 OR created >= ? ORDER BY created DESC, id DESC`, s.now().Add(-keepFinished).UnixMilli())
}

// OutboxPage lists what Outbox does as far as a person can look at it: what needs
// the user, and the newest of the rest up to a limit. more is how many were left
// out.
func (s *Store) OutboxPage(ctx context.Context, limit int) (list []mail.Outgoing, more int, err error) {
	const listed = `(finished = 0 OR created >= ?)`
	since := s.now().Add(-keepFinished).UnixMilli()
	list, err = s.selectOutgoing(ctx, s.own.read, listed+` AND (id IN (SELECT id FROM outgoing WHERE `+listed+` ORDER BY id DESC LIMIT ?)
		OR finished = 0 AND (sending <> 0 OR blocked <> '' OR id IN (SELECT outgoing FROM recipient WHERE state = 'unsure' OR state = 'failed' AND settled = 0)))
		ORDER BY created DESC, id DESC`, since, since, limit)
	if err != nil {
		return nil, 0, err
	}
	all := 0
	if err := s.own.read.QueryRowContext(ctx, `SELECT count(*) FROM outgoing WHERE `+listed, since).Scan(&all); err != nil {
		return nil, 0, fmt.Errorf("counting the outbox: %w", err)
	}
	return list, max(all-len(list), 0), nil
}

// NewestHeld gives the newest message that can be taken back, or could be at a time. The
// error is ErrNotFound where there is none.
func (s *Store) NewestHeld(ctx context.Context, at time.Time) (mail.Outgoing, error) {
	list, err := s.selectOutgoing(ctx, s.own.read, `id = (SELECT max(id) FROM outgoing WHERE cancelled = 0 AND hold_reason = 'undo' AND not_before > ?)`, at.UnixMilli())
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return mail.Outgoing{}, err
	}
	return list[0], nil
}

// CopiesPending names the accounts with messages whose copy is still to be filed.
func (s *Store) CopiesPending(ctx context.Context) ([]string, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT DISTINCT account FROM outgoing WHERE finished = 0 AND copy = 'pending'`)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return collect(rows, func() (name string, err error) { return name, rows.Scan(&name) })
}

// Attempted tells whether anything was ever given to a server, so that reports
// about it may come.
func (s *Store) Attempted(ctx context.Context) (yes bool, err error) {
	if err := s.own.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM attempt)`).Scan(&yes); err != nil {
		return false, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return yes, nil
}

// OutboxItem gives one message. The error is ErrNotFound where there is none.
func (s *Store) OutboxItem(ctx context.Context, id mail.OutboxID) (mail.Outgoing, error) {
	return s.outboxItem(ctx, s.own.read, id)
}

func (s *Store) outboxItem(ctx context.Context, q queryer, id mail.OutboxID) (mail.Outgoing, error) {
	n, ok := id.Number()
	if !ok {
		return mail.Outgoing{}, ErrNotFound
	}
	list, err := s.selectOutgoing(ctx, q, `id = ?`, n)
	if err != nil {
		return mail.Outgoing{}, err
	}
	if len(list) == 0 {
		return mail.Outgoing{}, ErrNotFound
	}
	return list[0], nil
}

// Content is what is sent and what is filed.
type Content struct {
	Wire     []byte
	Bcc      []byte
	EightBit bool
	UTF8     bool
}

// OutboxContent gives the bytes of a message.
func (s *Store) OutboxContent(ctx context.Context, id mail.OutboxID) (Content, error) {
	var c Content
	n, _ := id.Number()
	var packed []byte
	err := s.content.QueryRowContext(ctx, n).
		Scan(&packed, &c.Bcc, &c.EightBit, &c.UTF8)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("reading outbox item %s: %w", id, err)
	}
	c.Wire, err = s.unpack(packed)
	return c, err
}

// OutboxLog gives the journey of a message, oldest first.
func (s *Store) OutboxLog(ctx context.Context, id mail.OutboxID) ([]mail.LogEntry, error) {
	n, _ := id.Number()
	rows, err := s.own.read.QueryContext(ctx, `SELECT at, kind, text, detail FROM journey WHERE outgoing = ? ORDER BY id`, n)
	if err != nil {
		return nil, fmt.Errorf("reading the journey: %w", err)
	}
	return collect(rows, func() (e mail.LogEntry, err error) {
		var at int64
		err = rows.Scan(&at, &e.Kind, &e.Text, &e.Detail)
		e.At = fromMillis(at)
		return e, err
	})
}

// Attempts gives every try to hand a message over, oldest first.
func (s *Store) Attempts(ctx context.Context, id mail.OutboxID) ([]mail.Attempt, error) {
	n, _ := id.Number()
	rows, err := s.own.read.QueryContext(ctx, `SELECT n, started, ended, server, tls, committed, outcome, transcript FROM attempt WHERE outgoing = ? ORDER BY n`, n)
	if err != nil {
		return nil, fmt.Errorf("reading attempts: %w", err)
	}
	return collect(rows, func() (mail.Attempt, error) {
		var a mail.Attempt
		var started, ended int64
		var packed []byte
		if err := rows.Scan(&a.N, &started, &ended, &a.Server, &a.TLS, &a.Committed, &a.Outcome, &packed); err != nil {
			return a, err
		}
		a.Started, a.Ended = fromMillis(started), fromMillis(ended)
		raw, err := s.unpack(packed)
		if err != nil || raw == nil {
			return a, err
		}
		return a, json.Unmarshal(raw, &a.Transcript)
	})
}

// changeOutbox runs f on an item in one transaction, writes back what may have
// changed of the item, and tells.
func (s *Store) changeOutbox(ctx context.Context, what string, id mail.OutboxID, f func(t *txn, n int64, o *mail.Outgoing) error) error {
	err := s.writeOwn(ctx, what, func(t *txn) error { return t.change(id, f) })
	if state, ok := errors.AsType[*StateError](err); ok { // it names the message, and is what the user reads
		return state
	}
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return nil
}

// change is changeOutbox within a transaction.
func (t *txn) change(id mail.OutboxID, f func(t *txn, n int64, o *mail.Outgoing) error) error {
	n, ok := id.Number()
	if !ok {
		return ErrNotFound
	}
	o, err := t.s.outboxItem(t.ctx, t, id)
	if err != nil {
		return err
	}
	before := slices.Clone(o.Recipients)
	if err := f(t, n, &o); err != nil {
		return err
	}
	return t.saveOutgoing(n, o, before)
}

// saveOutgoing writes back an item, and of its recipients those that differ from
// before.
func (t *txn) saveOutgoing(n int64, o mail.Outgoing, before []mail.Recipient) error {
	for i, r := range o.Recipients {
		if i < len(before) && before[i] == r {
			continue
		}
		if err := t.exec(`UPDATE recipient SET state = ?, source = ?, code = ?, enhanced = ?, text = ?, settled = ? WHERE outgoing = ? AND n = ?`,
			r.State, r.Source, r.Code, r.Enhanced, r.Text, r.Settled, n, i); err != nil {
			return err
		}
	}
	now := t.s.now()
	state, _ := mail.Derive(o, now)
	switch over := state == mail.ItemDone || state == mail.ItemCancelled; {
	case !over:
		o.Finished = time.Time{}
	case o.Finished.IsZero():
		o.Finished = now
	}
	t.emit(event.OutboxChanged{ID: o.ID})
	return t.exec(`UPDATE outgoing SET planned = CASE WHEN next_attempt <> ? THEN ? ELSE planned END,
		not_before = ?, hold_reason = ?, next_attempt = ?, attempts = ?, blocked = ?, blocked_by = ?, cancelled = ?, sending = ?,
		copy = ?, queue_id = ?, last_text = ?, reports_open = ?, unsure_since = ?, reconciled = ?, finished = ?, release = ?, tried = ? WHERE id = ?`,
		millis(o.NextAttempt), now.UnixMilli(), millis(o.NotBefore), o.HoldReason, millis(o.NextAttempt), o.Attempts, o.Blocked, blockedBy(o), o.Cancelled, o.Sending,
		o.Copy, o.QueueID, o.LastText, o.ReportsOpen, millis(o.UnsureSince), o.Reconciled, millis(o.Finished), millis(o.Release), millis(o.Tried), n)
}

// blockedBy is kept only beside what it is the kind of.
func blockedBy(o mail.Outgoing) mail.BlockedBy {
	if o.Blocked == "" {
		return ""
	}
	return o.BlockedBy
}
