package mail

import "testing"

func TestPlainTextOfARecipient(t *testing.T) {
	for _, tt := range []struct {
		r    Recipient
		want string
	}{
		{Recipient{Code: 550, Enhanced: "5.1.1", Text: "550 5.1.1 no such user"}, "no such user"},
		{Recipient{Code: 550, Text: " 550 no such user "}, "no such user"},
		{Recipient{Enhanced: "5.1.1", Text: "5.1.1 no such user"}, "no such user"},
		{Recipient{Text: "0 messages taken"}, "0 messages taken"},
	} {
		if got := tt.r.Plain(); got != tt.want {
			t.Errorf("%+v: %q", tt.r, got)
		}
	}
}
