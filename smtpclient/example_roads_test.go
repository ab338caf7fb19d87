package smtpclient_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"strings"

	"postea/internal/transcript"
	"postea/smtpclient"
)

// exampleClient connects to a server in the process.
func exampleClient(opts smtpclient.Options) (client *smtpclient.Client, backend *exampleBackend, end func()) {
	backend = &exampleBackend{mails: make(chan string, 10)}
	server, port := startServer(backend)
	opts.Dial = smtpclient.DialConfig{Host: "127.0.0.1", Port: port, TLS: smtpclient.NoTLS}
	client, err := smtpclient.Connect(context.Background(), opts)
	if err != nil {
		log.Fatal(err)
	}
	return client, backend, func() {
		client.Close()
		server.Close()
	}
}

func rcpt(address string) []smtpclient.Recipient {
	return []smtpclient.Recipient{{Address: address}}
}

// What is learned about a server after the first message makes the next ones
// take one round trip each, also on later connections.
func ExampleClient_Learn() {
	var lines []string
	client, _, end := exampleClient(smtpclient.Options{Trace: func(l transcript.Line) {
		if l.From == transcript.Client {
			lines = append(lines, l.Text)
		}
	}})
	defer end()
	ctx := context.Background()
	env := smtpclient.Envelope{From: "ada@mail.test", To: rcpt("bob@mail.test")}
	if _, err := client.Send(ctx, env, strings.NewReader("Subject: one\n"), smtpclient.SendOptions{}); err != nil {
		log.Fatal(err)
	}
	// The outcome is written down by now, and nobody waits.
	if err := client.Learn(ctx); err != nil {
		log.Fatal(err)
	}
	stored, err := json.Marshal(client.Learned())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(string(stored), `"discards":"yes"`))

	lines = nil
	if _, err := client.Send(ctx, env, strings.NewReader("Subject: two\n"), smtpclient.SendOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Join(lines, "\n"))
	// Output:
	// true
	// MAIL FROM:<ada@mail.test>
	// RCPT TO:<bob@mail.test>
	// BDAT 14 LAST
	// … 14 bytes
}

// Each transaction is recorded before the next begins.
func ExampleClient_SendParts() {
	client, _, end := exampleClient(smtpclient.Options{})
	defer end()
	env := smtpclient.Envelope{From: "ada@mail.test"}
	for i := range 3 {
		env.To = append(env.To, smtpclient.Recipient{Address: fmt.Sprintf("u%d@mail.test", i)})
	}
	for result, err := range client.SendParts(context.Background(), env, strings.NewReader("Subject: all\n"), smtpclient.SendOptions{}) {
		for _, r := range result.Recipients {
			fmt.Println(env.To[r.Index].Address, err == nil && r.Accepted)
		}
	}
	// Output:
	// u0@mail.test true
	// u1@mail.test true
	// u2@mail.test true
}

// The message is uploaded while the user may still change his mind.
func ExampleClient_Prepare() {
	client, backend, end := exampleClient(smtpclient.Options{})
	defer end()
	ctx := context.Background()
	if err := client.Learn(ctx); err != nil {
		log.Fatal(err)
	}
	env := smtpclient.Envelope{From: "ada@mail.test", To: rcpt("bob@mail.test")}
	regretted, _, err := client.Prepare(ctx, env, strings.NewReader("Subject: I quit\n"), smtpclient.SendOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := regretted.Discard(ctx); err != nil {
		log.Fatal(err)
	}
	meant, result, err := client.Prepare(ctx, env, strings.NewReader("Subject: see you tomorrow\n"), smtpclient.SendOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("recipient accepted:", result.Recipients[0].Accepted)
	if _, err := meant.Commit(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-backend.mails)
	// Output:
	// recipient accepted: true
	// bob@mail.test
	// Subject: see you tomorrow
}

// A refusal, for the program and for the user.
func ExampleError() {
	client, _, end := exampleClient(smtpclient.Options{})
	defer end()
	env := smtpclient.Envelope{From: "ada@mail.test", To: rcpt("nobody@mail.test")}
	_, err := client.Send(context.Background(), env, strings.NewReader("Subject: hello\n"), smtpclient.SendOptions{})
	e, ok := err.(*smtpclient.Error)
	if !ok {
		log.Fatal(err)
	}
	fmt.Println(e.Phase, e.Code, e.Enhanced, e.Temporary, e.Unknown())
	fmt.Println(e.Explain())
	// Output:
	// rcpt 550 5.1.1 false false
	// There is no such mailbox.
}
