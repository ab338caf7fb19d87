package takeover

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readAs(t *testing.T, p Program, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := Read(p, path)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, f := range Join(found) {
		s.WriteString(summary(f))
	}
	return s.String()
}

// The sign-in of a server stands in its account-hook, the rest in the folder-hook.
func TestMuttHooksOfOneServer(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	got := readAs(t, Mutt, "muttrc", `set from=ada@example.org imap_user=ada folder=imaps://imap.example.org/ imap_pass=one
folder-hook imaps://imap\.club\.example/ 'set folder=imaps://imap.club.example/ from="Ada <ada@club.example>"'
account-hook imaps://imap\.club\.example/ 'set imap_user=ada.l imap_pass="`+"`gopass show club`"+`"'
`)
	want := ` |  <ada@example.org>
  imap imap.example.org:0 implicit as ada password="one"
  not: sending
imap.club.example | Ada <ada@club.example>
  imap imap.club.example:0 implicit as ada.l password:["gopass" "show" "club"]
  not: sending
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
