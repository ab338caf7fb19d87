package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// Contact is an address with how it was used.
type Contact struct {
	mail.Address
	Sent int // messages written to it
	Seen int // messages read from it
	Last time.Time
	Kept bool // put here by the user
}

func (t *txn) useContact(address string, names []mail.Address, now time.Time) error {
	name := ""
	for _, a := range names {
		if a.Same(mail.Address{Address: address}) {
			name = a.Name
		}
	}
	return t.exec(`INSERT INTO contact (address, name, sent, last) VALUES (?, ?, 1, ?) ON CONFLICT (address) DO UPDATE SET
		sent = sent + 1, last = excluded.last, hidden = 0, name = CASE WHEN excluded.name <> '' AND kept = 0 THEN excluded.name ELSE name END`, address, name, now.Unix())
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
	err = s.mail.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM msg WHERE sender_hash = ? AND id <> ?
		AND (message_id = '' OR message_id <> (SELECT message_id FROM msg WHERE id = ?)))`, hashOf(address), except, except).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("asking for earlier mail: %w", err)
	}
	return known, nil
}

// Contacts lists every address that was used or kept, but for those that were
// removed, in no order.
func (s *Store) Contacts(ctx context.Context) ([]Contact, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT name, address, sent, seen, last, kept FROM contact WHERE hidden = 0`)
	if err != nil {
		return nil, fmt.Errorf("listing contacts: %w", err)
	}
	return collect(rows, func() (c Contact, err error) {
		var last int64
		err = rows.Scan(&c.Name, &c.Address.Address, &c.Sent, &c.Seen, &last, &c.Kept)
		c.Last = fromSeconds(last)
		return c, err
	})
}

// WrittenTo lists those written to, most first.
func (s *Store) WrittenTo(ctx context.Context, limit int) ([]mail.Address, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT name, address FROM contact WHERE sent > 0 ORDER BY sent DESC, last DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("listing contacts: %w", err)
	}
	return collect(rows, func() (a mail.Address, err error) { return a, rows.Scan(&a.Name, &a.Address) })
}

// maxSent is how many messages of the Sent folders tell who is written to.
const maxSent = 20_000

// SentTo counts to whom the newest messages in the Sent folders went, also those
// that other programs have sent.
func (s *Store) SentTo(ctx context.Context) ([]Contact, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT max(json_extract(j.value, '$.name')), min(json_extract(j.value, '$.address')), count(*), max(m.date)
		FROM (SELECT rcpt, cc, date FROM msg WHERE folder IN (SELECT id FROM folder WHERE role = ?1) ORDER BY doc DESC LIMIT ?2) m,
			json_each(m.rcpt) j GROUP BY lower(json_extract(j.value, '$.address'))`, mail.RoleSent, maxSent)
	if err != nil {
		return nil, fmt.Errorf("counting what was sent: %w", err)
	}
	list, err := collect(rows, func() (c Contact, err error) {
		var name, address sql.NullString
		var last int64
		err = rows.Scan(&name, &address, &c.Sent, &last)
		c.Name, c.Address.Address, c.Last = name.String, address.String, fromSeconds(last)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(c Contact) bool { return mail.CheckAddrSpec(c.Address.Address) != "" }), nil
}

// HiddenContacts is the addresses, in lower case, that were removed.
func (s *Store) HiddenContacts(ctx context.Context) (map[string]bool, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT address FROM contact WHERE hidden = 1`)
	if err != nil {
		return nil, fmt.Errorf("listing contacts: %w", err)
	}
	out := map[string]bool{}
	list, err := collect(rows, func() (a string, err error) { return a, rows.Scan(&a) })
	for _, a := range list {
		out[strings.ToLower(a)] = true
	}
	return out, err
}

