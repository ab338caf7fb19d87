package sasl

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
)

// Whatever is answered is kept out of transcripts, and a server that does not stop asking
// is answered no more.
func TestExchange(t *testing.T) {
	var hidden []string
	client, err := newClient(Login, nil, Credentials{Username: "ada", Password: "note-g"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := Begin(client, func(s string) { hidden = append(hidden, s) })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"ada", "note-g"} {
		got, err := x.Answer([]string{"VXNlcm5hbWU6", "UGFzc3dvcmQ6"}[i])
		if plain, _ := base64.StdEncoding.DecodeString(got); err != nil || string(plain) != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
		if !slices.Contains(hidden, want) {
			t.Errorf("%q is not hidden: %q", want, hidden)
		}
	}
}

func TestExchangeThatDoesNotEnd(t *testing.T) {
	x, _, err := Begin(endless{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxChallenges {
		if _, err := x.Answer(""); err != nil {
			t.Fatalf("after %d: %v", i, err)
		}
	}
	if _, err := x.Answer(""); err == nil || !strings.Contains(err.Error(), "does not stop") {
		t.Error(err)
	}
}

// An initial response that is empty is not the same as none (RFC 4954 §4).
func TestInitialResponse(t *testing.T) {
	for _, c := range []struct {
		first []byte
		want  string
	}{{nil, ""}, {[]byte{}, "="}, {[]byte("x"), "eA=="}} {
		if _, got, err := Begin(endless{first: c.first}, func(string) {}); err != nil || got != c.want {
			t.Errorf("%q: %q, %v", c.first, got, err)
		}
	}
	if _, _, err := Begin(endless{err: errors.New("no")}, func(string) {}); err == nil {
		t.Error("an error is left out")
	}
}

type endless struct {
	first []byte
	err   error
}

func (e endless) Start() (string, []byte, error) { return "X", e.first, e.err }
func (endless) Next([]byte) ([]byte, error)      { return []byte("y"), nil }
