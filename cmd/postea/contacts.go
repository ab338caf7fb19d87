package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
)

func (e *env) contactsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "contacts",
		Short: "The address book: who is offered while an address is typed",
		Long: `The address book holds who you write to and read from, what you add or import,
and what vCard files and a query command give ([contacts] in the configuration).`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.listContacts(c, nil, 0) },
	}
	c.AddCommand(e.contactsListCommand(), e.contactsAddCommand(), e.contactsRemoveCommand(), e.contactsImportCommand(), e.contactsExportCommand())
	return c
}

func (e *env) contactsListCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "list [LETTERS…]",
		Short: "List contacts, those written to most and latest first",
		Long: `List contacts, or those that letters may mean, as the composer offers them:
those written to most and latest first. A * marks what you have put there.`,
		RunE: func(c *cobra.Command, args []string) error { return e.listContacts(c, args, limit) },
	}
	c.Flags().IntVar(&limit, "limit", 0, "at most this many; 0 is all")
	return c
}

type contactJSON struct {
	Name    string        `json:"name"`
	Address *string       `json:"address"`
	Uses    int           `json:"uses"`
	Last    *string       `json:"last"`
	Kept    bool          `json:"kept"`
	Members []addressJSON `json:"members"`
}

func (e *env) listContacts(c *cobra.Command, letters []string, limit int) error {
	if limit < 0 {
		return exit(exUsage, "--limit cannot be negative")
	}
	if limit == 0 {
		limit = math.MaxInt
	}
	a, err := e.open(c.Context())
	if err != nil {
		return err
	}
	defer a.Close()
	typed := strings.Join(letters, " ")
	list, err := a.FindContacts(c.Context(), typed, limit)
	if err != nil {
		return err
	}
	asked, err := a.QueryContacts(c.Context(), typed)
	if err != nil {
		e.say("%v", err)
	}
	known := map[string]bool{}
	for _, found := range list {
		known[strings.ToLower(found.Raw.Address)] = true
	}
	for _, found := range asked {
		if !known[strings.ToLower(found.Raw.Address)] && len(list) < limit {
			list = append(list, found)
		}
	}
	for _, found := range list {
		if err := e.printContact(found); err != nil {
			return err
		}
	}
	return nil
}

func (e *env) printContact(c app.Contact) error {
	group := c.Members != nil
	if e.json {
		out := contactJSON{Name: c.Raw.Name, Uses: c.Uses, Kept: c.Kept, Members: addresses(c.Members)}
		if group {
			out.Name = c.Name.String()
		} else {
			out.Address = &c.Raw.Address
		}
		if !c.Last.IsZero() {
			at := c.Last.UTC().Format(time.RFC3339)
			out.Last = &at
		}
		return e.emit(out)
	}
	mark := " "
	if c.Kept {
		mark = "*"
	}
	first, second := c.Address.String(), c.Name.String()
	if group {
		first, second = c.Name.String()+":", app.SafeLine(mail.FormatAddresses(c.Members))
	}
	e.print("%s", strings.TrimRight(fmt.Sprintf("%s %s  %s", mark, pad(first, 36), second), " "))
	return nil
}

func (e *env) contactsAddCommand() *cobra.Command {
	var group string
	c := &cobra.Command{
		Use:     "add ADDRESS…",
		Short:   "Put addresses into the address book",
		Example: "  postea contacts add \"Bob Builder <bob@example.org>\"\n  postea contacts add --group team ann@example.org bob@example.org",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			list, err := mail.ParseAddressList(strings.Join(args, ", "))
			if err == nil && len(list) == 0 {
				err = exit(exData, "there is no address in what was given")
			}
			if err != nil {
				return err
			}
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			return a.AddContacts(c.Context(), list, strings.TrimSpace(group))
		},
	}
	c.Flags().Var(wordFlag{&group}, "group", "also into the group of this `name`")
	return c
}

func (e *env) contactsRemoveCommand() *cobra.Command {
	var group string
	c := &cobra.Command{
		Use:   "remove ADDRESS…",
		Short: "Take addresses out of the address book",
		Long: `Take addresses out of the address book. They are not offered any more until you
add or write to them again; a file they come from stays as it is.`,
		RunE: func(c *cobra.Command, args []string) error {
			if (group == "") == (len(args) == 0) {
				return exit(exUsage, "give either addresses or --group NAME")
			}
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			if group != "" {
				_, err := a.RemoveGroup(c.Context(), group)
				if errors.Is(err, app.ErrNotFound) {
					return exit(exNoInput, "there is no group %q here", group)
				}
				return err
			}
			removed, err := a.RemoveContacts(c.Context(), args)
			if err != nil {
				return err
			}
			if n := len(removed.Addresses); n < len(args) {
				return exit(exNoInput, "%d of %d were not in the address book", len(args)-n, len(args))
			}
			return nil
		},
	}
	c.Flags().Var(wordFlag{&group}, "group", "forget the group of this `name`; its members stay")
	return c
}

func (e *env) contactsImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE…|-",
		Short: "Put the people and groups of another address book into this one",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			for _, path := range args {
				if err := e.importContacts(c, a, path); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (e *env) importContacts(c *cobra.Command, a *app.App, path string) error {
	r := e.input()
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return &exitError{exNoInput, err}
		}
		defer f.Close()
		r = f
	}
	people, groups, err := a.ImportContacts(c.Context(), r)
	if err != nil && people+groups == 0 {
		return exit(exData, "%s: %w", path, err)
	}
	e.say("%s: %s, %s", path, app.Counted(people, "contact"), app.Counted(groups, "group"))
	if err != nil {
		return exit(exData, "%s: %w", path, err)
	}
	return nil
}

func (e *env) contactsExportCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write the address book as vCards",
		Long: `Write the address book as vCards (version 4.0) to a file or to standard output:
what you have put there, and with --all everybody you wrote to or read from.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			var w io.Writer = e.stdout
			if len(args) == 0 || args[0] == "-" {
				return a.ExportContacts(c.Context(), w, all)
			}
			f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return &exitError{exCantCreate, err}
			}
			err = a.ExportContacts(c.Context(), f, all)
			if closing := f.Close(); err == nil {
				err = closing
			}
			return err
		},
	}
	c.Flags().BoolVar(&all, "all", false, "everybody, not only whom you have put there")
	return c
}
