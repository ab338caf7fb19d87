package smtpclient

import (
	"bufio"
	"strings"
	"testing"
)

// What providers say when an account has sent enough, and what sounds like it and is
// about a recipient, a message or its sender.
func TestOverLimit(t *testing.T) {
	for line, want := range map[string]bool{
		"550 5.4.5 Daily user sending limit exceeded. For more information on limits go to https://support.example": true,
		"421 too many messages in this connection":                                                             false,
		"421 4.7.0 Too many messages for this session, try again":                                              false,
		"421 4.7.0 Too many messages, slow down":                                                               true,
		"550 5.4.5 Daily SMTP relay sending limit exceeded for user.":                                          true,
		"550 5.7.0 You have sent too many messages today.":                                                     true,
		"550 5.7.1 Email quota exceeded":                                                                       true,
		"550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients": true,
		"554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception":                              true,
		"554 5.2.2 STOREDRV.Submission.Exception:SubmissionQuotaExceededException":                                                                                      true,
		"554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; WASCL UserAction verdict is not None. Actual verdict is RefuseQuota":                            true,
		"550 5.7.705 Access denied, tenant has exceeded threshold":                                                                                                      true,
		"550 5.4.6 Unusual sending activity detected. Please try after sometime":                                                                                        true,
		"550 User ada@a.test has exceeded its 24-hour sending limit. Messages to 250 recipients out of 250 allowed have been sent. Relay quota will reset in 19 hours.": true,
		"554 Requested mail action not taken: mail send limit exceeded.":                                                                                                true,
		"550 Domain a.test has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.":                                                           true,
		"554 5.7.1 <ada@a.test>: Sender address rejected: Policy Rejection - Quota exceeded.":                                                                           true,
		"550 5.7.1 Ratelimit exceeded for mailbox":                                                                                                                      true,
		"550 Mail sending frequency limited":                                                                                                                            true,
		"554 Throttling failure: Maximum sending rate exceeded.":                                                                                                        true,
		"450 4.7.1 Rate limit exceeded":                                                                                                                                 true,

		"250 2.0.0 Ok, your daily limit is not reached":                                                               false,
		"550 5.1.1 no such user; per hour limit":                                                                      false,
		"552 5.2.2 The mailbox is over quota; too many messages":                                                      false,
		"552 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded": false,
		"552 Quota exceeded": false,
		"552 5.3.4 Your message exceeded our maximum of 25 MB, see daily": false,
		"552 message size exceeds the limit":                              false,
		"550 5.5.3 too many recipients":                                   false,
		"550 5.7.1 Message rejected as spam":                              false,
		"550 5.4.6 mail loop: too many hops":                              false,
		"550 5.1.8 Access denied, bad outbound sender":                    false,
		"535 5.7.8 wrong password":                                        false,
	} {
		r := parseReply(t, line)
		if got := r.OverLimit(); got != want {
			t.Errorf("%s: %v", line, got)
		}
		if want && !refused(PhaseCommit, "DATA", r).Temporary {
			t.Errorf("%s: for good", line)
		}
		if e := refused(PhaseMail, "MAIL", r); want && e.Explain() != overLimit {
			t.Errorf("%s: %s", line, e.Explain())
		}
	}
}

func parseReply(t *testing.T, line string) Reply {
	t.Helper()
	r, err := readReply(bufio.NewReader(strings.NewReader(line + "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The words may be parted by the lines of the reply.
func TestOverLimitOverLines(t *testing.T) {
	r := parseReply(t, "550-5.7.1 You have reached your sending\r\n550 5.7.1 limit for today")
	if !r.OverLimit() {
		t.Error(strings.ReplaceAll(r.Text, "\n", "/"))
	}
}
