package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/demo"
	"postea/internal/lab"
	"postea/tui/theme"
)

var update = flag.Bool("update", false, "write the pages of docs that are made of the program anew")

// The pages that are made of the program are what the program would make.
func TestPagesAreFresh(t *testing.T) {
	for name, want := range map[string]string{"configuration.md": config.Reference(), "json.md": jsonReference(), "themes.md": theme.Reference()} {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("docs/%s is stale (%v): go test ./cmd/postea -run TestPages -update", name, err)
		}
	}
}

func eachCommand(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			eachCommand(sub, f)
		}
	}
}

// Every verb explains itself, within the width of a terminal, and has a page
// that man can show.
func TestHelpAndManual(t *testing.T) {
	root := rootCommand(&env{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, now: time.Now}, nil)
	roff, _ := exec.LookPath("groff")
	n := 0
	eachCommand(root, func(c *cobra.Command) {
		n++
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: %q", c.CommandPath(), c.Short)
		}
		if c.Long == "" {
			t.Errorf("%s: only its one line explains it", c.CommandPath())
		}
		for _, text := range []string{c.Short, c.Long, c.Example} {
			for line := range strings.SplitSeq(text, "\n") {
				if len([]rune(line)) > 90 {
					t.Errorf("%s: a line of %d characters: %s", c.CommandPath(), len([]rune(line)), line)
				}
			}
		}
		page := manPage(c)
		for _, want := range []string{".TH POSTEA", ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH EXIT STATUS"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %s", c.CommandPath(), want)
			}
		}
		if roff == "" || n%10 != 1 { // a sample, as it takes its time
			return
		}
		cmd := exec.Command(roff, "-man", "-Tascii", "-ww")
		cmd.Stdin = strings.NewReader(page)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v %s", c.CommandPath(), err, errs.String())
		}
	})
	if n < 30 {
		t.Errorf("only %d commands", n)
	}
}

// A verb that is made alone explains itself as beside all the others, and a line that may
// mean something else has all of them.
func TestVerbAlone(t *testing.T) {
	e := &env{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, now: time.Now}
	usage := func(root *cobra.Command, verb string) string {
		c, _, err := root.Find([]string{verb})
		if err != nil {
			t.Fatalf("%s: %v", verb, err)
		}
		return c.Long + c.UsageString()
	}
	whole, alone := rootCommand(e, nil), 0
	for _, c := range whole.Commands() {
		one := rootCommand(e, []string{"--json", "--data", "list", "--config=x", c.Name(), "--limit", "3"})
		if len(one.Commands()) < len(whole.Commands()) {
			alone++
		}
		if got, want := usage(one, c.Name()), usage(whole, c.Name()); got != want {
			t.Errorf("%s alone explains\n%s\nbeside the others\n%s", c.Name(), got, want)
		}
	}
	if alone < 20 {
		t.Errorf("only %d verbs are made alone", alone)
	}
	for _, args := range [][]string{{"serach"}, {"--limit", "search"}, {"-h"}, {"help", "search"}, {cobra.ShellCompRequestCmd, "search", ""}, {"--data"}, {}} {
		if n := len(rootCommand(e, args).Commands()); n < len(whole.Commands()) {
			t.Errorf("%q: %d verbs of %d", args, n, len(whole.Commands()))
		}
	}
}

// What a shell asks when tab is pressed gives what there is.
func TestCompletion(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	sh.okWith("x", "send", "--account", "home", "--to", "echo@postea.example", "--subject", "Completed")
	for _, tt := range []struct{ line, want string }{
		{"account test ", "home\tada@postea.example"}, {"list --account ", "work"}, {"list --folder ", "inbox"}, {"move 1 --to ", "Archive"},
		{"show ", "1\t"}, {"outbox show ", "Completed"}, {"export --format m", "maildir"}, {"account add x --oauth2 ", "google"}, {"im", "import\t"}, {"man acc", "account\t"},
		{"copy 1 --to ", "Archive"}, {"reply ", "1\t"}, {"snooze ", "1\t"}, {"folder delete ", "Archive"}, {"folder empty ", "trash"}, {"list --folder ", "snoozed"},
		{"list --acc", "this account: its name or address"}, {"account add x --smtp-tls ", "starttls"},
	} {
		args := strings.Split(tt.line, " ")
		out := sh.ok(append([]string{"__complete"}, args...)...)
		if !strings.Contains(out, tt.want) {
			t.Errorf("%q offers\n%s, not %q", tt.line, out, tt.want)
		}
	}
}

// The pages that man offers are those that it has.
func TestCompletionOfPages(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	for line := range strings.Lines(sh.ok("__complete", "man", "")) {
		if name, _, ok := strings.Cut(line, "\t"); ok {
			sh.ok("man", name)
		}
	}
}

// The scripts work in the shells that are here.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	lab.Require(t, "long", !testing.Short(), "it builds the program: run without -short")
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "postea"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for shell, script := range map[string]string{
		"bash": `source <(postea completion bash); COMP_WORDS=(postea acc); COMP_CWORD=1; COMP_LINE="postea acc"; COMP_POINT=10; COMP_TYPE=9
			_get_comp_words_by_ref() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${COMP_WORDS[COMP_CWORD]}; prev=postea; }
			_init_completion() { _get_comp_words_by_ref; }
			__start_postea; printf '%s\n' "${COMPREPLY[@]}"`,
		"zsh": `autoload -U compinit; compinit -u -D; source <(postea completion zsh)
			_describe() { print -rl -- "${completions[@]}"; }
			words=(postea acc); CURRENT=2; _postea`,
		"fish": `postea completion fish | source; complete -C "postea acc"`,
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			lab.Require(t, shell, err == nil, "install the package "+shell)
			cmd := exec.Command(path, "-c", script)
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+t.TempDir())
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "account") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
