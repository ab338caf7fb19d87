package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postea/internal/mail"
	"postea/internal/mailfile"
)

// ExportOptions say what is exported.
type ExportOptions struct {
	Account, Folder string
	Search          string // what is found by it, in Folder or, where that is "", anywhere
	Format          mailfile.Format
	Fetch           bool // ask the server for what is not here
	Progress        func(done, total int)
	Problem         func(error) // of one message, which is left out
}

// noLimit is a limit of lists that is none.
const noLimit = 1 << 30

// ExportMail writes the messages of a folder or a search into a new file or directory, oldest
// first, with their flags and dates. It returns how many were written. A message
// that is not here is a problem, unless it may be fetched.
func (a *App) ExportMail(ctx context.Context, path string, o ExportOptions) (int, error) {
	list, err := a.toExport(ctx, o)
	if err != nil {
		return 0, err
	}
	w, err := mailfile.Create(path, o.Format)
	if err != nil {
		return 0, &CreateError{err}
	}
	written, asked, fetch := 0, len(list), o.Fetch
	for i := len(list) - 1; i >= 0 && err == nil; i-- {
		if err = ctx.Err(); err != nil {
			break
		}
		raw, missing := a.Raw(ctx, list[i].ID)
		if errors.Is(missing, ErrNotHere) && fetch {
			if i < asked {
				asked = max(0, i+1-fetchedTogether)
				if err = a.wantAll(ctx, list[asked:i+1]); err != nil {
					break
				}
			}
			if missing = a.Fetch(ctx, list[i].ID); missing == nil {
				raw, missing = a.Raw(ctx, list[i].ID)
			} else if errors.Is(missing, ErrNotHere) {
				// Nothing comes from the server: for each of the others it would be waited anew.
				fetch, missing = false, errors.New(missing.Error())
			}
		}
		if missing != nil {
			if o.Problem != nil {
				o.Problem(fmt.Errorf("message %s: %w", list[i].ID, missing))
			}
			continue
		}
		if err = w.Add(mailfile.Message{Raw: raw, Flags: list[i].Flags, Date: list[i].Date}); err != nil {
			err = &CreateError{err}
			break
		}
		written++
		if o.Progress != nil {
			o.Progress(written, len(list))
		}
	}
	if cerr := w.Close(); err == nil && cerr != nil {
		err = &CreateError{cerr}
	}
	if err != nil {
		return written, fmt.Errorf("writing %s: %w", path, err)
	}
	return written, nil
}

// toExport lists what is exported, newest first.
func (a *App) toExport(ctx context.Context, o ExportOptions) ([]mail.Summary, error) {
	if o.Search == "" {
		return a.Messages(ctx, o.Account, o.Folder, noLimit)
	}
	if o.Folder == "" {
		return a.SearchMessages(ctx, o.Search, o.Account, noLimit)
	}
	list, err := a.searchCopies(ctx, o.Search, o.Account, noLimit)
	if err != nil {
		return nil, err
	}
	in, err := a.FindFolders(ctx, o.Account, o.Folder)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(m mail.Summary) bool { return !slices.Contains(in, m.Folder) }), nil
}

// fetchedTogether is how many messages are asked for at once, so that one
// connection brings them where no process holds one.
const fetchedTogether = 200

// wantAll asks for those messages of a list that are not here; Fetch waits for them.
func (a *App) wantAll(ctx context.Context, list []mail.Summary) error {
	for _, m := range list {
		if err := a.store.WantPart(ctx, m.ID, mail.WholePart); err != nil {
			return fmt.Errorf("asking for messages: %w", err)
		}
	}
	return nil
}
