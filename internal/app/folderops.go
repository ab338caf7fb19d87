package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postea/internal/mail"
	"postea/internal/store"
)

// maxFolderName is the longest name of a folder, in bytes.
const maxFolderName = 500

// folderName checks a name as typed; levels are parted by "/". The first of them
// is INBOX in any case (RFC 9051 §5.1), which is there already.
func folderName(name string) (string, error) {
	if !utf8.ValidString(name) {
		return "", &UsageError{"The name of a folder must be text in UTF-8"}
	}
	levels := strings.Split(name, "/")
	for i, l := range levels {
		levels[i] = strings.Join(strings.Fields(l), " ")
		switch {
		case levels[i] == "":
			return "", &UsageError{"Each level of a folder needs a name"}
		case strings.ContainsFunc(l, unicode.IsControl):
			return "", &UsageError{"The name of a folder cannot hold control characters"}
		case strings.ContainsAny(l, "%*"):
			return "", &UsageError{"The name of a folder cannot hold * or %"} // wildcards, RFC 9051 §5.1
		}
	}
	if strings.EqualFold(levels[0], "INBOX") {
		if levels[0] = "INBOX"; len(levels) == 1 {
			return "", &UsageError{"Every account has its inbox already, and no other folder is called that, in any case"}
		}
	}
	name = strings.Join(levels, "/")
	if len(name) > maxFolderName {
		return "", &UsageError{"The name of the folder is too long"}
	}
	return name, nil
}

// MakeFolder makes a folder of an account; "a/b" is b in a.
func (a *App) MakeFolder(ctx context.Context, account, name string) (string, error) {
	name, err := folderName(name)
	if err != nil {
		return "", err
	}
	if acc, ok := a.cfg.Account(account); !ok || acc.IMAP.Host == "" {
		return "", &UsageError{fmt.Sprintf("The account %s has no folders", account)}
	}
	label := "Made the folder " + name
	_, err = a.store.MakeFolder(ctx, account, name, label)
	return label, err
}

// folderToChange gives a folder that may be renamed or deleted.
func (a *App) folderToChange(ctx context.Context, id mail.FolderID) (store.FolderState, error) {
	f, err := a.store.Folder(ctx, id)
	if err == nil && f.Role == mail.RoleInbox {
		err = &UsageError{"The inbox stays where it is"} // RFC 9051 §6.3.5, §6.3.6
	}
	if err == nil && f.Role == mail.RoleAll {
		err = &UsageError{"All mail stays where it is"} // it is no folder but all there is
	}
	return f, err
}

// RenameFolder gives a folder another name, with those in it.
func (a *App) RenameFolder(ctx context.Context, id mail.FolderID, name string) (string, error) {
	name, err := folderName(name)
	if err != nil {
		return "", err
	}
	f, err := a.folderToChange(ctx, id)
	switch {
	case err != nil:
		return "", err
	case f.Name == name:
		return "", &UsageError{"That is its name"}
	case strings.HasPrefix(name, f.Name+"/"):
		return "", &UsageError{"A folder cannot lie in itself"}
	}
	label := fmt.Sprintf("Renamed %s to %s", f.Name, name)
	return label, a.store.RenameFolder(ctx, id, name, label)
}

// FolderLoss is what the deletion of a folder would mean.
type FolderLoss struct {
	Name     Text
	Folders  int  // in it
	Own      int  // messages in it
	Messages int  // in it and those
	Stay     bool // the messages stay in All mail
}

// FolderLoss tells what the deletion of a folder would mean.
func (a *App) FolderLoss(ctx context.Context, id mail.FolderID) (FolderLoss, error) {
	f, err := a.folderToChange(ctx, id)
	if err != nil {
		return FolderLoss{}, err
	}
	all, err := a.store.Folders(ctx, f.Account)
	if err != nil {
		return FolderLoss{}, err
	}
	loss := FolderLoss{Name: folderItem(f).Label, Own: f.Total, Messages: f.Total}
	for _, o := range all {
		if strings.HasPrefix(o.Name, f.Name+"/") {
			loss.Folders++
			loss.Messages += o.Total
		}
	}
	loss.Stay, err = a.gmail(ctx, f.Account)
	return loss, err
}

// DeleteFolder deletes a folder with those in it. Its messages move to Trash; where
// a folder is a label, they stay in All mail.
func (a *App) DeleteFolder(ctx context.Context, id mail.FolderID) (string, error) {
	f, err := a.folderToChange(ctx, id)
	if err != nil {
		return "", err
	}
	gmail, err := a.gmail(ctx, f.Account)
	if err != nil {
		return "", err
	}
	to := mail.FolderID(0)
	if !gmail {
		trash, err := a.store.EnsureFolder(ctx, f.Account, mail.RoleTrash, a.folderName(f.Account, mail.RoleTrash))
		if err != nil {
			return "", err
		}
		if trash.ID == id || strings.HasPrefix(trash.Name, f.Name+"/") {
			return "", &UsageError{"Trash itself cannot be deleted; it can be emptied"}
		}
		to = trash.ID
	}
	label := "Deleted the folder " + f.Name
	return label, a.store.DeleteFolder(ctx, id, to, label)
}

