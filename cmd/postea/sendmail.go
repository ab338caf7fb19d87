package main

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/internal/app"
)

// sendmailCommand is the interface that cron, git and mail(1) call. Its flags
// are those of sendmail, one dash and often glued to their values, so they are
// read by hand.
func (e *env) sendmailCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sendmail [-t] [-i] [-f SENDER] [-odq] [RECIPIENT…] < message",
		Short: "Send a finished message, as /usr/sbin/sendmail does",
		Long: `Send a finished message from standard input, as /usr/sbin/sendmail does, also
when postea is called by that name.

  -t           take the recipients from To, Cc and Bcc
  -i, -oi      a line with a single dot does not end the message
  -f, -r ADDR  the envelope sender; it also chooses the account
  -F NAME      accepted and not used: the message's From stays as it is
  -odq         only queue it
  -bm, -odi, -odb, -oem, -oee, -v, -B …, -L …, -N …, -O …, -R …, -V …, -X …   accepted

What postea is not (-bs, -bd, -bp, -bi, -q) is refused, with what to use instead.
A line "From …" before the header, as in an mbox, is left out. What has no header
is sent as a text, to the recipients that are named.

Local names, such as root, are taken for the account's own address.

The other flags of postea (--config, --data, --account …) have two dashes.`,
		DisableFlagParsing: true,
		RunE: func(c *cobra.Command, args []string) error {
			for _, a := range args {
				if a == "--help" || a == "-h" {
					return c.Help()
				}
			}
			args, err := e.ownFlags(args)
			if err != nil {
				return err
			}
			s, err := parseSendmail(args)
			if err != nil {
				return err
			}
			raw, err := readDotted(e.input(), s.ignoreDots)
			if err != nil {
				return err
			}
			cfg, err := e.loadConfig(false)
			if err != nil {
				return err
			}
			a, err := e.openWith(c.Context(), app.Options{Config: cfg})
			if err != nil {
				return err
			}
			defer a.Close()
			id, err := a.Submit(c.Context(), app.Submission{
				Account: e.account, Raw: raw, From: s.from, NullSender: s.nullSender, Recipients: s.recipients, FromHeader: s.fromHeader,
			})
			if err != nil || s.queueOnly {
				return err
			}
			quiet := *e
			quiet.stdout = io.Discard
			return quiet.deliver(c.Context(), a, id, time.Time{}, 0)
		},
	}
}

// ownFlags takes out the flags that all verbs of postea have.
func (e *env) ownFlags(args []string) ([]string, error) {
	texts := map[string]*string{"--config": &e.configPath, "--data": &e.dataDir, "--account": &e.account}
	switches := map[string]*bool{"--json": &e.json, "--quiet": &e.quiet, "--verbose": &e.verbose}
	var rest []string
	for i := 0; i < len(args); i++ {
		name, value, glued := strings.Cut(args[i], "=")
		if args[i] == "--" {
			return append(rest, args[i:]...), nil
		}
		if on, ok := switches[name]; ok && !glued {
			*on = true
			continue
		}
		to, ok := texts[name]
		if !ok {
			rest = append(rest, args[i])
			continue
		}
		if !glued {
			if i++; i >= len(args) {
				return nil, exit(exUsage, "sendmail: %s needs a value", name)
			}
			value = args[i]
		}
		if value == "" {
			return nil, exit(exUsage, "sendmail: %s wants a name, not \"\"", name)
		}
		*to = value
	}
	return rest, nil
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

type sendmailArgs struct {
	fromHeader, ignoreDots, queueOnly bool
	nullSender                        bool // -f '<>'
	from                              string
	recipients                        []string
}

// parseSendmail reads the arguments that callers of sendmail use. What would
// change the meaning and is not known is refused.
func parseSendmail(args []string) (sendmailArgs, error) {
	var s sendmailArgs
	for i := 0; i < len(args); i++ {
		a := args[i]
		value := func(flag string) (string, error) {
			if rest := strings.TrimPrefix(a, flag); rest != "" {
				return rest, nil
			}
			if i++; i >= len(args) {
				return "", exit(exUsage, "sendmail: %s needs a value", flag)
			}
			return args[i], nil
		}
		var err error
		switch {
		case a == "--":
			s.recipients = append(s.recipients, args[i+1:]...)
			return s, nil
		case !strings.HasPrefix(a, "-") || a == "-":
			s.recipients = append(s.recipients, a)
		case a == "-t":
			s.fromHeader = true
		case a == "-i", a == "-oi":
			s.ignoreDots = true
		case a == "-ti", a == "-it":
			s.fromHeader, s.ignoreDots = true, true
		case a == "-odq":
			s.queueOnly = true
		case strings.HasPrefix(a, "-f"):
			s.from, err = value("-f")
		case strings.HasPrefix(a, "-r"):
			s.from, err = value("-r")
		case strings.HasPrefix(a, "-F"):
			_, err = value("-F")
		case strings.Contains("BLNORVXp", a[1:2]):
			_, err = value(a[:2])
		case sendmailRefuses(a) != "":
			return s, exit(exUsage, "sendmail: %s: %s", a, sendmailRefuses(a))
		case a == "-bm", a == "-v", a == "-n", a == "-m", a == "-G", a == "-U", strings.HasPrefix(a, "-o"):
		default:
			return s, exit(exUsage, "sendmail: %s is not known here; see  postea sendmail --help", a)
		}
		if err != nil {
			return s, err
		}
	}
	s.nullSender = s.from == "<>"
	s.from = strings.Trim(s.from, "<>")
	return s, nil
}

// sendmailRefuses says why a mode of sendmail is none of postea's; "" where it is
// not one.
func sendmailRefuses(flag string) string {
	switch {
	case flag == "-bs":
		return "postea speaks no SMTP on standard input; give it one message there, with the recipients as arguments or by -t"
	case flag == "-bd", flag == "-bD":
		return "postea is no server;  postea sync --watch  stays and sends"
	case flag == "-bp":
		return "use  postea outbox list"
	case flag == "-bi":
		return "postea has no file of aliases; local names are the account's own address"
	case flag == "-bt", flag == "-bv":
		return "postea cannot try addresses without sending"
	case strings.HasPrefix(flag, "-q"):
		return "use  postea outbox flush"
	}
	return ""
}

// readDotted reads a message; without -i a line with a single dot ends it, behind
// which nothing need come.
func readDotted(r io.Reader, ignoreDots bool) ([]byte, error) {
	in := bufio.NewReader(io.LimitReader(r, maxMessage+1))
	var raw []byte
	for {
		line, err := in.ReadBytes('\n')
		if !ignoreDots && string(bytes.TrimRight(line, "\r\n")) == "." {
			break
		}
		raw = append(raw, line...)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, exit(exNoInput, "reading the message: %w", err)
		}
	}
	switch {
	case len(raw) > maxMessage:
		return nil, exit(exData, "the message is larger than %d MiB", maxMessage>>20)
	case len(raw) == 0:
		return nil, exit(exNoInput, "there is no message on standard input")
	}
	return raw, nil
}
