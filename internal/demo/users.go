package demo

import (
	"crypto/subtle"
	"strings"
)

const (
	homeDomain = "postea.example"
	workDomain = "analytical.example"
)

// User is somebody with a mailbox.
type User struct {
	Name     string // of the account profile, such as "home"
	RealName string
	Address  string
	Username string
	Password string
}

// The passwords are fixed. They open nothing but a server on the loopback
// interface with nothing in it.
func users() []User {
	const name = "Ada Lovelace"
	return []User{
		{Name: "home", RealName: name, Address: "ada@" + homeDomain, Username: "ada@" + homeDomain, Password: "poetical-science"},
		{Name: "work", RealName: name, Address: "ada@" + workDomain, Username: "ada@" + workDomain, Password: "note-g-1843"},
	}
}

// signIn returns nil if the two do not fit together.
func (s *Server) signIn(username, password string) *account {
	for _, a := range s.accounts {
		if strings.EqualFold(username, a.user.Username) && subtle.ConstantTimeCompare([]byte(password), []byte(a.user.Password)) == 1 {
			return a
		}
	}
	return nil
}

// owner returns whose mailbox an address leads to, nil if nobody's. What follows
// a "+" in it is the user's own affair.
func (s *Server) owner(address string) *account {
	local, domain := splitAddress(address)
	local, _, _ = strings.Cut(local, "+")
	for _, a := range s.accounts {
		if strings.EqualFold(local+"@"+domain, a.user.Address) {
			return a
		}
	}
	return nil
}

func splitAddress(address string) (local, domain string) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address, ""
	}
	return strings.ToLower(address[:at]), strings.ToLower(address[at+1:])
}

func isOurs(domain string) bool { return domain == homeDomain || domain == workDomain }
