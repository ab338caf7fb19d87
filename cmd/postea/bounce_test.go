package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postea/internal/lab"
)

// Bounces of real servers end on the right recipient of the right message.
func TestBounceOfPostfix(t *testing.T) { bounces(t, lab.Postfix(t)) }
func TestBounceOfMox(t *testing.T)     { bounces(t, lab.Mox(t)) }

func bounces(t *testing.T, s *lab.Server) {
	sh := labShell(t, s)
	tag := fmt.Sprintf("%08x", rand.Uint32()) // the server may hold mail of earlier runs, and remember who bounced
	_, bounceDomain, _ := strings.Cut(s.Bounces, "@")
	// A name that ends with three digits asks mox for that reply.
	lost, found := "void-"+tag+"x@"+bounceDomain, s.Account(1).Address
	sh.okWith("One of you is not there.\n", "send", "--to", found, "--cc", lost, "--subject", "Both "+tag)
	sh.okWith("You are.\n", "send", "--to", found, "--subject", "One "+tag)
	for _, o := range sh.outgoing(tag) {
		for _, r := range o.recipients {
			if r["state"] != "accepted" {
				t.Fatalf("before the bounce %v is %v: %v", r["address"], r["state"], r["text"])
			}
		}
	}

	var bounced map[string]any
	for end := time.Now().Add(90 * time.Second); bounced == nil; {
		if time.Now().After(end) {
			t.Fatalf("no bounce of %s arrived: %v", lost, sh.outgoing(tag))
		}
		time.Sleep(300 * time.Millisecond) // servers bounce in their own time
		sh.ok("sync")
		for _, o := range sh.outgoing(tag) {
			for _, r := range o.recipients {
				if r["state"] == "failed" {
					bounced = r
				}
			}
		}
	}
	if bounced["address"] != lost || bounced["source"] != "report" || !strings.HasPrefix(fmt.Sprint(bounced["enhanced"]), "5.") || bounced["text"] == "" {
		t.Errorf("the bounce became %v, want %s", bounced, lost)
	}
	for _, o := range sh.outgoing(tag) {
		for _, r := range o.recipients {
			if r["address"] == found && r["state"] != "accepted" && r["state"] != "delivered" {
				t.Errorf("%s of %q is %v", found, o.subject, r["state"])
			}
		}
		if want := map[bool]string{true: "rejected", false: "accepted done"}[strings.HasPrefix(o.subject, "Both")]; !strings.Contains(want, o.state) {
			t.Errorf("%q is %s, want %s", o.subject, o.state, want)
		}
	}
}

type outgoingJSON struct {
	subject, state string
	recipients     []map[string]any
}

// outgoing is what the outbox says about the messages with tag in their subject.
func (sh *shell) outgoing(tag string) []outgoingJSON {
	sh.t.Helper()
	var out []outgoingJSON
	for _, v := range sh.objects("outbox", "list") {
		o := outgoingJSON{subject: v["subject"].(string), state: v["state"].(string)}
		if !strings.Contains(o.subject, tag) {
			continue
		}
		for _, r := range v["recipients"].([]any) {
			o.recipients = append(o.recipients, r.(map[string]any))
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		sh.t.Fatalf("the outbox has nothing with %s", tag)
	}
	return out
}

// labShell has the first account of a real server.
func labShell(t *testing.T, s *lab.Server) *shell {
	t.Helper()
	sh := &shell{t: t, home: t.TempDir()}
	u := s.Account(0)
	sh.ok("account", "add", "alice", "--address", u.Address,
		"--imap-host", s.Host, "--imap-port", fmt.Sprint(s.IMAPS), "--smtp-host", s.Host, "--smtp-port", fmt.Sprint(s.Submission), "--smtp-tls", "starttls",
		"--ca-file", s.CAFile, "--password-env", secretVariable(t, u.Password))
	return sh
}
