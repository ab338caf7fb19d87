package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/dial"
	"postea/internal/mail"
	"postea/smtpclient"
)

func reply(code int) *smtpclient.Reply { return &smtpclient.Reply{Code: code, Text: "words"} }

// Resolve decides who has the message, who may, who never will and who is to be
// tried again; each of its branches is named here. With a * it is for what was said of the message.
func TestResolve(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	yes := smtpclient.RecipientResult{Accepted: true, Reply: reply(250)}
	no := smtpclient.RecipientResult{Reply: reply(550)}
	later := smtpclient.RecipientResult{Temporary: true, Reply: reply(451)}
	over := smtpclient.RecipientResult{Temporary: true, Limited: true}
	open := smtpclient.RecipientResult{Unanswered: true}
	unknown := &smtpclient.Error{Phase: smtpclient.PhaseCommit, Temporary: true, Err: io.EOF}
	certificate := &smtpclient.Error{Phase: smtpclient.PhaseTLS, Err: &dial.Error{Kind: dial.KindCertificate, Err: errors.New("expired")}}
	minute, none := now.Add(time.Minute), time.Time{}
	tests := []struct {
		name   string
		res    []smtpclient.RecipientResult // nil: the server was not asked
		err    error
		direct bool
		kind   string
		want   string
		next   time.Time
	}{
		{"all accepted", []smtpclient.RecipientResult{yes, yes}, nil, false, "accepted", "accepted accepted", none},
		{"one refused, one later", []smtpclient.RecipientResult{no, later}, &smtpclient.Error{Phase: smtpclient.PhaseRcpt, Code: 451, Temporary: true}, false, "deferred", "failed pending", minute},
		{"accepted, refused", []smtpclient.RecipientResult{yes, no}, nil, false, "accepted", "accepted failed", none},
		{"accepted, later", []smtpclient.RecipientResult{yes, later}, nil, false, "accepted", "accepted pending", minute},
		{"accepted, too many for one transaction: at once", []smtpclient.RecipientResult{yes, over}, nil, false, "accepted", "accepted pending", now},
		{"all refused", []smtpclient.RecipientResult{no, no}, &smtpclient.Error{Phase: smtpclient.PhaseRcpt, Code: 550}, false, "rejected", "failed failed", none},
		{"unknown, none answered", []smtpclient.RecipientResult{open, open}, unknown, false, "unsure", "unsure* unsure*", none},
		{"unknown, one refused", []smtpclient.RecipientResult{yes, no}, unknown, false, "unsure", "unsure* failed", none},
		{"unknown, one later: he is tried again, the other not", []smtpclient.RecipientResult{yes, later}, unknown, false, "unsure", "unsure* pending", minute},
		{"unknown without a result", nil, unknown, false, "unsure", "unsure* unsure*", none},
		{"content refused", []smtpclient.RecipientResult{yes, no}, &smtpclient.Error{Phase: smtpclient.PhaseCommit, Code: 554}, false, "rejected", "failed* failed", none},
		{"content later, one refused", []smtpclient.RecipientResult{yes, no}, &smtpclient.Error{Phase: smtpclient.PhaseCommit, Code: 452, Temporary: true}, false, "deferred", "pending* failed", minute},
		{"content later, one later", []smtpclient.RecipientResult{yes, later}, &smtpclient.Error{Phase: smtpclient.PhaseCommit, Code: 452, Temporary: true}, false, "deferred", "pending* pending", minute},
		{"refused here", nil, &smtpclient.Error{Phase: smtpclient.PhaseMail, Err: smtpclient.ErrTooLarge}, false, "rejected", "failed* failed*", none},
		{"no service: not for the message", nil, &smtpclient.Error{Phase: smtpclient.PhaseGreeting, Code: 554}, false, "deferred", "pending pending", minute},
		{"cancelled: at once", nil, &smtpclient.Error{Phase: smtpclient.PhaseBody, Temporary: true, Err: context.Canceled}, false, "deferred", "pending pending", now},
		{"cancelled while it was read", nil, fmt.Errorf("reading outbox item o1: %w", context.Canceled), false, "deferred", "pending pending", now},
		{"cancelled while the password was fetched", nil, &smtpclient.Error{Phase: smtpclient.PhaseAuth, Err: context.Canceled}, false, "deferred", "pending pending", now},
		{"cancelled, and unknown", []smtpclient.RecipientResult{yes, yes}, errors.Join(context.Canceled, unknown), false, "unsure", "unsure* unsure*", none},
		{"wrong password", nil, &smtpclient.Error{Phase: smtpclient.PhaseAuth, Code: 535}, false, "blocked", "pending pending", none},
		{"sign-in down", nil, &smtpclient.Error{Phase: smtpclient.PhaseAuth, Code: 454, Temporary: true}, false, "deferred", "pending pending", minute},
		{"no STARTTLS", nil, &smtpclient.Error{Phase: smtpclient.PhaseTLS, Err: smtpclient.ErrNoSTARTTLS}, false, "blocked", "pending pending", none},
		{"certificate", nil, certificate, false, "blocked", "pending pending", none},
		{"a stranger's certificate", nil, certificate, true, "deferred", "pending pending", minute},
		{"a stranger whose policy demands the encryption that is not there", nil, &smtpclient.Error{Phase: smtpclient.PhaseTLS, Err: smtpclient.ErrNoSTARTTLS}, true, "deferred", "pending pending", minute},
		{"a sign-in is wanted", nil, &smtpclient.Error{Phase: smtpclient.PhaseMail, Code: 530}, false, "blocked", "pending pending", none},
		{"a sign-in is wanted, at the recipients", []smtpclient.RecipientResult{{Reply: reply(530)}, {Reply: reply(530)}}, &smtpclient.Error{Phase: smtpclient.PhaseRcpt, Code: 530}, false, "blocked", "pending pending", none},
		{"a sign-in is wanted, in words", nil, &smtpclient.Error{Phase: smtpclient.PhaseMail, Code: 502, Text: "Please authenticate first"}, false, "blocked", "pending pending", none},
		{"a stranger wants a sign-in", nil, &smtpclient.Error{Phase: smtpclient.PhaseMail, Code: 530}, true, "rejected", "failed* failed*", none},
		{"no secret", nil, &config.SecretError{Text: "no password"}, false, "blocked", "pending pending", none},
		{"body cannot be read", nil, errors.New("disk"), false, "deferred", "pending pending", minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var res *smtpclient.Result
			if tt.res != nil {
				res = &smtpclient.Result{Recipients: tt.res, Reply: *reply(250)}
			}
			item := mail.Outgoing{Created: now, Attempts: 1, Recipients: make([]mail.Recipient, 3)}
			policy := config.Send{Retry: []time.Duration{time.Minute}, GiveUp: time.Hour}
			out := resolver{item: item, sent: []int{0, 2}, res: res, policy: policy, now: now, direct: tt.direct}.resolve(tt.err)
			if !tt.direct {
				out = Resolve(item, []int{0, 2}, res, tt.err, policy, now)
			}
			var got []string
			for i, c := range out.Changes {
				if c.Index != 2*i {
					t.Errorf("change %d is of recipient %d", i, c.Index)
				}
				state := string(c.State)
				if c.Source == mail.SourceMessage {
					state += "*"
				}
				got = append(got, state)
			}
			if out.Kind != tt.kind || strings.Join(got, " ") != tt.want || !out.Next.Equal(tt.next) || out.Text == "" {
				t.Errorf("%s, %q, next %v, text %q", out.Kind, got, out.Next, out.Text)
			}
			if (out.Kind == "blocked") != (out.Blocked != "") || (out.Blocked != "") != (out.BlockedBy != "") {
				t.Errorf("blocked: %q by %q", out.Blocked, out.BlockedBy)
			}
			item.Created = now.Add(-2 * time.Hour)
			if out := Resolve(item, []int{0, 2}, res, tt.err, policy, now); tt.next.Equal(minute) && !tt.direct {
				for _, c := range out.Changes {
					if c.State == mail.RecipientPending || !strings.Contains(fmt.Sprint(out), "gave up after 1h0m0s") {
						t.Errorf("given up too late: %+v", out)
					}
				}
			}
		})
	}
}

