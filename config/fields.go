package config

// The tables below are the configuration: what is read, what Example prints.

func rootFields(c *Config) []field {
	return []field{
		{key: "ui", doc: "How postea looks.", section: uiFields(&c.UI)},
		{key: "reading", doc: "How mail is shown and kept.", section: []field{
			{key: "downloads", doc: "where attachments are saved; empty: the download folder", sample: `""`, set: str(&c.Reading.Downloads)},
			{key: "mark_read", doc: "how long a message is shown beside the list before it counts as read (opened, it does at once); \"0s\": at once, \"never\": only when you say so", sample: `"2s"`, set: markRead(&c.Reading)},
			{key: "prefer_html", doc: "show the HTML version where a message has both", sample: `false`, set: yes(&c.Reading.PreferHTML)},
			{key: "bodies", doc: "which messages are fetched beforehand: recent, all or none", sample: `"recent"`, set: oneOf(&c.Reading.Bodies, "recent", "all", "none")},
			{key: "web_pictures", doc: "pictures that are not in the message but on the web: ask (a key fetches them) or never", sample: `"ask"`, set: oneOf(&c.Reading.WebPictures, "ask", "never")},
		}},
		{key: "notify", doc: "How new mail is told of.", section: []field{
			{key: "desktop", doc: "auto (by the terminal, or the system where it cannot), terminal, system or off", sample: `"auto"`, set: oneOf(&c.Notify.Desktop, "auto", "terminal", "system", "off")},
			{key: "bell", doc: "ring the bell of the terminal", sample: `false`, set: yes(&c.Notify.Bell)},
			{key: "content", doc: "say who has written and about what; otherwise only that there is mail", sample: `true`, set: yes(&c.Notify.Content)},
			{key: "folders", doc: "names or roles of the folders it is about; each can say otherwise (O in its list)", sample: `["inbox"]`, set: strs(&c.Notify.Folders)},
			{key: "quiet", doc: "hours without desktop notices and bell", sample: `"22:00-7:00"`, set: hours(&c.Notify.Quiet)},
			{key: "hook", doc: "a command that gets each event as JSON on its standard input", sample: `["on-mail"]`, set: command(&c.Notify.Hook)},
		}},
		{key: "contacts", doc: "Where addresses come from, besides what is read and sent.", section: []field{
			{key: "files", doc: "address books: vCards, directories of them, mutt's aliases, abook, LDIF, CSV", sample: `["~/contacts"]`, set: readFiles(&c.Contacts.Files)},
			{key: "query", doc: "a command that is asked as you type; %s is what was typed", sample: `"khard email --parsable %s"`, set: command(&c.Contacts.Query)},
		}},
		{key: "secrets", doc: "The file of encrypted secrets, secrets.age beside this one, for { encrypted = true }.", section: []field{
			{key: "passphrase", doc: "where its passphrase comes from; without it you are asked", sample: `{ command = "pass show postea" }`, set: passphrase(&c.lock.passphrase)},
		}},
		{key: "compose", doc: "How messages are written.", section: composeFields(&c.Compose)},
		{key: "keys", doc: "Keys of actions; `postea keys` lists both.", sample: `archive = ["e"]`, set: keyMap(&c.Keys, &c.KeyPlaces)},
		{key: "rule", tables: true, section: ruleFields(&Rule{}), doc: "What is done with new mail of an inbox; one block for each rule.", set: func(r *reader, v *item) { r.rules(c, v) }},
		{key: "account", doc: "One block for each account.", set: func(r *reader, v *item) { r.accounts(c, v) }},
	}
}

