package reading

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// checkers are the services that put their own URL in front of each link of a mail, to look
// at where it leads when it is opened. All of them have that in a parameter.
var checkers = []struct{ host, path string }{
	{".safelinks.protection.outlook.com", "/"},
	{".safelinks.protection.office365.us", "/"},
	{"urldefense.proofpoint.com", "/v1/url"},
	{"linkprotect.cudasvc.com", "/url"},
	{".trendmicro.com", "/wis/clicktime/"},
	{"protect2.fireeye.com", "/"},
	{"www.google.com", "/url"},
}

// unwrapped gives the URL that a service which checks links leads on to, "" where none
// stands in front of it.
func unwrapped(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if host == "urldefense.proofpoint.com" && strings.HasPrefix(u.Path, "/v2/url") {
		on, err := url.PathUnescape(strings.NewReplacer("-", "%", "_", "/").Replace(u.Query().Get("u")))
		if err != nil {
			return ""
		}
		return on
	}
	if host == "urldefense.com" || host == "urldefense.us" || host == "urldefense.proofpoint.com" {
		if on := urlDefense3(target); on != "" {
			return on
		}
	}
	for _, c := range checkers {
		if (host == c.host || c.host[0] == '.' && strings.HasSuffix(host, c.host)) && strings.HasPrefix(u.Path, c.path) {
			return onlyURL(u.Query())
		}
	}
	return ""
}

// onlyURL gives the one parameter that is a URL. Of two, nobody can tell which the service
// goes to.
func onlyURL(parameters url.Values) string {
	only := ""
	for _, values := range parameters {
		for _, v := range values {
			if _, host := checkURL(v); host == "" || !strings.Contains(v, ":") {
				continue
			}
			if only != "" {
				return ""
			}
			only = v
		}
	}
	return only
}

// urlDefense3 reads the third form of Proofpoint, …/v3/__URL__;BASE64!…$: a * in the URL
// stands for the next character of the text that is in Base64, ** and a letter for as many
// of them as that letter's place tells, beginning with two.
func urlDefense3(target string) string {
	_, rest, ok := strings.Cut(target, "/v3/__")
	shown, rest, ok2 := strings.Cut(rest, "__;")
	packed, _, ok3 := strings.Cut(rest, "!")
	if !ok || !ok2 || !ok3 {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(packed, "="))
	if err != nil {
		return ""
	}
	left := []rune(string(b))
	var out strings.Builder
	for i := 0; i < len(shown); i++ {
		if shown[i] != '*' {
			out.WriteByte(shown[i])
			continue
		}
		n := 1
		if i+2 < len(shown) && shown[i+1] == '*' {
			const places = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
			n = strings.IndexByte(places, shown[i+2]) + 2
			i += 2
		}
		n = min(n, len(left))
		out.WriteString(string(left[:n]))
		left = left[n:]
	}
	on := out.String()
	if scheme, rest, ok := strings.Cut(on, ":/"); ok && !strings.HasPrefix(rest, "/") { // some servers on the way make one of two slashes
		on = scheme + "://" + rest
	}
	return on
}
