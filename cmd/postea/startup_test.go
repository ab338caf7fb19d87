package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

// BenchmarkStartUp builds postea as a release and measures what the README
// states: how long a command takes from nothing to its last byte, and the
// interface to its painted list, how much memory it and a resident  sync --watch  have had at most, and the size of the program.
// Memory is known on Linux only.
func BenchmarkStartUp(b *testing.B) {
	program := filepath.Join(b.TempDir(), "postea")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	home := benchHome(b, program)
	postea := func(args ...string) *exec.Cmd {
		return exec.Command(program, append([]string{"--config", filepath.Join(home, "config.toml"), "--data", filepath.Join(home, "data")}, args...)...)
	}
	for name, args := range map[string][]string{"version": {"version"}, "list": {"list"}, "search": {"search", "the"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if out, err := postea(args...).CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
			b.ReportMetric(float64(info.Size())/1e6, "MB-program")
		})
	}
	b.Run("interface", func(b *testing.B) {
		var newest struct {
			From []struct{ Name string }
		}
		out, err := postea("list", "--limit", "1", "--json").Output()
		if err := errors.Join(err, json.Unmarshal(out, &newest)); err != nil || len(newest.From) == 0 {
			b.Fatalf("%v: %s", err, out)
		}
		word, _, _ := strings.Cut(newest.From[0].Name, " ")
		var peak int64
		for b.Loop() {
			peak = max(peak, interfaceStart(b, postea(), word))
		}
		b.ReportMetric(float64(peak)/(1<<20), "MiB-at-most")
	})
	b.Run("watch", func(b *testing.B) {
		var peak int64
		for b.Loop() {
			cmd := postea("sync", "--watch", "--verbose")
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			for range 40 {
				time.Sleep(50 * time.Millisecond)
				peak = max(peak, peakMemory(cmd.Process.Pid))
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		b.ReportMetric(float64(peak)/(1<<20), "MiB-at-most")
		b.ReportMetric(0, "ns/op") // it is two seconds by its making
	})
}

// benchHome is a home with the demo's sample mail, synced.
func benchHome(b *testing.B, program string) string {
	b.Helper()
	server, err := demo.Start(b.Context(), demo.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Close() })
	home := b.TempDir()
	i, u := server.Info(), server.Users[0]
	b.Setenv("BENCH_PASSWORD", u.Password)
	var out bytes.Buffer
	for _, args := range [][]string{
		{"account", "add", "home", "--no-test", "--address", u.Address, "--imap-host", i.IMAP.Host, "--imap-port", fmt.Sprint(i.IMAP.Port), "--smtp-host", i.Submission.Host,
			"--smtp-port", fmt.Sprint(i.Submission.Port), "--smtp-tls", "starttls", "--ca-file", i.CAFile, "--password-env", "BENCH_PASSWORD"},
		{"sync"},
	} {
		cmd := exec.Command(program, append([]string{"--config", filepath.Join(home, "config.toml"), "--data", filepath.Join(home, "data")}, args...)...)
		cmd.Stdout, cmd.Stderr = io.Discard, &out
		if err := cmd.Run(); err != nil {
			b.Fatalf("%v: %v\n%s", args, err, out.String())
		}
	}
	return home
}
