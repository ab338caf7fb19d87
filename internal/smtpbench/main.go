// Smtpbench sends message files over one connection, to measure smtpclient
// beside other programs. It takes its orders from the environment:
//
//	PORT     of the server on 127.0.0.1
//	TLS      none, starttls or tls
//	FILES    the messages, separated by blanks
//	USER, PASSWORD, FROM, RCPT   default to bench@bench.example, bench, the user, sink@bench.example
//	GROUP    1: messages do not wait for the answer to the one before
//	LEARNED  a file that keeps what was learned about the server
//	N        send the first N files only
//	CA       the authority of the server's certificate, which must be for 127.0.0.1
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"postea/internal/dial"
	"postea/smtpclient"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "smtpbench:", err)
		os.Exit(1)
	}
}

func env(name, standard string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return standard
}

func run(ctx context.Context) error {
	files := strings.Fields(os.Getenv("FILES"))
	if n, err := strconv.Atoi(os.Getenv("N")); err == nil && n < len(files) {
		files = files[:n]
	}
	client, err := connect(ctx)
	if err != nil {
		return err
	}
	for _, err := range client.SendGroup(ctx, messages(files)) {
		if err != nil {
			return err
		}
		if client.Learned().Discards == "" {
			if err := client.Learn(ctx); err != nil {
				return err
			}
		}
	}
	if err := remember(client.Learned()); err != nil {
		return err
	}
	return client.Quit(ctx)
}

// messages opens the files one by one.
func messages(files []string) iter.Seq[smtpclient.Message] {
	user := env("USER", "bench@bench.example")
	return func(yield func(smtpclient.Message) bool) {
		for _, name := range files {
			body, size, err := open(name)
			if err != nil {
				body = failing{err}
			}
			m := smtpclient.Message{Body: body, Envelope: smtpclient.Envelope{
				From: env("FROM", user), BodySize: size,
				To: []smtpclient.Recipient{{Address: env("RCPT", "sink@bench.example")}},
			}}
			more := yield(m)
			if closer, ok := body.(io.Closer); ok {
				closer.Close()
			}
			if !more {
				return
			}
		}
	}
}

// small is what is read at once.
const small = 64 << 10

func open(name string) (io.Reader, int64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil || info.Size() > small {
		return file, info.Size(), err
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	return bytes.NewReader(content), info.Size(), err
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func connect(ctx context.Context) (*smtpclient.Client, error) {
	port, err := strconv.Atoi(os.Getenv("PORT"))
	if err != nil {
		return nil, errors.New("PORT is not a number")
	}
	opts := smtpclient.Options{
		Dial:    dial.Config{Host: "127.0.0.1", Port: port, TLS: dial.ModeNone},
		Learned: recall(),
		Groups:  os.Getenv("GROUP") == "1",
	}
	mode := env("TLS", "none")
	if mode == "none" {
		return smtpclient.Connect(ctx, opts)
	}
	opts.Auth = smtpclient.Auth{Username: env("USER", "bench@bench.example"), Password: func(context.Context) (string, error) {
		return env("PASSWORD", "bench"), nil
	}}
	opts.Dial.CAFile = os.Getenv("CA")
	opts.Dial.TLS = dial.ModeImplicit
	if mode == "starttls" {
		opts.Dial.TLS = dial.ModeStartTLS
	}
	return smtpclient.Connect(ctx, opts)
}

func recall() smtpclient.Learned {
	var learned smtpclient.Learned
	if content, err := os.ReadFile(os.Getenv("LEARNED")); err == nil {
		// A file that cannot be read is a server not known.
		_ = json.Unmarshal(content, &learned)
	}
	return learned
}

func remember(learned smtpclient.Learned) error {
	name := os.Getenv("LEARNED")
	if name == "" {
		return nil
	}
	content, err := json.Marshal(learned)
	if err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o600)
}
