package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (e *env) manCommand(root *cobra.Command) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use: "man [VERB…]", Short: "Print a manual page, or write all of them",
		Long: `Print the manual page of postea, or of one of its verbs, for man(1); it is made of
the same text as --help. With --dir all pages are written into a directory.`,
		Example: `  postea man | man -l -
  postea man account add | man -l -
  postea man --dir ~/.local/share/man/man1`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var out []string
			if at, _, err := root.Find(args); err == nil {
				for _, sub := range at.Commands() {
					if !sub.IsAvailableCommand() {
						continue
					}
					out = append(out, sub.Name()+"\t"+sub.Short)
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			at := root
			for _, a := range args {
				next := find(at, a)
				if next == nil {
					return exit(exUsage, "there is no command %q; see  postea --help", strings.Join(args, " "))
				}
				at = next
			}
			if dir == "" {
				_, err := fmt.Fprint(e.stdout, manPage(at))
				return err
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return exit(exCantCreate, "%w", err)
			}
			return writePages(root, dir)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "write every page into this `directory`")
	return c
}

func find(c *cobra.Command, name string) *cobra.Command {
	for _, sub := range c.Commands() {
		if sub.Name() == name && sub.IsAvailableCommand() {
			return sub
		}
	}
	return nil
}

func writePages(c *cobra.Command, dir string) error {
	path := filepath.Join(dir, pageName(c)+".1")
	if err := os.WriteFile(path, []byte(manPage(c)), 0o644); err != nil {
		return exit(exCantCreate, "%w", err)
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			if err := writePages(sub, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is a page in the macros of man(7).
func manPage(c *cobra.Command) string {
	var b strings.Builder
	name := pageName(c)
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"postea\" \"postea\"\n.nh\n.SH NAME\n%s \\- %s\n", roffWord(strings.ToUpper(name)), roffWord(name), roffLine(c.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roffLine(c.UseLine()))
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	b.WriteString(".SH DESCRIPTION\n" + roffText(text))
	if subs := c.Commands(); len(subs) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range subs {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, ".TP\n.B %s\n%s; see\n.BR %s (1)\n", roffLine(sub.Use), roffLine(sub.Short), roffWord(pageName(sub)))
			}
		}
	}
	roffFlags(&b, "OPTIONS", c.NonInheritedFlags())
	roffFlags(&b, "OPTIONS OF ALL COMMANDS", c.InheritedFlags())
	if c.Example != "" {
		b.WriteString(".SH EXAMPLES\n.nf\n")
		for line := range strings.Lines(c.Example) {
			b.WriteString(roffLine(strings.TrimRight(line, "\n")) + "\n")
		}
		b.WriteString(".fi\n")
	}
	b.WriteString(".SH EXIT STATUS\n" + roffText(exitWords))
	if c.HasParent() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n.BR %s (1)\n", roffWord(pageName(c.Parent())))
	}
	return b.String()
}

// exitWords are the codes in the words of docs/commands.md.
const exitWords = `0 done; 64 usage; 65 a bad address or message; 66 unknown id, or no input; 69 refused, unreachable, or a certificate; 73 cannot create; 75 some wait or are unsure, try later; 77 sign-in refused; 78 configuration.`

func roffFlags(b *strings.Builder, head string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", head)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		head := "--" + f.Name
		if f.Shorthand != "" {
			head = "-" + f.Shorthand + ", " + head
		}
		if name != "" {
			head += " " + strings.ToUpper(name)
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roffLine(head), roffLine(usage))
	})
}

// roffText keeps paragraphs, and lines that are indented as they are.
func roffText(s string) string {
	var b strings.Builder
	verbatim := false
	for line := range strings.SplitSeq(s, "\n") {
		indented := strings.HasPrefix(line, "  ")
		if indented != verbatim && (indented || line != "") {
			b.WriteString(map[bool]string{true: ".nf\n", false: ".fi\n"}[indented])
			verbatim = indented
		}
		switch {
		case line == "":
			b.WriteString(".PP\n")
		default:
			b.WriteString(roffLine(line) + "\n")
		}
	}
	if verbatim {
		b.WriteString(".fi\n")
	}
	return b.String()
}

// roffLine escapes what means something to roff (groff_char(7)).
func roffLine(s string) string {
	s = roffWord(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		return `\&` + s
	}
	return s
}

func roffWord(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
}
