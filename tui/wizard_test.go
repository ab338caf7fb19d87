package tui_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postea/config/discover"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
	"postea/internal/dial"
	"postea/tui"
	"postea/tui/tuitest"
)

func discovered(domain, provider string, source discover.Source) setup.Discovery {
	end := func(host string, port int) discover.Server {
		return discover.Server{Host: host, Port: port, TLS: "implicit", Username: "ada@" + domain, Password: true}
	}
	return setup.Discovery{Domain: domain, Best: &setup.FoundServers{
		Source: source, Where: domain, Provider: provider,
		IMAP: []discover.Server{end("imap."+domain, 993)}, SMTP: []discover.Server{end("smtp."+domain, 465)},
	}}
}

func gmail() setup.Discovery {
	d := discovered("gmail.com", "Gmail", discover.BuiltIn)
	d.Best.OAuth, d.Best.Hint, d.Best.URL = "google", "It takes an app password (two-step verification must be on), or OAuth with a client id of your own.", "https://myaccount.google.com/apppasswords"
	return d
}

func outlook() setup.Discovery {
	d := discovered("outlook.com", "Outlook.com", discover.BuiltIn)
	d.Best.OAuth, d.Best.Hint = "microsoft", "It takes no passwords from mail programs, only OAuth."
	d.Best.IMAP[0].Password, d.Best.SMTP[0].Password = false, false
	return d
}

func typed(texts ...string) func(*tuitest.Driver) {
	return func(d *tuitest.Driver) {
		for _, s := range texts {
			if key, ok := strings.CutPrefix(s, "/"); ok {
				d.Press(key)
				continue
			}
			d.Type(s)
		}
	}
}

var wizardScenes = []struct {
	name  string
	setup tuitest.World
	play  func(*tuitest.Driver)
}{
	{name: "wizard", setup: tuitest.World{Rings: true}},
	{name: "wizard-typo", setup: tuitest.World{Rings: true}, play: typed("ada@", "/enter")},
	{name: "wizard-secret", setup: tuitest.World{Rings: true, Found: discovered("example.org", "", discover.Autoconfig)}, play: typed("ada@example.org", "/tab", "Ada Lovelace", "/enter", "correct horse")},
	{name: "wizard-hint", setup: tuitest.World{Rings: true, Found: gmail()}, play: typed("ada@gmail.com", "/enter")},
	{name: "wizard-refused", setup: tuitest.World{Rings: true, Good: "right", Found: discovered("example.org", "", discover.Autoconfig)}, play: typed("ada@example.org", "/enter", "wrong", "/enter")},
	{name: "wizard-encrypted", setup: tuitest.World{Found: discovered("example.org", "", discover.Collection)}, play: typed("ada@example.org", "/enter", "secret", "/tab", "/tab", "open sesame", "/enter")},
	{name: "wizard-certificate", setup: tuitest.World{Rings: true, Found: discovered("example.org", "", discover.Guess), Unreached: untrustedKey()}, play: typed("ada@example.org", "/enter")},
	{name: "wizard-unvouched", setup: tuitest.World{Rings: true, Found: unvouched()}, play: typed("ada@example.org", "/enter")},
	{name: "wizard-nothing", setup: tuitest.World{Rings: true, Found: setup.Discovery{Domain: "example.org"}}, play: typed("ada@example.org", "/enter")},
	{name: "wizard-impossible", setup: tuitest.World{Rings: true, Found: setup.Discovery{No: "Tuta has no IMAP and no SMTP: its mail can be read in its own programs only."}}, play: typed("ada@tuta.com", "/enter")},
	{name: "wizard-oauth", setup: tuitest.World{Rings: true, Found: outlook(), Page: setup.OAuthStep{Page: "https://microsoft.com/devicelogin", Code: "WDJB-MJHT"}, Waits: true}, play: typed("ada@outlook.com", "/enter", "1b730954-1685-4b74-9bfd-dac224a7b894", "/enter")},
}