func accountFields(a *Account) []field {
	return []field{
		{key: "name", need: true, doc: "short, [a-z0-9_-]", sample: `"work"`, set: str(&a.Name)},
		{key: "address", need: true, doc: "what you write from", sample: `"ada@example.org"`, set: str(&a.Address)},
		{key: "real_name", doc: "", sample: `"Ada Lovelace"`, set: str(&a.RealName)},
		{key: "aliases", doc: "other addresses of yours; a reply to all goes to none of them, and to none of your other accounts, while somebody else is left", sample: `["a.lovelace@example.org"]`, set: strs(&a.Aliases)},
		{key: "signature", doc: "or signature_file", sample: `"Ada"`, set: str(&a.Signature)},
		{key: "signature_file", sample: `"~/.signature"`, set: readFile(&a.SignatureFile)},
		{key: "identity", tables: true, section: identityFields(&Identity{}), doc: "An address with a name or signature of its own; one block for each.", set: identities(&a.More)},
		{key: "drafts", doc: "server: also in its Drafts folder, or local: only here", sample: `"server"`, set: oneOf(&a.Drafts, "server", "local")},
		{key: "color", doc: "of its name in the sidebar and in lists over several accounts: green, yellow, blue, violet or red", sample: `"blue"`, set: oneOf(&a.Color, "green", "yellow", "blue", "violet", "red")},
		{key: "bodies", doc: "how much is fetched beforehand: recent, all or none; that of [reading] where it is not set", sample: `"all"`, set: oneOf(&a.Bodies, "recent", "all", "none")},
		{key: "depth", doc: "how far back its folders are kept here: all, a time (2y, 6mo, 90d) or a number of messages of each folder; what is older stays at the server, where it is searched and from where the end of a list fetches more", sample: `"2y"`, set: depth(&a.Depth)},
		{key: "authserv_id", doc: "the name your server signs Authentication-Results with; only those are believed", sample: `"mx.example.org"`, set: str(&a.AuthServID)},
		{key: "imap", doc: "Where mail is read. Without it the account only sends.", section: append(serverFields(&a.IMAP, 993),
			field{key: "password", need: true, doc: `or { env = "VAR" }, { keyring = true }, { encrypted = true }, { value = "…" }`, sample: `{ command = "pass show mail/work" }`, set: secret(&a.IMAP.Password)},
			field{key: "token", doc: "for auth = \"oauth2\"", sample: `{ command = "oama access ada@example.org" }`, set: secret(&a.IMAP.Token)},
		)},
		{key: "smtp", doc: "Where mail is submitted. username, auth, password, token, ca_file and proxy are those of imap where they are not set.", section: append(serverFields(&a.SMTP, 465),
			field{key: "password", sample: `{ keyring = true }`, set: secret(&a.SMTP.Password)},
			field{key: "token", sample: `{ command = "oama access ada@example.org" }`, set: secret(&a.SMTP.Token)},
			field{key: "helo", doc: "the name given in EHLO; empty: one that tells nothing of this machine", sample: `"mail.example.org"`, set: str(&a.SMTP.Helo)},
			field{key: "transport", doc: "or direct, for experts: to the recipients' own servers on port 25, without host, port and sign-in", sample: `"submission"`, set: oneOf(&a.SMTP.Transport, "submission", Direct)},
		)},
		{key: "oauth2", doc: "Where the tokens come from, for auth = \"oauth2\" without a token command. `postea account login` signs in.", section: []field{
			{key: "provider", doc: "google, microsoft, yahoo, fastmail, yandex or mailru; empty: the addresses below", sample: `"google"`, set: str(&a.OAuth2.Provider)},
			{key: "client_id", doc: "of your own registration with the provider", sample: `"….apps.googleusercontent.com"`, set: str(&a.OAuth2.ClientID)},
			{key: "client_secret", doc: "where the provider gives one; for a program on your machine it is no secret", sample: `"…"`, set: secretText(&a.OAuth2.ClientSecret)},
			{key: "keep", doc: "keyring or encrypted: where the tokens are kept", sample: `"keyring"`, set: oneOf(&a.OAuth2.Keep, keepKeyring, keepEncrypted)},
			{key: "tenant", doc: "Microsoft's, where the administrator wants it", sample: `"common"`, set: str(&a.OAuth2.Tenant)},
			{key: "auth_url", doc: "of another provider", sample: `"https://id.example.org/authorize"`, set: str(&a.OAuth2.AuthURL)},
			{key: "token_url", sample: `"https://id.example.org/token"`, set: str(&a.OAuth2.TokenURL)},
			{key: "device_url", doc: "where it has a sign-in by code", sample: `"https://id.example.org/device"`, set: str(&a.OAuth2.DeviceURL)},
			{key: "scopes", doc: "what is asked for", sample: `["mail"]`, set: strs(&a.OAuth2.Scopes)},
			{key: "ca_file", doc: "certificates that replace the system's for these addresses", sample: `"/etc/ssl/own-ca.pem"`, set: readFile(&a.OAuth2.CAFile)},
		}},
		{key: "folders", doc: "Which folders are what, where the server does not say it or says it wrong. Levels are parted by /.", section: folderFields(a)},
		{key: "send", doc: "How messages leave.", section: []field{
			{key: "hold", doc: "how long a send can be taken back; \"0s\": not at all", sample: `"10s"`, set: duration(&a.Send.Hold)},
			{key: "retry", doc: "waits after failed tries; the last repeats", sample: `["1m", "5m", "15m", "1h"]`, set: durations(&a.Send.Retry)},
			{key: "warn", doc: "after which you are told that a message still waits; \"0s\": never", sample: `"4h"`, set: duration(&a.Send.Warn)},
			{key: "give_up", doc: "after which a message that cannot be handed over is returned; \"0s\": never, it is tried on and on", sample: `"48h"`, set: duration(&a.Send.GiveUp)},
			{key: "reconcile", doc: "when a message whose sending ended in doubt is looked for", sample: `["15s", "2m", "10m"]`, set: durations(&a.Send.Reconcile)},
			{key: "on_unsure", doc: "ask, or resend once without asking", sample: `"ask"`, set: oneOf(&a.Send.OnUnsure, "ask", "resend")},
			{key: "track", doc: "ask for reports of delivery, not only of failure", sample: `false`, set: yes(&a.Send.Track)},
		}},
		{key: "sent", doc: "The copy in Sent.", section: []field{
			{key: "copy", doc: "auto (learn whether the provider files it), always or never", sample: `"auto"`, set: oneOf(&a.Sent.Copy, "auto", "always", "never")},
		}},
	}
}