// What the user must mend is of a kind that does not depend on words.
func TestBlockedBy(t *testing.T) {
	dialed := func(kind dial.Kind) error {
		return &smtpclient.Error{Phase: smtpclient.PhaseConnect, Err: &dial.Error{Kind: kind, Err: errors.New("x")}}
	}
	for want, list := range map[mail.BlockedBy][]error{
		mail.BlockedBySignIn: {
			&smtpclient.Error{Phase: smtpclient.PhaseAuth, Code: 535}, &smtpclient.Error{Phase: smtpclient.PhaseMail, Code: 530}, &config.SecretError{Text: "the encrypted secrets are locked"},
		},
		mail.BlockedByConnection: {
			dialed(dial.KindCertificate), dialed(dial.KindConfig),
			&smtpclient.Error{Phase: smtpclient.PhaseTLS, Err: smtpclient.ErrNoSTARTTLS}, &smtpclient.Error{Phase: smtpclient.PhaseTLS, Err: smtpclient.ErrInjection},
		},
		mail.BlockedBySettings: {&missingError{"work"}},
		"": {
			dialed(dial.KindRefused), &smtpclient.Error{Phase: smtpclient.PhaseAuth, Code: 454, Temporary: true}, &smtpclient.Error{Phase: smtpclient.PhaseMail, Code: 550}, errors.New("disk"),
		},
	} {
		for _, err := range list {
			item := mail.Outgoing{Recipients: make([]mail.Recipient, 1)}
			if out := Resolve(item, []int{0}, nil, err, config.Send{}, time.Now()); out.BlockedBy != want || (out.Blocked != "") != (want != "") {
				t.Errorf("%v: by %q, want %q (%+v)", err, out.BlockedBy, want, out)
			}
		}
	}
}

