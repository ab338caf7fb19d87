package smtpclient

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Learned is what a server has shown of itself beyond what it says in EHLO. It
// is a plain value: take it from [Client.Learned] after sending, store it per
// server (it has JSON names), and give it back in [Options.Learned]. A value
// that was learned from another server, or before the server changed, is
// ignored, so it cannot do harm.
type Learned struct {
	Server string    `json:"server"`      // whom it is about: address, software, extensions
	At     time.Time `json:"at,omitzero"` // when something was learned last

	// Discards is Yes if the server throws a refused BDAT chunk away, which a
	// message in one flight relies on, and No if it runs it as commands.
	Discards Answer `json:"discards,omitempty"`
	// AvoidChunking and AvoidPipelining record that messages or replies got
	// lost with the extension.
	AvoidChunking   bool `json:"avoid_chunking,omitempty"`
	AvoidPipelining bool `json:"avoid_pipelining,omitempty"`
	// LostFlights counts the flights in a row that the line did not survive: two are
	// no accident, and AvoidPipelining follows.
	LostFlights int `json:"lost_flights,omitempty"`
	// InDoubt records that the last message in one flight ended in doubt: the next one
	// takes two steps, lest a server that hangs up at a recipient leaves it there again.
	InDoubt bool `json:"in_doubt,omitempty"`
	// RcptMax is how many recipients a transaction had when the server wanted no more; 0:
	// it never said so.
	RcptMax int `json:"rcpt_max,omitempty"`
	// AvoidDSN records that the server offers delivery reports and refuses the
	// parameters that ask for them.
	AvoidDSN bool `json:"avoid_dsn,omitempty"`
}

// Answer is Yes, No, or "" for not known.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// learnedFor is how long a value is good for. That a server runs refused chunks
// is remembered for ever.
const learnedFor = 30 * 24 * time.Hour

// Learned returns what is known about the server by now. After an error too:
// what went wrong may be what was learned.
func (c *Client) Learned() Learned { return c.learned }

// recall takes the stored value over if it is about this server and not too old.
func (c *Client) recall(stored Learned) {
	c.learned = Learned{Server: c.fingerprint()}
	if stored.Server != c.learned.Server {
		return
	}
	if age := time.Since(stored.At); age < 0 || age > learnedFor {
		if stored.Discards == No {
			c.learned.Discards, c.learned.At = No, stored.At
		}
		return
	}
	c.learned, c.rcptMax = stored, max(stored.RcptMax, 0)
	if stored.AvoidDSN {
		delete(c.caps.params, "DSN")
	}
}

// refusesDSN finds out that the server refuses what it offered: RFC 5321 §4.1.1.11
// has 555 for a parameter that is not known, others say 501 or 504. The message
// may go without it.
func (c *Client) refusesDSN(line string, r Reply) bool {
	if !strings.Contains(line, " NOTIFY=") && !strings.Contains(line, " ENVID=") && !strings.Contains(line, " RET=") {
		return false
	}
	if r.Code != 555 && r.Code != 504 && (r.Code != 501 || r.Enhanced != "5.5.4") {
		return false
	}
	delete(c.caps.params, "DSN")
	c.learned.AvoidDSN, c.learned.At = true, time.Now()
	return true
}

func (l *Learned) discards(a Answer) { l.Discards, l.At = a, time.Now() }
func (l *Learned) avoidChunking()    { l.AvoidChunking, l.At = true, time.Now() }
func (l *Learned) avoidPipelining()  { l.AvoidPipelining, l.At = true, time.Now() }

// lostFlight is told that a flight was not answered to its end.
func (l *Learned) lostFlight() {
	l.LostFlights, l.At = l.LostFlights+1, time.Now()
	if l.LostFlights > 1 {
		l.avoidPipelining()
	}
}

// fingerprint tells servers apart by address, software and extensions.
func (c *Client) fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join(c.caps.Keywords(), " ")))
	parts := []string{net.JoinHostPort(strings.ToLower(c.opts.Dial.Host), strconv.Itoa(c.opts.Dial.Port))}
	if software := softwareOf(c.banner); software != "" {
		parts = append(parts, software)
	}
	return strings.Join(append(parts, hex.EncodeToString(sum[:8])), " ")
}

// maxSoftware bounds what is kept of a greeting.
const maxSoftware = 80

// softwareOf keeps those words of a greeting that name the program: not the
// host, which changes in a farm, and no numbers but versions, for those change
// with every connection.
func softwareOf(greeting string) string {
	var kept []string
	for i, word := range strings.Fields(greeting) {
		word = strings.Trim(word, ",;()[]<>")
		if i > 0 && word != "" && !isDay(word) && (!strings.ContainsFunc(word, unicode.IsDigit) || isVersion(word)) {
			kept = append(kept, word)
		}
	}
	software := strings.Join(kept, " ")
	return strings.ToValidUTF8(software[:min(len(software), maxSoftware)], "")
}

func isDay(word string) bool {
	const names = " Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec UTC GMT "
	return strings.Contains(names, " "+word+" ")
}

// isVersion knows 4.96, 2.3.19.1, v3.7 and 5.0-rc1, but no dates, times and ids.
func isVersion(word string) bool {
	word = strings.TrimPrefix(strings.ToLower(word), "v")
	return len(word) < 16 && strings.Contains(word, ".") && word[0] >= '0' && word[0] <= '9' &&
		strings.Trim(word, "0123456789.-abrc") == ""
}
