package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"postea/internal/app"
)

var errNoAnswer = errors.New("there was no answer; nothing was changed")

// prompter asks questions on the terminal.
type prompter struct {
	e  *env
	in *bufio.Reader
}

func newPrompter(e *env) *prompter { return &prompter{e, bufio.NewReader(e.input())} }

// line asks for one line; an empty answer is the fallback. check says what is
// wrong with an answer, and it is asked again.
func (p *prompter) line(what, fallback string, check func(string) string) (string, error) {
	for {
		fmt.Fprintf(p.e.stdout, "  %s", what)
		if fallback != "" {
			fmt.Fprintf(p.e.stdout, " [%s]", app.SafeLine(fallback))
		}
		fmt.Fprint(p.e.stdout, ": ")
		answer, err := p.read()
		if err != nil {
			return "", err
		}
		if answer == "" {
			answer = fallback
		}
		if check == nil {
			return answer, nil
		}
		why := check(answer)
		if why == "" {
			return answer, nil
		}
		fmt.Fprintf(p.e.stdout, "  %s\n", app.SafeLine(why))
	}
}

func (p *prompter) read() (string, error) {
	answer, err := p.in.ReadString('\n')
	if errors.Is(err, errEnded) {
		fmt.Fprintln(p.e.stdout) // the question stands there
	}
	if err != nil && (answer == "" || !errors.Is(err, io.EOF)) {
		return "", exit(exUsage, "%w", errNoAnswer)
	}
	return strings.TrimSpace(answer), nil
}

func (p *prompter) yes(what string, fallback bool) (bool, error) {
	hint := "y/N"
	if fallback {
		hint = "Y/n"
	}
	fmt.Fprintf(p.e.stdout, "  %s? [%s] ", what, hint)
	answer, err := p.read()
	if err != nil {
		return false, err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return true, nil
	case "":
		return fallback, nil
	}
	return false, nil
}

// secret reads a password without showing it, or the first line of standard
// input where that is no terminal.
func (p *prompter) secret(what string) (string, error) {
	secret := ""
	if f, ok := p.e.stdin.(*os.File); ok && p.e.inTerminal {
		fd := int(f.Fd())
		fmt.Fprintf(p.e.stdout, "  %s (it is not shown): ", what)
		if was, err := term.GetState(fd); err == nil {
			defer term.Restore(fd, was) // where the command ends first
		}
		raw, err := unlessEnded(p.e.keyboard, func() ([]byte, error) { return term.ReadPassword(fd) })
		fmt.Fprintln(p.e.stdout)
		if err != nil {
			return "", exit(exUsage, "the password cannot be read: %w", err)
		}
		secret = string(raw)
	} else {
		line, err := p.in.ReadString('\n')
		if err != nil && line == "" {
			return "", exit(exUsage, "the password is read from standard input, and there is none")
		}
		secret = strings.TrimRight(line, "\r\n")
	}
	if secret == "" {
		return "", exit(exUsage, "the password is empty")
	}
	return secret, nil
}
