package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"postea/internal/event"
)

// SavedSearch is a search that is kept under a name.
type SavedSearch struct{ Name, Query string }

// SavedSearches lists the searches that are kept, in the order in which they were.
func (s *Store) SavedSearches(ctx context.Context) ([]SavedSearch, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT name, query FROM saved_search ORDER BY position, name`)
	if err != nil {
		return nil, fmt.Errorf("reading saved searches: %w", err)
	}
	return collect(rows, func() (x SavedSearch, err error) { return x, rows.Scan(&x.Name, &x.Query) })
}

// SaveSearch keeps a search under a name. In the place of another one that has it, that is a step
// of undo under label.
func (s *Store) SaveSearch(ctx context.Context, x SavedSearch, label string) error {
	var b searchBefore
	err := s.writeOwn(ctx, "saving a search", func(t *txn) error {
		b = searchBefore{After: x.Query}
		t.emit(event.SearchesChanged{})
		err := t.QueryRowContext(t.ctx, `SELECT name, query, position FROM saved_search WHERE name = ?`, x.Name).Scan(&b.Name, &b.Query, &b.Position)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return t.exec(`INSERT INTO saved_search (name, query, position) VALUES (?, ?, (SELECT coalesce(max(position), 0) + 1 FROM saved_search))
			ON CONFLICT (name) DO UPDATE SET name = excluded.name, query = excluded.query`, x.Name, x.Query)
	})
	if err != nil || b.Name == "" || b.Query == x.Query {
		return err
	}
	return s.writeMail(ctx, "saving a search", func(t *txn) error {
		return t.pushUndo(label, nil, undoMore{Searches: []searchBefore{b}})
	})
}

// searchBefore is a saved search that a step of undo has dropped, or has put another one in the place of.
type searchBefore struct {
	Name     string `json:"n"`
	Query    string `json:"q"`
	Position int64  `json:"p"`
	After    string `json:"a,omitempty"` // the search in its place
}

// ForgetSearch drops a saved search, as a step of undo under label. The error is
// ErrNotFound where there is none.
func (s *Store) ForgetSearch(ctx context.Context, name, label string) error {
	var b searchBefore
	err := s.writeOwn(ctx, "forgetting a search", func(t *txn) error {
		t.emit(event.SearchesChanged{})
		return t.QueryRowContext(t.ctx, `DELETE FROM saved_search WHERE name = ? RETURNING name, query, position`, name).Scan(&b.Name, &b.Query, &b.Position)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.writeMail(ctx, "forgetting a search", func(t *txn) error {
		return t.pushUndo(label, nil, undoMore{Searches: []searchBefore{b}})
	})
}

// SearchExistsError says that another search has the name by now.
type SearchExistsError struct{ Name string }

func (e *SearchExistsError) Error() string {
	return "there is another search called " + e.Name
}

// restoreSearches keeps searches again. It may be done twice. The error is a *SearchExistsError where
// another one has the name by now.
func (s *Store) restoreSearches(ctx context.Context, list []searchBefore) error {
	if len(list) == 0 {
		return nil
	}
	return s.writeOwn(ctx, "keeping a search again", func(t *txn) error {
		t.emit(event.SearchesChanged{})
		for _, b := range list {
			var query string
			err := t.QueryRowContext(t.ctx, `INSERT INTO saved_search (name, query, position) VALUES (?1, ?2, ?3)
				ON CONFLICT DO UPDATE SET name = iif(query = ?4, ?1, name), query = iif(query = ?4, ?2, query) RETURNING query`, b.Name, b.Query, b.Position, b.After).Scan(&query)
			if err == nil && query != b.Query {
				err = &SearchExistsError{b.Name}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// maxSearched is how many searches are remembered.
const maxSearched = 100

// Searched remembers a search as typed.
func (s *Store) Searched(ctx context.Context, query string) error {
	return s.writeOwn(ctx, "remembering a search", func(t *txn) error {
		if err := t.exec(`INSERT INTO searched (query, at) VALUES (?1, ?2) ON CONFLICT (query) DO UPDATE SET at = max(?2, at + 1)`, query, s.now().UnixMilli()); err != nil {
			return err
		}
		return t.exec(`DELETE FROM searched WHERE query NOT IN (SELECT query FROM searched ORDER BY at DESC LIMIT ?)`, maxSearched)
	})
}

// SearchHistory lists the searches that are remembered, newest last.
func (s *Store) SearchHistory(ctx context.Context) ([]string, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT query FROM searched ORDER BY at, query`)
	if err != nil {
		return nil, fmt.Errorf("reading the searches of before: %w", err)
	}
	return collect(rows, func() (q string, err error) { return q, rows.Scan(&q) })
}
