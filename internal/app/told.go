package app

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/owner"
	"postea/internal/syncer"
)

// told is what the process that talks to the servers tells those that only look, which else
// would know neither that an account is not connected nor that a server refused what they did.
type told struct {
	Offline  bool                     `json:"offline"`
	Accounts map[string]syncer.Status `json:"accounts"`
	Errors   []toldError              `json:"errors"`
}

// toldError is an event.Notice about an account.
type toldError struct {
	At      int64  `json:"at"` // Unix nanoseconds
	Account string `json:"account"`
	Text    string `json:"text"`
}

// maxTold is how many errors are kept for those who look every takeOverEvery.
const maxTold = 20

// keepTold gathers what went wrong for those who look, until ctx ends.
func (a *App) keepTold(ctx context.Context) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return
		}
		a.mu.Lock()
		for _, e := range batch {
			if n, ok := e.(event.Notice); ok && n.Error && n.Account != "" {
				a.errors = append(a.errors, toldError{time.Now().UnixNano(), n.Account, n.Text})
			}
		}
		a.errors = slices.Clone(a.errors[max(0, len(a.errors)-maxTold):])
		a.mu.Unlock()
	}
}

// tell says to those who look how it is.
func (a *App) tell() []byte {
	all := a.chosen("")
	a.mu.Lock()
	t := told{a.offline, map[string]syncer.Status{}, a.errors}
	a.mu.Unlock()
	for _, s := range all {
		t.Accounts[s.Name()] = s.Status()
	}
	out, err := json.Marshal(t)
	if err != nil {
		a.log.Error("telling who looks", "err", err)
	}
	return out
}

// mindOwner notes whether the process that owns the data directory reacts, how its accounts are,
// and what went wrong there since the last look.
func (a *App) mindOwner() {
	said, silent := owner.Ping(a.store.Dir(), ownerPatience)
	var t *told
	if json.Unmarshal(said, &t) != nil {
		t = nil
	}
	a.mu.Lock()
	before, was := cmp.Or(a.theirs, &told{}), a.silent
	if a.silent = silent; !silent {
		a.theirs = t
	}
	heard := a.heard
	if t != nil {
		for _, e := range t.Errors {
			a.heard = max(a.heard, e.At)
		}
	}
	a.mu.Unlock()
	if was != silent {
		a.bus.Publish(event.Overflow{})
	}
	if t == nil {
		return
	}
	for name, s := range t.Accounts {
		if s != before.Accounts[name] || t.Offline != before.Offline {
			a.bus.Publish(event.AccountChanged{Account: name})
		}
	}
	for _, e := range t.Errors {
		if e.At > heard {
			a.bus.Publish(event.Notice{Account: e.Account, Error: true, Text: e.Text})
		}
	}
}

// unfetched tells that nobody is connected to the server of an account, nor about to be.
func (a *App) unfetched(account string) bool {
	a.mu.Lock()
	mine, theirs := a.isOwner, a.theirs
	a.mu.Unlock()
	switch {
	case mine:
		return !a.connected(account)
	case theirs == nil:
		return false
	}
	s, ok := theirs.Accounts[account]
	return theirs.Offline || ok && !reaching(s.Kind)
}

// reaching tells of an account that is connected, or about to be.
func reaching(k syncer.Kind) bool {
	return k == syncer.Connecting || k == syncer.Syncing || k == syncer.Online
}
