package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"postea/config"
	"postea/internal/dial"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient"
)

// Resolve turns the result of an attempt into the item's next state. sent holds
// the indexes of the recipients of the attempt, in the order of the envelope;
// res and err are what smtpclient gave (res may be nil), err may also come from
// connecting. It decides about sending twice or not at all, and touches nothing.
func Resolve(item mail.Outgoing, sent []int, res *smtpclient.Result, err error, policy config.Send, now time.Time) store.Outcome {
	return resolver{item: item, sent: sent, res: res, policy: policy, now: now}.resolve(err)
}

// resolve is Resolve.
func (r resolver) resolve(err error) store.Outcome {
	switch e := smtpError(err); {
	case err == nil:
		r.finished()
	case e != nil && e.Unknown():
		r.unknown(e)
	case errors.Is(err, context.Canceled) && (e == nil || e.Code == 0):
		r.interrupted()
	case e == nil:
		r.local(err)
	case errors.Is(err, smtpclient.ErrNoHold):
		r.holdHere()
	case !r.direct && e.WantsSignIn(): // at whichever command, RFC 4954 §6
		r.blocked(e)
	case e.Phase == smtpclient.PhaseRcpt && r.res != nil && !anyAccepted(r.res):
		r.allRefused(e)
	case r.direct && e.Phase == smtpclient.PhaseTLS: // RFC 8461 §5: a policy is in force
		r.deferred(e)
	case !r.direct && needsUser(e) != "":
		r.blocked(e)
	case e.Code == 0 && !e.Temporary:
		r.refused(e, 0, "", causeText(e))
	case e.Code >= 500 && !e.Temporary && !beforeMail(e.Phase):
		r.refused(e, e.Code, e.Enhanced, e.Text)
	default:
		r.deferred(e)
	}
	return r.out
}

func smtpError(err error) *smtpclient.Error {
	var e *smtpclient.Error
	errors.As(err, &e)
	return e
}

type resolver struct {
	item   mail.Outgoing
	sent   []int
	res    *smtpclient.Result
	policy config.Send
	now    time.Time
	direct bool // the server is a stranger's: its faults are not for the user to mend
	more   bool // some were not refused, only too many for one transaction: the next one follows
	out    store.Outcome
}

// finished is for a message that the server took for at least one recipient.
func (r *resolver) finished() {
	accepted, refused, waiting := 0, 0, 0
	var why *smtpclient.Reply // of the first who waits because of one
	for i, n := range r.sent {
		rr := r.res.Recipients[i]
		if why == nil && !rr.Accepted && rr.Temporary && !rr.Limited {
			why = rr.Reply
		}
		switch {
		case rr.Accepted:
			accepted++
			r.change(n, mail.RecipientAccepted, &r.res.Reply)
		case rr.Temporary || rr.Reply == nil:
			waiting++
			r.wait(n, rr.Reply)
		default:
			refused++
			r.change(n, mail.RecipientFailed, rr.Reply)
		}
	}
	r.out.QueueID = r.res.QueueID
	r.out.Kind = "accepted"
	r.out.Text = fmt.Sprintf("%d %s", r.res.Reply.Code, r.res.Reply.Text)
	r.out.Detail = countWords(accepted, refused, waiting)
	if waiting > 0 {
		r.out.Text, r.out.Detail = r.out.Detail, r.out.Text
		if why != nil {
			r.out.Text += ": " + explain(why)
		}
		r.more = accepted > 0 && r.res.Limited()
		r.schedule()
	}
}

// explain says why a recipient waits.
func explain(r *smtpclient.Reply) string {
	return (&smtpclient.Error{Phase: smtpclient.PhaseRcpt, Code: r.Code, Enhanced: r.Enhanced, Text: r.Text, Temporary: true}).Explain()
}

// allRefused is for a message that no recipient may get now.
func (r *resolver) allRefused(e *smtpclient.Error) {
	refused, waiting := 0, 0
	for i, n := range r.sent {
		rr := r.res.Recipients[i]
		if rr.Reply == nil || rr.Temporary {
			waiting++
			r.wait(n, rr.Reply)
			continue
		}
		refused++
		r.change(n, mail.RecipientFailed, rr.Reply)
	}
	r.out.Kind, r.out.Text = "rejected", e.Explain()
	r.out.Detail = replyText(e)
	if waiting > 0 {
		r.out.Kind = "deferred"
		r.schedule()
	}
}

