package tui_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/app"
	"postea/internal/demo"
	"postea/tui"
	"postea/tui/tuitest"
)

// typistIn names the directory in which TestTypist types until it is killed.
const typistIn = "POSTEA_TEST_TYPIST"

// faster is how much faster the clock of the store goes, so that drafts rest and
// are copied to the server within the time of the test.
const faster = 30

func fastClock(start time.Time) func() time.Time {
	return func() time.Time { return start.Add(time.Since(start) * faster) }
}

type typistSetup struct {
	Account config.Account
	Start   time.Time
	First   int // number of the first word
}

func openTypist(t *testing.T, dir string, s typistSetup) *app.App {
	t.Helper()
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts = []config.Account{s.Account}
	a, err := app.Open(t.Context(), app.Options{Config: cfg, Dir: dir, Now: fastClock(s.Start)})
	if err != nil {
		t.Fatal(err)
	}
	if n := a.Notices(); len(n) > 0 {
		t.Fatalf("the store says: %s", strings.Join(n, "; "))
	}
	return a
}

// TestTypist is the process that TestKilledWhileTyping kills. It continues the
// draft, or begins it, and says of every word when it was typed.
func TestTypist(t *testing.T) {
	dir := os.Getenv(typistIn)
	if dir == "" {
		return // nobody kills it
	}
	var s typistSetup
	if err := json.Unmarshal([]byte(os.Getenv(typistIn+"_SETUP")), &s); err != nil {
		t.Fatal(err)
	}
	a := openTypist(t, dir, s)
	a.Start(t.Context())
	l := tuitest.NewLive(t, a, tui.Options{}, 100, 30)
	l.See("Inbox")
	if s.First == 0 {
		l.Press("c")
		l.See("New message")
		l.Type("bob@example.net")
		l.Press("shift+tab", "tab", "tab")
		l.Type("Endless")
		l.Press("tab")
	} else {
		l.Press(":")
		l.Type("continue")
		l.Press("enter")
		l.See("Continue", "Endless")
		l.Press("enter")
		l.See("Subject  Endless")
		l.Press("ctrl+end")
	}
	r := rand.New(rand.NewPCG(uint64(s.First), 1))
	for n := s.First; ; n++ {
		word := strconv.Itoa(n) + " "
		fmt.Printf("word %d %d\n", n, time.Now().UnixNano())
		for _, c := range word {
			l.Type(string(c))
			l.Rest(5 * time.Millisecond)
		}
		if r.IntN(25) == 0 {
			l.Rest(900 * time.Millisecond) // the draft rests, and is copied
		}
	}
}

// TestKilledWhileTyping: whatever moment the process dies at, no more than the
// last second is lost, and there is never more than one copy on the server. The
// full form is POSTEA_TEST_KILLS=100.
func TestKilledWhileTyping(t *testing.T) {
	kills := 6
	if n, err := strconv.Atoi(os.Getenv("POSTEA_TEST_KILLS")); err == nil && n > 0 {
		kills = n
	}
	server := startDemo(t, demo.Options{Empty: true})
	profile := demoProfiles(t, server)[0]
	dir := t.TempDir()
	setup := typistSetup{Account: profile, Start: time.Now()}
	longest := time.Duration(0)
	for range kills {
		typed, killed := typeAndKill(t, dir, setup)
		a := openTypist(t, dir, setup)
		words := words(t, a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		for n := range typed {
			if n < words {
				continue
			}
			if lost := killed.Sub(typed[n]); lost > longest {
				longest = lost
			}
		}
		if words < setup.First {
			t.Fatalf("%d words, %d were there before", words, setup.First)
		}
		setup.First = words
	}
	t.Logf("%d kills, %d words, at most %v lost", kills, setup.First, longest)
	if longest > 1200*time.Millisecond { // the second, and what the machine takes for a save
		t.Errorf("words of the last %v are lost", longest)
	}
	a := openTypist(t, dir, typistSetup{Account: profile, Start: setup.Start.Add(-time.Hour)})
	defer a.Close()
	if _, err := a.Sync(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if n := onServer(t, profile); n != 1 {
		t.Errorf("%d copies on the server", n)
	}
	list, err := a.Messages(t.Context(), "", "drafts", 10)
	if err != nil || len(list) != 1 {
		t.Errorf("%d drafts are listed: %v", len(list), err)
	}
}

// typeAndKill lets somebody type for a while and gives when each word was typed.
func typeAndKill(t *testing.T, dir string, s typistSetup) (typed map[int]time.Time, killed time.Time) {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestTypist$", "-test.timeout", "2m")
	cmd.Env = append(os.Environ(), typistIn+"="+dir, typistIn+"_SETUP="+string(raw))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	typed = map[int]time.Time{}
	var said []string
	until := time.Duration(300+rand.IntN(2500)) * time.Millisecond
	var timer *time.Timer
	death := make(chan time.Time, 1)
	sc := bufio.NewScanner(out)
	for sc.Scan() {
		var n int
		var at int64
		if _, err := fmt.Sscanf(sc.Text(), "word %d %d", &n, &at); err != nil {
			said = append(said, sc.Text())
			continue
		}
		typed[n] = time.Unix(0, at)
		if timer == nil {
			timer = time.AfterFunc(until, func() {
				death <- time.Now()
				_ = cmd.Process.Kill()
			})
		}
	}
	_ = cmd.Wait()
	if timer == nil {
		t.Fatalf("nothing was typed:\n%s", strings.Join(said, "\n"))
	}
	return typed, <-death
}

// words counts the words of the draft, which must follow each other.
func words(t *testing.T, a *app.App) int {
	t.Helper()
	list, err := a.Drafts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) > 1 {
		t.Fatalf("%d drafts", len(list))
	}
	if len(list) == 0 {
		return 0
	}
	fields := strings.Fields(list[0].Body)
	for i, f := range fields {
		if f != strconv.Itoa(i) && i < len(fields)-1 {
			t.Fatalf("word %d is %q", i, f)
		}
	}
	n := len(fields)
	if n > 0 && fields[n-1] != strconv.Itoa(n-1) {
		fields = fields[:n-1] // half a word
	}
	if !strings.HasSuffix(list[0].Body, " ") || n != len(fields) {
		d := list[0]
		d.Body = strings.Join(fields, " ") + " "
		if _, err := a.SaveDraft(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	return len(fields)
}

// onServer counts the drafts that a postea finds that knows nothing yet.
func onServer(t *testing.T, p config.Account) int {
	t.Helper()
	a := openTypist(t, emptyStore.Dir(t), typistSetup{Account: p, Start: time.Now()})
	defer a.Close()
	if _, err := a.Sync(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	list, err := a.Messages(t.Context(), "", "drafts", 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
