package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A log does not grow for ever while the program runs, and what two processes say after one
// of them has put it aside stands in the new one.
func TestLogIsTurnedOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "postea.log")
	var logs []*logFile
	for range 2 {
		l, err := openLog(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.f.Close() })
		logs = append(logs, l)
	}
	write := func(l *logFile, text string) {
		if _, err := l.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("a line of the log\n", tooLong/18+1)
	write(logs[0], long)
	write(logs[1], "one ")
	write(logs[0], "two ")
	write(logs[1], "three")
	for name, want := range map[string]string{path + ".old": long, path: "one two three"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s has %d bytes, %v", filepath.Base(name), len(got), err)
		}
	}
}
