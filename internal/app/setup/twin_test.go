package setup

import (
	"testing"

	"postea/config"
)

func TestTwin(t *testing.T) {
	at := func(host string, port int, user string) config.Server {
		return config.Server{Host: host, Port: port, Username: user}
	}
	cfg := &config.Config{Accounts: []config.Account{
		{Name: "sender", SMTP: at("smtp.b.example", 465, "ada")},
		{Name: "work", IMAP: at("imap.b.example", 993, "ada")},
	}}
	for _, c := range []struct {
		new  config.Server
		want string
	}{
		{at("IMAP.b.example", 993, "ada"), "work"},
		{at("imap.b.example", 993, "Ada"), ""},
		{at("imap.b.example", 143, "ada"), ""},
		{at("imap.c.example", 993, "ada"), ""},
		{config.Server{}, ""},
	} {
		if name, ok := Twin(cfg, config.Account{IMAP: c.new}); name != c.want || ok != (c.want != "") {
			t.Errorf("%+v is %q, %v", c.new, name, ok)
		}
	}
}
