package outbox

import (
	"bytes"
	"fmt"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient"
)

// The queue of the benchmarks: what leaves the durable outbox, beside what the
// client alone takes for the same messages over one connection.
const queued = 1000

func item(n int) store.QueueItem {
	mid := fmt.Sprintf("bench%d@a.test", n)
	body := bytes.Repeat([]byte("All work and no play makes a dull message.\r\n"), 40)
	return store.QueueItem{
		Outgoing: mail.Outgoing{Account: "work", MessageID: mid, EnvID: fmt.Sprint("e", n), From: "ada@a.test", Subject: "hello",
			Recipients: []mail.Recipient{{Address: "bob@b.test"}}},
		Wire: append([]byte("Subject: hello\r\nMessage-ID: <"+mid+">\r\n\r\n"), body...),
	}
}

func BenchmarkQueue(b *testing.B) {
	for _, road := range []struct {
		name   string
		offers []string
	}{{"DATA", nil}, {"BDAT", []string{"CHUNKING"}}} {
		b.Run("outbox/"+road.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				x := newBench(b)
				x.srv.offers = road.offers
				list := make([]store.QueueItem, queued)
				for i := range list {
					list[i] = item(i)
				}
				if _, err := x.store.QueueAll(b.Context(), list); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				x.flush()
				b.StopTimer()
				if n := len(x.srv.taken()); n != queued {
					b.Fatalf("%d at the server", n)
				}
				b.StartTimer()
			}
		})
		b.Run("client/"+road.name, func(b *testing.B) {
			x := newBench(b)
			x.srv.offers = road.offers
			for b.Loop() {
				c, err := smtpclient.Connect(b.Context(), ClientOptions(x.acc))
				if err != nil {
					b.Fatal(err)
				}
				for i := range queued {
					it := item(i)
					env := smtpclient.Envelope{From: "ada@a.test", BodySize: int64(len(it.Wire)), To: []smtpclient.Recipient{{Address: "bob@b.test"}}}
					if _, err := c.Send(b.Context(), env, bytes.NewReader(it.Wire), smtpclient.SendOptions{}); err != nil {
						b.Fatal(err)
					}
				}
				c.Quit(b.Context())
			}
		})
	}
}
