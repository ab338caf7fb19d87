package bounce

import (
	"maps"
	"testing"
)

func TestWords(t *testing.T) {
	const notice = "The following address(es) failed:\n\n  B@x.example\n    Unrouteable address\n  c@y.example\n    (generated from list@x.example)\n    host mx said\n    550 no\n\n" +
		"No action is required on your part.\n\nd@x.example: exited abnormally\ne@x.example:\n\n    Below is a copy of the original message:\n\nf@x.example: no\n"
	want := map[string]string{
		"b@x.example": "Unrouteable address", "c@y.example": "host mx said 550 no", "list@x.example": "host mx said 550 no",
		"d@x.example": "exited abnormally", "e@x.example": "",
	}
	if got := Words(notice); !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
