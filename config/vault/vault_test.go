package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestVault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir", "secrets.age")
	v := New(path)
	if v.Exists() || !v.Locked() {
		t.Fatal("there is something in an empty directory")
	}
	if _, err := v.Get("a"); !errors.Is(err, ErrLocked) {
		t.Fatalf("before Unlock: %v", err)
	}
	if err := v.Set("a", "x"); !errors.Is(err, ErrLocked) {
		t.Fatalf("before Unlock: %v", err)
	}
	if err := v.Unlock("correct horse"); err != nil {
		t.Fatal(err)
	}
	const canary = "hunter2-canary"
	if err := v.Set("work/imap", canary); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte(canary)) || bytes.Contains(data, []byte("work")) {
		t.Fatalf("%v, or it is readable", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Fatalf("others can read it: %v %v", info.Mode(), err)
	}

	other := New(path)
	if err := other.Unlock("wrong"); !errors.Is(err, ErrPassphrase) || !other.Locked() {
		t.Fatalf("wrong passphrase: %v", err)
	}
	if err := other.Unlock("correct horse"); err != nil {
		t.Fatal(err)
	}
	if err := other.Set("home/imap", "two"); err != nil {
		t.Fatal(err)
	}
	// What another process has written is seen, and kept by the next change.
	if s, err := v.Get("home/imap"); err != nil || s != "two" {
		t.Fatalf("%q %v", s, err)
	}
	if err := v.Delete("home/imap", "never/there"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Get("home/imap"); !errors.Is(err, ErrMissing) {
		t.Fatalf("deleted: %v", err)
	}
	if s, err := other.Get("work/imap"); err != nil || s != canary {
		t.Fatalf("%q %v", s, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".secrets-*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	v := New(path)
	if err := v.Unlock("p"); err != nil {
		t.Fatal(err)
	}
	if err := v.Set("a", "b"); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	for _, bad := range [][]byte{data[:len(data)-3], data[:20], []byte("not age at all"), {}} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := New(path).Unlock("p"); err == nil || errors.Is(err, ErrPassphrase) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}
