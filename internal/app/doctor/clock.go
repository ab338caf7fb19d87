package doctor

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"postea/imapclient"
)

// Where the time comes from: nothing is stored at the server to learn it, and no
// other server is asked. A submission server that tells the time in its greeting
// (Exchange and sendmail do, RFC 5321 §4.3.1 has it in its example) is compared.
// Otherwise the time at which the newest message reached the mailbox is a bound:
// it lies in the past, or the clock here is behind.

// clockOff is how far two clocks may be apart: tokens and signatures take that much.
const clockOff = 2 * time.Minute

var dateInText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT|UTC|UT)\b`)
})

// toldTime finds a date, as RFC 5322 §3.3 writes it, in what a server says.
func toldTime(text string) (time.Time, bool) {
	found := dateInText().FindString(text)
	found = strings.NewReplacer("GMT", "+0000", "UTC", "+0000").Replace(found)
	found = strings.TrimSuffix(found, "UT")
	if strings.HasSuffix(found, " ") {
		found += "+0000"
	}
	at, err := time.Parse("2 Jan 2006 15:04:05 -0700", found)
	return at, err == nil
}

// skew is how far now is behind the time told, to the second.
func skew(told, now time.Time) time.Duration { return told.Sub(now).Round(time.Second) }

const lastMessages = 20

// lookAtInbox reads from the newest messages when they came, and by which
// selectors the user's own mail is signed. What cannot be read is left.
func (s *Service) lookAtInbox(ctx context.Context, c *imapclient.Client, address string) {
	var own imapclient.Message // the smallest of the user's own
	_ = c.Newest(ctx, "INBOX", lastMessages, func(m imapclient.Message) error {
		if m.InternalDate.After(s.newest) {
			s.newest = m.InternalDate
		}
		if fromDomainOf(m.Header, address) && (own.UID == 0 || m.Size < own.Size) {
			own = m
		}
		return nil
	})
	if own.UID == 0 {
		return
	}
	if raw, err := c.FetchBody(ctx, own.UID, maxSigned); err == nil {
		s.selectors = selectorsIn(raw, address)
	}
}

// adviseClock says what to do about clocks that are apart.
func (s *Service) adviseClock(now time.Time) {
	const mend = "set the clock of this machine by the network (timedatectl set-ntp true), for sign-ins, certificates and the dates of mail go by it"
	switch {
	case s.SkewKnown && s.Skew > clockOff:
		s.Advice = append(s.Advice, fmt.Sprintf("this machine is %s behind %s: %s", timeApart(s.Skew), s.Server, mend))
	case s.SkewKnown && -s.Skew > clockOff:
		s.Advice = append(s.Advice, fmt.Sprintf("this machine is %s ahead of %s: %s", timeApart(-s.Skew), s.Server, mend))
	case s.newest.Sub(now) > clockOff:
		s.Advice = append(s.Advice, fmt.Sprintf("the newest message reached the server %s from now: %s", timeApart(s.newest.Sub(now)), mend))
	}
}

func timeApart(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}
