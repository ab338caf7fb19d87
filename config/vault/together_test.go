package vault

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The test binary is also a process that changes secrets.
func TestMain(m *testing.M) {
	path, name, ok := strings.Cut(os.Getenv("VAULT_TEST_SET"), "|")
	if !ok {
		os.Exit(m.Run())
	}
	v := New(path)
	err := v.Unlock("together")
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until all are
	for i := range 2 {
		if err == nil {
			err = v.Set(fmt.Sprintf("%s/%d", name, i), name)
		}
	}
	if err == nil {
		err = v.Delete("old/" + name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Processes that change the file in the same instant keep what the others did.
func TestProcessesAtOnce(t *testing.T) {
	const processes = 4
	path := filepath.Join(t.TempDir(), "secrets.age")
	v := New(path)
	if err := v.Unlock("together"); err != nil {
		t.Fatal(err)
	}
	for i := range processes {
		if err := v.Set(fmt.Sprintf("old/p%d", i), "x"); err != nil {
			t.Fatal(err)
		}
	}
	gate, open, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close()
	cmds := make([]*exec.Cmd, processes)
	errs := make([]bytes.Buffer, processes)
	for i := range cmds {
		cmds[i] = exec.Command(os.Args[0])
		cmds[i].Env = append(os.Environ(), fmt.Sprintf("VAULT_TEST_SET=%s|p%d", path, i))
		cmds[i].Stdin, cmds[i].Stderr = gate, &errs[i]
		out, err := cmds[i].StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
	}
	open.Close()
	for i, c := range cmds {
		if err := c.Wait(); err != nil {
			t.Errorf("process %d: %v %s", i, err, errs[i].String())
		}
	}
	for i := range processes {
		for k := range 2 {
			if s, err := v.Get(fmt.Sprintf("p%d/%d", i, k)); err != nil || s != fmt.Sprintf("p%d", i) {
				t.Errorf("what process %d kept: %q %v", i, s, err)
			}
		}
		if _, err := v.Get(fmt.Sprintf("old/p%d", i)); !errors.Is(err, ErrMissing) {
			t.Errorf("what process %d deleted is back: %v", i, err)
		}
	}
}

// Two that both begin the file cannot each have a passphrase of their own.
func TestTwoPassphrases(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	first, second := New(path), New(path)
	if err := errors.Join(first.Unlock("one"), second.Unlock("two"), first.Set("a", "1")); err != nil {
		t.Fatal(err)
	}
	if err := second.Set("b", "2"); !errors.Is(err, ErrPassphrase) {
		t.Fatalf("the second: %v", err)
	}
	if s, err := first.Get("a"); err != nil || s != "1" {
		t.Fatalf("%q %v", s, err)
	}
}
