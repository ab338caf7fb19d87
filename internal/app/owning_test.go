package app

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"postea/config"
	"postea/internal/demo"
	"postea/internal/event"
	"postea/internal/owner"
	"postea/internal/syncer"
)

// Why nobody can become the owner is told once, and not every two seconds.
func TestLockThatCannotBeTaken(t *testing.T) {
	dir := emptyStore.Dir(t)
	if err := os.Mkdir(filepath.Join(dir, "owner.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		a, err := Open(t.Context(), Options{Config: &config.Config{}, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		sub := a.Events()
		ctx, cancel := context.WithCancel(t.Context())
		a.Start(ctx)
		limit, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		told := 0
		for {
			batch, err := sub.Next(limit)
			if err != nil {
				break
			}
			for _, e := range batch {
				if n, ok := e.(event.Notice); ok && n.Error {
					told++
				}
			}
		}
		cancel()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

// Who looks at what another process syncs is told when that one does not react, as after
// ctrl+z, and that it does again.
func TestOwnerIsSilent(t *testing.T) {
	a := receiver(t)
	own, err := owner.Acquire(a.store.Dir())
	must(t, err)
	defer own.Release()
	l, err := net.Listen("unix", filepath.Join(a.store.Dir(), "wake")) // which nobody answers at
	must(t, err)
	look := func(want StatusKind) {
		t.Helper()
		a.mindOwner()
		list, err := a.Statuses(t.Context())
		if err != nil || len(list) != 1 || list[0].Kind != want {
			t.Errorf("%+v, %v, want %v", list, err, want)
		}
	}
	look(StatusOffline)
	must(t, l.Close())
	look(StatusOnline)
}

// Whoever has mended a password elsewhere has the process that stays try it, which does
// not by itself, and sees how its accounts are and what went wrong.
func TestAskedForRoundSignsInAgain(t *testing.T) {
	server, err := demo.Start(t.Context(), demo.Options{Dir: emptyStore.Dir(t), Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	const secret = "POSTEA_TEST_MENDED"
	t.Setenv(secret, "wrong")
	user, info, dir := server.Users[0], server.Info(), emptyStore.Dir(t)
	cfg := &config.Config{Accounts: []config.Account{{Name: "a", Address: user.Address, IMAP: config.Server{
		Host: info.IMAP.Host, Port: info.IMAP.Port, TLS: "implicit", Username: user.Username, Auth: "password", CAFile: info.CAFile, Password: config.Secret{Env: secret},
	}}}}
	stays, err := Open(t.Context(), Options{Config: cfg, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer stays.Close()
	other, err := Open(t.Context(), Options{Config: cfg, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	sub := stays.Events()
	stays.Start(t.Context())
	await := func(kind syncer.Kind) {
		limit, end := context.WithTimeout(t.Context(), 30*time.Second)
		defer end()
		for stays.chosen("")[0].Status().Kind != kind {
			if _, err := sub.Next(limit); err != nil {
				t.Fatalf("the account is %+v", stays.chosen("")[0].Status())
			}
		}
	}
	await(syncer.NeedsYou)
	t.Setenv(secret, user.Password)
	for !owner.Wake(dir) && t.Context().Err() == nil { // until it listens
	}
	looks := func(want StatusKind) {
		t.Helper()
		other.mindOwner()
		if list, err := other.Statuses(t.Context()); err != nil || list[0].Kind != want {
			t.Errorf("who looks is told %+v, %v, want %v", list, err, want)
		}
	}
	looks(StatusNeedsYou)
	stays.bus.Publish(event.Notice{Account: "a", Error: true, Text: "refused"})
	at := func(told func() []error) bool {
		other.mindOwner()
		return len(told()) > 0
	}
	for !at(other.Refusals()) && t.Context().Err() == nil { // until it has been gathered
	}
	if at(other.Refusals()) {
		t.Error("told twice what was refused once")
	}
	if err := other.SyncNow(); err != nil {
		t.Fatal(err)
	}
	await(syncer.Online)

	if err := stays.SetOffline(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	var usage *UsageError
	if err := stays.SyncNow(); !errors.As(err, &usage) {
		t.Errorf("offline: %v", err)
	}
	looks(StatusOffline)
}
