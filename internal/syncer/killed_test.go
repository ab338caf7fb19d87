package syncer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/lab"
	"postea/internal/store"
)

// asSyncer in the environment makes the test binary sync a directory until it is
// killed; its value is a syncJob.
const asSyncer = "POSTEA_TEST_AS_SYNCER"

type syncJob struct {
	Dir     string
	Account config.Account
}

// syncForEver is the process that is killed.
func syncForEver(job string) error {
	var j syncJob
	if err := json.Unmarshal([]byte(job), &j); err != nil {
		return err
	}
	bus := &event.Bus{}
	s, err := store.Open(context.Background(), j.Dir, store.Options{Bus: bus})
	if err != nil {
		return err
	}
	a := New(Options{Store: s, Account: j.Account, Bus: bus, Bodies: "all", Timeouts: quickTimeouts,
		Pace: Pace{FirstPause: 10 * time.Millisecond, MaxPause: 50 * time.Millisecond, Round: 100 * time.Millisecond}})
	return a.Run(context.Background())
}

// kills is how often the tests below pull the plug: POSTEA_TEST_KILLS, 200 in
// the full form.
func kills(t *testing.T) int {
	t.Helper()
	s := os.Getenv("POSTEA_TEST_KILLS")
	if s == "" {
		return 12
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestKilledWhileSyncing pulls the plug while both sides change. Each time the
// store opens, nothing that was done here is lost, and in the end both sides are
// as their changes want them.
func TestKilledWhileSyncing(t *testing.T) {
	for _, caps := range []string{qresync, old + " UIDPLUS"} {
		s := newServer(t, caps)
		killedWhileSyncing(t, s.profile(), kills(t)/3)
	}
}

func TestKilledWhileSyncingOnDovecot(t *testing.T) {
	killedWhileSyncing(t, onLab(lab.Dovecot(t)), kills(t)-2*(kills(t)/3))
}

func killedWhileSyncing(t *testing.T, p config.Account, times int) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	c := &chaos{stage: newStage(t, p), rng: rand.New(rand.NewPCG(seed, 1)), ours: map[string]*expected{}, theirs: map[string]*expected{}}
	c.options.Bodies = "all"
	c.reopen()
	c.wires = []string{c.from, c.to}
	for range 30 {
		c.arrive()
	}
	c.sync()
	c.learn()
	job, err := json.Marshal(syncJob{c.dir, p})
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		for range c.rng.IntN(6) {
			c.changeHere()
			c.changeThere()
		}
		c.pullThePlug(string(job))
		c.reopen()
		if t.Failed() {
			return
		}
	}
	for range 4 {
		c.sync()
	}
	c.check()
	t.Logf("%d kills, %d messages", times, c.count)
}

// pullThePlug lets a process sync for a moment, while changes are made here.
func (c *chaos) pullThePlug(job string) {
	c.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asSyncer+"="+job)
	var said limited
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	for range c.rng.IntN(4) {
		time.Sleep(time.Duration(c.rng.IntN(60)) * time.Millisecond)
		c.changeHere()
	}
	time.Sleep(time.Duration(10+c.rng.IntN(250)) * time.Millisecond)
	_ = cmd.Process.Kill()
	err := cmd.Wait()
	if ee, ok := errors.AsType[*exec.ExitError](err); !ok || ee.Exited() {
		c.t.Fatalf("it ended by itself: %v\n%s", err, said)
	}
}

type limited []byte

func (l *limited) Write(b []byte) (int, error) {
	*l = append(*l, b[:min(len(b), 4096-min(len(*l), 4096))]...)
	return len(b), nil
}

// asSyncerMain is main of that process.
func asSyncerMain(job string) int {
	err := syncForEver(job)
	fmt.Fprintln(os.Stderr, err)
	return 1
}
