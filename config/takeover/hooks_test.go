package takeover

import (
	"fmt"
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

// So it may be with the server that is there from the beginning.
func TestMuttHooksOfTheFirstServer(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	got := readAs(t, Mutt, "muttrc", `set folder=imaps://imap.example.org
account-hook . 'unset imap_user; unset imap_pass'
account-hook imaps://ada@imap.example.org 'set imap_user=ada imap_pass="`+"`pass ada`"+`"'
account-hook imaps://bob@imap.example.org 'set imap_user=bob imap_pass="`+"`pass bob`"+`"'
folder-hook imaps://ada@imap.example.org 'set folder=imaps://ada@imap.example.org/ from=ada@example.org'
folder-hook imaps://bob@imap.example.org 'set folder=imaps://bob@imap.example.org/ from=bob@example.org'
`)
	want := ` |  <ada@example.org>
  imap imap.example.org:0 implicit as ada password:["pass" "ada"]
  not: sending
imap.example.org |  <bob@example.org>
  imap imap.example.org:0 implicit as bob password:["pass" "bob"]
  not: sending
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// The sign-in of one server stands in an account-hook of the file that a key reads;
// that of another is not for it.
func TestMuttHooksInTheFileOfAKey(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dir := t.TempDir()
	for name, text := range map[string]string{
		"muttrc": "source one\nmacro index <f2> '<enter-command>source one<enter>'\nmacro index <f3> '<enter-command>source two<enter>'\nmacro index <f4> '<enter-command>source three<enter>'\n",
		"one":    "set from=ada@one.example folder=imaps://ada@imap.one.example/\naccount-hook $folder 'set imap_user=ada imap_pass=first'\n",
		"two":    "set from=ada@two.example folder=imaps://ada@imap.two.example/\naccount-hook $folder 'set imap_user=ada imap_pass=second'\n",
		"three":  "set from=ada@three.example folder=imaps://ada@imap.three.example/\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Read(Mutt, filepath.Join(dir, "muttrc"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.Account.IMAP.Host+" "+f.Account.IMAP.Password.Value)
	}
	if got, want := strings.Join(got, ", "), "imap.one.example first, imap.two.example second, imap.three.example "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What finds addresses is of no account: it is told how it comes along.
func TestMuttAliasesAreTold(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dir := t.TempDir()
	rc, aliases := filepath.Join(dir, "muttrc"), filepath.Join(dir, "aliases")
	for path, text := range map[string]string{
		rc:      "set from=ada@example.org folder=imaps://ada@imap.example.org/\nset query_command=\"khard email --parsable '%s'\"\nsource aliases\n",
		aliases: "alias bob Bob <bob@example.org>\nalias eve eve@example.org; set realname=none\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Read(Mutt, rc)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	var notes strings.Builder
	for _, n := range found[0].Notes {
		notes.WriteString(n.What + ": " + n.Why + "\n")
	}
	for _, want := range []string{"aliases: they come into the address book by  postea contacts import " + aliases + "\n", "query_command: postea asks it too", `query = "khard email --parsable '%s'"`} {
		if strings.Count(notes.String(), want) != 1 {
			t.Errorf("no %q in\n%s", want, notes.String())
		}
	}
}

// What postea has in another place, or not at all, is told once.
func TestMuttWhatIsLeftIsTold(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	path := filepath.Join(t.TempDir(), "muttrc")
	if err := os.WriteFile(path, []byte(`set from=ada@example.org folder=imap://ada@mail.example.org/ smtp_url=smtp://mail.example.org:587 nossl_starttls
subscribe ^talk@lists\.example\.org$ dev@lists.example.org
lists help@lists.example.org
my_hdr Reply-To: ada@home.example
set crypt_autosign pgp_sign_as=0xABCD nocrypt_autoencrypt
`), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := Read(Mutt, path)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	var got []string
	for _, n := range found[0].Notes {
		got = append(got, n.What+": "+n.Why)
	}
	want := `answers to ada@home.example: postea has no fixed Reply-To
subscribe: postea takes whole addresses of lists, with this in the configuration:  [compose]  subscribed = ["talk@lists.example.org", "dev@lists.example.org"]
lists: postea takes whole addresses of lists, with this in the configuration:  [compose]  lists = ["help@lists.example.org"]
crypt_autosign: postea neither signs nor encrypts
no encryption to mail.example.org: postea asks the server for STARTTLS, and sends no password without`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAercAddressBookIsTold(t *testing.T) {
	dir := t.TempDir()
	accounts := filepath.Join(dir, "accounts.conf")
	for path, text := range map[string]string{
		accounts:                        "[one]\nsource = imaps://ada@one.example\nfrom = ada@one.example\n[two]\nsource = imaps://ada@two.example\nfrom = ada@two.example\naddress-book-cmd = abook --mutt-query \"%s\"\n",
		filepath.Join(dir, "aerc.conf"): "[general]\n[compose]\naddress-book-cmd = khard email --parsable %s\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Read(Aerc, accounts)
	if err != nil || len(found) != 2 {
		t.Fatal(found, err)
	}
	for i, want := range []string{`query = "khard email --parsable %s"`, `query = "abook --mutt-query \"%s\""`} {
		if s := fmt.Sprint(found[i].Notes); strings.Count(s, "query = ") != 1 || !strings.Contains(s, want) {
			t.Errorf("%d: %s", i, s)
		}
	}
}

// What stands above all accounts is for each that does not say it, and of several folders
// for copies the first is Sent.
func TestAercForAllAccounts(t *testing.T) {
	got := readAs(t, Aerc, "accounts.conf", `from = "Ada" <ada@example.org>
copy-to = Sent, Archive/Sent
signature-file = ~/.signature
[one]
source = imaps://ada@one.example
[two]
source = imaps://ada@two.example
from = ada@two.example
copy-to = Gesendet
`)
	if want := `one | Ada <ada@example.org>
  imap one.example:0 implicit as ada
  signature "" ~/.signature
  sent is Sent
  not: copies in Archive/Sent
  not: sending
two |  <ada@two.example>
  imap two.example:0 implicit as ada
  signature "" ~/.signature
  sent is Gesendet
  not: sending
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
