package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/internal/app/importer"
	"postea/internal/mail"
	"postea/internal/mailfile"
)

func (e *env) importCommand() *cobra.Command {
	var o importer.Options
	var recursive bool
	c := &cobra.Command{
		Use: "import PATH…", Short: "Put mail from files into a folder: mbox, Maildir, eml", Args: cobra.MinimumNArgs(1),
		Long: `Put the mail of an mbox, a Maildir, a directory of .eml files or a single message
into a folder of an account, at its server, with flags and dates of arrival. The
folder is made where it is missing.

With --recursive a directory may hold many folders: Maildirs within each other or
as Maildir++ (.A.B), mbox files, those of Thunderbird. Each goes into a folder of
its own below that of --folder; with --folder "" they keep their names.

An import that is cut off goes on where it was when the same command is given
again. One message at a time is in memory. What is no mail, or the server does not
take, is told and left out; the code is 65 then.`,
		Example: `  postea import --account work --folder Old ~/Mail/archive.mbox
  postea import --folder archive --unique ~/Maildir
  postea import --folder Old --recursive ~/Mail`,
		RunE: func(c *cobra.Command, args []string) error {
			acc, err := e.oneAccount()
			if err != nil {
				return err
			}
			if strings.TrimSpace(o.Folder) == "" && !(recursive && allDirectories(args)) {
				return exit(exUsage, "--folder names the folder; it may be empty only for a directory with --recursive")
			}
			if _, isRole := mail.ParseRole(o.Folder); isRole && recursive {
				return exit(exUsage, "with --recursive, --folder takes a name, and %q is a role", o.Folder)
			}
			code := exOK
			for _, path := range args {
				n, err := e.importPath(c.Context(), acc, path, o, recursive)
				if isNoMail(err) && len(args) > 1 { // a pattern of the shell takes along what lies beside mail
					e.say("left out: %v", err)
					n, err = exData, nil
				}
				if err != nil {
					return err
				}
				code = max(code, n)
			}
			if code != exOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&o.Folder, "folder", "Imported", "the `folder`: a name, or a role such as archive")
	f.BoolVar(&recursive, "recursive", false, "bring the folders within a directory too, each into one of its own")
	f.BoolVar(&o.Unique, "unique", false, "leave out messages whose Message-ID is in the folder already")
	f.BoolVar(&o.Again, "again", false, "begin anew, even where an import was cut off")
	_ = c.RegisterFlagCompletionFunc("folder", e.completeFolders)
	return c
}

func allDirectories(paths []string) bool {
	return !slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && !info.IsDir()
	})
}

// importPath imports a path, or with all the boxes that lie in it.
func (e *env) importPath(ctx context.Context, acc config.Account, path string, o importer.Options, all bool) (int, error) {
	if path == "" { // which Clean makes this directory
		return 0, exit(exNoInput, "\"\" is no path")
	}
	if path == "-" {
		return 0, exit(exUsage, "mail is imported from files, which are gone on with after a cut, not from standard input; a file of that name is ./-")
	}
	path = filepath.Clean(path)
	boxes, err := importer.Boxes(path, o.Folder)
	if info, statErr := os.Stat(path); !all || statErr != nil || !info.IsDir() {
		within := slices.DeleteFunc(boxes, func(b importer.Box) bool { return b.Path == path || b.Format == mailfile.EML })
		code, err := e.importFrom(ctx, acc, path, o)
		if n := len(within); n > 0 {
			if err != nil {
				return code, &exitError{codeOf(err), fmt.Errorf("%w; there are %s in it: --recursive brings them", err, app.Counted(n, "folder"))}
			}
			e.say("%s in %s left out: --recursive brings them", app.Counted(n, "folder"), app.SafeLine(path))
		}
		return code, err
	}
	if err != nil {
		return 0, err
	}
	if len(boxes) == 0 {
		return 0, exit(exData, "there is no mail in %s", path)
	}
	code := exOK
	for _, b := range boxes {
		o.Folder = b.Folder
		n, err := e.importFrom(ctx, acc, b.Path, o)
		if err != nil {
			return 0, err
		}
		code = max(code, n)
	}
	return code, nil
}

