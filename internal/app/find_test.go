package app

import (
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// A search in the folder of all mail finds by its text also what is kept with a copy
// elsewhere, and nothing that was thrown away.
func TestFindInAllMail(t *testing.T) {
	a, ctx := writer(t), t.Context()
	var all mail.FolderID
	for role, subject := range map[mail.Role]string{mail.RoleAll: "kept", mail.RoleInbox: "kept", mail.RoleTrash: "thrown away"} {
		f, err := a.store.EnsureFolder(ctx, "a", role, string(role))
		if err != nil {
			t.Fatal(err)
		}
		ids, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: subject + "@x", Subject: subject, Date: a.now()}})
		if err != nil {
			t.Fatal(err)
		}
		if role == mail.RoleAll {
			all = f.ID
			continue
		}
		if err := a.store.PutBodies(ctx, []store.BodyItem{{ID: ids[0], Raw: []byte("\r\nquagga"), BodyInfo: store.BodyInfo{Text: "quagga"}}}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := a.List(ctx, Place{Kind: PlaceFolder, Folder: all, Query: "quagga"}, Window{Limit: 10})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Subject.String() != "kept" {
		t.Errorf("%+v, %v", page.Rows, err)
	}
}
