package corpus

import (
	"fmt"
	"testing"

	"postea/internal/reading"
	"postea/internal/reading/trust"
)

// TestSignatures: mails that are signed, broken, spoofed or encrypted. Each is
// told for what it is, by hand in testdata/sig.tsv, and none gets a good mark:
// nothing was checked.
func TestSignatures(t *testing.T) {
	known := listed(t, "sig.tsv")
	for _, file := range files(t, "sig") {
		m := reading.Parse(read(t, file))
		got := m.Protection().Words().String()
		if got == "" {
			got = "nothing"
		}
		if want, ok := known[file]; !ok || got != want {
			t.Errorf("%s\t%s (in the list: %q)", file, got, want)
		}
		for _, f := range m.Header.All() {
			if r := trust.ParseResults(f.Value); f.Name != "Authentication-Results" || r.Server == "" {
				continue
			}
			if s := m.Sender(reading.TrustOptions{}); s.Verdict != trust.Unknown || s.Words.String() != "" {
				t.Errorf("%s: a mark by a server that nobody trusts: %v", file, fmt.Sprint(s))
			}
		}
	}
}