// oneAccount gives the account of --account, or the only one.
func (e *env) oneAccount() (config.Account, error) {
	cfg, err := e.loadConfig(false)
	if err != nil {
		return config.Account{}, err
	}
	if err := e.unlockForUse(cfg); err != nil {
		return config.Account{}, err
	}
	if e.account != "" {
		acc, _ := cfg.Account(e.account) // loadConfig has looked
		return acc, nil
	}
	if len(cfg.Accounts) != 1 {
		return config.Account{}, exit(exUsage, "say which account with --account: %s", strings.Join(accountNames(cfg), ", "))
	}
	return cfg.Accounts[0], nil
}

type importJSON struct {
	Path     string `json:"path"`
	Account  string `json:"account"`
	Folder   string `json:"folder"`
	Imported int    `json:"imported"`
	Present  int    `json:"present"`
	Skipped  int    `json:"skipped"`
}

func (e *env) importFrom(ctx context.Context, acc config.Account, path string, o importer.Options) (int, error) {
	o.StateDir = e.data()
	if err := os.MkdirAll(o.StateDir, 0o700); err != nil {
		return 0, exit(exCantCreate, "making %s: %w", o.StateDir, err)
	}
	bar := e.newBar()
	o.Progress = func(p importer.Progress) { bar.show(p.At, p.Total, p.Done) }
	o.Problem = func(err error) { bar.clear(); e.say("left out: %v", err) }
	p, err := importer.Import(ctx, acc, path, o)
	bar.clear()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, exit(exNoInput, "there is nothing at %s", path)
	case isNoMail(err):
		return 0, &exitError{exData, err}
	case err != nil && p.At > 0:
		return 0, &exitError{codeOf(err), fmt.Errorf("%w; there are %s, and the same command goes on after them", err, app.Counted(p.Done, "message"))}
	case err != nil:
		return 0, err
	}
	if e.json {
		if err := e.emit(importJSON{path, acc.Name, o.Folder, p.Done, p.Present, p.Skipped}); err != nil {
			return 0, err
		}
	} else {
		e.print("%s: %d imported, %d there already, %d left out", app.SafeLine(path), p.Done, p.Present, p.Skipped)
	}
	if p.Skipped > 0 {
		return exData, nil
	}
	return exOK, nil
}

func isNoMail(err error) bool {
	_, ok := errors.AsType[*mailfile.NoMailError](err)
	return ok
}

// notExported tells what an export cannot look at, so that what it writes is not taken for
// all: accounts that were never synced, and how many messages of the folders are at the
// server only.
func (e *env) notExported(ctx context.Context, a *app.App, o app.ExportOptions) (unsynced []string, older int, err error) {
	folder := o.Folder
	if o.Search == "" {
		folder = cmp.Or(folder, string(mail.RoleInbox))
	} else if unsynced, err = a.Unsynced(ctx, o.Account); err != nil {
		return nil, 0, err
	}
	older, err = a.OlderAtServer(ctx, o.Account, folder)
	if names, ferr := a.FolderNames(ctx, o.Account); ferr == nil && len(names) == 0 && len(unsynced) > 0 {
		err = &app.NotSyncedError{}
	}
	return unsynced, older, err
}

