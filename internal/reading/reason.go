package reading

import "strings"

// ReasonFor puts a failed or delayed delivery into plain words, from the
// enhanced status code (RFC 3463, RFC 5248), or else from the reply code and
// the server's text. It is "" where nothing better than the text is known. Any
// argument may be empty.
func ReasonFor(status string, code int, text string) string {
	if status == "" || isVague(status) {
		if _, found := findCodes(text); found != "" && !isVague(found) {
			status = found
		}
	}
	if status != "" {
		if s := statusReason(status); s != "" {
			return s
		}
	}
	if s := textReason(text); s != "" {
		return s
	}
	if s := classReason(status); s != "" {
		return s
	}
	switch code {
	case 421, 450, 451:
		return "the server is busy and asks to try later"
	case 452, 552:
		return "the mailbox is full or the message is too large"
	case 550, 551, 553:
		return "the server does not accept mail for this address"
	}
	return ""
}

// statusReason goes from the exact code to the subject and detail that any
// class shares.
func statusReason(status string) string {
	if s, ok := exactReasons()[status]; ok {
		return s
	}
	if strings.HasPrefix(status, "5.10.") {
		return "the domain accepts no mail"
	}
	if len(status) > 2 {
		return sharedReasons()[status[2:]]
	}
	return ""
}

func exactReasons() map[string]string {
	return map[string]string{
		"5.1.8":   "the address of the sender is refused",
		"4.3.2":   "the server is busy and will be tried again",
		"5.3.4":   "the message is too large",
		"4.4.7":   "the server could not deliver it in time",
		"5.4.7":   "the server could not deliver it in time",
		"5.4.1":   "the domain does not accept mail for this address",
		"4.7.0":   "the server asks to try again later (greylisted)",
		"4.7.1":   "the server asks to try again later",
		"5.7.30":  "sign-in by password is switched off at this provider",
		"5.7.139": "sending by SMTP is switched off for this account",
		"5.7.60":  "sending as this address is not allowed",
		"5.7.27":  "the domain of the sender accepts no mail",
	}
}

func sharedReasons() map[string]string {
	const sender = "the message failed the checks of who may send for the domain (SPF, DKIM, DMARC)"
	return map[string]string{
		"1.1": "no such mailbox", "1.10": "no such mailbox", "1.2": "the domain has no mail server",
		"1.3": "the address is malformed", "1.4": "the address is ambiguous", "1.6": "the mailbox has moved",
		"1.7": "the address of the sender is refused", "1.8": "the address of the sender is refused",
		"2.1": "the mailbox is disabled", "2.2": "the mailbox is full", "2.3": "the message is too large",
		"2.4": "the mailing list cannot be reached",
		"3.1": "the mail system is full", "3.2": "the server takes no mail at present", "3.4": "the message is too large",
		"4.1": "the server cannot be reached", "4.2": "the connection to the server failed", "4.3": "the name server failed",
		"4.4": "the domain has no mail server", "4.5": "the server is overloaded", "4.6": "the mail went round in a loop",
		"4.7": "the server could not deliver it in time", "5.3": "too many recipients",
		"6.0": "the server does not accept this content", "6.1": "the server does not accept this content", "6.6": "the server does not accept this content",
		"6.7": "the server takes no addresses beyond ASCII",
		"7.0": "refused by a policy of the server", "7.1": "refused by a policy of the server", "7.2": "the list does not accept mail from this sender",
		"7.3": "wrong user name or password", "7.8": "wrong user name or password", "7.9": "an app password or OAuth is needed",
		"7.10": "an encrypted connection is needed", "7.11": "an encrypted connection is needed",
		"7.20": sender, "7.21": sender, "7.22": sender, "7.23": sender, "7.24": sender, "7.25": "the address of the sending server has no name",
		"7.26": sender, "7.5": sender, "7.50": sender, "7.57": sender, "7.28": "too much mail in too short a time",
	}
}

