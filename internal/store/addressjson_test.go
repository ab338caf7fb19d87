package store

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"postea/internal/mail"
)

// FuzzAddressJSON holds what is written and read without encoding/json against it.
func FuzzAddressJSON(f *testing.F) {
	f.Add("Ada", "ada@example.org", "", "b@example.org")
	f.Add(`A "B" C\`, "<a&b>", "Ünï\x00\u2028", "\xff")
	f.Add(`","address":"`, `"},{"name":"`, `\"`, "]")
	f.Fuzz(func(t *testing.T, n1, a1, n2, a2 string) {
		list := []mail.Address{{Name: n1, Address: a1}, {Name: n2, Address: a2}}
		for n := 1; n <= len(list); n++ {
			want, err := json.Marshal(list[:n])
			if err != nil {
				t.Fatal(err)
			}
			got := addressJSON(list[:n])
			if got != string(want) {
				t.Fatalf("%s, not %s", got, want)
			}
			valid := true
			for _, a := range list[:n] {
				valid = valid && utf8.ValidString(a.Name) && utf8.ValidString(a.Address)
			}
			if back := parseAddresses(got); valid && !reflect.DeepEqual(back, list[:n]) {
				t.Fatalf("%q became %q by %s", list[:n], back, got)
			}
		}
	})
}
