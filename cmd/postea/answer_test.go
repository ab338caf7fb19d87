package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

func TestReplyAndForward(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	me, other := sh.server.Users[1], sh.server.Users[0]
	file := filepath.Join(t.TempDir(), "moth.txt")
	if err := os.WriteFile(file, []byte("a moth\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sh.okWith("Will you come?\n", "send", "--account", other.Name, "--to", "Ada <"+strings.Replace(me.Address, "@", "+guests@", 1)+">", "--cc", "echo@postea.example", "--subject", "Re: dinner", "--attach", file, "--wait")
	sh.ok("sync")
	list := sh.objects("list", "--account", me.Name)
	if len(list) != 1 {
		t.Fatalf("%v", list)
	}
	id, origin := list[0]["id"].(string), list[0]["message_id"].(string)

	sent := func(stdin string, args ...string) map[string]any {
		t.Helper()
		sh.okWith(stdin, args...)
		sh.ok("sync")
		last, at := 0.0, ""
		for _, m := range sh.objects("list", "--account", me.Name, "--folder", "sent") {
			if uid := m["uid"].(float64); uid > last {
				last, at = uid, m["id"].(string)
			}
		}
		return sh.objects("show", at, "--fetch")[0]
	}
	to := func(m map[string]any, field string) string {
		var all []string
		for _, a := range m[field].([]any) {
			all = append(all, a.(map[string]any)["address"].(string))
		}
		return strings.Join(all, " ")
	}

	m := sent("Gladly.\n", "reply", id, "--bcc", "echo@postea.example")
	if m["subject"] != "Re: dinner" || to(m, "to") != other.Address || to(m, "bcc") != "echo@postea.example" || m["in_reply_to"] != origin || to(m, "from") != strings.Replace(me.Address, "@", "+guests@", 1) {
		t.Errorf("the answer is %v", m)
	}
	if text := m["text"].(string); !strings.HasPrefix(text, "Gladly.\n\nOn ") || !strings.Contains(text, "> Will you come?") {
		t.Errorf("the answer says %q", text)
	}
	if flags := sh.objects("show", id)[0]["flags"].([]any); len(flags) == 0 || flags[0] != `\Answered` {
		t.Errorf("the message has flags %v", flags)
	}

	m = sent("", "reply", id, "--all", "--text", "Both of you.", "--from", strings.Replace(me.Address, "@", "+desk@", 1), "--subject", "Supper")
	if m["subject"] != "Supper" || to(m, "to") != "echo@postea.example" || to(m, "cc") != "" || // the other account is the user's own
		to(m, "from") != strings.Replace(me.Address, "@", "+desk@", 1) {
		t.Errorf("the answer to all is %v", m)
	}
	if text := m["text"].(string); !strings.Contains(text, "Both of you.") {
		t.Errorf("the answer to all says %q", text)
	}

	m = sent("", "forward", id, "--to", "echo@postea.example", "--text", "")
	if list := m["attachments"].([]any); m["subject"] != "Fwd: Re: dinner" || len(list) != 1 || !strings.Contains(m["text"].(string), "Will you come?") {
		t.Errorf("forwarded is %v", m)
	}
	m = sent("See there.\n", "forward", id, "--to", "echo@postea.example", "--attached", "--subject", "That dinner")
	if list := m["attachments"].([]any); m["subject"] != "That dinner" || len(list) == 0 || list[0].(map[string]any)["type"] != "message/rfc822" || !strings.HasPrefix(m["text"].(string), "See there.") {
		t.Errorf("forwarded as attachment is %v", m)
	}
	sh.ok("forward", id, "--to", "echo@postea.example", "--redirect", "--wait")
	sh.ok("forward", "--to", "echo@postea.example", "--redirect", "--wait", "30s", id)

	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"reply", "9999", "--text", "x"}, exNoInput, "no message 9999"},
		{[]string{"reply", "dinner", "--text", "x"}, exNoInput, "no id"},
		{[]string{"reply", id, "--list", "--text", "x"}, exUsage, "no list"},
		{[]string{"reply", id, "--list", "--all", "--text", "x"}, exUsage, "list"},
		{[]string{"reply", id, "--account", other.Name, "--text", "x"}, exUsage, "is of account " + me.Name},
		{[]string{"reply", id, "--from", "bob@example.org", "--text", "x"}, exUsage, "none of the addresses"},
		{[]string{"forward", id, "--text", "x"}, exUsage, "--to"},
		{[]string{"forward", id, "--to", "echo@postea.example", "--redirect", "--text", "x"}, exUsage, "--redirect"},
		{[]string{"send", "--from", "bob@example.org", "--to", "echo@postea.example", "--text", "x"}, exUsage, "none of the addresses"},
	} {
		if r := sh.run("", tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.says) {
			t.Errorf("%v exits with %d: %s", tt.args, r.code, r.err)
		}
	}

	m = sent("From another.\n", "send", "--from", "Countess of L. <"+me.Address+">", "--to", "echo@postea.example")
	if from := m["from"].([]any)[0].(map[string]any); from["name"] != "Countess of L." || !strings.Contains(m["text"].(string), "From another.") {
		t.Errorf("written under another name: %v", m)
	}
}

// From another address comes the signature of that one.
func TestWriteFromAnotherAddress(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	conf := filepath.Join(sh.home, "config.toml")
	was, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	// The identity is of the last account.
	if err := os.WriteFile(conf, append(was, "\n[[account.identity]]\naddress = \"countess@analytical.example\"\nreal_name = \"Countess\"\nsignature = \"The Countess\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, now: time.Now, configPath: conf, dataDir: filepath.Join(sh.home, "data")}
	a, err := e.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	d, err := a.NewDraftFrom(t.Context(), "", "countess@analytical.example")
	if err != nil || d.Account != sh.server.Users[1].Name || d.From.Name != "Countess" || !strings.Contains(d.Body, "The Countess") {
		t.Fatalf("%+v %v", d, err)
	}
	d.Body = "Gladly.\n" + d.Body
	if err := writeFrom(t.Context(), a, &d, sh.server.Users[1].Address); err != nil || d.From.Address != sh.server.Users[1].Address || strings.Contains(d.Body, "Countess") || !strings.HasPrefix(d.Body, "Gladly.\n") {
		t.Errorf("from the first address: %+v %v", d, err)
	}
	if err := writeFrom(t.Context(), a, &d, "countess@analytical.example"); err != nil || !strings.Contains(d.Body, "-- \nThe Countess") {
		t.Errorf("and back: %q %v", d.Body, err)
	}
}
