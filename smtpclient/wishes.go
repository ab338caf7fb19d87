package smtpclient

import (
	"fmt"
	"strconv"
	"time"
)

// maxSeconds is what fits the nine digits of RFC 4865 §5 and RFC 2852 §4.
const maxSeconds = 999_999_999

// wishes returns the parameters of MAIL that must not be left out quietly.
func (e Envelope) wishes(caps Capabilities, secure bool) (string, error) {
	params := ""
	if e.RequireTLS {
		if !secure || !caps.Offers("REQUIRETLS") {
			return "", ErrNoRequireTLS
		}
		params += " REQUIRETLS"
	}
	hold, err := e.hold(caps)
	if err != nil {
		return "", err
	}
	by, err := e.Deadline.param(caps)
	if err != nil {
		return "", err
	}
	return params + hold + by, nil
}

// hold follows RFC 4865 §3: EHLO tells the longest interval and the last moment.
func (e Envelope) hold(caps Capabilities) (string, error) {
	if e.HoldFor == 0 && e.HoldUntil.IsZero() {
		return "", nil
	}
	if e.HoldFor < 0 || e.HoldFor > 0 && !e.HoldUntil.IsZero() {
		return "", fmt.Errorf("%w: HOLDFOR", ErrParameter)
	}
	if !caps.Offers("FUTURERELEASE") {
		return "", ErrNoHold
	}
	limits := caps.Params("FUTURERELEASE")
	if e.HoldFor > 0 {
		seconds := int64((e.HoldFor + time.Second - 1) / time.Second)
		if longest := numberAt(limits, 0); seconds > maxSeconds || longest > 0 && seconds > longest {
			return "", fmt.Errorf("%w: %s", ErrNoHold, e.HoldFor)
		}
		return " HOLDFOR=" + strconv.FormatInt(seconds, 10), nil
	}
	if len(limits) > 1 {
		if end, err := time.Parse(time.RFC3339, limits[1]); err == nil && e.HoldUntil.After(end) {
			return "", fmt.Errorf("%w: not beyond %s", ErrNoHold, limits[1])
		}
	}
	return " HOLDUNTIL=" + e.HoldUntil.UTC().Format(time.RFC3339), nil
}

// param follows RFC 2852 §4; EHLO tells the shortest time for mode R.
func (d Deadline) param(caps Capabilities) (string, error) {
	if d.Within == 0 {
		return "", nil
	}
	seconds := int64(d.Within / time.Second)
	if seconds <= 0 || seconds > maxSeconds {
		return "", fmt.Errorf("%w: BY=%d", ErrParameter, seconds)
	}
	if !caps.Offers("DELIVERBY") {
		return "", ErrNoDeadline
	}
	mode := ";N"
	if d.Return {
		mode = ";R"
		if shortest := numberAt(caps.Params("DELIVERBY"), 0); seconds < shortest {
			return "", fmt.Errorf("%w: it needs at least %d seconds", ErrNoDeadline, shortest)
		}
	}
	if d.Trace {
		mode += "T"
	}
	return " BY=" + strconv.FormatInt(seconds, 10) + mode, nil
}

// numberAt returns the i-th parameter as a number, 0 if it is none.
func numberAt(params []string, i int) int64 {
	if i >= len(params) {
		return 0
	}
	n, err := strconv.ParseInt(params[i], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
