package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"
)

const (
	startTimeout = 20 * time.Second
	stopTimeout  = 10 * time.Second
	lookAgain    = 20 * time.Millisecond
)

// workDir makes a directory that the servers' own users can enter, which those
// of the testing package are not. Its path is short: sockets live in it.
func workDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "postea-lab-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing the files of a server: %v", err)
		}
	})
	mkdir(t, 0o755, dir)
	return dir
}

func mkdir(t testing.TB, mode os.FileMode, dirs ...string) {
	t.Helper()
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, mode); err != nil { // whatever the umask is
			t.Fatal(err)
		}
	}
}

// writeFile expands a template into a file.
func writeFile(t testing.TB, file, text string, data any) {
	t.Helper()
	var b bytes.Buffer
	if err := template.Must(template.New(filepath.Base(file)).Option("missingkey=error").Parse(text)).Execute(&b, data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// freePorts finds n ports that stay free until a server takes them. They are none
// of those that the system gives to clients: between the choice and the server's
// start one of them might get it. From other tests, which choose at the same
// time, a UDP socket on the same port keeps it until the end of the test.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	const first, end, tries = 20000, 32768, 1000
	var ports []int
	for range tries {
		port := first + rand.IntN(end-first)
		address := net.JoinHostPort(host, strconv.Itoa(port))
		claim, err := net.ListenPacket("udp", address)
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			claim.Close()
			continue
		}
		l.Close()
		t.Cleanup(func() { claim.Close() })
		if ports = append(ports, port); len(ports) == n {
			return ports
		}
	}
	t.Fatalf("there are no %d free ports", n)
	return nil
}

// run starts a server in the foreground. It ends with the test, and with the
// process of the test however that ends.
func run(t testing.TB, log string, name string, args ...string) *process {
	t.Helper()
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	p := &process{cmd: cmd, log: log, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // how it ended is in its log
	}()
	t.Cleanup(p.stop)
	return p
}

type process struct {
	cmd   *exec.Cmd
	log   string
	ended chan struct{}
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails if it has ended, which is fine
	select {
	case <-p.ended:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// awaitGreeting waits until a server greets on port.
func (p *process) awaitGreeting(t testing.TB, port int, prefix string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for !greets(ctx, port, prefix) {
		select {
		case <-tick.C:
		case <-p.ended:
			t.Fatalf("the server ended at its start: %s", p.tail())
		case <-ctx.Done():
			t.Fatalf("the server does not greet on port %d: %s", port, p.tail())
		}
	}
}

func greets(ctx context.Context, port int, prefix string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(startTimeout)); err != nil {
		return false
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, prefix)
}

// tail gives the last words of the logs next to the server's output.
func (p *process) tail() string {
	const lines = 15
	var all []string
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(p.log), "*.log"))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		text := strings.Split(strings.TrimSpace(string(raw)), "\n")
		all = append(all, text[max(0, len(text)-lines):]...)
	}
	return strings.Join(all, "\n")
}

// installed reports whether the test may start servers, and whether the
// programs are there.
func installed(programs ...string) error {
	if os.Geteuid() != 0 {
		return errors.New("it starts as root only")
	}
	for _, program := range programs {
		if _, err := os.Stat(program); err != nil {
			return errors.New(program + " is not there")
		}
	}
	return nil
}
