package app

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postea/config"
	"postea/internal/demo"
	"postea/internal/mail"
)

// A command that waits in vain for its turn leaves what it has queued to the process that
// has the turn, also where that one had looked at the outbox before.
func TestLongTurnSendsWhatCame(t *testing.T) {
	server, err := demo.Start(t.Context(), demo.Options{Dir: emptyStore.Dir(t), Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	user, info := server.Users[0], server.Info()
	end := func(e demo.Endpoint) config.Server {
		return config.Server{Host: e.Host, Port: e.Port, TLS: "implicit", Username: user.Username, Auth: "password", CAFile: info.CAFile, Password: config.Secret{Value: user.Password}}
	}
	cfg := &config.Config{Accounts: []config.Account{{Name: "a", Address: user.Address, IMAP: end(info.IMAP), SMTP: end(info.Submissions), Sent: config.Sent{Copy: "never"}}}}
	dir := emptyStore.Dir(t)
	other, err := Open(t.Context(), Options{Config: cfg, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var id mail.OutboxID
	var ahead atomic.Int64
	once := sync.OnceFunc(func() { // in the midst of the round
		if id, _, err = other.Send(t.Context(), mail.Draft{Account: "a", To: "echo@postea.example", Subject: "hello", Body: "x"}); err != nil {
			t.Error(err)
		}
		ahead.Add(int64(longestTurn))
	})
	a, err := Open(t.Context(), Options{Config: cfg, Dir: dir, Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		Step: func(point string) {
			if strings.HasPrefix(point, "mail.storing") && strings.HasSuffix(point, ".committed") {
				once()
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if mine, err := a.Sync(t.Context(), ""); err != nil || !mine {
		t.Fatal(mine, err)
	}
	if o, err := other.OutgoingItem(t.Context(), id); err != nil || o.State != mail.ItemDone {
		t.Errorf("it is %s, %v: %s", o.State, err, o.LastText)
	}
}
