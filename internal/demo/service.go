package demo

import (
	"net"
	"sync"
	"sync/atomic"
)

// Service is one of the two protocols, with the faults that tests put into it.
// Its methods act on the ports for implicit TLS and STARTTLS alike.
type Service struct {
	stalled, offline, refuse atomic.Bool

	mu    sync.Mutex
	conns map[*conn]struct{}
}

// Stall stops all answers. The connections stay open, new ones are taken, and
// commands are still heard and carried out: what a client sees of a server that
// hangs or a network that has gone away.
func (s *Service) Stall() { s.stalled.Store(true) }

// Resume sends the answers that were held back.
func (s *Service) Resume() {
	s.stalled.Store(false)
	for _, c := range s.open() {
		c.flush()
	}
}

// Drop closes all connections without a word.
func (s *Service) Drop() {
	for _, c := range s.open() {
		c.Close()
	}
}

// SetOffline closes all connections and, until it is called with false, every
// new one as soon as it is made.
func (s *Service) SetOffline(offline bool) {
	s.offline.Store(offline)
	if offline {
		s.Drop()
	}
}

// RefuseLogins makes every password wrong, until it is called with false.
func (s *Service) RefuseLogins(refuse bool) { s.refuse.Store(refuse) }

// Connections is the number of connections that are open.
func (s *Service) Connections() int { return len(s.open()) }

func (s *Service) open() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		list = append(list, c)
	}
	return list
}

// listener puts the faults of a service under the connections it accepts. TLS
// comes on top, so what is held back is whole records in their order.
type listener struct {
	net.Listener
	service *Service
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: raw, service: l.service}
		l.service.mu.Lock()
		l.service.conns[c] = struct{}{}
		l.service.mu.Unlock()
		// Looked at after the connection is listed, so that SetOffline finds
		// it or is seen here.
		if !l.service.offline.Load() {
			return c, nil
		}
		c.Close()
	}
}

type conn struct {
	net.Conn
	service *Service

	mu   sync.Mutex
	held []byte
}

// Write never blocks while the service is stalled: the server's goroutines must
// not hang with the client, they may hold what others need.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.service.stalled.Load() {
		c.held = append(c.held, p...)
		return len(p), nil
	}
	if err := c.sendHeld(); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func (c *conn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sendHeld() != nil {
		c.Close()
	}
}

func (c *conn) sendHeld() error {
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.held)
	c.held = nil
	return err
}

func (c *conn) Close() error {
	c.service.mu.Lock()
	delete(c.service.conns, c)
	c.service.mu.Unlock()
	return c.Conn.Close()
}
