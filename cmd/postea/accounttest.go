package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/internal/app/doctor"
)

func (e *env) accountTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test [NAME…]", Short: "Sign in to the servers of accounts and tell what they offer",
		Long: `Sign in to IMAP and SMTP of the accounts named, or of all of them, and tell their
certificates, what the servers offer and what that means, which folder is what,
how much room is left, and whether the clock of this machine agrees with theirs;
then what the DNS says about mail from the address's domain (SPF, DKIM, DMARC).
For each thing that is not as it should be it says what to do.

Nothing is changed at the servers. The time is taken from what a server says when
it greets, or from when the newest message arrived; the names of DKIM keys from a
message of your own in the inbox, or those that large providers use.

The exit code is that of the worst sign-in.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := e.loadConfig(false)
			if err != nil {
				return err
			}
			if err := e.unlockForUse(cfg); err != nil {
				return err
			}
			if len(args) == 0 {
				args = accountNames(cfg)
			}
			if e.account != "" {
				args = []string{e.account}
			}
			code := exOK
			for _, name := range args {
				acc, err := accountCalled(cfg, name)
				if err != nil {
					return err
				}
				n, err := e.tell(acc, doctor.Diagnose(c.Context(), acc, nil))
				if err != nil {
					return err
				}
				code = worse(code, n)
			}
			if code != exOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
}

// worse gives the code that needs the user more.
func worse(a, b int) int {
	rank := map[int]int{exOK: 0, exTempFail: 1, exUnavailable: 2, exNoPerm: 3, exConfig: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

type serviceJSON struct {
	Account string   `json:"account"`
	Service string   `json:"service"`
	Server  string   `json:"server"`
	OK      bool     `json:"ok"`
	TLS     *string  `json:"tls"`
	TookMS  int64    `json:"took_ms"`
	Offers  []string `json:"offers"`
	Means   []string `json:"means"`
	Folders []string `json:"folders"`
	MaxSize *int64   `json:"max_size"`
	Used    *int64   `json:"used"`
	Room    *int64   `json:"room"`
	Ends    *string  `json:"certificate_ends"`
	Skew    *int64   `json:"clock_behind_seconds"` // null: the server did not tell the time
	Advice  []string `json:"advice"`
	Error   *string  `json:"error"`

	Certificates []certificateJSON `json:"certificates"`
}

// probe tests one account, tells what was found, and returns the exit code.
func (e *env) probe(ctx context.Context, acc config.Account) (int, error) {
	return e.tell(acc, doctor.Probe(ctx, acc))
}

// tell prints what a test has shown.
func (e *env) tell(acc config.Account, found []doctor.Service) (int, error) {
	code := exOK
	for _, s := range found {
		if s.Err != nil && s.Name != "domain" {
			code = worse(code, codeOf(s.Err))
		}
		if e.json {
			if err := e.emit(serviceOf(acc, s)); err != nil {
				return code, err
			}
			continue
		}
		if s.Name == "domain" {
			e.tellDomain(acc, s)
			continue
		}
		head := fmt.Sprintf("%s  %s  %s", pad(acc.Name, 12), s.Name, s.Server)
		if s.Err != nil {
			fmt.Fprintf(e.stderr, "%s  FAILED\n  %s\n", head, app.SafeLine(s.Text))
			continue
		}
		e.print("%s  ok  %s  %d ms", head, or(s.TLS, "no TLS"), s.Took.Round(time.Millisecond).Milliseconds())
		if len(s.Folders) > 0 {
			e.print("  folders  %s", app.SafeLine(strings.Join(s.Folders, " · ")))
		}
		if s.MaxSize > 0 {
			e.print("  takes    messages of up to %s", byteSize(s.MaxSize))
		}
		if s.Room > 0 {
			e.print("  room     %s of %s used", byteSize(s.Used), byteSize(s.Room))
		}
		for i, c := range s.Certificates {
			e.printCertificate(c, i == 0)
		}
		if s.SkewKnown {
			e.print("  clock    %s", clockWords(s.Skew))
		}
		e.print("  offers   %s", app.SafeLine(strings.Join(s.Offers, " ")))
		e.findings(s.Means, s.Advice)
	}
	return code, nil
}

// tellDomain says what the DNS says; that nobody answers is no fault of the account.
func (e *env) tellDomain(acc config.Account, s doctor.Service) {
	e.print("%s  domain  %s", pad(acc.Name, 12), app.SafeLine(s.Server))
	if s.Err != nil {
		e.print("  not looked at: %s", app.SafeLine(s.Text))
		return
	}
	for _, o := range s.Offers {
		e.print("  says     %s", app.SafeLine(o))
	}
	e.findings(nil, s.Advice)
}

// findings prints what was found in words, and what to do.
func (e *env) findings(means, advice []string) {
	for _, m := range means {
		e.print("  means    %s", app.SafeLine(m))
	}
	for _, a := range advice {
		e.print("  advice   %s", app.SafeLine(a))
	}
}

func clockWords(behind time.Duration) string {
	switch {
	case behind > time.Second:
		return fmt.Sprintf("%s behind the server's", behind)
	case behind < -time.Second:
		return fmt.Sprintf("%s ahead of the server's", -behind)
	}
	return "agrees with the server's"
}

func serviceOf(acc config.Account, s doctor.Service) serviceJSON {
	out := serviceJSON{
		Account: acc.Name, Service: s.Name, Server: s.Server, OK: s.Err == nil, TLS: orNull(s.TLS), TookMS: s.Took.Milliseconds(),
		Offers: append([]string{}, s.Offers...), Means: append([]string{}, s.Means...), Folders: append([]string{}, s.Folders...),
		MaxSize: orNull(s.MaxSize), Used: orNull(s.Used), Room: orNull(s.Room), Ends: timeOrNull(s.CertificateEnds),
		Advice: append([]string{}, s.Advice...), Error: orNull(s.Text), Certificates: certificatesOut(s.Certificates),
	}
	if s.SkewKnown {
		seconds := int64(s.Skew.Seconds())
		out.Skew = &seconds
	}
	return out
}
