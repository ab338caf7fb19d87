package keys

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/keys.md anew")

func TestReferenceIsFresh(t *testing.T) {
	const path = "../../docs/keys.md"
	if *update {
		if err := os.WriteFile(path, []byte(Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != Reference() {
		t.Error("docs/keys.md is not what the table says: go test ./tui/keys -update")
	}
}
