package outbox

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"postea/internal/mail"
)

// tunnel is an HTTP proxy that counts what goes through it.
func tunnel(t *testing.T, used *atomic.Int32) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go carry(c, used)
		}
	}()
	return "http://" + l.Addr().String()
}

func carry(c net.Conn, used *atomic.Int32) {
	defer c.Close()
	br := bufio.NewReader(c)
	req, err := http.ReadRequest(br)
	if err != nil || req.Method != http.MethodConnect {
		return
	}
	to, err := net.Dial("tcp", req.Host)
	if err != nil {
		return
	}
	defer to.Close()
	used.Add(1)
	io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	go io.Copy(to, br)
	io.Copy(c, to)
}

// Messages take the proxy of the profile, and give the name that it says.
func TestProfileIsUsed(t *testing.T) {
	b := newBench(t)
	var used atomic.Int32
	b.acc.SMTP.Proxy, b.acc.SMTP.Insecure, b.acc.SMTP.Helo = tunnel(t, &used), true, "mail.a.test"
	id := b.flushed("bob@b.test")
	b.expect(id, mail.ItemAccepted, "accepted 250")
	if used.Load() != 1 || !strings.Contains(b.conversation(id), "Client: EHLO mail.a.test\n") {
		t.Errorf("proxy used %d times; conversation:\n%s", used.Load(), b.conversation(id))
	}
}

// Without a name in the profile the conversation tells nothing about this
// machine, and never the secret.
func TestConversationLeaksNothing(t *testing.T) {
	b := newBench(t)
	id := b.flushed("bob@b.test")
	c := b.conversation(id)
	if !strings.Contains(c, "Client: EHLO [127.0.0.1]\n") || !strings.Contains(c, "Client: AUTH PLAIN ••••••••\n") || strings.Contains(c, "secret") {
		t.Errorf("conversation:\n%s", c)
	}
}
