package app

import (
	"errors"
	"testing"

	"postea/config"
)

// A synchronisation brings nothing where there is no server to read from.
func TestNothingToRead(t *testing.T) {
	a, ctx := writer(t), t.Context()
	a.cfg.Accounts[0].IMAP = config.Server{Host: "imap.example.org"}
	var later *NotSyncedError
	if _, err := a.FindFolders(ctx, "", ""); !errors.As(err, &later) {
		t.Error(err)
	}
	a.cfg.Accounts[0].IMAP = config.Server{}
	for _, account := range []string{"", "a"} {
		var never *UsageError
		if _, err := a.FindFolders(ctx, account, ""); !errors.As(err, &never) {
			t.Errorf("%q: %v", account, err)
		}
	}
}
