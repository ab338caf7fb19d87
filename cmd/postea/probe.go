package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
)

func (e *env) probeCommand() *cobra.Command {
	var at doctor.Endpoint
	c := &cobra.Command{
		Use: "probe HOST[:PORT]", Short: "Look at a mail server without signing in", Args: cobra.ExactArgs(1),
		Long: `Look at a mail server without signing in: its addresses, the versions of TLS and
the certificates, what it offers and what that means, what to do about what is
not as it should be, and the whole conversation. Without a port the usual ones
are looked at: 993, 143, 465, 587 and 25. Neither a configuration nor an account
is needed; to test the sign-in use  postea account test.

The code is 0 where a server answered as it should, 69 otherwise.`,
		Example: `  postea probe imap.example.org
  postea probe smtp.example.org:587`,
		RunE: func(c *cobra.Command, args []string) error {
			host, port, err := hostPort(args[0])
			if err != nil {
				return err
			}
			at.Host, at.Port = host, port
			switch at.TLS {
			case "", "implicit", "starttls", "none":
			default:
				return exit(exUsage, "--tls takes implicit, starttls or none, not %q", at.TLS)
			}
			return e.showLooks(doctor.LookAt(c.Context(), at))
		},
	}
	c.Flags().StringVar(&at.TLS, "tls", "", "implicit, starttls or none (default: by the port, or by what the server says)")
	c.Flags().StringVar(&at.CAFile, "ca-file", "", "certificates (PEM) that replace the system's")
	return c
}

// hostPort reads host, host:port, [::1]:port and ::1.
func hostPort(s string) (string, int, error) {
	host, port, err := setup.HostPort(s)
	if err != nil {
		return "", 0, exit(exUsage, "%w", err)
	}
	return host, port, nil
}

type lookJSON struct {
	Service      *string           `json:"service"`
	Server       string            `json:"server"`
	OK           bool              `json:"ok"`
	Addresses    []string          `json:"addresses"`
	TLS          *string           `json:"tls"`
	Certificates []certificateJSON `json:"certificates"`
	Versions     []string          `json:"tls_versions"`
	Offers       []string          `json:"offers"`
	Means        []string          `json:"means"`
	Advice       []string          `json:"advice"`
	MaxSize      *int64            `json:"max_size"`
	Transcript   []traceJSON       `json:"transcript"`
	Error        *string           `json:"error"`
}

type certificateJSON struct {
	Subject   string   `json:"subject"`
	Issuer    string   `json:"issuer"`
	Names     []string `json:"names"`
	NotBefore string   `json:"not_before"`
	NotAfter  string   `json:"not_after"`
	Pin       string   `json:"pin"`
}

func (e *env) showLooks(list []doctor.Look) error {
	answered := false
	for i, l := range list {
		answered = answered || l.Err == nil
		if e.json {
			if err := e.emit(lookOf(l)); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			e.print("")
		}
		e.printLook(l, len(list) == 1)
	}
	if !answered {
		if e.json || len(list) == 1 {
			return exit(exUnavailable, "%s", list[0].Text)
		}
		return exit(exUnavailable, "no server answered as it should")
	}
	return nil
}

func lookOf(l doctor.Look) lookJSON {
	out := lookJSON{
		Service: orNull(l.Service), Server: l.Server, OK: l.Err == nil, Addresses: append([]string{}, l.Addresses...), TLS: orNull(l.TLS),
		Certificates: certificatesOut(l.Certificates), Versions: append([]string{}, l.Versions...), Offers: append([]string{}, l.Offers...),
		Means: append([]string{}, l.Means...), Advice: append([]string{}, l.Advice...), MaxSize: orNull(l.MaxSize),
		Transcript: []traceJSON{}, Error: orNull(l.Text),
	}
	for _, t := range l.Conversation {
		out.Transcript = append(out.Transcript, traceJSON{t.At.Format(time.RFC3339Nano), string(t.From), t.Text})
	}
	return out
}

func certificatesOut(list []doctor.Certificate) []certificateJSON {
	out := []certificateJSON{}
	for _, c := range list {
		out = append(out, certificateJSON{c.Subject, c.Issuer, append([]string{}, c.Names...),
			c.NotBefore.UTC().Format(time.RFC3339), c.NotAfter.UTC().Format(time.RFC3339), c.Pin})
	}
	return out
}

func (e *env) printLook(l doctor.Look, alone bool) {
	head := l.Server
	if l.Service != "" {
		head += "  " + l.Service
	}
	if l.Err != nil {
		e.print("%s  FAILED", app.SafeLine(head))
		if !alone {
			e.print("  %s", app.SafeLine(l.Text))
		}
	} else {
		e.print("%s  ok  %s", app.SafeLine(head), or(l.TLS, "no TLS"))
	}
	if len(l.Addresses) > 0 {
		e.print("  address  %s", app.SafeLine(strings.Join(l.Addresses, " ")))
	}
	for i, c := range l.Certificates {
		e.printCertificate(c, i == 0)
	}
	if len(l.Versions) > 0 {
		e.print("  takes    %s", strings.Join(l.Versions, " · "))
	}
	if l.MaxSize > 0 {
		e.print("  takes    messages of up to %s", byteSize(l.MaxSize))
	}
	if len(l.Offers) > 0 {
		e.print("  offers   %s", app.SafeLine(strings.Join(l.Offers, " ")))
	}
	e.findings(l.Means, l.Advice)
	for _, t := range l.Conversation {
		e.print("  %s: %s", t.From, app.SafeLine(t.Text))
	}
}

func (e *env) printCertificate(c doctor.Certificate, own bool) {
	until := "valid until " + c.NotAfter.Local().Format("2 Jan 2006")
	now := e.now()
	switch left := c.NotAfter.Sub(now); {
	case left < 0:
		until = "EXPIRED on " + c.NotAfter.Local().Format("2 Jan 2006")
	case c.NotBefore.After(now):
		until = "NOT VALID before " + c.NotBefore.Local().Format("2 Jan 2006")
	case left < 21*24*time.Hour:
		until += fmt.Sprintf(" (%d days left)", int(left.Hours()/24))
	}
	if !own {
		e.print("           signed by %s, %s", app.SafeLine(c.Subject), until)
		return
	}
	names := strings.Join(c.Names, " ")
	e.print("  shows    %s, %s", app.SafeLine(or(names, c.Subject)), until)
	e.print("           pin %s", c.Pin)
}
