package dial

import (
	"crypto/tls"
	"net"
	"sync/atomic"
	"testing"
)

// A middlebox that drops greetings of more than a packet is got around.
func TestLargeGreetingIsDropped(t *testing.T) {
	ca := newAuthority(t)
	conf := &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil)}}
	var calls atomic.Int32
	port := listen(t, func(conn net.Conn) {
		calls.Add(1)
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil || n > 1400 {
			return
		}
		echoTLS(conf)(&replayed{Conn: conn, first: buf[:n]})
	})
	conn, err := Dial(t.Context(), Config{Host: "localhost", Port: port, CAFile: ca.file})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	roundTrip(t, conn)
	if state, ok := TLSState(conn); !ok || state.Version != tls.VersionTLS13 || calls.Load() != 2 {
		t.Errorf("%d connections, version %x", calls.Load(), state.Version)
	}
}

// replayed gives back what was looked at.
type replayed struct {
	net.Conn
	first []byte
}

func (r *replayed) Read(p []byte) (int, error) {
	if len(r.first) > 0 {
		n := copy(p, r.first)
		r.first = r.first[n:]
		return n, nil
	}
	return r.Conn.Read(p)
}