// The address of the provider's page is whole: where a terminal copies nothing it is
// marked with the mouse, and without its end nobody is let in.
func TestWizardPageIsWhole(t *testing.T) {
	page := "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&client_id=" + strings.Repeat("7", 72) +
		"&code_challenge=" + strings.Repeat("c", 43) + "&code_challenge_method=S256&login_hint=ada%40outlook.com&prompt=consent&redirect_uri=http%3A%2F%2F127.0.0.1%3A41683%2F" +
		"&response_type=code&scope=https%3A%2F%2Fmail.google.com%2F&state=" + strings.Repeat("s", 42) + "!"
	for _, size := range [][2]int{{120, 36}, {80, 24}, {60, 20}} {
		world := &tuitest.World{Found: outlook(), Page: setup.OAuthStep{Page: page}, Waits: true}
		tuitest.Run(t, newcomer(world, size[0], size[1]), func(d *tuitest.Driver) {
			typed("ada@outlook.com", "/enter", "id", "/tab", "/tab", "/tab", "pp", "/tab", "pp", "/enter")(d)
			screen := d.Screen()
			if joined := strings.Join(strings.Fields(screen), ""); !strings.Contains(joined, page) || !strings.Contains(screen, "Copy the address") {
				t.Errorf("in %dx%d the address is not whole:\n%s", size[0], size[1], screen)
			}
			d.Press("enter")
			if want := []string{page}; !slices.Equal(d.Copied, want) || !slices.Equal(world.Clipped, want) {
				t.Errorf("copied by the terminal: %q, by the system: %q", d.Copied, world.Clipped)
			}
		})
	}
}

func untrustedKey() error {
	err := &dial.Error{Kind: dial.KindCertificate, Host: "imap.example.org", Pin: "sha256:9b689579e758a2f942b634f363469bc4d66833caca0532ff668ff5ea7f72dd82"}
	return &doctor.ReachError{Text: "the certificate of imap.example.org is signed by an unknown authority (CN=own authority)", Err: err}
}

func unvouched() setup.Discovery {
	d := discovered("example.org", "", discover.Records)
	d.Best.IMAP[0].Host, d.Best.Unvouched = "imap.hoster.example", []string{"imap.hoster.example"}
	return d
}

func TestGoldenWizard(t *testing.T) {
	for _, size := range sizes {
		for i := range wizardScenes {
			sc := &wizardScenes[i]
			name := fmt.Sprintf("%s-%dx%d", sc.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				tuitest.Run(t, newcomer(&sc.setup, size[0], size[1]), func(d *tuitest.Driver) {
					if sc.play != nil {
						sc.play(d)
					}
					compare(t, filepath.Join("testdata", "wizard", name+".golden"), d.Screen())
				})
			})
		}
	}
}

// newcomer has no account yet.
func newcomer(w *tuitest.World, width, height int) tuitest.Setup {
	return tuitest.Setup{Width: width, Height: height, Backend: tuitest.None(), Options: tui.Options{Setup: w, First: true}}
}