// textReason knows the words of servers that give no code.
func textReason(text string) string {
	lower := strings.ToLower(text[:min(len(text), 2000)])
	for _, row := range [...][2]string{
		{"user unknown", "no such mailbox"}, {"unknown user", "no such mailbox"}, {"no such user", "no such mailbox"},
		{"user doesn't exist", "no such mailbox"}, {"does not exist", "no such mailbox"}, {"mailbox unavailable", "no such mailbox"},
		{"recipientnotfound", "no such mailbox"}, {"unrouteable address", "the address cannot be routed"}, {"no mailbox here", "no such mailbox"},
		{"invalid recipient", "no such mailbox"}, {"unknown recipient", "no such mailbox"}, {"recipient rejected", "no such mailbox"},
		{"over quota", "the mailbox is full"}, {"quota exceeded", "the mailbox is full"}, {"mailbox full", "the mailbox is full"}, {"mailbox is full", "the mailbox is full"},
		{"too large", "the message is too large"}, {"size limit", "the message is too large"},
		{"host not found", "the domain has no mail server"}, {"name service error", "the domain has no mail server"}, {"couldn't find any host", "the domain has no mail server"},
		{"connection timed out", "the server cannot be reached"}, {"connection refused", "the server cannot be reached"}, {"no route to host", "the server cannot be reached"},
		{"greylist", "the server asks to try again later (greylisted)"},
		{"relay", "the server does not accept mail for this domain"},
		{"dmarc", "the message failed the checks of who may send for the domain (SPF, DKIM, DMARC)"},
		{"spam", "taken for spam"}, {"blocked", "refused by a policy of the server"}, {"blacklist", "refused by a policy of the server"},
		{"disabled", "the mailbox is disabled"}, {"loop", "the mail went round in a loop"},
	} {
		if strings.Contains(lower, row[0]) {
			return row[1]
		}
	}
	return ""
}

// classReason speaks for the subject of RFC 3463 §3 alone.
func classReason(status string) string {
	if len(status) < 3 || status[0] == '2' {
		return ""
	}
	switch status[2] {
	case '1':
		return "there is a problem with the address"
	case '2':
		return "there is a problem with the mailbox"
	case '3':
		return "there is a problem with the mail system of the recipient"
	case '4':
		return "the message could not be carried to the server"
	case '5':
		return "the two servers did not understand each other"
	case '6':
		return "the server does not accept this content"
	case '7':
		return "refused by a policy of the server"
	}
	return ""
}

// isVague tells of codes that only give the class.
func isVague(status string) bool { return strings.HasSuffix(status, ".0.0") }

// findCodes finds a reply code and an enhanced status code in a server's words.
func findCodes(text string) (code int, status string) {
	text = text[:min(len(text), 4000)]
	for i := 0; i+3 <= len(text) && code == 0; i++ {
		if (text[i] == '4' || text[i] == '5' || text[i] == '2') && text[i+1] >= '0' && text[i+1] <= '7' && isDigit(text[i+2]) &&
			!touches(text, i-1) && !touches(text, i+3) {
			code = int(text[i]-'0')*100 + int(text[i+1]-'0')*10 + int(text[i+2]-'0')
		}
	}
	return code, findEnhanced(text)
}

// touches tells whether the byte at i would make digits part of something longer.
func touches(s string, i int) bool {
	return i >= 0 && i < len(s) && (isWord(s[i]) || s[i] == '.' || s[i] == ':' || s[i] == '@')
}

// findEnhanced finds class.subject.detail, RFC 3463 §2.
func findEnhanced(s string) string {
	for i := 0; i+5 <= len(s); i++ {
		if s[i] != '2' && s[i] != '4' && s[i] != '5' || s[i+1] != '.' || i > 0 && (isDigit(s[i-1]) || s[i-1] == '.') {
			continue
		}
		subject := digits(s[i+2:], 2)
		at := i + 2 + subject
		if subject == 0 || at >= len(s) || s[at] != '.' {
			continue
		}
		detail := digits(s[at+1:], 3)
		end := at + 1 + detail
		if detail == 0 || end < len(s) && (isDigit(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1])) {
			continue
		}
		return s[i:end]
	}
	return ""
}

func digits(s string, most int) int {
	n := 0
	for n < len(s) && n < most && isDigit(s[n]) {
		n++
	}
	return n
}
