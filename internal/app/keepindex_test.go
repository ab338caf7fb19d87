package app

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/store"
)

// inboxIn opens a store with an account of one folder.
func inboxIn(t *testing.T, bus *event.Bus) (*store.Store, store.FolderState) {
	t.Helper()
	s, err := store.Open(t.Context(), emptyStore.Dir(t), store.Options{Bus: bus})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.SetFolders(t.Context(), "a", []store.RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}); err != nil {
		t.Fatal(err)
	}
	inbox, err := s.FolderByRole(t.Context(), "a", mail.RoleInbox)
	if err != nil {
		t.Fatal(err)
	}
	return s, inbox
}

// TestWordsWaitForTheEndOfARound, in which bodies may come, but not for that of a long one.
func TestWordsWaitForTheEndOfARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &event.Bus{}
		s, inbox := inboxIn(t, bus)
		var syncing atomic.Bool
		a := &App{cfg: &config.Config{}, store: s, bus: bus, log: slog.New(slog.DiscardHandler)}
		go a.keepIndex(t.Context(), syncing.Load)
		synctest.Wait()

		uid := mail.UID(0)
		arrive := func() {
			t.Helper()
			uid++
			if _, err := s.AddMany(t.Context(), inbox.ID, []store.PreparedHeader{store.PrepareHeader("a", store.Header{UID: uid, MessageID: fmt.Sprint(uid), Subject: "letter"})}); err != nil {
				t.Fatal(err)
			}
			bus.Publish(event.AccountChanged{Account: "a"})
		}
		waiting := func(want int, when string) {
			t.Helper()
			synctest.Wait()
			if n, err := s.Unindexed(t.Context()); err != nil || n != want {
				t.Errorf("%s, %d wait, not %d; %v", when, n, want, err)
			}
		}
		arrive()
		waiting(0, "while nothing is under way")
		syncing.Store(true)
		arrive()
		time.Sleep(indexPatience / 2)
		arrive()
		waiting(2, "in the midst of a round")
		syncing.Store(false)
		bus.Publish(event.AccountChanged{Account: "a"})
		waiting(0, "at its end")
		syncing.Store(true)
		arrive()
		waiting(1, "in the midst of another")
		time.Sleep(indexPatience + tidyAfter)
		waiting(0, "in a long round")
	})
}

// TestIndexIsTidiedByCommands, of which each adds a piece, before every word is looked up in
// a hundred pieces.
func TestIndexIsTidiedByCommands(t *testing.T) {
	s, inbox := inboxIn(t, nil)
	a := &App{store: s, log: slog.New(slog.DiscardHandler)}
	most := 0
	for uid := range mail.UID(3 * manyPieces) {
		if _, err := s.AddHeaders(t.Context(), inbox.ID, []store.Header{{UID: uid + 1, MessageID: fmt.Sprint(uid), Subject: "letter"}}); err != nil {
			t.Fatal(err)
		}
		if err := a.tidyMany(t.Context()); err != nil {
			t.Fatal(err)
		}
		n, err := s.IndexPieces(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	if most != manyPieces {
		t.Errorf("the index has had up to %d pieces, want %d: fewer are left as they are", most, manyPieces)
	}
	hits, err := s.Search(t.Context(), store.Search{For: query.Parse("letter", time.Now()).Root}, 1000)
	if err != nil || len(hits) != 3*manyPieces {
		t.Errorf("%d of %d messages are found; %v", len(hits), 3*manyPieces, err)
	}
}
