//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
)

// A reader such as head goes away after the first line.
func TestDemoKeepsNothingWhenNobodyReads(t *testing.T) {
	temp := t.TempDir()
	cmd := exec.Command(os.Args[0], "demo", "--headless")
	cmd.Env = append(os.Environ(), asCommand+"=1", "TMPDIR="+temp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Error(err)
	}
	out.Close()
	if err := cmd.Wait(); err == nil {
		t.Error("it ended well")
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left %v (%v)", left, err)
	}
}
