package outbox

import (
	"bytes"
	"context"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"postea/config"
	"postea/internal/dial"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/internal/transcript"
	"postea/smtpclient"
	"postea/smtpclient/direct"
)

// deliverDirect hands an item to the recipients' own servers, domain by domain.
// What one domain says is on the disk before the next is asked.
func (a *attempt) deliverDirect(ctx context.Context) store.Outcome {
	content, err := a.w.store.OutboxContent(ctx, a.item.ID)
	if err != nil {
		return a.resolver(a.sent, nil).resolve(err)
	}
	a.conn = &connection{smtp: a.account.SMTP}
	sendCtx, end := a.graceful(ctx)
	defer end()
	defer a.w.reportEnd(a.item.ID)
	var parts domains
	encrypted := true
	for d, err := range a.w.transport(a.account, a.conn.trace).Send(sendCtx, a.envelope(content), bytes.NewReader(content.Wire), a.hooks(ctx, content)) {
		out := a.resolver(a.indexes(d.Recipients), d.Result).resolve(err)
		parts.add(d.Domain, out)
		encrypted = encrypted && d.TLS
		a.tracked = a.tracked || d.Result != nil && d.Result.Tracked
		if a.committed.Swap(false) {
			a.settle(ctx, out)
		}
		if ctx.Err() != nil {
			break
		}
	}
	out := parts.outcome(a.sent, a.w.now())
	if encrypted && out.Kind == "accepted" {
		out.TLS = "TLS"
	}
	out.Transcript, out.Reports = a.transcript(), a.tracked && a.account.Send.Track
	return out
}

// settle records what became of a domain. Where that fails its recipients stay
// unsure, which is safe.
func (a *attempt) settle(ctx context.Context, out store.Outcome) {
	if err := a.w.store.CommitPoint(context.WithoutCancel(ctx), a.item.ID, out.Changes); err != nil {
		a.w.log.Error("recording what a domain said", "item", a.item.ID, "err", err)
	}
}

func (a *attempt) resolver(sent []int, res *smtpclient.Result) resolver {
	return resolver{item: a.item, sent: sent, res: res, policy: a.account.Send, now: a.w.now(), direct: true}
}

// indexes turns places in the envelope into those in the item.
func (a *attempt) indexes(inEnvelope []int) []int {
	list := make([]int, len(inEnvelope))
	for i, n := range inEnvelope {
		list[i] = a.sent[n]
	}
	return list
}

// transport gives the one for an account. The policies of domains are kept for
// as long as the process runs.
func (w *Worker) transport(a config.Account, trace func(transcript.Line)) *direct.Transport {
	o := w.mx
	o.LocalName, o.CAFile, o.Trace = a.SMTP.Helo, a.SMTP.CAFile, trace
	o.Policies = policies{w.store}
	if a.SMTP.Proxy != "" {
		o.Dial = throughProxy(a.SMTP.Proxy)
	}
	return direct.New(o)
}

func throughProxy(proxy string) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, address string) (net.Conn, error) {
		host, number, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		port, err := strconv.Atoi(number)
		if err != nil {
			return nil, err
		}
		return dial.Dial(ctx, dial.Config{Host: host, Port: port, TLS: dial.ModeOpportunistic, Proxy: proxy})
	}
}

// policies keeps what domains demand (MTA-STS) from one process to the next.
type policies struct{ store *store.Store }

const mtaSTS = "mta-sts"

func (p policies) Policy(ctx context.Context, domain string) (string, error) {
	return p.store.Learned(ctx, domain, mtaSTS, learnedFor)
}

func (p policies) SetPolicy(ctx context.Context, domain, text string) error {
	return p.store.Learn(ctx, domain, mtaSTS, text)
}

// domains gathers the outcomes of an attempt that went to several servers.
type domains struct {
	last   map[int]said
	parts  []store.Outcome
	labels []string
}

// said is the last word about a recipient.
type said struct {
	change store.RecipientChange
	next   time.Time
}

func (d *domains) add(domain string, out store.Outcome) {
	if d.last == nil {
		d.last = map[int]said{}
	}
	for _, c := range out.Changes {
		d.last[c.Index] = said{c, out.Next}
	}
	d.parts, d.labels = append(d.parts, out), append(d.labels, domain)
}

// outcome is that of the whole attempt. Recipients who were not got to are
// tried again at once.
func (d *domains) outcome(sent []int, now time.Time) store.Outcome {
	for _, n := range sent {
		if _, ok := d.last[n]; !ok {
			d.add("", store.Outcome{Changes: []store.RecipientChange{{Index: n, State: mail.RecipientPending}}, Next: now,
				Kind: "deferred", Text: "interrupted before anything was handed over"})
		}
	}
	if len(d.parts) == 1 {
		return d.parts[0]
	}
	var out store.Outcome
	count := map[mail.RecipientState]int{}
	for _, n := range slices.Sorted(maps.Keys(d.last)) {
		s := d.last[n]
		out.Changes = append(out.Changes, s.change)
		count[s.change.State]++
		if s.change.State == mail.RecipientPending && (out.Next.IsZero() || s.next.Before(out.Next)) {
			out.Next = s.next
		}
	}
	var texts []string
	for i, p := range d.parts {
		if text := strings.TrimPrefix(d.labels[i]+": "+p.Text, ": "); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
		if out.QueueID == "" {
			out.QueueID = p.QueueID
		}
	}
	out.Text = strings.Join(texts, " · ")
	out.Detail = countWords(count[mail.RecipientAccepted], count[mail.RecipientFailed], count[mail.RecipientPending])
	switch {
	case count[mail.RecipientUnsure] > 0:
		out.Kind = "unsure"
	case count[mail.RecipientAccepted] > 0:
		out.Kind = "accepted"
	case count[mail.RecipientPending] > 0:
		out.Kind = "deferred"
	default:
		out.Kind = "rejected"
	}
	return out
}
