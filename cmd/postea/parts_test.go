package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postea/internal/demo"
)

// Of a large message the text is here and the file is not; neither is ever given
// for the bytes of the message.
func TestLargeMessage(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	file := bytes.Repeat([]byte("quagga "), 100_000)
	var lines strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(file)), 76) {
		lines.Write(line)
		lines.WriteString("\r\n")
	}
	raw := fmt.Sprintf("From: Echo <echo@postea.example>\r\nTo: ada@postea.example\r\nSubject: A parcel\r\nMessage-ID: <parcel-1@postea.example>\r\nDate: Sat, 28 Nov 2026 07:30:05 +0000\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAn okapi is in the parcel.\r\n--b\r\nContent-Type: application/octet-stream\r\n"+
		"Content-Disposition: attachment; filename=herbarium.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n%s--b--\r\n", &lines)
	if err := sh.server.Deliver(sh.server.Users[0].Address, "INBOX", []byte(raw)); err != nil {
		t.Fatal(err)
	}
	sh.ok("sync")
	found := sh.objects("search", "okapi")
	if len(found) != 1 {
		t.Fatalf("the text finds %d messages", len(found))
	}
	id := fmt.Sprint(found[0]["id"])
	if out := sh.ok("show", id); !strings.Contains(out, "An okapi is in the parcel.") || !strings.Contains(out, "herbarium.bin (application/octet-stream, about 700 KB, at the server)") {
		t.Errorf("shown: %s", out)
	}
	if out := sh.objects("show", id)[0]; !strings.Contains(fmt.Sprint(out["text"]), "okapi") {
		t.Errorf("shown as JSON: %v", out)
	}
	dir := t.TempDir()
	for _, args := range [][]string{{"show", id, "--raw"}, {"save", id, "--dir", dir}} {
		if r := sh.run("", args...); r.code != exTempFail || r.out != "" || !strings.Contains(r.err, "--fetch") {
			t.Errorf("%q exits with %d: %.100s%s", args, r.code, r.out, r.err)
		}
	}
	sh.ok("save", id, "--dir", dir, "--fetch")
	if got, err := os.ReadFile(filepath.Join(dir, "herbarium.bin")); err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d bytes were saved (%v), want %d", len(got), err, len(file))
	}
	if r := sh.run("", "show", id, "--raw"); r.code != exTempFail {
		t.Errorf("with the file here, the raw message exits with %d", r.code)
	}
	if out := sh.ok("show", id, "--raw", "--fetch"); out != raw {
		t.Errorf("the raw message has %d bytes, want %d", len(out), len(raw))
	}
	if out := sh.ok("show", id, "--raw"); out != raw {
		t.Errorf("kept are %d bytes, want %d", len(out), len(raw))
	}
}