func (e *env) exportCommand() *cobra.Command {
	var o app.ExportOptions
	var format string
	c := &cobra.Command{
		Use: "export PATH", Short: "Write the mail of a folder or a search into files: mbox, Maildir, eml", Args: cobra.ExactArgs(1),
		Long: `Write the messages of a folder, or with --search those that it finds anywhere,
into a new mbox, Maildir or directory of .eml files, with flags and dates;  postea
import  reads them back as they were. What is not on this machine is left out and
told, unless --fetch asks the server for it; the code is 75 then, as it is where
the depth of the account leaves older mail of the folder at the server.`,
		Example: `  postea export --folder archive --fetch archive.mbox
  postea export --format maildir ~/backup/inbox
  postea export --search 'list:dev before:2026' dev.mbox`,
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == "-" {
				return exit(exUsage, "mail is exported into files, not to standard output; a file of that name is ./-")
			}
			var err error
			if o.Format, err = mailfile.ParseFormat(format); err != nil {
				return exit(exUsage, "%w", err)
			}
			if c.Flags().Changed("search") && strings.TrimSpace(o.Search) == "" {
				return exit(exUsage, "the search asks for nothing")
			}
			o.Account = e.account
			a, err := e.openFor(c.Context(), o.Fetch)
			if err != nil {
				return err
			}
			defer a.Close()
			unsynced, older, err := e.notExported(c.Context(), a, o)
			if err != nil {
				return err
			}
			bar, missing := e.newBar(), 0
			o.Progress = func(done, total int) { bar.show(int64(done), int64(total), done) }
			o.Problem = func(err error) {
				missing++
				if !errors.Is(err, app.ErrNotHere) {
					bar.clear()
					e.say("left out: %v", err)
				}
			}
			n, err := a.ExportMail(c.Context(), args[0], o)
			bar.clear()
			switch {
			case errors.Is(err, fs.ErrExist):
				return exit(exCantCreate, "%s is there already", args[0])
			case err != nil:
				return err
			}
			if o.Search == "" {
				missing += older
			}
			if e.json {
				if err := e.emit(exportJSON{args[0], n, missing}); err != nil {
					return err
				}
			} else {
				e.print("%s: %s", app.SafeLine(args[0]), app.Counted(n, "message"))
			}
			for _, name := range unsynced {
				e.say("nothing of account %s is here yet, and nothing of it was searched: run  postea sync", name)
			}
			switch {
			case older > 0 && o.Search != "":
				e.say("%s at the server only and not searched: a larger depth brings them (account edit NAME --depth all, then sync)", app.Counted(older, "older message"))
			case older > 0:
				return exit(exTempFail, "%s left out, %s of them at the server only, as older than the depth: account edit NAME --depth all, then sync, brings these",
					app.Counted(missing, "message"), app.Number(older))
			}
			switch {
			case missing > 0 && o.Fetch:
				return exit(exTempFail, "%s could not be fetched and left out", app.Counted(missing, "message"))
			case missing > 0:
				return exit(exTempFail, "%s not on this machine and left out: use --fetch", app.Counted(missing, "message"))
			}
			return nil
		},
	}
	f := c.Flags()
	f.Var(wordFlag{&o.Folder}, "folder", "the `folder`: a name or a role (default inbox)")
	f.Var(wordFlag{&o.Search}, "search", "what this `query` finds, in all folders unless --folder is given")
	f.StringVar(&format, "format", "mbox", "mbox, maildir or eml")
	f.BoolVar(&o.Fetch, "fetch", false, "ask the server for messages that are not here")
	_ = c.RegisterFlagCompletionFunc("folder", e.completeFolders)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"mbox", "maildir", "eml"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

type exportJSON struct {
	Path     string `json:"path"`
	Exported int    `json:"exported"`
	Missing  int    `json:"missing"`
}

type backupJSON struct {
	Path  string   `json:"path"`
	Files []string `json:"files"`
}

func (e *env) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup DIR", Short: "Copy what only this machine has", Args: cobra.ExactArgs(1),
		Long: `Copy what only this machine has into a new directory: own.db with drafts, outbox
and contacts, the configuration with themes and templates, and the file of
encrypted secrets. postea may be running. To restore, end postea and put the files
back in their places; the copy of your mail is fetched again by itself.`,
		RunE: func(c *cobra.Command, args []string) error {
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			names, err := a.Backup(c.Context(), args[0])
			switch {
			case errors.Is(err, fs.ErrExist):
				return exit(exCantCreate, "%s is there already; a copy goes into a new directory", args[0])
			case err != nil:
				return &exitError{exCantCreate, err}
			}
			if e.json {
				return e.emit(backupJSON{args[0], names})
			}
			e.print("%s: %s", app.SafeLine(args[0]), strings.Join(names, ", "))
			return nil
		},
	}
}

// bar is a line on the terminal that says how far something is.
type bar struct {
	e     *env
	on    bool
	drawn bool
	last  time.Time
}

func (e *env) newBar() *bar { return &bar{e: e, on: e.outTerminal && !e.quiet && !e.json} }

func (b *bar) show(at, total int64, messages int) {
	const often = 100 * time.Millisecond
	if now := b.e.now(); !b.on || now.Sub(b.last) < often {
		return
	} else {
		b.last = now
	}
	const width = 30
	full, share := 0, 0
	if total > 0 {
		full, share = int(at*width/total), int(at*100/total)
	}
	fmt.Fprintf(b.e.stderr, "\r\x1b[K  %s%s %3d %%  %s", strings.Repeat("━", full), strings.Repeat("─", width-full), share, app.Counted(messages, "message"))
	b.drawn = true
}

func (b *bar) clear() {
	if b.drawn {
		fmt.Fprint(b.e.stderr, "\r\x1b[K")
		b.drawn = false
	}
}