// Who waits is told of with the reason of the wait, and not with the words that the
// server had for the others.
func TestResolveSaysWhySomebodyWaits(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	res := &smtpclient.Result{Reply: *reply(250), Recipients: []smtpclient.RecipientResult{
		{Accepted: true, Reply: reply(250)}, {Reply: reply(550)}, {Temporary: true, Reply: reply(450)},
	}}
	item := mail.Outgoing{Created: now, Attempts: 1, Recipients: make([]mail.Recipient, 3)}
	out := Resolve(item, []int{0, 1, 2}, res, nil, config.Send{Retry: []time.Duration{time.Minute}}, now)
	const want = "1 accepted · 1 refused · 1 to be tried again: The server does not take mail for this address at the moment."
	if out.Kind != "accepted" || out.Text != want || out.Detail != "250 words" {
		t.Errorf("%s: %q, %q", out.Kind, out.Text, out.Detail)
	}
	item.Created = now.Add(-72 * time.Hour)
	out = Resolve(item, []int{0, 1, 2}, res, nil, config.Send{GiveUp: 48 * time.Hour}, now)
	if strings.Contains(out.Text, "250") || !strings.HasPrefix(out.Text, "gave up after 2 days: ") {
		t.Errorf("given up: %q", out.Text)
	}
}

// Why a secret cannot be had is said as it is, and nothing of a broken line.
func TestSecretSpeaksForItself(t *testing.T) {
	why := &config.SecretError{Text: "the provider gives no new token at the moment; it is tried again later"}
	for _, temporary := range []bool{true, false} {
		err := &smtpclient.Error{Phase: smtpclient.PhaseAuth, Temporary: temporary, Err: fmt.Errorf("getting the password or token: %w", why)}
		item := mail.Outgoing{Recipients: []mail.Recipient{{Address: "bob@b.test"}}}
		if out := Resolve(item, []int{0}, nil, err, config.Send{}, time.Now()); out.Text != why.Text || !temporary && out.Blocked != why.Text {
			t.Errorf("%q, blocked %q", out.Text, out.Blocked)
		}
	}
}