// What leads to a saved account, key by key.
func TestWizardSaves(t *testing.T) {
	tests := []struct {
		name  string
		setup *tuitest.World
		play  []string
		want  func(setup.NewAccount) bool
	}{
		{"password in the keyring", &tuitest.World{Rings: true, Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)},
			[]string{"ada@example.org", "/tab", "Ada", "/enter", "pw", "/enter"},
			func(n setup.NewAccount) bool {
				return n.Keep == setup.InKeyring && n.Secret == "pw" && n.RealName == "Ada" && n.IMAP.Host == "imap.example.org" && n.SMTP.Port == 465 && n.Name == "example"
			}},
		{"after a wrong password", &tuitest.World{Rings: true, Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)},
			[]string{"ada@example.org", "/enter", "no", "/enter", "/backspace", "/backspace", "pw", "/enter"},
			func(n setup.NewAccount) bool { return n.Secret == "pw" }},
		{"in the encrypted file", &tuitest.World{Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)},
			[]string{"ada@example.org", "/enter", "pw", "/tab", "/tab", "sesame", "/tab", "sesame", "/enter"},
			func(n setup.NewAccount) bool { return n.Keep == setup.InEncrypted && n.Passphrase == "sesame" }},
		{"by a command", &tuitest.World{Rings: true, Found: discovered("example.org", "", discover.Autoconfig)},
			[]string{"ada@example.org", "/enter", "/tab", "/right", "/right", "/shift+tab", "pass show mail", "/enter"},
			func(n setup.NewAccount) bool {
				return n.Keep == setup.InCommand && n.Command == "pass show mail" && n.Secret == ""
			}},
		{"servers by hand", &tuitest.World{Rings: true, Good: "pw", Found: setup.Discovery{Domain: "example.org"}},
			[]string{"ada@example.org", "/enter", "/ctrl+u", "mx.example.org:1993", "/tab", "/ctrl+u", "mx.example.org:587", "/tab", "/ctrl+u", "ada", "/enter", "pw", "/enter"},
			func(n setup.NewAccount) bool {
				return n.IMAP.Host == "mx.example.org" && n.IMAP.Port == 1993 && n.SMTP.TLS == "starttls" && n.IMAP.Username == "ada"
			}},
		{"only reading", &tuitest.World{Rings: true, Good: "pw", Found: setup.Discovery{Domain: "example.org"}},
			[]string{"ada@example.org", "/enter", "/tab", "/ctrl+u", "/enter", "pw", "/enter"},
			func(n setup.NewAccount) bool { return n.SMTP.Host == "" && n.IMAP.Host == "imap.example.org" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tuitest.Run(t, newcomer(tt.setup, 120, 36), func(d *tuitest.Driver) {
				typed(tt.play...)(d)
				if len(tt.setup.Saved) != 1 || !tt.want(tt.setup.Saved[0]) || !d.Quit {
					t.Errorf("saved %+v, ended %v; the screen:\n%s", tt.setup.Saved, d.Quit, d.Screen())
				}
			})
		})
	}
}

// Servers that were typed are still there one step back.
func TestWizardGoesBackToTypedServers(t *testing.T) {
	w := &tuitest.World{Rings: true, Found: setup.Discovery{Domain: "example.org"}}
	tuitest.Run(t, newcomer(w, 100, 36), func(d *tuitest.Driver) {
		typed("ada@example.org", "/enter", "/ctrl+u", "box.example.net", "/tab", "/ctrl+u", "out.example.net:587", "/enter")(d)
		d.See("Password")
		d.Press("esc")
		d.See("Use these servers", "box.example.net", "out.example.net:587")
		d.Press("esc")
		d.See("Your address", "step 1 of 3")
	})
}

