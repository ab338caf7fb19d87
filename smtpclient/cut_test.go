package smtpclient

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

// cutReplies is what the server says in a whole conversation, one element for
// each time it waits for the client: greeting, EHLO, the flight, the data.
var cutReplies = []string{
	"220 mx ready\r\n",
	"250-mx\r\n250 PIPELINING\r\n",
	"250 ok\r\n250 ok\r\n354 go\r\n",
	"250 2.0.0 Ok: queued as 1\r\n",
}

// cutServer answers until it has said budget bytes, then hangs up. It reports
// whether it had seen the end of the message by then.
func cutServer(conn net.Conn, budget int) (sawEnd bool) {
	defer conn.Close()
	br := bufio.NewReader(conn)
	for i, lines := range []int{0, 1, 3, strings.Count(onTheWire, "\n") + 1} {
		for range lines {
			line, err := br.ReadString('\n')
			if err != nil {
				return sawEnd
			}
			sawEnd = sawEnd || i == 3 && line == ".\r\n"
		}
		reply := cutReplies[i]
		say := reply[:min(len(reply), budget)]
		budget -= len(say)
		if _, err := io.WriteString(conn, say); err != nil || len(say) < len(reply) {
			return sawEnd
		}
	}
	return sawEnd
}

// The connection breaks after every number of bytes: never a false success,
// never a false failure, and "unknown" exactly while the outcome is.
func TestCutAtEveryByte(t *testing.T) {
	all := strings.Join(cutReplies, "")
	for budget := range len(all) + 1 {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			sawEnd := make(chan bool, 1)
			go func() { sawEnd <- cutServer(far, budget) }()
			err := cutSend(t.Context(), near)
			near.Close()
			e := asError(err)
			switch ended := <-sawEnd; {
			case budget == len(all):
				if err != nil {
					t.Errorf("nothing cut: %v", err)
				}
			case e == nil:
				t.Errorf("cut after %d bytes: success", budget)
			case e.Unknown() != ended:
				t.Errorf("cut after %d bytes: unknown = %v, the server had the end: %v", budget, e.Unknown(), ended)
			case e.Code != 0:
				t.Errorf("cut after %d bytes: code %d", budget, e.Code)
			}
		})
	}
}

func cutSend(ctx context.Context, conn net.Conn) error {
	c, err := New(ctx, conn, plainOptions())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
	return err
}
