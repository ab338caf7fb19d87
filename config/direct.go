package config

import "strings"

// Direct is the transport of an account whose mail goes to the recipients' own
// servers, found by DNS, and not to a submission server.
const Direct = "direct"

// Direct tells whether mail goes to the recipients' own servers. Of the other
// fields only CAFile, Proxy and Helo mean anything then, and Host is empty.
func (s Server) Direct() bool { return s.Transport == Direct }

// Used tells whether the account has this end.
func (s Server) Used() bool { return s.Host != "" || s.Direct() }

// maxHelo bounds a name as DNS does (RFC 1035 §2.3.4).
const maxHelo = 255

func (r *reader) checkHelo(t *item, s *Server) {
	if len(s.Helo) > maxHelo || strings.Trim(s.Helo, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"+lowerDigits+".:_[]-") != "" {
		r.problem(r.place(t, "helo"), "account.smtp.helo", "%q is no host name or address in brackets", s.Helo)
	}
}

// finishDirect refuses what would be ignored, as the user may rely on it.
func (r *reader) finishDirect(t *item, s *Server) {
	for _, key := range []string{"host", "port", "tls", "username", "auth", "password", "token", "pin"} {
		if t.get(key) != nil {
			r.problem(r.place(t, key), "account.smtp."+key, `means nothing with transport = "direct"; remove it`)
		}
	}
	own := Server{Transport: Direct, Proxy: s.Proxy, Helo: s.Helo}
	if t.get("ca_file") != nil { // the authority of one's own IMAP server says nothing about others'
		own.CAFile = ExpandHome(s.CAFile)
	}
	*s = own
}
