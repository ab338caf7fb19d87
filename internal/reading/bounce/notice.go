// Package bounce reads the notices of mail systems that say in words, without
// the fields of RFC 3464, that a message was not delivered: those of qmail,
// Exim, Exchange, old sendmail, and of the many that write alike.
//
// It looks for the shape of such a notice and not for the name of a program:
// a text that speaks of failure, addresses that stand where the failed ones
// stand, and below it a copy of the message. What it finds is a claim of
// whoever sent the notice. Texts are true, not safe for a screen.
package bounce

import (
	"strings"

	"postea/internal/mail"
)

const (
	maxNotice     = 64 << 10 // bytes of text that are looked at
	maxRecipients = 1000
	maxReason     = 20 // lines
	maxSigns      = 4000
	maxText       = 2000
)

// Notice is a message that may be a notice of failure.
type Notice struct {
	Subject string
	Text    string
	From    string   // who says it
	To      []string // to whom: the sender of the message that came back
	Failed  []string // addresses that the header names, X-Failed-Recipients
	// Returned are the recipients of the message that came back, as far as its
	// header is a part of its own. They are the last resort.
	Returned []string
	// Sure tells that the notice is one by its structure. Otherwise the words
	// have to say it.
	Sure bool
}

// Recipient is somebody whom the message did not reach.
type Recipient struct {
	Address string
	Text    string // the reason, in the words of the notice
}

// Result is what a notice says.
type Result struct {
	Recipients []Recipient // none if this is no notice of failure
	Delayed    bool        // it is not given up yet
	Copy       string      // the text below the notice, "" if there is none
}

// Read reads a notice.
func Read(n Notice) Result {
	text, rest := cutCopy(n.Text)
	text = text[:min(len(text), maxNotice)]
	res := Result{Copy: rest}
	if saysSuccess(n.Subject, text) {
		return res
	}
	signs := strings.ToLower(n.Subject + "\n" + text[:min(len(text), maxSigns)])
	if !n.Sure && len(n.Failed) == 0 && !containsAny(signs, failureSigns()) {
		return res
	}
	res.Delayed = containsAny(signs, delaySigns()) && !containsAny(signs, []string{"giving up", "gave up", "not going to try again"})
	f := finder{n: &n, lines: strings.Split(text, "\n"), res: &res}
	for _, look := range []func(){f.listed, f.mentioned, f.failedFields, f.toSelf, f.locals, f.returned} {
		if look(); len(res.Recipients) > 0 {
			break
		}
	}
	return res
}

// saysSuccess tells of receipts that have lost their fields, or never had any: sendmail's
// have a transcript as its bounces do, and none for a mailing list that was expanded.
func saysSuccess(subject, text string) bool {
	subject = strings.ToLower(strings.TrimSpace(subject))
	return subject == "return receipt" && !strings.Contains(text, "fatal errors") ||
		strings.HasPrefix(subject, "delivered: ") || strings.HasPrefix(subject, "relayed: ") || strings.HasPrefix(subject, "expanded: ") ||
		strings.HasSuffix(subject, "(success)") || strings.HasSuffix(subject, "(relay)")
}

func containsAny(s string, signs []string) bool {
	for _, sign := range signs {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

func failureSigns() []string {
	return []string{
		"undeliver", "not be delivered", "not delivered", "not been delivered", "did not reach", "failure notice", "returned mail", "returned message",
		"delivery fail", "delivery has failed", "delivery status notification", "delivery problem", "delivery error", "delivery report", "mail delivery",
		"unable to deliver", "able to deliver", "error delivering", "trouble delivering", "error sending", "could not deliver", "cannot be delivered", "can't be delivered",
		"couldn't be delivered", "address(es) failed", "following recipient", "following address", "permanent fatal error", "permanent error", "was not accepted",
		"user unknown", "unknown user", "no such user", "invalid user", "mailbox is full", "mail failure", "mail system error", "message is delayed",
		"qmail-send", "has been rejected", "was rejected", "transcript of session", "failure reasons",
		"unzustellbar", "nicht zugestellt", "konnte nicht", "non remis", "n'a pas pu", "échec de la remise", "impossible de remettre",
		"no se pudo entregar", "no se ha podido entregar", "não foi possível entregar", "non recapitat", "impossibile recapitare", "niet worden bezorgd",
		"недоставлен", "не доставлено", "não entregue", "送信できません", "送信に失敗", "配信できません", "配信に失敗", "退信", "投递失败", "无法投递",
	}
}

func delaySigns() []string {
	return []string{
		"warning message only", "has not yet been delivered", "not been delivered yet", "warning: message", "delivery delayed", "(delay)", "is delayed",
		"still being retried", "will keep trying", "will be retried", "will continue to try", "only a temporary failure", "delayed mail", "delivery is delayed", "has been delayed",
	}
}

// cutCopy parts the notice from the copy of the message below it: at the line
// that introduces it, or where its trace begins.
func cutCopy(text string) (notice, rest string) {
	at := 0
	for at < len(text) {
		line, next, _ := strings.Cut(text[at:], "\n")
		switch {
		case introducesCopy(line):
			return text[:at], strings.TrimLeft(next, "\r\n-= ")
		case startsTrace(line):
			return text[:at], text[at:]
		}
		at += len(line) + 1
	}
	return text, ""
}

func introducesCopy(line string) bool {
	lower := strings.ToLower(strings.Trim(line, " \t\r-=:_*."))
	if len(lower) > 90 || strings.Contains(lower, "not receive") {
		return false
	}
	ruled := strings.HasPrefix(strings.TrimSpace(line), "--") || strings.HasPrefix(strings.TrimSpace(line), "==")
	for _, sign := range []string{"copy of", "original message", "original mail", "returned message", "message header", "unsent message", "unsent mail", "undelivered message"} {
		if strings.Contains(lower, sign) && (ruled || endsIntroduction(lower) || strings.HasPrefix(lower, "original message header")) {
			return true
		}
	}
	return strings.HasPrefix(lower, "your message reads")
}

func endsIntroduction(lower string) bool {
	for _, end := range []string{"follows", "follow", "below", "the original message", "the message header", "your message", "the message"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

func startsTrace(line string) bool {
	for _, name := range []string{"received:", "return-path:", "x-sender:", "delivered-to:"} {
		if len(line) > len(name) && strings.EqualFold(line[:len(name)], name) {
			return true
		}
	}
	return false
}

// is tells whether two addresses are the same.
func is(a, b string) bool { return strings.EqualFold(a, b) }

func valid(address string) bool { return len(address) <= 320 && mail.CheckAddrSpec(address) == "" }
