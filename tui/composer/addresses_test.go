package composer

import "testing"

func TestPastedAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"a@x.example\nb@x.example\n":                            "a@x.example, b@x.example",
		"a@x.example\r\n\r\nb@x.example":                        "a@x.example, b@x.example",
		"a@x.example b@x.example  c@x.example":                  "a@x.example, b@x.example, c@x.example",
		"Ann <a@x.example> Bob B <b@x.example>":                 "Ann <a@x.example>, Bob B <b@x.example>",
		"Ann <a@x.example>, Bob <b@x.example>;":                 "Ann <a@x.example>, Bob <b@x.example>",
		"Ann <a@x.example> , Bob <b@x.example>":                 "Ann <a@x.example> , Bob <b@x.example>",
		"Ann\ta@x.example":                                      "Ann, a@x.example",
		"mailto:a@x.example":                                    "a@x.example",
		"\"Lovelace, Ada\" <ada@x.example>\nTeam: b@x.example;": "\"Lovelace, Ada\" <ada@x.example>, Team: b@x.example",
		"grace":                       "grace",
		"  ":                          "",
		"<a@x.example> <b@x.example>": "<a@x.example>, <b@x.example>",
	} {
		if got := pastedAddresses(in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}
