package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"postea/internal/mail"
)

// Contact is an address with how it was used.
type Contact struct {
	mail.Address
	Sent int // messages written to it
	Seen int // messages read from it
	Last time.Time
}

func (t *txn) useContact(address string, names []mail.Address, now time.Time) error {
	name := ""
	for _, a := range names {
		if a.Same(mail.Address{Address: address}) {
			name = a.Name
		}
	}
	return t.exec(`INSERT INTO contact (address, name, sent, last) VALUES (?, ?, 1, ?) ON CONFLICT (address) DO UPDATE SET
		sent = sent + 1, last = excluded.last, name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE name END`, address, name, now.Unix())
}

// SeenContact counts senders of messages that were read.
func (s *Store) SeenContact(ctx context.Context, list []mail.Address) error {
	return s.writeOwn(ctx, "storing contacts", func(t *txn) error {
		for _, a := range list {
			if mail.CheckAddrSpec(a.Address) != "" {
				continue
			}
			if err := t.exec(`INSERT INTO contact (address, name, seen, last) VALUES (?, ?, 1, ?) ON CONFLICT (address) DO UPDATE SET
				seen = seen + 1, last = max(last, excluded.last), name = CASE WHEN name = '' THEN excluded.name ELSE name END`,
				a.Address, a.Name, s.now().Unix()); err != nil {
				return err
			}
		}
		return nil
	})
}

// KnownSender tells whether anything else has come from the author of a
// message, in whatever folder, or has been written to that address.
func (s *Store) KnownSender(ctx context.Context, address string, except mail.ID) (bool, error) {
	address = strings.ToLower(address)
	var known bool
	err := s.own.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM contact WHERE address = ? AND sent > 0)`, address).Scan(&known)
	if err != nil || known {
		return known, err
	}
	// A message that is also in All mail is no second one.
	err = s.mail.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM msg WHERE lower(json_extract(sender, '$[0].address')) = ? AND id <> ?
		AND (message_id = '' OR message_id <> (SELECT message_id FROM msg WHERE id = ?)))`, address, except, except).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("asking for earlier mail: %w", err)
	}
	return known, nil
}

// Contacts lists addresses whose name or address contains every word of typed,
// those written to most and latest first.
func (s *Store) Contacts(ctx context.Context, typed string, limit int) ([]Contact, error) {
	where, args := []string{"1"}, []any{}
	for word := range strings.FieldsSeq(typed) {
		where = append(where, `(name LIKE ? ESCAPE '\' OR address LIKE ? ESCAPE '\')`)
		p := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
		args = append(args, p, p)
	}
	rows, err := s.own.read.QueryContext(ctx, `SELECT name, address, sent, seen, last FROM contact WHERE `+strings.Join(where, " AND ")+
		` ORDER BY sent > 0 DESC, sent * 3 + seen DESC, last DESC, address LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("listing contacts: %w", err)
	}
	return collect(rows, func() (c Contact, err error) {
		var last int64
		err = rows.Scan(&c.Name, &c.Address.Address, &c.Sent, &c.Seen, &last)
		c.Last = time.Unix(last, 0)
		return c, err
	})
}

// Learned gives what was learned about a server, or decided about a sender; ""
// where nothing was, or where it is older than maxAge.
func (s *Store) Learned(ctx context.Context, server, key string, maxAge time.Duration) (string, error) {
	var value string
	var at int64
	err := s.own.read.QueryRowContext(ctx, `SELECT value, at FROM learned WHERE server = ? AND key = ?`, server, key).Scan(&value, &at)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && s.now().Sub(time.Unix(at, 0)) > maxAge) {
		return "", nil
	}
	return value, err
}

// Learn stores what was learned about a server.
func (s *Store) Learn(ctx context.Context, server, key, value string) error {
	return s.writeOwn(ctx, "storing what was learned", func(t *txn) error {
		return t.exec(`INSERT INTO learned (server, key, value, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (server, key) DO UPDATE SET value = excluded.value, at = excluded.at`, server, key, value, s.now().Unix())
	})
}
