package palette

import (
	"strings"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

// Options are what the palette offers.
type Options struct {
	Keys    *keys.Map
	Scope   keys.Scope
	Enter   string                   // how the enter key is shown
	Sidebar app.Sidebar              // folders and accounts
	Account string                   // the account that the actions for going mean
	Why     func(keys.Action) string // why an action cannot be done now; nil: all can
}

// New makes the menu.
func New(o Options) nav.Menu {
	menu := nav.Menu{Hint: "run"}
	var motions []nav.Item
	for _, e := range o.Keys.In(o.Scope) {
		if skip(e, o.Sidebar) {
			continue
		}
		item := nav.Item{Label: e.Title, Detail: e.Help, Also: also(e.ID), Msg: nav.Run{Action: e.ID}}
		if n := keys.AccountNumber(e.ID); n > 0 {
			item.Label, item.Detail = "Account "+o.Sidebar.Accounts[n-1].Label.String(), "its inbox"
		}
		if o.Why != nil {
			if why := o.Why(e.ID); why != "" {
				item.Detail = why
			}
		}
		var shown []string
		for _, k := range e.Keys {
			shown = append(shown, keys.Shown(k, o.Enter))
		}
		item.Key = strings.Join(shown, "  ")
		if motion(e.ID) {
			motions = append(motions, item)
		} else {
			menu.Items = append(menu.Items, item)
		}
	}
	if o.Scope&keys.InText == 0 {
		for _, it := range searches(o.Sidebar) {
			it.Label = "Go to " + it.Label
			menu.Items = append(menu.Items, it)
		}
		menu.Items = append(menu.Items, folders(o)...)
	}
	menu.Items = append(menu.Items, motions...)
	return menu
}

// motion tells of actions that nobody looks for by name; they come last.
func motion(a keys.Action) bool {
	switch a {
	case keys.Top, keys.Bottom, keys.HalfDown, keys.HalfUp, keys.PageDown, keys.PageUp, keys.ReadOn,
		keys.NextPane, keys.PrevPane, keys.Back, keys.Leave:
		return true
	}
	return false
}

// searches are the places that are no folders: what has a star, and the searches
// that are kept.
func searches(s app.Sidebar) []nav.Item {
	items := []nav.Item{{Label: "Starred", Detail: "in all folders", Msg: nav.OpenPlace{Place: app.Place{Kind: app.PlaceStarred}}}}
	for _, one := range s.Searches {
		items = append(items, nav.Item{
			Label: one.Name.String(), Detail: nav.Line(one.Query), Msg: nav.OpenPlace{Place: app.Place{Kind: app.PlaceEverywhere, Query: one.Query}},
		})
	}
	return items
}

// folders are the folders that no action goes to.
func folders(o Options) []nav.Item {
	var items []nav.Item
	for _, a := range o.Sidebar.Accounts {
		for _, f := range a.Folders {
			if f.Selectable && !(a.Name == o.Account && hasAction(f.Place.Role)) {
				items = append(items, nav.Item{
					Label: "Go to " + f.Label.String(), Detail: inAccount(a, f), Msg: nav.OpenPlace{Place: f.Place},
				})
			}
		}
	}
	return items
}

// hasAction tells of folders of the account shown that an action goes to.
func hasAction(r mail.Role) bool {
	switch r {
	case mail.RoleInbox, mail.RoleDrafts, mail.RoleSent, mail.RoleArchive, mail.RoleTrash:
		return true
	}
	return false
}

// skip leaves out what makes no sense to run from a menu, and accounts that
// there are not.
func skip(e keys.Entry, s app.Sidebar) bool {
	switch e.ID {
	case keys.Down, keys.Up, keys.Palette, keys.NextField, keys.PrevField:
		return true
	}
	return keys.AccountNumber(e.ID) > len(s.Accounts)
}

// shared are the folders that every account has, or gets with the first message
// that goes there.
var shared = []struct {
	role  mail.Role
	label string
}{{mail.RoleArchive, "Archive"}, {mail.RoleTrash, "Trash"}, {mail.RoleJunk, "Junk"}, {mail.RoleInbox, "Inbox"}}

// Folders makes the menu of an account's folders to put messages into, or of
// all that the sidebar lists to go to.
func Folders(s app.Sidebar, pick nav.PickFolder) nav.Menu {
	menu := nav.Menu{Title: pick.Title, Hint: pick.Hint}
	if pick.Several && len(s.Accounts) > 1 {
		for _, f := range shared {
			item := app.FolderItem{Place: app.Place{Kind: app.PlaceFolder, Role: f.role}}
			menu.Items = append(menu.Items, nav.Item{Label: f.label, Detail: "each to that of its account", Msg: pick.Then(item)})
		}
		return menu
	}
	for _, a := range s.Accounts {
		if pick.Account != "" && a.Name != pick.Account {
			continue
		}
		for _, f := range a.Folders {
			if f.Place.Folder == 0 && pick.Account != "" { // only drafts that are kept here
				continue
			}
			if f.Selectable && (f.Place.Folder != pick.Except || pick.Except == 0) {
				d := detail(f)
				if pick.Account == "" && len(s.Accounts) > 1 {
					d = inAccount(a, f)
				}
				menu.Items = append(menu.Items, nav.Item{Label: f.Label.String(), Detail: d, Msg: pick.Then(f)})
			}
		}
	}
	if pick.Account == "" {
		menu.Items = append(menu.Items, searches(s)...)
	}
	return menu
}

// detail is the whole name where the label is only its end.
func detail(f app.FolderItem) string {
	if f.Depth == 0 {
		return ""
	}
	return nav.Line(f.Place.Name)
}

// inAccount is detail behind the account's name.
func inAccount(a app.AccountItem, f app.FolderItem) string {
	return strings.TrimSpace(a.Label.String() + "  " + detail(f))
}
