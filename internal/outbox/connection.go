package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"postea/config"
	"postea/internal/transcript"
	"postea/smtpclient"
)

// connection is a signed-in client with the part of its conversation that
// belongs to the attempt under way.
type connection struct {
	client *smtpclient.Client
	smtp   config.Server // what it was opened with
	idle   *time.Timer   // closes it when it was not used for a while

	mu    sync.Mutex // guards what follows
	lines []transcript.Line
	cut   int // lines left out
}

func (c *connection) trace(line transcript.Line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lines) >= maxTranscript {
		c.cut++
		return
	}
	c.lines = append(c.lines, line)
}

// said counts the lines so far; unsay forgets those that came after.
func (c *connection) said() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.lines)
}

func (c *connection) unsay(said int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines, c.cut = c.lines[:min(said, len(c.lines))], 0
}

// transcript returns the lines since the last call, and says how many were too many.
func (c *connection) transcript() []transcript.Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines
	if c.cut > 0 {
		lines = append(lines, transcript.Line{At: lines[len(lines)-1].At, From: transcript.Info, Text: fmt.Sprintf("%d more lines were not kept", c.cut)})
	}
	c.lines, c.cut = nil, 0
	return lines
}

func (c *connection) close() {
	if c.client != nil {
		c.client.Close()
	}
}

// ClientOptions gives what smtpclient needs to submit for an account.
func ClientOptions(a config.Account) smtpclient.Options {
	key := config.Key{Account: a.Name, Service: "smtp"}
	o := smtpclient.Options{Dial: a.SMTP.Dial(), LocalName: a.SMTP.Helo, Auth: smtpclient.Auth{Policy: a.SMTP.Auth, Username: a.SMTP.Username}}
	o.Auth.Password = func(ctx context.Context) (string, error) { return a.SMTP.Password.Resolve(ctx, key) }
	if !a.SMTP.Token.Zero() {
		o.Auth.Token = func(ctx context.Context) (string, error) { return a.SMTP.Token.Resolve(ctx, key) }
		o.Auth.Renew = func(ctx context.Context, refused string) (string, error) {
			return a.SMTP.Token.Instead(ctx, key, refused)
		}
	}
	return o
}

// connect gives a connection for an account, a kept one where it is alive and
// the settings are the same; kept tells which. On an error the connection
// returned only holds the conversation.
func (w *Worker) connect(ctx context.Context, a config.Account) (conn *connection, kept bool, err error) {
	if conn := w.takeWarm(a.Name); conn != nil {
		if conn.client.Alive() && sameServer(conn.smtp, a.SMTP) {
			return conn, true, nil
		}
		conn.close()
	}
	conn = &connection{smtp: a.SMTP}
	o := ClientOptions(a)
	o.Trace = conn.trace
	o.Learned, o.Dial.SessionCache = w.recall(ctx, a)
	if conn.client, err = smtpclient.Connect(ctx, o); err == nil {
		w.note(ctx, a, conn.client)
		w.mu.Lock()
		w.admitted[a.Name] = true
		w.mu.Unlock()
	}
	return conn, false, err
}

func sameServer(a, b config.Server) bool {
	return a.Host == b.Host && a.Port == b.Port && a.TLS == b.TLS && a.Username == b.Username && a.Auth == b.Auth &&
		a.CAFile == b.CAFile && a.Pin == b.Pin && a.Proxy == b.Proxy && a.Insecure == b.Insecure && a.Helo == b.Helo
}

func (w *Worker) takeWarm(account string) *connection {
	w.mu.Lock()
	defer w.mu.Unlock()
	conn := w.warm[account]
	delete(w.warm, account)
	if conn != nil && conn.idle != nil {
		conn.idle.Stop()
	}
	return conn
}

// keep puts a connection aside for the next message; a dead one is closed, and a
// second one too.
func (w *Worker) keep(account string, conn *connection) {
	if !conn.client.Alive() {
		conn.close()
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.warm[account] != nil {
		conn.close()
		return
	}
	conn.idle = time.AfterFunc(w.keepOpen, func() {
		w.mu.Lock()
		mine := w.warm[account] == conn
		if mine {
			delete(w.warm, account)
		}
		w.mu.Unlock()
		if mine {
			quit(conn, goodbye)
		}
	})
	w.warm[account] = conn
}

const (
	goodbye  = 5 * time.Second // for an answer to QUIT
	farewell = time.Second     // the same, where the end of the program waits for it
)

func quit(conn *connection, within time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	// What was accepted stays accepted, whatever QUIT brings.
	_ = conn.client.Quit(ctx)
}

// takeAll is takeWarm for every account.
func (w *Worker) takeAll() map[string]*connection {
	w.mu.Lock()
	defer w.mu.Unlock()
	conns := w.warm
	w.warm = map[string]*connection{}
	for _, conn := range conns {
		conn.idle.Stop()
	}
	return conns
}

// Resumed says that the machine has slept or that its clock was set: lines may be dead
// without a word, and a message would wait for minutes on one.
func (w *Worker) Resumed() {
	for _, conn := range w.takeAll() {
		conn.close()
	}
	w.Wake()
}

func (w *Worker) closeAll() {
	var group sync.WaitGroup
	for _, conn := range w.takeAll() {
		group.Go(func() { quit(conn, farewell) })
	}
	group.Wait()
}