// Subscribe says whether other mail programs should show a folder.
func (a *App) Subscribe(ctx context.Context, id mail.FolderID, on bool) (string, error) {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return "", err
	}
	label := "Other programs show " + f.Name
	if !on {
		label = "Other programs hide " + f.Name
	}
	return label, a.store.SubscribeFolder(ctx, id, on, label)
}

// EmptyFolder deletes everything in Trash or Junk for good, which no undo brings
// back.
func (a *App) EmptyFolder(ctx context.Context, id mail.FolderID) (string, error) {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return "", err
	}
	if !thrownAway(f.Role) {
		return "", &UsageError{"Only Trash and Junk can be emptied"}
	}
	ids, err := a.store.AllIn(ctx, []mail.FolderID{id})
	if err != nil {
		return "", err
	}
	n, err := a.store.Apply(ctx, ids, store.Change{Erase: true})
	return fmt.Sprintf("Emptied %s: %s deleted for good", roleLabel(f.Role), messages(n)), err
}

// View is how the user wants to see a folder. The zero value is as usual.
type View struct {
	Favourite bool
	Sort      Sort
	Single    bool   // messages instead of conversations
	Rows      string // comfortable, compact; "" as elsewhere
	Notify    string // on, off; "" as configured
}

// SetView stores how the user wants to see a folder.
func (a *App) SetView(ctx context.Context, p Place, v View) error {
	if p.Kind != PlaceFolder {
		return &UsageError{"Only a folder keeps how it is shown"}
	}
	key, err := a.viewKeyOf(ctx, p)
	if err != nil {
		return err
	}
	views, err := a.views(ctx)
	if err != nil {
		return err
	}
	return a.store.SetViews(ctx, store.FolderView{Account: key.account, Name: key.name, Position: views[key].Position,
		Favourite: v.Favourite, Sort: string(v.Sort), Single: v.Single, Rows: v.Rows, Notify: v.Notify})
}

type viewKey struct{ account, name string }

// viewKeyOf is the key of a folder that is shown: it may have been renamed since it was opened.
func (a *App) viewKeyOf(ctx context.Context, p Place) (viewKey, error) {
	f, err := a.store.Folder(ctx, p.Folder)
	if errors.Is(err, ErrNotFound) { // as of Drafts, where all are kept only here
		return viewKey{p.Account, p.Name}, nil
	}
	return viewKey{f.Account, f.Name}, err
}

func (a *App) views(ctx context.Context) (map[viewKey]store.FolderView, error) {
	list, err := a.store.Views(ctx)
	out := make(map[viewKey]store.FolderView, len(list))
	for _, v := range list {
		out[viewKey{v.Account, v.Name}] = v
	}
	return out, err
}

func viewOf(v store.FolderView) View {
	return View{v.Favourite, Sort(v.Sort), v.Single, v.Rows, v.Notify}
}

// MoveInSidebar moves a folder up (negative) or down among those of its account
// that have no role.
func (a *App) MoveInSidebar(ctx context.Context, id mail.FolderID, by int) error {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return err
	}
	if f.Role != mail.RoleNone {
		return &UsageError{"Folders with a role stand in their own order"}
	}
	views, err := a.views(ctx)
	if err != nil {
		return err
	}
	all, err := a.store.Folders(ctx, f.Account)
	if err != nil {
		return err
	}
	sortFolders(all, views)
	parent := strings.TrimSuffix(f.Name, f.Leaf())
	// Only those beside it are its neighbours.
	beside := slices.DeleteFunc(all, func(o store.FolderState) bool {
		return o.Role != mail.RoleNone || strings.TrimSuffix(o.Name, o.Leaf()) != parent
	})
	at := slices.IndexFunc(beside, func(o store.FolderState) bool { return o.ID == id })
	to := min(max(at+by, 0), len(beside)-1)
	if at < 0 || to == at {
		return nil
	}
	moved := beside[at]
	beside = slices.Insert(slices.Delete(beside, at, at+1), to, moved)
	var list []store.FolderView
	for i, o := range beside {
		v := views[viewKey{o.Account, o.Name}]
		v.Account, v.Name, v.Position = o.Account, o.Name, i+1
		list = append(list, v)
	}
	return a.store.SetViews(ctx, list...)
}

// sortFolders orders the folders of an account as the sidebar shows them: by
// role, then level by level as the user has put them, else by name.
func sortFolders(list []store.FolderState, views map[viewKey]store.FolderView) {
	position := func(f store.FolderState, levels int) int {
		name := strings.Join(strings.SplitN(f.Name, "/", levels+1)[:levels], "/")
		if p := views[viewKey{f.Account, name}].Position; p > 0 {
			return p
		}
		return 1 << 30
	}
	slices.SortStableFunc(list, func(x, y store.FolderState) int {
		if c := roleRank(x.Role) - roleRank(y.Role); c != 0 {
			return c
		}
		xs, ys := strings.Split(x.Name, "/"), strings.Split(y.Name, "/")
		for i := range min(len(xs), len(ys)) {
			if xs[i] == ys[i] {
				continue
			}
			if c := position(x, i+1) - position(y, i+1); c != 0 {
				return c
			}
			if c := strings.Compare(strings.ToLower(xs[i]), strings.ToLower(ys[i])); c != 0 {
				return c
			}
			return strings.Compare(xs[i], ys[i])
		}
		return len(xs) - len(ys)
	})
}
