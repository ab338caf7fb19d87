package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/widget"
)

func (e *env) listCommand() *cobra.Command {
	folder := "inbox"
	var limit listLimit
	c := &cobra.Command{
		Use:   "list",
		Short: "List messages of a folder, newest first",
		Long: `List messages of one folder, newest first, from what has been synced; no server
is asked. The folder is a name or a role (inbox sent drafts trash junk archive
snoozed all); it is the inbox where none is named. postea search looks into all.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := limit.ask(c)
			if err != nil {
				return err
			}
			a, err := e.openMail(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.Messages(c.Context(), e.account, folder, n)
			if role, isRole := mail.ParseRole(folder); isRole && a.Reads(e.account) {
				if _, none := errors.AsType[*app.UsageError](err); none { // as with a search, that is no fault: the first snoozed message makes Snoozed
					e.say("no folder is the %s one", role)
					return nil
				}
			}
			if err != nil {
				return err
			}
			return limit.print(e, c, list)
		},
	}
	c.Flags().Var(wordFlag{&folder}, "folder", "a folder's `name` or role")
	limit.register(c)
	return c
}

// listLimit is how many messages are printed: 50 where nobody said it, and then it is
// told that there are more, for a script may mean all.
type listLimit int

func (l *listLimit) register(c *cobra.Command) {
	c.Flags().IntVar((*int)(l), "limit", 50, "at most this many; 0 is all")
}

// ask is how many to ask for.
func (l listLimit) ask(c *cobra.Command) (int, error) {
	switch {
	case l < 0:
		return 0, exit(exUsage, "--limit must be at least 1, or 0 for all")
	case l == 0:
		return 1 << 30, nil
	case !c.Flags().Changed("limit"):
		return int(l) + 1, nil
	}
	return int(l), nil
}

func (l listLimit) print(e *env, c *cobra.Command, list []mail.Summary) error {
	more := !c.Flags().Changed("limit") && len(list) > int(l)
	if more {
		list = list[:l]
	}
	err := e.printList(list)
	if err == nil && more {
		e.say("these are the newest %d, and there are more: --limit 0 is all", int(l))
	}
	return err
}

func (e *env) printList(list []mail.Summary) error {
	w := bufio.NewWriter(e.stdout)
	lines := *e
	lines.stdout = w
	for _, m := range list {
		if err := lines.printListed(m); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (e *env) printListed(m mail.Summary) error {
	if e.json {
		return e.emit(listed(m))
	}
	mark := " "
	if m.Unread() {
		mark = "•"
	}
	if mail.HasFlag(m.Flags, mail.FlagFlagged) {
		mark = "★"
	}
	who := "(nobody)"
	people := m.From
	if m.FolderRole == mail.RoleSent || m.FolderRole == mail.RoleDrafts {
		people = m.To
	}
	if len(people) > 0 {
		who = people[0].Label()
	}
	subject := app.SafeLine(m.Subject)
	if subject == "" {
		subject = "(no subject)"
	}
	date, room := shortDate(m.Date, e.now()), 24
	if e.narrow() {
		date = fmt.Sprintf("%6s", dayWords(m.Date, e.now()))
		room = max(8, (e.width-20)*2/5)
	}
	name := pad(app.SafeLine(who), room) + "  "
	if e.width > 0 {
		name = widget.Parted(name)
	}
	line := fmt.Sprintf("%6s %s %s  %s%s", m.ID, mark, date, name, subject)
	if e.width > 0 {
		line = ansi.Truncate(line, e.width, "…")
	}
	e.print("%s", strings.TrimRight(line, " "))
	return nil
}

// shortDate is twelve cells wide: the time today, else the day.
func shortDate(t, now time.Time) string {
	return fmt.Sprintf("%12s", dateWords(t, now, t.Before(now.Add(24*time.Hour)) && now.Sub(t) < sameYear))
}

// dayWords is at most six cells wide: the time today, else the day, or the year of one
// that is long ago.
func dayWords(t, now time.Time) string {
	if t, now := t.Local(), now.Local(); t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	} else if now.Sub(t).Abs() < sameYear {
		return t.Format("2 Jan")
	}
	return t.Local().Format("2006")
}

// narrow tells of a terminal in which the columns of a wide one leave no room for what a
// message is about, such as that of a telephone.
func (e *env) narrow() bool { return e.width > 0 && e.width < 64 }

// sameYear is how far a day without its year may be away.
const sameYear = 300 * 24 * time.Hour

// dateWords says when something is: the time today, else the day, with the time where it
// is near and with the year where not.
func dateWords(t, now time.Time, near bool) string {
	t, now = t.Local(), now.Local()
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case near:
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006")
}

// pad cuts or fills s to a width in cells.
func pad(s string, width int) string {
	s = ansi.Truncate(s, width, "…")
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}
