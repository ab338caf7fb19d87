package palette

import (
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// Folders of one name below different ones can be told apart.
func TestFoldersOfOneName(t *testing.T) {
	folder := func(id mail.FolderID, name string) app.FolderItem {
		leaf := name[strings.LastIndex(name, "/")+1:]
		return app.FolderItem{Place: app.Place{Kind: app.PlaceFolder, Folder: id, Name: name}, Label: reading.Line(leaf), Depth: strings.Count(name, "/"), Selectable: true}
	}
	account := app.AccountItem{Name: "work", Label: reading.Line("ada@work.example"), Folders: []app.FolderItem{folder(1, "Bills"), folder(2, "Acme/Bills"), folder(3, "Boole/Bills")}}
	var got []string
	for _, item := range folders(Options{Sidebar: app.Sidebar{Accounts: []app.AccountItem{account}}}) {
		got = append(got, item.Label+" | "+item.Detail)
	}
	want := "Go to Bills | ada@work.example\nGo to Bills | ada@work.example  Acme/Bills\nGo to Bills | ada@work.example  Boole/Bills"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("the palette offers\n%s", text)
	}
}
