package app

import (
	"context"
	"strings"

	"postea/internal/reading"
	"postea/internal/store"
)

// SavedSearches lists the searches that are kept.
func (a *App) SavedSearches(ctx context.Context) ([]SavedSearch, error) {
	list, err := a.store.SavedSearches(ctx)
	out := make([]SavedSearch, len(list))
	for i, s := range list {
		out[i] = SavedSearch{Name: reading.Line(s.Name), Raw: s.Name, Query: s.Query}
	}
	return out, err
}

// SaveSearch keeps a search under a name, in the place of one that has it, which undo brings back.
func (a *App) SaveSearch(ctx context.Context, name, query string) error {
	name, query = strings.Join(strings.Fields(name), " "), strings.TrimSpace(query)
	switch {
	case name == "":
		return &UsageError{"A saved search needs a name"}
	case query == "":
		return &UsageError{"There is no search to save"}
	}
	return a.store.SaveSearch(ctx, store.SavedSearch{Name: name, Query: query}, "Saved another search as "+name)
}

// ForgetSearch drops a saved search. The error is ErrNotFound where there is none.
func (a *App) ForgetSearch(ctx context.Context, name string) (string, error) {
	label := "Forgot the search " + name
	return label, a.store.ForgetSearch(ctx, name, label)
}

// Searched remembers a search as typed, for its history.
func (a *App) Searched(ctx context.Context, query string) error {
	if query = strings.TrimSpace(query); query == "" {
		return nil
	}
	return a.store.Searched(ctx, query)
}

// SearchHistory lists the searches of before, newest last.
func (a *App) SearchHistory(ctx context.Context) ([]string, error) { return a.store.SearchHistory(ctx) }
