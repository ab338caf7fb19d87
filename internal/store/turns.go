package store

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"postea/internal/mail"
)

// turns is the file that tells, for the messages of a batch, whose turn has come
// and how it ended. It is written before and after each message and never
// synchronised: what a process wrote is there for the next one as long as the
// machine has not been started anew, and the first line says of which start it
// speaks. So a crash of the process leaves one message unsure, and only a crash of
// the machine the whole batch.
type turns struct {
	path string
	boot string // "": not known here, so nothing can be told

	mu   sync.Mutex
	file *os.File
}

func newTurns(dir string) *turns { return &turns{path: filepath.Join(dir, "turns"), boot: bootID()} }

// begin makes sure that the file can be written; it gives what HandOver records
// with the attempts, "" where nothing will be told.
func (l *turns) begin() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.boot == "" {
		return ""
	}
	if l.file == nil {
		f, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
		if err != nil {
			return ""
		}
		if info, err := f.Stat(); err != nil || info.Size() == 0 {
			_, err = fmt.Fprintln(f, l.boot)
			if err != nil {
				f.Close()
				return ""
			}
		}
		l.file = f
	}
	return l.boot
}

// turn names an attempt at a message.
func turn(n int64, attempt int) string { return fmt.Sprintf("%d/%d", n, attempt) }

// write adds a line: what of an attempt came, and how it ended where it has.
func (l *turns) write(attempt, outcome string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		if l.boot == "" {
			return nil
		}
		return errors.New("the file of turns is not open")
	}
	_, err := l.file.WriteString(strings.TrimSpace(attempt+" "+outcome) + "\n")
	return err
}

// longestTurn bounds a line of the file; longer outcomes are not written.
const longestTurn = 1 << 20

// read gives the attempts recorded since the machine was started with their
// outcomes, "" where there is none; ok is false where the file cannot tell.
func (l *turns) read() (came map[string]string, ok bool) {
	f, err := os.Open(l.path)
	if err != nil || l.boot == "" {
		return nil, false
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, longestTurn+1<<10)
	if !in.Scan() || in.Text() != l.boot {
		return nil, false
	}
	came = map[string]string{}
	for in.Scan() {
		attempt, outcome, _ := strings.Cut(in.Text(), " ")
		came[attempt] = outcome
	}
	return came, in.Err() == nil
}

// clear begins a new file. Nothing may be on its way.
func (l *turns) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
	_ = os.Remove(l.path) // a stale file tells of attempts that are over
}

func (l *turns) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
}

// TurnCame records that the turn of a message which was handed over in a batch
// has come. It costs no synchronisation. On an error the message must not be sent.
func (s *Store) TurnCame(o mail.Outgoing) error {
	n, _ := o.ID.Number()
	if err := s.turns.write(turn(n, o.Attempts), ""); err != nil {
		return fmt.Errorf("recording whose turn it is: %w", err)
	}
	return nil
}

// TurnEnded notes how an attempt of a batch ended, until HandOver records it. It
// costs no synchronisation, and where it fails a crash leaves the message unsure.
func (s *Store) TurnEnded(o mail.Outgoing, out Outcome) {
	out.Transcript = nil
	raw, err := json.Marshal(out)
	if n, _ := o.ID.Number(); err == nil && len(raw) <= longestTurn {
		_ = s.turns.write(turn(n, o.Attempts), string(raw))
	}
}

// recoverTurn sets right an attempt of a batch of which the file of turns tells;
// ok is false where it does not.
func (t *txn) recoverTurn(n int64, o *mail.Outgoing, came map[string]string) (ok bool, err error) {
	boot := ""
	if err := t.QueryRowContext(t.ctx, `SELECT boot FROM attempt WHERE outgoing = ? AND n = ?`, n, o.Attempts).Scan(&boot); err != nil {
		return false, err
	}
	if boot == "" || boot != t.s.turns.boot {
		return false, nil
	}
	outcome, its := came[turn(n, o.Attempts)]
	if !its {
		return true, t.giveBack(n, o)
	}
	var out Outcome
	if outcome == "" || json.Unmarshal([]byte(outcome), &out) != nil {
		return false, nil
	}
	return true, t.endAttempt(n, o, out)
}

func bootID() string {
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id") // Linux; elsewhere nothing is told
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}