// KeepContacts puts addresses into the address book; a name that is given
// replaces the one there.
func (s *Store) KeepContacts(ctx context.Context, list []mail.Address) error {
	return s.writeOwn(ctx, "keeping contacts", func(t *txn) error {
		t.emit(event.ContactsChanged{})
		for _, a := range list {
			if err := t.exec(`INSERT INTO contact (address, name, kept) VALUES (?, ?, 1) ON CONFLICT (address) DO UPDATE SET
				kept = 1, hidden = 0, name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE name END`, a.Address, a.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemovedContacts is what was taken out of the address book, for RestoreContacts.
type RemovedContacts struct {
	Addresses []string
	Kept      []string       // those of them that the user had put there
	Groups    []ContactGroup // with the members that were taken out
}

// RemoveContacts takes addresses out of the address book and out of its groups;
// they are not offered until they are kept or written to again.
func (s *Store) RemoveContacts(ctx context.Context, addresses []string) (RemovedContacts, error) {
	r := RemovedContacts{Addresses: addresses}
	groups, err := s.ContactGroups(ctx)
	if err != nil {
		return r, err
	}
	return r, s.writeOwn(ctx, "removing contacts", func(t *txn) error {
		t.emit(event.ContactsChanged{})
		for _, a := range addresses {
			n, err := t.changed(`UPDATE contact SET kept = 0 WHERE address = ? AND kept = 1`, a)
			if err != nil {
				return err
			}
			if n > 0 {
				r.Kept = append(r.Kept, a)
			}
			if err := t.exec(`INSERT INTO contact (address, hidden) VALUES (?, 1) ON CONFLICT (address) DO UPDATE SET hidden = 1`, a); err != nil {
				return err
			}
		}
		for _, g := range groups {
			gone := ContactGroup{Name: g.Name}
			g.Members = slices.DeleteFunc(g.Members, func(m mail.Address) bool {
				goes := slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(a, m.Address) })
				if goes {
					gone.Members = append(gone.Members, m)
				}
				return goes
			})
			if len(gone.Members) == 0 {
				continue
			}
			r.Groups = append(r.Groups, gone)
			if _, err := t.saveGroup(g); err != nil {
				return err
			}
		}
		return nil
	})
}

// RestoreContacts puts back what was removed, as it was: also into the groups.
func (s *Store) RestoreContacts(ctx context.Context, r RemovedContacts) error {
	groups, err := s.ContactGroups(ctx)
	if err != nil {
		return err
	}
	return s.writeOwn(ctx, "putting contacts back", func(t *txn) error {
		t.emit(event.ContactsChanged{})
		for _, a := range r.Addresses {
			if err := t.exec(`UPDATE contact SET hidden = 0, kept = max(kept, ?) WHERE address = ?`, slices.Contains(r.Kept, a), a); err != nil {
				return err
			}
			if err := t.exec(`DELETE FROM contact WHERE address = ? AND kept + sent + seen = 0`, a); err != nil { // only a file has it
				return err
			}
		}
		for _, gone := range r.Groups {
			g := groupNamed(groups, gone.Name)
			g.join(gone.Members)
			if _, err := t.saveGroup(g); err != nil {
				return err
			}
		}
		return nil
	})
}

// ContactGroup is a name for several addresses.
type ContactGroup struct {
	Name    string
	Members []mail.Address
}

// ContactGroups lists the groups by name.
func (s *Store) ContactGroups(ctx context.Context) ([]ContactGroup, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT name, members FROM contact_group ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("listing groups: %w", err)
	}
	return collect(rows, func() (g ContactGroup, err error) {
		var members string
		if err = rows.Scan(&g.Name, &members); err == nil {
			err = json.Unmarshal([]byte(members), &g.Members)
		}
		return g, err
	})
}

// groupNamed is the group of a name, which may be new.
func groupNamed(list []ContactGroup, name string) ContactGroup {
	for _, g := range list {
		if strings.EqualFold(g.Name, name) {
			return g
		}
	}
	return ContactGroup{Name: name}
}

func (g *ContactGroup) join(members []mail.Address) {
	for _, m := range members {
		if !slices.ContainsFunc(g.Members, m.Same) {
			g.Members = append(g.Members, m)
		}
	}
}

// JoinContactGroup adds members to a group, which is made where there is none.
func (s *Store) JoinContactGroup(ctx context.Context, name string, members []mail.Address) error {
	all, err := s.ContactGroups(ctx)
	if err != nil {
		return err
	}
	g := groupNamed(all, name)
	g.join(members)
	_, err = s.SaveContactGroup(ctx, g)
	return err
}

// SaveContactGroup stores a group in the place of one of that name; one without
// members goes. It tells whether there was one.
func (s *Store) SaveContactGroup(ctx context.Context, g ContactGroup) (was bool, err error) {
	err = s.writeOwn(ctx, "storing the group", func(t *txn) error {
		t.emit(event.ContactsChanged{})
		was, err = t.saveGroup(g)
		return err
	})
	return was, err
}

func (t *txn) saveGroup(g ContactGroup) (was bool, err error) {
	n, err := t.changed(`DELETE FROM contact_group WHERE name = ?`, g.Name)
	if err != nil || len(g.Members) == 0 {
		return n > 0, err
	}
	members, err := json.Marshal(g.Members)
	if err != nil {
		return false, err
	}
	return n > 0, t.exec(`INSERT INTO contact_group (name, members) VALUES (?, ?)`, g.Name, string(members))
}

func fromSeconds(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
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
