package takeover

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// mailURL is scheme://user:password@host:port/path as mail programs write it.
// Unlike in a URL of the web the parts may hold an @ as it is.
type mailURL struct {
	scheme, user, password string
	hasPassword            bool
	host                   string
	port                   int // 0: not said
	path                   string
	query                  url.Values
}

// parseURL reads one; false where it is none.
func parseURL(s string) (mailURL, bool) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(s), "://")
	if !ok || scheme == "" {
		return mailURL{}, false
	}
	u := mailURL{scheme: strings.ToLower(scheme), query: url.Values{}}
	at := strings.LastIndexByte(rest, '@')
	if slash := strings.IndexByte(rest, '/'); at >= 0 && slash >= 0 && slash < at && strings.Contains(rest[:slash], ".") && !strings.Contains(rest[:slash], ":") {
		at = strings.LastIndexByte(rest[:slash], '@') // the @ is one of the path
	}
	if at >= 0 {
		user, password, has := strings.Cut(rest[:at], ":")
		u.user, u.password, u.hasPassword = unescape(user), unescape(password), has && password != ""
		rest = rest[at+1:]
	}
	rest, query, _ := strings.Cut(rest, "?")
	if q, err := url.ParseQuery(query); err == nil {
		u.query = q
	}
	host, path, _ := strings.Cut(rest, "/")
	u.path = unescape(path)
	if h, p, err := net.SplitHostPort(host); err == nil {
		port, err := strconv.Atoi(p)
		if err != nil || port < 1 || port > 65535 {
			return mailURL{}, false
		}
		host, u.port = h, port
	}
	u.host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return u, u.host == "" || !strings.ContainsAny(u.host, " \t\\\"'`$@")
}

func unescape(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}
