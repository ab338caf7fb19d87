package store

import (
	"context"
	"fmt"
	"strings"

	"postea/internal/event"
)

// FolderView is how the user wants to see a folder; the zero value is as usual.
type FolderView struct {
	Account, Name string
	Favourite     bool
	Position      int    // in the sidebar, from 1; 0: by its name
	Sort          string // see ListQuery.Sort
	Single        bool   // messages instead of conversations
	Rows          string // comfortable, compact; "" as elsewhere
	Notify        string // on, off; "" as configured
}

// Views lists the wishes for all folders.
func (s *Store) Views(ctx context.Context) ([]FolderView, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT account, name, favourite, position, sort, single, rows, notify FROM folder_view`)
	if err != nil {
		return nil, fmt.Errorf("reading the views of folders: %w", err)
	}
	return collect(rows, func() (v FolderView, err error) {
		return v, rows.Scan(&v.Account, &v.Name, &v.Favourite, &v.Position, &v.Sort, &v.Single, &v.Rows, &v.Notify)
	})
}

// SetViews stores the wishes for folders.
func (s *Store) SetViews(ctx context.Context, list ...FolderView) error {
	return s.writeOwn(ctx, "storing how a folder is shown", func(t *txn) error {
		t.emit(event.SearchesChanged{}, event.FoldersChanged{})
		for _, v := range list {
			if err := t.exec(`INSERT OR REPLACE INTO folder_view (account, name, favourite, position, sort, single, rows, notify) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				v.Account, v.Name, v.Favourite, v.Position, v.Sort, v.Single, v.Rows, v.Notify); err != nil {
				return err
			}
		}
		return nil
	})
}

// copyViews gives folders' new names the wishes for the old ones, with those below
// them: names of before by those of now. The old ones stay, for undo.
func (s *Store) copyViews(ctx context.Context, account string, was map[string]string) error {
	if len(was) == 0 {
		return nil
	}
	views, err := s.Views(ctx)
	if err != nil {
		return err
	}
	var list []FolderView
	for _, v := range views {
		for now, old := range was {
			if rest, below := strings.CutPrefix(v.Name, old); v.Account == account && below && (rest == "" || rest[0] == '/') {
				renamed := v
				renamed.Name = now + rest
				list = append(list, renamed)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return s.SetViews(ctx, list...)
}
