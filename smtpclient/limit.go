package smtpclient

import "strings"

// limitCodes are the enhanced codes that only say that enough was sent for now,
// whatever the text: RFC 3463 §3.5 and the registry's, and those that Google and
// Microsoft use so.
var limitCodes = map[string]bool{
	"5.4.5":   true, // congestion, "only useful as a persistent transient error"
	"5.1.90":  true, // Microsoft: the day's recipients
	"5.7.28":  true, // a flood of mail
	"5.7.232": true, // Microsoft: the day's limit of an organisation
	"5.7.233": true, // Microsoft: its limit of recipients outside
}

// limitWords are those of servers that have no code for it, or one that they use
// for much else.
var limitWords = []string{
	"sending limit", "send limit", "sending quota", "send quota", "sending rate", "sending frequency", "submission quota", "submissionquota",
	"refusequota", "relay quota", "relay limit", "relay sending limit", "outgoing limit", "outbound limit", "message count quota",
	"rate limit", "ratelimit", "rate-limit", "throttl", "frequency limit", "unusual sending activity", "tenant has exceeded",
	"too many messages", "too many mails", "too many emails", "too much mail",
}

// periods and bounds stand for a limit where both are said.
var (
	periods = []string{"daily", "hourly", "per hour", "per day", "per minute", "an hour", "a day", "24 hour", "24-hour", "24h"}
	bounds  = []string{"limit", "quota", "exceed", "maximum", "too many"}
)

// aboutConnection are words of a limit that another connection begins anew.
var aboutConnection = []string{"in this connection", "on this connection", "for this connection", "per connection", "this session", "per session"}

// aboutMailbox are codes of a recipient who is known not to take the message.
var aboutMailbox = []string{".1.1", ".2.2", ".2.3", ".3.4"}

// OverLimit reports whether a refusal, also one given for good, only says that as
// much was sent as the server allows in some time. It is worth another try later.
func (r Reply) OverLimit() bool {
	if !r.refusal() {
		return false
	}
	if limitCodes[r.Enhanced] {
		return true
	}
	text := strings.Join(strings.Fields(strings.ToLower(r.Text)), " ")
	if r.Code == codeClosing && saysOne(text, aboutConnection) {
		return false
	}
	if strings.Contains(text, "submissionquota") { // Exchange says so under 5.2.2 too
		return true
	}
	for _, code := range aboutMailbox {
		if strings.HasSuffix(r.Enhanced, code) {
			return false
		}
	}
	policy := strings.HasPrefix(r.Enhanced, "5.7.") || strings.HasPrefix(r.Enhanced, "4.7.")
	return saysOne(text, limitWords) || saysOne(text, periods) && saysOne(text, bounds) ||
		policy && strings.Contains(text, "quota exceeded")
}

func saysOne(text string, of []string) bool {
	for _, words := range of {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
