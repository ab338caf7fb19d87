package discover

import (
	"slices"
	"strings"
)

// provider is what is known about one provider: facts, no more.
type provider struct {
	name       string
	domains    []string // "yahoo.*" is that name under com and the countries
	exchangers []string // what the names of its MX end in
	imap, smtp string   // host; ":port" where not 993 or 465
	user       string   // "local" where the part before the @ signs in; "in" only for IMAP
	password   bool
	oauth      string
	hint, url  string
	none       string // why there is no account to be had
}

const (
	appPassword = "It takes an app password, not the one of the website."
	switchOn    = "IMAP must be switched on in the settings of the website first."
)

func providers() []provider {
	return []provider{
		{name: "Gmail", domains: []string{"gmail.com", "googlemail.com"}, exchangers: []string{".google.com", ".googlemail.com"}, imap: "imap.gmail.com", smtp: "smtp.gmail.com", password: true, oauth: "google",
			hint: "It takes an app password (two-step verification must be on), or OAuth with a client id of your own.", url: "https://myaccount.google.com/apppasswords"},
		{name: "Outlook.com", domains: []string{"outlook.*", "hotmail.*", "live.*", "msn.com", "windowslive.com"}, exchangers: []string{".olc.protection.outlook.com"}, imap: "outlook.office365.com", smtp: "smtp-mail.outlook.com:587", oauth: "microsoft",
			hint: "It takes no passwords from mail programs, only OAuth. IMAP must be allowed in Settings › Mail › Forwarding and IMAP.", url: "https://outlook.live.com/mail/options/mail/forwarding"},
		{name: "Microsoft 365", domains: []string{"*.onmicrosoft.com"}, exchangers: []string{".mail.protection.outlook.com", ".mx.microsoft"}, imap: "outlook.office365.com", smtp: "smtp.office365.com:587", oauth: "microsoft",
			hint: "It takes OAuth only; your administrator may have to allow IMAP and authenticated SMTP."},
		{name: "iCloud", domains: []string{"icloud.com", "me.com", "mac.com"}, exchangers: []string{".mail.icloud.com"}, imap: "imap.mail.me.com", smtp: "smtp.mail.me.com:587", user: "in", password: true,
			hint: "It takes an app-specific password.", url: "https://account.apple.com/account/manage"},
		{name: "Yahoo Mail", domains: []string{"yahoo.*", "ymail.com", "rocketmail.com", "myyahoo.com"}, exchangers: []string{".yahoodns.net"}, imap: "imap.mail.yahoo.com", smtp: "smtp.mail.yahoo.com", password: true, oauth: "yahoo",
			hint: appPassword, url: "https://login.yahoo.com/account/security"},
		{name: "AOL Mail", domains: []string{"aol.*", "aim.com", "verizon.net", "netscape.net"}, imap: "imap.aol.com", smtp: "smtp.aol.com", password: true, hint: appPassword, url: "https://login.aol.com/account/security"},
		{name: "AT&T Mail", domains: []string{"att.net", "bellsouth.net", "ameritech.net", "sbcglobal.net", "pacbell.net"}, imap: "imap.mail.att.net", smtp: "smtp.mail.att.net", password: true, hint: "It takes a secure mail key, not the one of the website."},
		{name: "Fastmail", domains: []string{"fastmail.com", "fastmail.fm", "fastmail.net", "fastmail.org", "messagingengine.com", "sent.com", "fastmail.co.uk", "fastmail.de", "fmail.co.uk", "imap.cc", "mailbolt.com"}, exchangers: []string{".messagingengine.com"}, imap: "imap.fastmail.com", smtp: "smtp.fastmail.com", password: true, oauth: "fastmail",
			hint: appPassword, url: "https://app.fastmail.com/settings/security/apps"},
		{name: "GMX", domains: []string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch"}, exchangers: []string{".gmx.net"}, imap: "imap.gmx.net", smtp: "mail.gmx.net", password: true, hint: switchOn},
		{name: "GMX", domains: []string{"gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "gmx.es", "gmx.it", "gmx.eu", "gmx.info", "gmx.org"}, imap: "imap.gmx.com", smtp: "mail.gmx.com", password: true, hint: switchOn},
		{name: "WEB.DE", domains: []string{"web.de", "email.de"}, exchangers: []string{".web.de"}, imap: "imap.web.de", smtp: "smtp.web.de", user: "local", password: true, hint: switchOn},
		{name: "mail.com", domains: []string{"mail.com", "email.com", "usa.com", "post.com", "europe.com", "consultant.com", "engineer.com", "myself.com"}, imap: "imap.mail.com", smtp: "smtp.mail.com", password: true, hint: "IMAP is part of its paid plan."},
		{name: "T-Online", domains: []string{"t-online.de", "magenta.de"}, imap: "secureimap.t-online.de", smtp: "securesmtp.t-online.de", password: true, hint: "It takes a password for mail programs, set in the customer centre; not the one of the website."},
		{name: "freenet", domains: []string{"freenet.de"}, imap: "mx.freenet.de", smtp: "mx.freenet.de", password: true, hint: switchOn},
		{name: "IONOS", domains: []string{"online.de", "onlinehome.de", "sofortstart.de", "sofort-start.de"}, exchangers: []string{".kundenserver.de"}, imap: "imap.1und1.de", smtp: "smtp.1und1.de", password: true},
		{name: "IONOS", exchangers: []string{".ionos.com", ".1and1.com"}, imap: "imap.ionos.com", smtp: "smtp.ionos.com", password: true},
		{name: "Strato", domains: []string{"strato.de"}, exchangers: []string{".rzone.de"}, imap: "imap.strato.de", smtp: "smtp.strato.de", password: true},
		{name: "Vodafone", domains: []string{"vodafonemail.de", "arcor.de"}, imap: "imap.vodafonemail.de", smtp: "smtp.vodafonemail.de", password: true},
		{name: "mailbox.org", domains: []string{"mailbox.org"}, exchangers: []string{".mailbox.org"}, imap: "imap.mailbox.org", smtp: "smtp.mailbox.org", password: true},
		{name: "Posteo", domains: []string{"posteo.de", "posteo.net", "posteo.org", "posteo.eu", "posteo.at", "posteo.ch"}, imap: "posteo.de", smtp: "posteo.de", password: true},
		{name: "Zoho Mail", domains: []string{"zoho.com", "zohomail.com"}, exchangers: []string{".zoho.com"}, imap: "imap.zoho.com", smtp: "smtp.zoho.com", password: true, hint: switchOn + " With two-factor sign-in it takes an app password."},
		{name: "Zoho Mail", domains: []string{"zoho.eu", "zohomail.eu"}, exchangers: []string{".zoho.eu"}, imap: "imap.zoho.eu", smtp: "smtp.zoho.eu", password: true, hint: switchOn + " With two-factor sign-in it takes an app password."},
		{name: "Zoho Mail", domains: []string{"zoho.in", "zohomail.in"}, exchangers: []string{".zoho.in"}, imap: "imap.zoho.in", smtp: "smtp.zoho.in", password: true, hint: switchOn},
		{name: "Zoho Mail", domains: []string{"zoho.jp", "zohomail.jp"}, exchangers: []string{".zoho.jp"}, imap: "imap.zoho.jp", smtp: "smtp.zoho.jp", password: true, hint: switchOn},
		{name: "Zoho Mail", domains: []string{"zoho.com.au", "zohomail.com.au"}, exchangers: []string{".zoho.com.au"}, imap: "imap.zoho.com.au", smtp: "smtp.zoho.com.au", password: true, hint: switchOn},
		{name: "Infomaniak", domains: []string{"ik.me", "etik.com"}, exchangers: []string{".infomaniak.ch", ".infomaniak.com"}, imap: "mail.infomaniak.com", smtp: "mail.infomaniak.com", password: true},
		{name: "Gandi", domains: []string{"gandi.net"}, exchangers: []string{".mail.gandi.net"}, imap: "mail.gandi.net", smtp: "mail.gandi.net", password: true},
		{name: "OVH", domains: []string{"ovh.net", "ovh.fr"}, exchangers: []string{".mail.ovh.net", ".ovh.net"}, imap: "ssl0.ovh.net", smtp: "ssl0.ovh.net", password: true},
		{name: "Migadu", domains: []string{"migadu.com"}, exchangers: []string{".migadu.com"}, imap: "imap.migadu.com", smtp: "smtp.migadu.com", password: true},
		{name: "Purelymail", domains: []string{"purelymail.com", "cheapermail.com", "worldwideweb.com"}, exchangers: []string{".purelymail.com"}, imap: "imap.purelymail.com", smtp: "smtp.purelymail.com", password: true},
		{name: "Riseup", domains: []string{"riseup.net"}, imap: "mail.riseup.net", smtp: "mail.riseup.net", password: true},
		{name: "systemli", domains: []string{"systemli.org"}, imap: "mail.systemli.org", smtp: "mail.systemli.org", password: true},
		{name: "Mailo", domains: []string{"mailo.com", "net-c.com"}, imap: "imap.mailo.com", smtp: "smtp.mailo.com", password: true},
		{name: "Disroot", domains: []string{"disroot.org"}, imap: "disroot.org", smtp: "disroot.org:587", user: "local", password: true},
		{name: "Pobox", domains: []string{"pobox.com"}, imap: "mail.pobox.com", smtp: "smtp.pobox.com", password: true},
		{name: "Yandex", domains: []string{"yandex.*", "ya.ru", "narod.ru"}, exchangers: []string{".yandex.net", ".yandex.ru"}, imap: "imap.yandex.com", smtp: "smtp.yandex.com", password: true, oauth: "yandex", hint: switchOn + " " + appPassword},
		{name: "Mail.ru", domains: []string{"mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru"}, exchangers: []string{".mail.ru"}, imap: "imap.mail.ru", smtp: "smtp.mail.ru", password: true, hint: appPassword},
		{name: "Rambler", domains: []string{"rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru"}, imap: "imap.rambler.ru", smtp: "smtp.rambler.ru", password: true},
		{name: "Seznam", domains: []string{"seznam.cz", "email.cz", "post.cz", "spoluzaci.cz"}, exchangers: []string{".seznam.cz"}, imap: "imap.seznam.cz", smtp: "smtp.seznam.cz", password: true, hint: switchOn},
		{name: "WP", domains: []string{"wp.pl"}, imap: "imap.wp.pl", smtp: "smtp.wp.pl", user: "local", password: true},
		{name: "o2", domains: []string{"o2.pl", "tlen.pl"}, imap: "poczta.o2.pl", smtp: "poczta.o2.pl", user: "local", password: true},
		{name: "Onet", domains: []string{"onet.pl", "op.pl", "poczta.onet.pl", "vp.pl", "onet.eu"}, imap: "imap.poczta.onet.pl", smtp: "smtp.poczta.onet.pl", password: true},
		{name: "Free", domains: []string{"free.fr"}, imap: "imap.free.fr", smtp: "smtp.free.fr", user: "local", password: true},
		{name: "La Poste", domains: []string{"laposte.net"}, imap: "imap.laposte.net", smtp: "smtp.laposte.net", user: "local", password: true},
		{name: "Orange", domains: []string{"orange.fr", "wanadoo.fr"}, imap: "imap.orange.fr", smtp: "smtp.orange.fr", password: true},
		{name: "SFR", domains: []string{"sfr.fr", "neuf.fr", "cegetel.net"}, imap: "imap.sfr.fr", smtp: "smtp.sfr.fr", password: true},
		{name: "Libero", domains: []string{"libero.it", "inwind.it", "iol.it", "blu.it"}, imap: "imapmail.libero.it", smtp: "smtp.libero.it", password: true},
		{name: "Virgilio", domains: []string{"virgilio.it"}, imap: "in.virgilio.it", smtp: "out.virgilio.it", password: true},
		{name: "Bluewin", domains: []string{"bluewin.ch", "bluemail.ch"}, imap: "imaps.bluewin.ch", smtp: "smtpauths.bluewin.ch", password: true},
		{name: "BT Internet", domains: []string{"btinternet.com"}, imap: "mail.btinternet.com", smtp: "mail.btinternet.com", password: true},
		{name: "Ziggo", domains: []string{"ziggo.nl"}, imap: "imap.ziggo.nl", smtp: "smtp.ziggo.nl:587", password: true},
		{name: "KPN", domains: []string{"kpnmail.nl", "planet.nl", "hetnet.nl"}, imap: "imap.kpnmail.nl", smtp: "smtp.kpnmail.nl", password: true},
		{name: "Comcast", domains: []string{"comcast.net"}, imap: "imap.comcast.net", smtp: "smtp.comcast.net", password: true, hint: "Access by other programs must be allowed in the settings of the website first."},
		{name: "QQ Mail", domains: []string{"qq.com", "foxmail.com", "vip.qq.com"}, exchangers: []string{".qq.com"}, imap: "imap.qq.com", smtp: "smtp.qq.com", password: true, hint: switchOn + " It takes the authorisation code shown there, not the password."},
		{name: "163", domains: []string{"163.com"}, imap: "imap.163.com", smtp: "smtp.163.com", password: true, hint: switchOn + " It takes the authorisation code shown there, not the password."},
		{name: "126", domains: []string{"126.com"}, imap: "imap.126.com", smtp: "smtp.126.com", password: true, hint: switchOn + " It takes the authorisation code shown there, not the password."},
		{name: "Naver", domains: []string{"naver.com"}, imap: "imap.naver.com", smtp: "smtp.naver.com", user: "local", password: true, hint: switchOn + " " + appPassword},
		{name: "Daum", domains: []string{"daum.net", "hanmail.net"}, imap: "imap.daum.net", smtp: "smtp.daum.net", user: "local", password: true, hint: switchOn + " " + appPassword},
		{name: "Proton Mail", domains: []string{"proton.me", "protonmail.com", "pm.me", "protonmail.ch"}, exchangers: []string{".protonmail.ch"}, imap: "127.0.0.1:1143", smtp: "127.0.0.1:1025", password: true,
			hint: "It needs Proton Mail Bridge, running on this machine, and the password that Bridge shows; its certificate is pinned with --pin."},
		{name: "Tuta", domains: []string{"tuta.com", "tutanota.com", "tutanota.de", "tutamail.com", "tuta.io", "keemail.me"}, exchangers: []string{".tutanota.de"}, none: "Tuta has no IMAP and no SMTP: its mail can be read in its own programs only."},
		{name: "HEY", domains: []string{"hey.com"}, exchangers: []string{".hey.com"}, none: "HEY has no IMAP and no SMTP: its mail can be read in its own programs only."},
	}
}

func find(match func(provider) bool) (provider, bool) {
	list := providers()
	i := slices.IndexFunc(list, match)
	if i < 0 {
		return provider{}, false
	}
	return list[i], true
}

func providerOf(domain string) (provider, bool) {
	return find(func(p provider) bool {
		return slices.ContainsFunc(p.domains, func(d string) bool { return matches(d, domain) })
	})
}

// matches compares a domain with one of the table. A star at the end stands for
// com and for the countries, and for nothing that anybody can register.
func matches(pattern, domain string) bool {
	if rest, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(domain, rest)
	}
	name, ok := strings.CutSuffix(pattern, "*")
	if !ok {
		return pattern == domain
	}
	top, ok := strings.CutPrefix(domain, name)
	if !ok {
		return false
	}
	if second, country, deep := strings.Cut(top, "."); deep {
		return (second == "com" || second == "co") && len(country) == 2
	}
	return top == "com" || len(top) == 2
}

func providerOfExchanger(host string) (provider, bool) {
	return find(func(p provider) bool {
		return slices.ContainsFunc(p.exchangers, func(end string) bool { return strings.HasSuffix("."+host, end) })
	})
}

func providerOfServer(host string) (provider, bool) {
	return find(func(p provider) bool { return p.none == "" && hostPart(p.imap) == host })
}

func hostPart(s string) string {
	host, _, _ := strings.Cut(s, ":")
	return host
}

func (p provider) found(who person, source Source, where string) Found {
	server := func(at string, port int, local bool) Server {
		host, text, given := strings.Cut(at, ":")
		s := Server{Host: host, Port: port, TLS: "implicit", Username: who.address, Password: p.password, OAuth: p.oauth != ""}
		if given {
			s.Port, _ = portOf(text)
			s.TLS = "starttls"
		}
		if local {
			s.Username = who.local
		}
		return s
	}
	return Found{
		Source: source, Where: where, Provider: p.name, OAuth: p.oauth, Hint: p.hint, URL: p.url,
		IMAP: []Server{server(p.imap, 993, p.user != "")},
		SMTP: []Server{server(p.smtp, 465, p.user == "local")},
	}
}

// OAuthOf names the provider, as oauth.Known knows it, whose tokens a server
// takes; "" where none is known.
func OAuthOf(host string) string {
	for _, p := range providers() {
		for _, at := range []string{p.imap, p.smtp} {
			if name, _, _ := strings.Cut(at, ":"); p.oauth != "" && strings.EqualFold(name, host) {
				return p.oauth
			}
		}
	}
	return ""
}
