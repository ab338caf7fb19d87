package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/internal/demo"
	"postea/tui"
)

func (e *env) demoCommand() *cobra.Command {
	var headless, serve bool
	c := &cobra.Command{
		Use: "demo", Short: "Try postea on its own server with sample mail", Args: cobra.NoArgs,
		Long: `Open the interface on a mail server inside the process, with two accounts and
sample mail. Nothing is configured, nothing is kept, no other machine is reached.
Write to echo@postea.example and an answer comes; to nobody@postea.example and a
bounce does.

--headless does the whole journey without a terminal and prints it. --serve only
runs the server, and prints where it is as one line of JSON.`,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case serve:
				return e.demoServe(c.Context())
			case headless:
				return e.demoHeadless(c.Context())
			case e.noScreen(true) != "":
				e.say("there is no terminal for the interface, so this is  postea demo --headless")
				return e.demoHeadless(c.Context())
			}
			return e.demoTUI(c.Context())
		},
	}
	c.Flags().BoolVar(&headless, "headless", false, "compose, send, receive, answer and bounce without a terminal")
	c.Flags().BoolVar(&serve, "serve", false, "only run the server, until interrupted")
	c.MarkFlagsMutuallyExclusive("headless", "serve")
	e.plainFlag(c)
	return c
}

// demoServer starts the server in a directory of its own, which done removes.
func demoServer(ctx context.Context, echoAfter time.Duration) (s *demo.Server, dir string, done func(), err error) {
	// Who stops reading what is printed, such as head, would end postea before done.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	dir, err = os.MkdirTemp("", "postea-demo-")
	if err != nil {
		return nil, "", nil, exit(exCantCreate, "making a directory for the demo: %w", err)
	}
	s, err = demo.Start(ctx, demo.Options{Dir: dir, EchoAfter: echoAfter})
	if err != nil {
		os.RemoveAll(dir)
		return nil, "", nil, &exitError{exUnavailable, err}
	}
	return s, dir, func() {
		s.Close()
		os.RemoveAll(dir)
	}, nil
}

func (e *env) demoServe(ctx context.Context) error {
	s, _, done, err := demoServer(ctx, time.Second)
	if err != nil {
		return err
	}
	defer done()
	if err := e.emit(s.Info()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// demoConfig has a profile for each user of the server; the first submits with
// STARTTLS, the second with implicit TLS.
func demoConfig(s *demo.Server) (*config.Config, error) {
	c, err := config.Parse("", nil) // no file: nothing is kept
	if err != nil {
		return nil, err
	}
	info := s.Info()
	for i, u := range s.Users {
		submission := info.Submission
		if i > 0 {
			submission = info.Submissions
		}
		server := func(at demo.Endpoint) config.Server {
			return config.Server{Host: at.Host, Port: at.Port, TLS: at.TLS, Username: u.Username, CAFile: info.CAFile, Password: config.Secret{Value: u.Password}}
		}
		acc, err := config.Complete(config.Account{
			Name: u.Name, Address: u.Address, RealName: u.RealName, Signature: "Ada", AuthServID: demo.AuthServID, IMAP: server(info.IMAP), SMTP: server(submission),
		})
		if err != nil {
			return nil, err
		}
		acc.Send.Reconcile = []time.Duration{2 * time.Second, 5 * time.Second}
		c.Accounts = append(c.Accounts, acc)
	}
	return c, nil
}

// openDemo is a server and an App that works on it.
func (e *env) openDemo(ctx context.Context, hold bool) (*app.App, func(), error) {
	s, dir, done, err := demoServer(ctx, time.Second)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := demoConfig(s)
	if err != nil {
		done()
		return nil, nil, err
	}
	a, err := app.Open(ctx, app.Options{Config: cfg, Dir: dir, Now: e.now, Hold: hold, Helper: e.helper})
	if err != nil {
		done()
		return nil, nil, &exitError{exCantCreate, err}
	}
	return a, func() {
		a.Close()
		done()
	}, nil
}

func (e *env) demoTUI(ctx context.Context) error {
	a, done, err := e.openDemo(ctx, true)
	if err != nil {
		return err
	}
	defer done()
	a.Start(ctx)
	// The first frame shows the inbox and not a beginning.
	if err := awaitSynced(ctx, a, 1500*time.Millisecond); err != nil {
		return err
	}
	o, err := e.demoLooks(a)
	if err != nil {
		return err
	}
	o.Title = "postea demo"
	err = tui.Run(ctx, a, o)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// demoLooks are the looks that the user has set, where there is a configuration:
// only its [ui] counts, and nothing is written there.
func (e *env) demoLooks(a *app.App) (tui.Options, error) {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return tui.Options{}, err
	}
	o, err := e.looks(cfg, a)
	o.KeepTheme = nil
	return o, err
}

// awaitSynced waits until every account has had a whole round, or for d.
func awaitSynced(ctx context.Context, a *app.App, d time.Duration) error {
	limit, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	err := await(limit, a, func() (bool, error) {
		list, err := a.Statuses(ctx)
		for _, st := range list {
			if st.Synced.IsZero() {
				return false, err
			}
		}
		return true, err
	})
	if limit.Err() != nil {
		return ctx.Err()
	}
	return err
}

// await asks done after every change until it says yes or ctx ends.
func await(ctx context.Context, a *app.App, done func() (bool, error)) error {
	sub := a.Events()
	defer sub.Close()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		_, _ = sub.Next(wait)
		cancel()
		if ctx.Err() != nil {
			return fmt.Errorf("it did not happen in time: %w", ctx.Err())
		}
	}
}
