package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/demo"
)

// What is piped in arrives as it is, under the name it was given.
func TestSendWhatIsPipedIn(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	data := "\x1f\x8b\x00\xff binary\r\n\n.\n"
	sh.okWith(data, "send", "--to", "ada@postea.example", "--subject", "Piped", "--attach", "-", "--attach-as", "größe.sql.gz", "--text", "Here it is.", "--wait")
	sh.okWith("only text\n", "send", "--to", "ada@postea.example", "--subject", "Named by us", "--attach", "-", "--wait")
	sh.ok("sync")
	for _, want := range []struct{ subject, name, text, data string }{
		{"Piped", "größe.sql.gz", "Here it is.", data}, {"Named by us", "stdin.txt", "", "only text\n"},
	} {
		list := sh.objects("search", `subject:"`+want.subject+`"`, "in:inbox")
		if len(list) != 1 {
			t.Fatalf("%s: %d messages", want.subject, len(list))
		}
		id := list[0]["id"].(string)
		dir := t.TempDir()
		sh.ok("save", id, "--all", "--dir", dir)
		got, err := os.ReadFile(filepath.Join(dir, want.name))
		if err != nil || string(got) != want.data {
			t.Errorf("%s: %q, %v", want.subject, got, err)
		}
		if text := sh.objects("show", id)[0]["text"].(string); !strings.HasPrefix(text, want.text) {
			t.Errorf("%s says %q", want.subject, text)
		}
	}
}
