package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
)

const (
	certificateSoon = 14 * 24 * time.Hour
	nearlyFull      = 90 // per cent
)

// advise says what to do about what a log-in has shown.
func (s *Service) advise(now time.Time) {
	s.Advice = append(s.Advice, adviseCertificates(s.Certificates, now)...)
	s.adviseClock(now)
	if s.Room > 0 && s.Used*100 >= s.Room*nearlyFull {
		s.Advice = append(s.Advice, fmt.Sprintf("the mailbox is %d %% full: delete something for good, or ask for more room", s.Used*100/s.Room))
	}
	if s.Name != "imap" {
		return
	}
	for _, role := range []mail.Role{mail.RoleSent, mail.RoleDrafts, mail.RoleTrash} {
		if !slices.ContainsFunc(s.Folders, func(f string) bool { return strings.HasPrefix(f, string(role)+":") }) {
			s.Advice = append(s.Advice, fmt.Sprintf("no folder is known as %s: make one of that name", role))
		}
	}
}

// adviseCertificates says what to do about certificates that end soon.
func adviseCertificates(list []Certificate, now time.Time) []string {
	var out []string
	for i, c := range list {
		what := "the certificate"
		if i > 0 {
			what = "the certificate of " + c.Subject + ", which has signed it,"
		}
		day := c.NotAfter.Format("2 January 2006")
		switch left := c.NotAfter.Sub(now); {
		case left < 0:
			out = append(out, fmt.Sprintf("%s ended on %s: whoever runs the server must renew it", what, day))
		case left < certificateSoon:
			out = append(out, fmt.Sprintf("%s ends on %s: whoever runs the server must renew it", what, day))
		case now.Before(c.NotBefore):
			out = append(out, fmt.Sprintf("%s is valid only from %s on: is the clock of this machine right?", what, c.NotBefore.Format("2 January 2006 15:04")))
		}
	}
	return out
}
