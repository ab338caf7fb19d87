package reading

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// What lies too deeply to be taken apart can be saved at least.
func TestTooDeepIsAnAttachment(t *testing.T) {
	part := "Content-Type: text/plain\r\n\r\ninnermost\r\n"
	for i := range 2 * maxDepth {
		part = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, part, i)
	}
	m := Parse([]byte("From: a@x.example\r\nSubject: deep\r\n" + part))
	if len(m.Attachments) != 1 {
		t.Fatalf("%d attachments, %v", len(m.Attachments), m.Defects)
	}
	b, err := io.ReadAll(m.Open(m.Attachments[0]))
	if err != nil || !strings.Contains(string(b), "innermost") {
		t.Errorf("%q, %v", b, err)
	}
}
