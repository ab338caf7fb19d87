package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// What is chosen by a search is acted on unseen: it is among what the list shows, row
// by row, and nothing is chosen where the search was mistyped.
func TestMatching(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	subject := map[mail.ID]string{}
	for i, s := range []string{"tea", "tea and cake", "cake", "bread"} {
		h := store.Header{UID: mail.UID(i + 1), MessageID: fmt.Sprint(i, "@x"), Subject: s, Date: a.now().Add(time.Duration(-i) * time.Hour)}
		if s == "cake" {
			h.References = []string{"0@x"} // of the conversation about tea
		}
		ids, err := a.store.AddHeaders(ctx, f.ID, []store.Header{h})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			subject[id] = s
		}
	}
	in := folderItem(f).Place
	matching := func(filter, text string) string {
		t.Helper()
		in := in
		in.Query = filter
		threads, err := a.Matching(ctx, in, text)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := a.selected(ctx, in, threads)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, id := range ids {
			out = append(out, subject[id])
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	for _, c := range []struct{ filter, text, want string }{
		{"", "bread", "bread"},
		{"", "subject:tea OR bread", "bread, cake, tea, tea and cake"},
		{"tea", "subject:and OR bread", "tea and cake"},
		{"tea OR bread", "bread", "bread"},
		{`"tea`, "and", "tea and cake"},
	} {
		if got := matching(c.filter, c.text); got != c.want {
			t.Errorf("of %q, %q selects %q, not %q", c.filter, c.text, got, c.want)
		}
	}
	for _, text := range []string{"subject:tea older:soon", "form:ada", "", "from:", `subject:""`} {
		in := in
		in.Query = "tea"
		var mistyped *QueryError
		if list, err := a.Matching(ctx, in, text); !errors.As(err, &mistyped) {
			t.Errorf("%q selects %v: %v", text, list, err)
		}
	}
	if err := a.SetView(ctx, in, View{Single: true}); err != nil {
		t.Fatal(err)
	}
	if got := matching("", "subject:tea"); got != "tea, tea and cake" {
		t.Errorf("among single messages %q are selected", got)
	}
}
