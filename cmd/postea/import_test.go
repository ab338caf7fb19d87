package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

// bigMbox writes an mbox of some MB: small messages, and one in fifty of 2 MB.
// It gives how many there are.
func bigMbox(t *testing.T, path string, size int64) int {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	line := "All work and no play makes this a line of text.\n"
	var written int64
	n := 0
	for ; written < size; n++ {
		lines := 200 + n%300
		if n%50 == 49 {
			lines = 2 << 20 / len(line)
		}
		k, _ := fmt.Fprintf(w, "From a@b.example Sat Nov 28 07:%02d:%02d 2026\nFrom: a@b.example\nTo: ada@postea.example\nSubject: Big %d\nMessage-ID: <%d@big.example>\nDate: Sat, 28 Nov 2026 07:%02d:%02d +0000\nStatus: %s\nX-Status: %s\n\n>From number %d\n",
			n/60%60, n%60, n, n, n/60%60, n%60, []string{"RO", "O", "R"}[n%3], []string{"", "F", "A", "AF"}[n%4], n)
		written += int64(k)
		for range lines {
			k, err := w.WriteString(line)
			if err != nil {
				t.Fatal(err)
			}
			written += int64(k)
		}
		w.WriteString("\n")
		written++
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return n
}

// An import as a process of its own, killed twice on the way: everything is at
// the server once, with flags, and memory does not grow with the file. It is of
// 12 MB, or as many as POSTEA_TEST_IMPORT_MB says. What is exported and imported
// again is the same.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	mb := int64(12)
	if s := os.Getenv("POSTEA_TEST_IMPORT_MB"); s != "" {
		var err error
		if mb, err = strconv.ParseInt(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	f := &failRun{shell: newShell(t, demo.Options{Empty: true}), data: t.TempDir()}
	path := filepath.Join(t.TempDir(), "big.mbox")
	n := bigMbox(t, path, mb<<20)
	args := []string{"--account", "home", "import", "--folder", "Big", path}
	began := time.Now()
	var peak int64
	for i := int64(1); i <= 3; i++ {
		var out bytes.Buffer
		cmd := f.command("", args...)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for done := false; !done; {
			peak = max(peak, peakMemory(cmd.Process.Pid))
			select {
			case err := <-ended:
				if i < 3 || err != nil {
					t.Fatalf("run %d ends too early: %v %s", i, err, out.String())
				}
				done = true
			case <-time.After(time.Millisecond):
				if i < 3 && f.noted() >= i*(mb<<20)/3 {
					_ = cmd.Process.Kill()
					<-ended
					done = true
				}
			}
		}
	}
	took := time.Since(began)
	got, err := f.server.Messages(f.server.Users[0].Address, "Big")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != n {
		t.Fatalf("%d messages at the server, want %d", len(got), n)
	}
	for i, m := range got {
		if !bytes.Contains(m.Raw[:min(len(m.Raw), 400)], fmt.Appendf(nil, "Message-ID: <%d@big.example>", i)) {
			t.Fatalf("message %d is\n%.300s", i, m.Raw)
		}
		want := []string{}
		if i%3 != 1 {
			want = append(want, `\Seen`)
		}
		if i%4 == 1 || i%4 == 3 {
			want = append(want, `\Flagged`)
		}
		if i%4 >= 2 {
			want = append(want, `\Answered`)
		}
		if flags := slices.DeleteFunc(slices.Clone(m.Flags), func(s string) bool { return s == `\Recent` }); !sameSet(flags, want) {
			t.Fatalf("message %d has the flags %v, want %v", i, flags, want)
		}
		if !m.Received.Equal(time.Date(2026, 11, 28, 7, i/60%60, i%60, 0, time.UTC)) {
			t.Fatalf("message %d was received %v", i, m.Received)
		}
	}
	t.Logf("%d messages of %d MB in %.1f s with two kills; at most %d MiB of memory", n, mb, took.Seconds(), peak>>20)
	const most = 128 << 20
	if peak > most {
		t.Errorf("%d MiB of memory at most, want no more than %d", peak>>20, most>>20)
	}
	f.exportsTheSame(got)
}

// noted is the byte of the file at which an import is, by what it has noted.
func (f *failRun) noted() int64 {
	f.t.Helper()
	notes, _ := filepath.Glob(filepath.Join(f.data, "import-*.json"))
	for _, name := range notes {
		var note struct{ At int64 }
		if data, err := os.ReadFile(name); err == nil && json.Unmarshal(data, &note) == nil {
			return note.At
		}
	}
	return 0
}

// peakMemory is the most memory that a process has had so far, in bytes; 0 where
// the system does not tell. What the system counts at the end of a process
// (getrusage) would not do: there a child begins with what its parent had.
func peakMemory(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb int64
	_, _ = fmt.Sscan(rest, &kb)
	return kb << 10
}

func sameSet(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// exportsTheSame exports the folder Big, imports it again, and compares bytes,
// flags and dates.
func (f *failRun) exportsTheSame(want []demo.Stored) {
	f.t.Helper()
	f.ok("account", "edit", "home", "--bodies", "all") // by the flight, not one by one
	f.ok("sync")
	to := filepath.Join(f.t.TempDir(), "again.mbox")
	f.ok("--account", "home", "export", "--folder", "Big", "--fetch", to)
	f.ok("--account", "home", "import", "--folder", "Again", to)
	got, err := f.server.Messages(f.server.Users[0].Address, "Again")
	if err != nil || len(got) != len(want) {
		f.t.Fatalf("%d messages come back of %d: %v", len(got), len(want), err)
	}
	key := func(m demo.Stored) string {
		flags := slices.Clone(m.Flags)
		slices.Sort(flags)
		return fmt.Sprintf("%x %v %d", sha256.Sum256(m.Raw), flags, m.Received.Unix())
	}
	there := map[string]int{}
	for _, m := range want {
		there[key(m)]++
	}
	for i, m := range got {
		if there[key(m)]--; there[key(m)] < 0 {
			f.t.Fatalf("message %d came back otherwise: %v %v\n%.300s", i, m.Flags, m.Received, m.Raw)
		}
	}
}
