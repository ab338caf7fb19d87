package outbox

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"strconv"
	"time"

	"postea/config"
	"postea/internal/store"
	"postea/smtpclient"
)

// howToSend is the key under which it is stored how fast a submission server
// may be talked to.
const howToSend = "submission"

// learnedFor is how long that is looked at: for ever, as smtpclient itself knows
// what of it gets old.
const learnedFor = 100 * 365 * 24 * time.Hour

// serverMemory is what is known of an account's server between connections.
type serverMemory struct {
	server   string // whose it is: host:port
	learned  smtpclient.Learned
	facts    *Facts                 // said in this process; nil: not yet
	sessions tls.ClientSessionCache // of one account: tickets tell accounts apart
}

func serverOf(a config.Account) string {
	if a.SMTP.Direct() {
		return config.Direct
	}
	return net.JoinHostPort(a.SMTP.Host, strconv.Itoa(a.SMTP.Port))
}

// recall gives what is known about an account's server, from this process or an
// earlier one. What cannot be read is not known: then it is learned again.
func (w *Worker) recall(ctx context.Context, a config.Account) (smtpclient.Learned, tls.ClientSessionCache) {
	w.mu.Lock()
	m := w.memory[a.Name]
	w.mu.Unlock()
	if m == nil || m.server != serverOf(a) {
		m = &serverMemory{server: serverOf(a), sessions: tls.NewLRUClientSessionCache(0)}
		stored, err := w.store.Learned(ctx, m.server, howToSend, learnedFor)
		if err == nil && stored != "" {
			err = json.Unmarshal([]byte(stored), &m.learned)
		}
		if err != nil {
			w.log.Debug("what was learned about the server", "account", a.Name, "err", err)
		}
		w.mu.Lock()
		w.memory[a.Name] = m
		w.mu.Unlock()
	}
	return m.learned, m.sessions
}

// Facts are what a server says of itself that matters before a connection is
// there: to the composer, and to messages for later.
type Facts struct {
	MaxSize int64         `json:"max_size,omitempty"` // of a message; 0: not said
	Hold    time.Duration `json:"hold,omitempty"`     // how long it holds messages back (RFC 4865); 0: not at all
}

const (
	facts     = "facts"
	factsKept = 30 * 24 * time.Hour
)

// FactsOf gives what an account's server said last time; ok is false where that
// is not known.
func FactsOf(ctx context.Context, s *store.Store, a config.Account) (f Facts, ok bool) {
	stored, err := s.Learned(ctx, serverOf(a), facts, factsKept)
	if err != nil || stored == "" {
		return Facts{}, false
	}
	return f, json.Unmarshal([]byte(stored), &f) == nil
}

func factsOf(caps smtpclient.Capabilities) Facts {
	f := Facts{MaxSize: caps.MaxSize()}
	if params := caps.Params("FUTURERELEASE"); len(params) > 0 {
		if seconds, err := strconv.Atoi(params[0]); err == nil && seconds > 0 {
			f.Hold = time.Duration(min(seconds, 1<<30)) * time.Second
		}
	}
	return f
}

// note stores the facts where they are news.
func (w *Worker) note(ctx context.Context, a config.Account, client *smtpclient.Client) {
	f := factsOf(client.Capabilities())
	w.mu.Lock()
	m := w.memory[a.Name]
	known := m == nil || m.facts != nil && *m.facts == f
	if m != nil {
		m.facts = &f
	}
	w.mu.Unlock()
	if was, ok := FactsOf(ctx, w.store, a); known || ok && was == f {
		return
	}
	if value, err := json.Marshal(f); err == nil {
		if err := w.store.Learn(context.WithoutCancel(ctx), serverOf(a), facts, string(value)); err != nil {
			w.log.Warn("storing what the server offers", "account", a.Name, "err", err)
		}
	}
}

// remember stores what a connection has taught.
func (w *Worker) remember(ctx context.Context, account string, conn *connection) {
	if conn == nil || conn.client == nil {
		return
	}
	learned := conn.client.Learned()
	w.mu.Lock()
	m := w.memory[account]
	if m == nil || m.learned == learned || learned.At.IsZero() {
		w.mu.Unlock()
		return
	}
	m.learned = learned
	server := m.server
	w.mu.Unlock()
	value, err := json.Marshal(learned)
	if err == nil {
		// Also when the process is asked to end: it may just have learned that
		// the server loses messages.
		err = w.store.Learn(context.WithoutCancel(ctx), server, howToSend, string(value))
	}
	if err != nil {
		w.log.Warn("storing what was learned about the server", "account", account, "err", err)
	}
}

// learn uses the idle connection to find out how fast the server may be talked
// to. The message is recorded by now, so nothing depends on the outcome.
func (w *Worker) learn(ctx context.Context, account string) {
	conn := w.takeWarm(account)
	if conn == nil {
		return
	}
	if err := conn.client.Learn(ctx); err != nil {
		w.log.Debug("learning about the server", "account", account, "err", err)
	}
	conn.transcript() // belongs to no attempt
	w.remember(ctx, account, conn)
	w.keep(account, conn)
}