// refused is for a message that the server, or the client itself, will not
// carry at all.
func (r *resolver) refused(e *smtpclient.Error, code int, enhanced, text string) {
	for i, n := range r.sent {
		if r.res != nil && i < len(r.res.Recipients) {
			if rr := r.res.Recipients[i]; rr.Reply != nil && !rr.Accepted && !rr.Temporary {
				r.change(n, mail.RecipientFailed, rr.Reply)
				continue
			}
		}
		r.whole(n, mail.RecipientFailed, code, enhanced, text)
	}
	r.out.Kind, r.out.Text, r.out.Detail = "rejected", e.Explain(), replyText(e)
}

// unknown is for a line lost after the committing byte: those the server had
// taken are unsure, those it had refused are refused.
func (r *resolver) unknown(e *smtpclient.Error) {
	waiting := false
	for i, n := range r.sent {
		if r.res == nil || i >= len(r.res.Recipients) || r.res.Recipients[i].MayHave() {
			r.whole(n, mail.RecipientUnsure, 0, "", causeText(e))
			continue
		}
		rr := r.res.Recipients[i]
		if rr.Reply == nil || rr.Temporary {
			waiting = true
			r.wait(n, rr.Reply)
			continue
		}
		r.change(n, mail.RecipientFailed, rr.Reply)
	}
	r.out.Kind, r.out.Text = "unsure", "the line was lost while the server was taking the message"
	r.out.Detail = causeText(e)
	if waiting {
		r.schedule()
	}
}

// holdHere is for a server that does not hold messages back, or not for so long.
func (r *resolver) holdHere() {
	r.pending(nil)
	r.out.Kind, r.out.Text, r.out.HoldHere = "scheduled", "the server does not hold messages for so long: it waits here", true
}

// blocked is for what only the user can mend.
func (r *resolver) blocked(e *smtpclient.Error) {
	r.pending(nil)
	r.out.Kind, r.out.Text, r.out.Detail = "blocked", plain(e), replyText(e)
	r.out.Blocked, r.out.BlockedBy = r.out.Text, needsUser(e)
}

// plain says what an error means for the user; one of a secret does so itself.
func plain(e *smtpclient.Error) string {
	var secret *config.SecretError
	if errors.As(e, &secret) {
		return secret.Error()
	}
	return e.Explain()
}

// local is for an error before the client was asked at all: a secret that
// cannot be had, a body that cannot be read.
func (r *resolver) local(err error) {
	r.pending(nil)
	var secret *config.SecretError
	var missing *missingError
	switch {
	case errors.As(err, &secret):
		r.out.BlockedBy = mail.BlockedBySignIn
	case errors.As(err, &missing):
		r.out.BlockedBy = mail.BlockedBySettings
	}
	if r.out.BlockedBy != "" {
		r.out.Kind, r.out.Text, r.out.Blocked = "blocked", err.Error(), err.Error()
		return
	}
	r.out.Kind, r.out.Text = "deferred", err.Error()
	r.schedule()
}

func (r *resolver) deferred(e *smtpclient.Error) {
	r.pending(e)
	r.out.Kind, r.out.Text, r.out.Detail = "deferred", plain(e), replyText(e)
	r.schedule()
}

// interrupted is for the end of the program, or of the time it was given: it says nothing
// about the server.
func (r *resolver) interrupted() {
	r.pending(nil)
	r.out.Kind, r.out.Text = "deferred", "interrupted before anything was handed over"
	r.out.Next, r.out.HoldHere = r.now, r.item.Release.After(r.now)
}

// pending sets every recipient of the attempt back, for nothing was handed over. What the
// server says before there is a message is about none.
func (r *resolver) pending(e *smtpclient.Error) {
	about := e != nil && e.Code != 0 && !beforeMail(e.Phase) && e.Phase != smtpclient.PhaseAuth
	for i, n := range r.sent {
		var reply *smtpclient.Reply
		if r.res != nil && i < len(r.res.Recipients) {
			rr := r.res.Recipients[i]
			if rr.Reply != nil && !rr.Accepted && !rr.Temporary && (r.direct || rr.Reply.Code != 530) { // 530 is about who sends
				r.change(n, mail.RecipientFailed, rr.Reply)
				continue
			}
			if !rr.Accepted {
				reply = rr.Reply
			}
		}
		if reply == nil && about {
			r.whole(n, mail.RecipientPending, e.Code, e.Enhanced, e.Text)
			continue
		}
		r.wait(n, reply)
	}
}

// change takes what the server said about a recipient.
func (r *resolver) change(n int, st mail.RecipientState, reply *smtpclient.Reply) {
	r.out.Changes = append(r.out.Changes, store.RecipientChange{Index: n, State: st, Source: mail.SourceReply, Code: reply.Code, Enhanced: reply.Enhanced, Text: reply.Text})
}