// Nothing is saved after a refusal, and a key is trusted only by its button.
func TestWizardHolds(t *testing.T) {
	for name, tt := range map[string]struct {
		setup *tuitest.World
		play  []string
		see   string
	}{
		"wrong password":      {&tuitest.World{Rings: true, Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)}, []string{"ada@example.org", "/enter", "no", "/enter"}, "refused the sign-in"},
		"wrong passphrase":    {&tuitest.World{Vault: true, Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)}, []string{"ada@example.org", "/enter", "pw", "/tab", "/tab", "no", "/enter"}, "not the passphrase"},
		"passphrases differ":  {&tuitest.World{Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)}, []string{"ada@example.org", "/enter", "pw", "/tab", "/tab", "a", "/tab", "b", "/enter"}, "differ"},
		"cannot be saved":     {&tuitest.World{Rings: true, Good: "pw", SaveFails: errors.New("the disk is full"), Found: discovered("example.org", "", discover.Autoconfig)}, []string{"ada@example.org", "/enter", "pw", "/enter"}, "nothing was saved: the disk is full"},
		"keyring is locked":   {&tuitest.World{Locked: true, Good: "pw", Found: discovered("example.org", "", discover.Autoconfig)}, []string{"ada@example.org", "/enter", "pw", "/enter"}, "wants to be unlocked"},
		"locked, with OAuth":  {&tuitest.World{Locked: true, Found: outlook()}, []string{"ada@outlook.com", "/enter", "id", "/enter"}, "wants to be unlocked"},
		"no password":         {&tuitest.World{Rings: true, Found: discovered("example.org", "", discover.Autoconfig)}, []string{"ada@example.org", "/enter", "/enter"}, "password is still missing"},
		"hostile name":        {&tuitest.World{Rings: true, Found: hostile()}, []string{"ada@example.org", "/enter"}, "evil"},
		"no client id":        {&tuitest.World{Rings: true, Found: outlook()}, []string{"ada@outlook.com", "/enter", "/enter"}, "client id is needed"},
		"OAuth turned down":   {&tuitest.World{Rings: true, Found: outlook(), Denied: errors.New("access_denied")}, []string{"ada@outlook.com", "/enter", "id", "/enter"}, "access_denied"},
		"esc while it waits":  {&tuitest.World{Rings: true, Found: outlook(), Page: setup.OAuthStep{Page: "https://p.example", Code: "CODE"}, Waits: true}, []string{"ada@outlook.com", "/enter", "id", "/enter", "/esc"}, "Change the servers"},
		"without a code":      {&tuitest.World{Rings: true, Found: outlook(), Page: setup.OAuthStep{Page: "https://p.example", Code: "CODE"}, Waits: true}, []string{"ada@outlook.com", "/enter", "id", "/enter", "/tab", "/enter"}, "in a browser on this machine"},
		"back to the address": {&tuitest.World{Rings: true, Found: outlook()}, []string{"ada@outlook.com", "/enter", "/esc"}, "Your name, as others see it"},
	} {
		t.Run(name, func(t *testing.T) {
			tuitest.Run(t, newcomer(tt.setup, 120, 36), func(d *tuitest.Driver) {
				typed(tt.play...)(d)
				if s := d.Screen(); !strings.Contains(s, tt.see) || strings.ContainsAny(s, "\x1b\u202e") {
					t.Errorf("the screen does not say %q:\n%s", tt.see, s)
				}
				if len(tt.setup.Saved) > 0 || d.Quit {
					t.Errorf("saved %+v, ended %v", tt.setup.Saved, d.Quit)
				}
			})
		})
	}
}

func hostile() setup.Discovery {
	d := discovered("example.org", "\x1b]0;evil\x07\u202eevil", discover.Exchanger)
	d.Best.Where, d.Best.Hint = "\x1b[2Jevil", "\u202eevil"
	return d
}

// In a small window what is wrong is seen, and every button.
func TestWizardInASmallWindow(t *testing.T) {
	w := tuitest.World{Found: discovered("example.org", "", discover.Guess), Unreached: untrustedKey()}
	tuitest.Run(t, newcomer(&w, 40, 12), func(d *tuitest.Driver) {
		typed("ada@example.org", "/enter", "secret", "/tab", "/tab", "open sesame", "/tab", "open", "/enter")(d)
		d.See("The two passphrases differ.")
		d.Press("tab")
		d.See("Sign in", "Trust these keys", "The two passphrases differ.")
		d.Press("tab", "tab")
		d.See("Change the servers")
		d.Press("enter")
		d.See("User name", "IMAP")
	})
	w = tuitest.World{Rings: true, Found: setup.Discovery{Domain: "example.org"}}
	tuitest.Run(t, newcomer(&w, 40, 12), func(d *tuitest.Driver) {
		typed("ada@example.org", "/enter")(d)
		d.See("No settings were found for")
	})
}
