package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"postea/config"
	"postea/internal/app"
)

// env is what a command sees of the world.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	inTerminal     bool // stdin is a terminal
	outTerminal    bool // stdout is a terminal
	width          int  // of the terminal; 0 where there is none
	now            func() time.Time
	step           func(point string) // store.Options.Step
	helper         []string           // app.Options.Helper
	memory         *pace              // nil: Go's own
	keyboard       keyboard
	queued         bool // a message is in the outbox by this command

	// Set by flags, before or after the verb.
	configPath, dataDir, account string
	json, quiet, verbose         bool
	plain                        bool // the interface for a screen reader
}

func newEnv() *env {
	e := &env{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now, step: stepHook(), helper: helperOf(),
		inTerminal: term.IsTerminal(int(os.Stdin.Fd())), outTerminal: term.IsTerminal(int(os.Stdout.Fd()))}
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		e.width = w
	}
	return e
}

// noScreen says what is missing to draw an interface; "" where nothing is. keys are those
// of standard input. In the shell of an editor the cursor cannot be placed.
func (e *env) noScreen(keys bool) string {
	switch {
	case !e.outTerminal || keys && !e.inTerminal:
		return "needs a terminal"
	case os.Getenv("TERM") == "dumb":
		return "needs a terminal that can place its cursor, which TERM=dumb says that this one cannot"
	}
	return ""
}

func (e *env) configFile() string {
	if e.configPath != "" {
		return e.configPath
	}
	return config.DefaultPath()
}

func (e *env) data() string {
	if e.dataDir != "" {
		return e.dataDir
	}
	return config.DefaultDataDir()
}

// state is where logs go: within the data directory where one was named.
func (e *env) state() string {
	if e.dataDir != "" || os.Getenv("POSTEA_DATA") != "" {
		return e.data()
	}
	return config.DefaultStateDir()
}

// loadConfig reads the configuration. No file is no error where empty is true.
func (e *env) loadConfig(empty bool) (*config.Config, error) {
	c, err := config.Load(e.configFile())
	if errors.Is(err, fs.ErrNotExist) && empty && e.configPath == "" {
		return config.Parse(e.configFile(), nil)
	}
	if err != nil {
		return nil, e.unread(err)
	}
	if e.account != "" {
		acc, err := accountCalled(c, e.account)
		if err != nil {
			return nil, err
		}
		e.account = acc.Name
	}
	return c, nil
}

// unread says why there is no configuration to go by.
func (e *env) unread(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return exit(exConfig, "there is no configuration at %s: add an account with  postea account add", e.configFile())
	}
	return &exitError{exConfig, err}
}

// accountCalled is the account that somebody calls by its name or, where that tells
// it, by an address of it.
func accountCalled(c *config.Config, called string) (config.Account, error) {
	if acc, ok := c.Account(called); ok {
		return acc, nil
	}
	var list []config.Account
	var names []string
	for _, a := range c.Accounts {
		if strings.Contains(called, "@") && a.Own(called) {
			list, names = append(list, a), append(names, a.Name)
		}
	}
	switch {
	case len(list) == 1:
		return list[0], nil
	case len(list) > 1:
		return config.Account{}, exit(exConfig, "several accounts have the address %s; say which by its name: %s", called, strings.Join(names, ", "))
	case len(c.Accounts) == 0:
		return config.Account{}, exit(exConfig, "there is no account in %s: add one with  postea account add", c.Path)
	}
	return config.Account{}, exit(exConfig, "there is no account %q in %s; it has: %s", called, c.Path, strings.Join(accountNames(c), ", "))
}

func accountNames(c *config.Config) []string {
	var out []string
	for _, a := range c.Accounts {
		out = append(out, a.Name)
	}
	return out
}

// openFor is openToTalk for a command that may have to ask a server, else open.
func (e *env) openFor(ctx context.Context, talk bool) (*app.App, error) {
	if talk {
		return e.openToTalk(ctx)
	}
	return e.open(ctx)
}

// open opens the store with the configured accounts, for a command that does not talk
// to servers and is soon over.
func (e *env) open(ctx context.Context) (*app.App, error) {
	c, err := e.loadConfig(false)
	if err != nil {
		return nil, err
	}
	return e.openWith(ctx, app.Options{Config: c, Brief: true})
}

// openMail is open for a command that only looks into the mirror.
func (e *env) openMail(ctx context.Context) (*app.App, error) {
	c, err := e.loadConfig(false)
	if err != nil {
		return nil, err
	}
	return e.openWith(ctx, app.Options{Config: c, Brief: true, MailOnly: true})
}

// openToTalk is open for a command that talks to servers: the passphrase of
// encrypted secrets is asked for where somebody is there.
func (e *env) openToTalk(ctx context.Context) (*app.App, error) {
	c, err := e.loadConfig(false)
	if err != nil {
		return nil, err
	}
	if err := e.unlockForUse(c); err != nil {
		return nil, err
	}
	return e.openWith(ctx, app.Options{Config: c})
}

// openWith opens the store as the options say; what they leave out of the world is e's.
func (e *env) openWith(ctx context.Context, o app.Options) (*app.App, error) {
	o.Dir, o.Log, o.Now, o.Step, o.Helper = e.data(), e.logger(), e.now, e.step, e.helper
	a, err := app.Open(ctx, o)
	if err != nil {
		return nil, &exitError{exCantCreate, err}
	}
	for _, n := range a.Notices() {
		e.say("%s", n)
	}
	return a, nil
}

// logger writes to postea.log in the state directory, or nowhere where that
// cannot be. Mail and secrets are never logged.
func (e *env) logger() *slog.Logger {
	dir := e.state()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil
	}
	f, err := openLog(filepath.Join(dir, "postea.log"))
	if err != nil {
		return nil
	}
	level := slog.LevelWarn
	if e.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: level}))
}

// say tells the user something on stderr, unless --quiet.
func (e *env) say(format string, args ...any) {
	if !e.quiet {
		fmt.Fprintf(e.stderr, "postea: %s\n", app.SafeLine(fmt.Sprintf(format, args...)))
	}
}

// print writes a line of output. What could not be written is told by run.
func (e *env) print(format string, args ...any) { fmt.Fprintf(e.stdout, format+"\n", args...) }