func serverFields(s *Server, number int) []field {
	host, portSample := "imap.example.org", "993"
	if number == 465 {
		host, portSample = "smtp.example.org", "465"
	}
	return []field{
		{key: "host", need: true, sample: `"` + host + `"`, set: str(&s.Host)},
		{key: "port", doc: "993 and 465 are implicit TLS; 143, 587 and 25 are STARTTLS", sample: portSample, set: port(&s.Port)},
		{key: "tls", doc: "implicit, starttls, or none (only on this machine, or with insecure = true)", sample: `"implicit"`, set: oneOf(&s.TLS, "implicit", "starttls", "none")},
		{key: "username", doc: "the address where it is not set", sample: `"ada@example.org"`, set: str(&s.Username)},
		{key: "auth", doc: "password, strong (SCRAM), oauth2, none, or a mechanism's name", sample: `"password"`, set: signIn(&s.Auth)},
		{key: "ca_file", doc: "certificates that replace the system's", sample: `"/etc/ssl/own-ca.pem"`, set: readFile(&s.CAFile)},
		{key: "pin", doc: "the server's public key", sample: `"sha256:…"`, set: pin(&s.Pin)},
		{key: "proxy", doc: "socks5:// or http://", sample: `"socks5://127.0.0.1:9050"`, set: proxy(&s.Proxy)},
		{key: "insecure", doc: "allow tls = \"none\" to another machine", sample: `false`, set: yes(&s.Insecure)},
	}
}

// secretText reads a secret that may stand in the file as it is: client secrets
// of programs on a user's machine protect nothing (RFC 8252 §8.5).
func secretText(to *Secret) func(*reader, *item) {
	return func(r *reader, v *item) {
		if v.kind == kindString {
			*to = Secret{Value: v.str}
			return
		}
		secret(to)(r, v)
	}
}

func keyMap(to *map[string][]string, places *map[string][]Place) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindTable) {
			return
		}
		*to, *places = map[string][]string{}, map[string][]Place{}
		for _, f := range v.fields {
			values := f.list
			if f.kind == kindString {
				values = []*item{{kind: kindString, at: f.from, str: f.str}}
			} else if !r.want(f, kindArray) {
				continue
			}
			list, at := []string{}, []Place{r.at(f.at)}
			for _, e := range values {
				e.key = f.key
				if r.want(e, kindString) {
					list, at = append(list, e.str), append(at, r.at(e.at))
				}
			}
			(*to)[f.key], (*places)[f.key] = list, at
		}
	}
}
