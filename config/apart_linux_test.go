package config

import (
	"testing"
)

// While an interface has the terminal, a password command that asks there would read
// its keys and draw over it.
func TestCommandWithoutATerminal(t *testing.T) {
	t.Setenv("GPG_TTY", "/dev/pts/7")
	c, err := Parse("test", []byte(`[[account]]
name = "a"
address = "a@x.example"
[account.imap]
host = "h.example"
password = { command = ["sh", "-c", "set -- $(cat /proc/self/stat); if [ $6 = $$ ]; then echo apart$GPG_TTY; else echo here$GPG_TTY; fi"] }
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"here/dev/pts/7", "apart"} {
		if got, err := c.Accounts[0].IMAP.Password.Resolve(t.Context(), Key{"a", "imap"}); err != nil || got != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
		c.TakeTerminal()
	}
}