// whole takes for a recipient what was said about the message.
func (r *resolver) whole(n int, st mail.RecipientState, code int, enhanced, text string) {
	r.out.Changes = append(r.out.Changes, store.RecipientChange{Index: n, State: st, Source: mail.SourceMessage, Code: code, Enhanced: enhanced, Text: text})
}

func (r *resolver) wait(n int, reply *smtpclient.Reply) {
	if reply != nil && reply.Code != 0 {
		r.change(n, mail.RecipientPending, reply)
		return
	}
	r.out.Changes = append(r.out.Changes, store.RecipientChange{Index: n, State: mail.RecipientPending})
}

// givenUp tells whether those who wait have been tried for too long.
func (r *resolver) givenUp() bool {
	since := r.item.Tried
	if since.IsZero() {
		since = r.item.Created
	}
	return !r.more && r.policy.GiveUp > 0 && r.now.Sub(since) >= r.policy.GiveUp
}

// schedule plans the next try, or gives up on those who have waited too long.
func (r *resolver) schedule() {
	if r.givenUp() {
		why := fmt.Sprintf("gave up after %s: %s", words(r.policy.GiveUp), r.out.Text)
		for i := range r.out.Changes {
			if c := &r.out.Changes[i]; c.State == mail.RecipientPending {
				c.State, c.Source = mail.RecipientFailed, cmp.Or(c.Source, mail.SourceMessage)
				if c.Text == "" {
					c.Text = why
				}
			}
		}
		r.out.Kind, r.out.Text = "rejected", why
		return
	}
	r.out.Late = r.policy.Warn > 0 && r.now.Sub(r.item.Due()) >= r.policy.Warn
	if r.item.Release.After(r.now) { // it was handed over early, and has time
		r.out.HoldHere = true
		return
	}
	if r.out.Next = r.now; !r.more {
		r.out.Next = r.now.Add(Backoff(r.policy.Retry, r.item.Attempts))
	}
}

// Backoff is the wait after the given number of failed attempts; the last wait
// repeats.
func Backoff(waits []time.Duration, attempts int) time.Duration {
	if len(waits) == 0 {
		return time.Hour
	}
	return waits[min(max(attempts-1, 0), len(waits)-1)]
}

// needsUser tells whether trying again is useless until the user has changed
// something, and what: the password, or what stands in the way of the connection, a
// certificate or a setting; "" where it is not.
func needsUser(e *smtpclient.Error) mail.BlockedBy {
	var d *dial.Error
	switch {
	case errors.As(e, &d):
		if d.Kind == dial.KindCertificate || d.Kind == dial.KindConfig {
			return mail.BlockedByConnection
		}
	case errors.Is(e, smtpclient.ErrNoSTARTTLS), errors.Is(e, smtpclient.ErrInjection):
		return mail.BlockedByConnection
	case e.Phase == smtpclient.PhaseAuth && !e.Temporary, e.WantsSignIn():
		return mail.BlockedBySignIn
	}
	return ""
}

func certificateFailed(e *smtpclient.Error) bool {
	var d *dial.Error
	return errors.As(e, &d) && d.Kind == dial.KindCertificate
}

// unreached tells whether an error is that of the line, or of a server that said nothing.
func unreached(err error) bool {
	e := smtpError(err)
	return e != nil && e.Code == 0 && beforeMail(e.Phase)
}

// beforeMail tells whether a refusal was about the connection and not about the
// message; it is tried again then, whatever its code.
func beforeMail(p smtpclient.Phase) bool {
	switch p {
	case smtpclient.PhaseConnect, smtpclient.PhaseGreeting, smtpclient.PhaseHello, smtpclient.PhaseTLS, smtpclient.PhaseIdle:
		return true
	}
	return false
}

func anyAccepted(res *smtpclient.Result) bool {
	for _, r := range res.Recipients {
		if r.Accepted {
			return true
		}
	}
	return false
}

func replyText(e *smtpclient.Error) string {
	if e.Code == 0 {
		return causeText(e)
	}
	return smtpclient.Reply{Code: e.Code, Enhanced: e.Enhanced, Text: e.Text}.String()
}

func causeText(e *smtpclient.Error) string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Error()
}

func countWords(accepted, refused, waiting int) string {
	s := fmt.Sprintf("%d accepted", accepted)
	if refused > 0 {
		s += fmt.Sprintf(" · %d refused", refused)
	}
	if waiting > 0 {
		s += fmt.Sprintf(" · %d to be tried again", waiting)
	}
	return s
}

func words(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return d.String()
}
