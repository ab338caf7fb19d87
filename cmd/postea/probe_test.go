package main

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"postea/internal/demo"
)

func TestProbe(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	info := sh.server.Info()
	at := func(e demo.Endpoint) string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"IMAP by TLS":        {[]string{at(info.IMAP)}, []string{"imap  ok  TLS 1.3, implicit", "shows    ", "pin sha256:", "valid until", "IMAP4rev1", "Server: * OK", "LOGOUT"}},
		"IMAP by STARTTLS":   {[]string{at(sh.server.IMAPStartTLS())}, []string{"imap  ok  TLS 1.3, starttls", "STARTTLS"}},
		"SMTP by STARTTLS":   {[]string{at(info.Submission)}, []string{"smtp  ok  TLS 1.3, starttls", "takes    messages of up to", "Client: EHLO ", "Server: 250", "AUTH"}},
		"SMTP by TLS":        {[]string{at(info.Submissions)}, []string{"smtp  ok  TLS 1.3, implicit", "Client: QUIT"}},
		"with the mode said": {[]string{at(info.Submissions), "--tls", "implicit"}, []string{"smtp  ok  TLS 1.3, implicit"}},
	} {
		t.Run(name, func(t *testing.T) {
			sh := &shell{t: t, home: sh.home}
			out := sh.ok(append([]string{"probe", "--ca-file", info.CAFile}, c.args...)...)
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("no %q in\n%s", w, out)
				}
			}
		})
	}
}

func TestProbeFailures(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	info := sh.server.Info()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	imap := net.JoinHostPort(info.IMAP.Host, strconv.Itoa(info.IMAP.Port))
	for name, c := range map[string]struct {
		args []string
		code int
		say  string
	}{
		"nobody listens":   {[]string{nobody}, exUnavailable, "nothing listens there"},
		"not trusted":      {[]string{imap}, exUnavailable, "unknown authority"},
		"no such host":     {[]string{"host.invalid"}, exUnavailable, "host.invalid"},
		"wrong mode":       {[]string{net.JoinHostPort(info.Submission.Host, strconv.Itoa(info.Submission.Port)), "--tls", "implicit"}, exUnavailable, "starttls"},
		"no mode":          {[]string{imap, "--tls", "yes"}, exUsage, "implicit, starttls or none"},
		"no port":          {[]string{"localhost:imap"}, exUsage, "port is a number"},
		"no host":          {[]string{"a b"}, exUsage, "no host"},
		"nothing":          {nil, exUsage, "say postea probe HOST"},
		"an address by it": {[]string{"ada@example.org"}, exUsage, "no host"},
	} {
		t.Run(name, func(t *testing.T) {
			sh := &shell{t: t, home: sh.home}
			if r := sh.run("", append([]string{"probe"}, c.args...)...); r.code != c.code || !strings.Contains(r.err, c.say) {
				t.Errorf("%d %s%s", r.code, r.out, r.err)
			}
		})
	}
	if shown := sh.run("", "probe", imap).out; !strings.Contains(shown, "pin sha256:") {
		t.Errorf("a certificate that is not trusted is not shown:\n%s", shown)
	}
	got := sh.objects("probe", imap, "--ca-file", info.CAFile)[0]
	for _, field := range []string{"service", "server", "ok", "addresses", "tls", "certificates", "tls_versions", "offers", "means", "advice", "max_size", "transcript", "error"} {
		if _, ok := got[field]; !ok {
			t.Errorf("no %s in %v", field, got)
		}
	}
}
