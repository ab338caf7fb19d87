package smtpclient_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"postea/internal/dial"
	"postea/smtpclient"
)

func connect(t *testing.T, port int, password string) (*smtpclient.Client, error) {
	t.Helper()
	return smtpclient.Connect(t.Context(), smtpclient.Options{
		Dial: dial.Config{Host: "localhost", Port: port, TLS: dial.ModeNone},
		Auth: smtpclient.Auth{Username: "ada", Password: func(context.Context) (string, error) { return password, nil }},
	})
}

// A server written by others is the second opinion on the scripts.
func TestAgainstGoSMTP(t *testing.T) {
	backend := &exampleBackend{mails: make(chan string, 1)}
	server, port := startServer(backend)
	defer server.Close()

	_, err := connect(t, port, "wrong")
	var e *smtpclient.Error
	if !errors.As(err, &e) || e.Phase != smtpclient.PhaseAuth || e.Code != 535 {
		t.Fatalf("error = %v", err)
	}

	client, err := connect(t, port, "secret")
	if err != nil {
		t.Fatal(err)
	}
	if !client.Capabilities().Offers("PIPELINING") {
		t.Error("no PIPELINING")
	}
	for i := range 3 {
		env := smtpclient.Envelope{
			From: "ada@mail.test",
			To:   []smtpclient.Recipient{{Address: fmt.Sprintf("jürgen%d@mail.test", i), Notify: []string{"FAILURE"}}},
			DSN:  smtpclient.DSN{EnvID: "o1", Return: "HDRS"},
			UTF8: true,
		}
		body := strings.Repeat(".dots\r\n..\n.\r", i*5000)
		if _, err := client.Send(t.Context(), env, strings.NewReader(body), smtpclient.SendOptions{}); err != nil {
			t.Fatal(err)
		}
		want := env.To[0].Address + "\n" + strings.Repeat(".dots\r\n..\r\n.\r\n", i*5000)
		if got := <-backend.mails; got != want {
			t.Errorf("message %d: %d bytes arrived, want %d", i, len(got), len(want))
		}
		_, err := client.Send(t.Context(), smtpclient.Envelope{
			To: []smtpclient.Recipient{{Address: "nobody@mail.test"}},
		}, strings.NewReader("x"), smtpclient.SendOptions{})
		if !errors.As(err, &e) || e.Code != 550 || !client.Alive() {
			t.Fatalf("nobody: %v, alive %v", err, client.Alive())
		}
	}
	if err := client.Noop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := client.Quit(t.Context()); err != nil || client.Alive() {
		t.Errorf("Quit: %v", err)
	}
}
