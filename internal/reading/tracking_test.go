package reading

import (
	"strings"
	"testing"
)

func TestTracking(t *testing.T) {
	for u, want := range map[string]string{
		"https://a.example/?utm_source=x&utm_medium=y&id=5":  "utm_*",
		"https://a.example/p?id=1&fbclid=Iw&MC_EID=2#utm_x=": "fbclid, mc_eid",
		"https://a.example/utm_source=1":                     "",
		"https://a.example/?q=utm_source":                    "",
		"https://a.example/?%75tm_source=x":                  "utm_*",
		"mailto:a@b.example?subject=utm_source&utm_source=1": "",
		"https://a.example/?":                                "",
	} {
		if got := strings.Join((Link{Shown: u}).Tracking(), ", "); got != want {
			t.Errorf("%s: %q, want %q", u, got, want)
		}
	}
}
