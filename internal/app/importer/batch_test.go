package importer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/imapclient"
	"postea/internal/lab"
	"postea/internal/syncer"
)

// frailLine passes a connection on, and breaks each one after so many bytes to the
// server; 0: never.
type frailLine struct {
	port  int
	after atomic.Int64
}

func newFrailLine(t *testing.T, host string, port int) *frailLine {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	f := &frailLine{port: l.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil {
				near.Close()
				continue
			}
			go func() {
				_, _ = io.Copy(near, far)
				near.Close()
			}()
			go func() {
				var from io.Reader = near
				if n := f.after.Swap(0); n > 0 {
					from = io.LimitReader(near, n)
				}
				_, _ = io.Copy(far, from)
				near.Close()
				far.Close()
			}()
		}
	}()
	return f
}

// A batch is at the server once, with everything that belongs to it, wherever the line
// breaks or the program ends, and costs nothing where one of it cannot be taken.
func TestImportInBatches(t *testing.T) {
	const n = 230
	s := lab.Dovecot(t)
	u := s.Account(0)
	rng := rand.New(rand.NewPCG(5, 6))
	for _, how := range []string{"whole", "one that cannot be taken", "cut", "cut", "cut", "cut", "ended", "ended"} {
		line := newFrailLine(t, s.Host, s.IMAPS)
		acc := config.Account{Name: "a", Address: u.Address,
			IMAP: config.Server{Host: s.Host, Port: line.port, TLS: "implicit", CAFile: s.CAFile, Username: u.Username, Password: config.Secret{Value: u.Password}}}
		var file bytes.Buffer
		size := 0
		for i := range n {
			status, text := []string{"RO", "O"}[i%2], strings.Repeat("All work and no play.\n", rng.IntN(200))
			if how == "one that cannot be taken" && i == 150 {
				text = "a\x00b\n"
			}
			fmt.Fprintf(&file, "From a@b.example Sat Nov 28 07:%02d:%02d 2026\nFrom: a@b.example\nSubject: Letter %d.\nMessage-ID: <%d@b.example>\nStatus: %s\n\n%s\n", i/60, i%60, i, i, status, text)
			size = file.Len()
		}
		path := filepath.Join(t.TempDir(), "old.mbox")
		if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		var problems []string
		o := Options{Folder: fmt.Sprintf("Old %d", rng.Uint64()), StateDir: t.TempDir(), Late: time.Second,
			Problem: func(err error) { problems = append(problems, err.Error()) }}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		switch how {
		case "cut":
			line.after.Store(int64(3000 + rng.IntN(size)))
		case "ended":
			at := 1 + rng.IntN(2)
			o.Progress = func(Progress) {
				if at--; at == 0 {
					time.AfterFunc(time.Duration(rng.IntN(15))*time.Millisecond, cancel)
				}
			}
		}
		began := time.Now()
		p, err := Import(ctx, acc, path, o)
		if how == "ended" && ctx.Err() != nil {
			o.Progress = nil
			p, err = Import(t.Context(), acc, path, o)
		}
		if err != nil {
			t.Fatalf("%s: %+v, %v", how, p, err)
		}
		t.Logf("%s: %.2f s", how, time.Since(began).Seconds())
		want, refused := n, 0
		if how == "one that cannot be taken" {
			want, refused = n-1, 1
		}
		if p.Done != want || p.Skipped != refused || len(problems) != refused {
			t.Errorf("%s: %+v %q", how, p, problems)
		}
		sameAsFile(t, acc, o.Folder, n, want)
	}
}

// sameAsFile looks at what an import has put into a folder: in its order, each once.
func sameAsFile(t *testing.T, acc config.Account, folder string, n, want int) {
	t.Helper()
	c, err := imapclient.Connect(t.Context(), syncer.ClientOptions(acc))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Select(t.Context(), folder, true); err != nil {
		t.Fatal(err)
	}
	last, count := -1, 0
	err = c.FetchHeaders(t.Context(), imap.UIDSet{{Start: 1, Stop: 0}}, func(m imapclient.Message) error {
		count++
		var i int
		_, rest, _ := strings.Cut(string(m.Header), "Subject: Letter ")
		if _, err := fmt.Sscanf(rest, "%d.", &i); err != nil || i <= last || i >= n {
			t.Errorf("message %d comes after %d", i, last)
		}
		last = i
		seen := false
		for _, f := range m.Flags {
			seen = seen || f == imap.FlagSeen
		}
		if at := time.Date(2026, 11, 28, 7, i/60, i%60, 0, time.UTC); seen != (i%2 == 0) || !m.InternalDate.Equal(at) {
			t.Errorf("message %d came %v with %v", i, m.InternalDate, m.Flags)
		}
		return nil
	})
	if err != nil || count != want {
		t.Errorf("%d messages are there, want %d; %v", count, want, err)
	}
}
