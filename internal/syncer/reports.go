package syncer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// maxReport is the largest delivery report that is fetched by itself; many hold
// the whole message they are about.
const maxReport = 32 << 20

// fetchReports fetches what may be delivery reports whatever the policy and
// their size, as long as there are messages they may be about.
func (a *Account) fetchReports(ctx context.Context) error {
	if sent, err := a.store.Attempted(ctx); err != nil || !sent {
		return err
	}
	for _, role := range []mail.Role{mail.RoleInbox, mail.RoleJunk} {
		f, err := a.store.FolderByRole(ctx, a.profile.Name, role)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		places, err := a.store.Textless(ctx, f.ID, maxReport, prefetchCount)
		if err != nil {
			return err
		}
		if places, err = a.fromDaemons(ctx, places); err != nil {
			return err
		}
		if err := a.fetchAhead(ctx, places, true); err != nil {
			return err
		}
	}
	return nil
}

// fromDaemons keeps what mail servers have sent.
func (a *Account) fromDaemons(ctx context.Context, places []store.Place) ([]store.Place, error) {
	var out []store.Place
	for _, p := range places {
		m, err := a.store.Summary(ctx, p.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(m.From, daemon) {
			out = append(out, p)
		}
	}
	return out, nil
}

func daemon(from mail.Address) bool {
	local, _, _ := strings.Cut(from.Address, "@")
	switch strings.ToLower(local) {
	case "", "mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "mdaemon", "bounce", "bounces":
		return true
	}
	return strings.HasPrefix(strings.ToLower(local), "microsoftexchange") // and a number
}

// applyReport ties a delivery report to the message it speaks of. One that
// names none of ours changes nothing: it may be about forged mail.
func (a *Account) applyReport(ctx context.Context, m *reading.Message) error {
	rep := m.Report()
	if rep == nil {
		return nil
	}
	items, err := a.reported(ctx, rep)
	if err != nil || len(items) == 0 || rep.InWords && isAnswer(m, items) {
		return err
	}
	ident := reportName(m, rep)
	for _, item := range items {
		changes, text, detail := reportChanges(item, items, rep)
		if len(changes) == 0 {
			continue
		}
		if err := a.store.Reported(ctx, item.ID, ident+"/"+string(item.ID), changes, text, detail); err != nil {
			return err
		}
	}
	return a.applyStrangers(ctx, items, rep, ident)
}

// reported gives the items that a report is about. One sent again to a corrected address
// shares the Message-ID; each takes what is about its own recipients.
func (a *Account) reported(ctx context.Context, rep *reading.Report) ([]mail.Outgoing, error) {
	for _, by := range []struct{ messageID, envID string }{{"", rep.EnvID}, {rep.OriginalMessageID, ""}, {rep.SenderID, ""}} {
		if items, err := a.store.FindOutgoing(ctx, by.messageID, by.envID); err != nil || len(items) > 0 {
			return items, err
		}
	}
	return nil, nil
}

// reportName is by what a report is known again. Those of qmail have no Message-ID, and
// there may be several in a second.
func reportName(m *reading.Message, rep *reading.Report) string {
	name := m.Header.MessageID
	if name == "" {
		name = rep.OriginalMessageID + m.Header.Date.String()
		for _, r := range rep.Recipients {
			name += " " + r.Address
		}
	}
	return name
}

// isAnswer tells that a message comes from somebody to whom one of the items was sent. It
// is then no bounce, whatever is said in it: that one is away, or wants to know who writes.
func isAnswer(m *reading.Message, items []mail.Outgoing) bool {
	return slices.ContainsFunc(m.Header.From, func(from mail.Address) bool {
		return slices.ContainsFunc(items, func(item mail.Outgoing) bool {
			return slices.ContainsFunc(item.Recipients, func(r mail.Recipient) bool { return strings.EqualFold(r.Address, from.Address) })
		})
	})
}

// applyStrangers tells of a failure for somebody whom the message was not sent to, as
// a server writes it that passed the message on from one of the recipients and does not
// say from which. It is true of none of them for certain, so none of them changes.
func (a *Account) applyStrangers(ctx context.Context, items []mail.Outgoing, rep *reading.Report, ident string) error {
	lines := strangers(items, rep)
	if len(lines) == 0 {
		return nil
	}
	return a.store.Reported(ctx, items[0].ID, ident+"/others", []store.RecipientChange{{Index: store.Somebody, State: mail.RecipientFailed}}, lines[0], strings.Join(lines[1:], "\n"))
}

func strangers(items []mail.Outgoing, rep *reading.Report) []string {
	var lines []string
	for _, r := range rep.Recipients {
		if r.Action != "failed" || slices.ContainsFunc(items, func(item mail.Outgoing) bool { return newsOf(item, items, rep, r) >= 0 }) {
			continue
		}
		line := fmt.Sprintf("failed for %s, to whom one of the recipients leads", r.Address)
		if r.Reason != "" {
			line += ": " + r.Reason
		}
		lines = append(lines, line)
	}
	return lines
}

// reportChanges gives what a report changes for the recipients of an item, and says so, the
// worst first: sendmail tells of what has arrived and of what failed in one report.
func reportChanges(item mail.Outgoing, items []mail.Outgoing, rep *reading.Report) ([]store.RecipientChange, string, string) {
	var changes []store.RecipientChange
	var worst, others []string
	for _, r := range rep.Recipients {
		state, ok := recipientState(r.Action)
		if !ok {
			continue
		}
		i := newsOf(item, items, rep, r)
		if i < 0 {
			continue
		}
		changes = append(changes, store.RecipientChange{Index: i, State: state, Source: mail.SourceReport, Code: r.Code, Enhanced: r.Status, Text: r.Text})
		line := fmt.Sprintf("%s for %s", r.Action, item.Recipients[i].Address)
		if state == mail.RecipientFailed {
			r.Reason = cmp.Or(r.Reason, r.Text)
		}
		if r.Reason != "" {
			line += ": " + r.Reason
		}
		if r.Action == rep.Kind {
			worst = append(worst, line)
		} else {
			others = append(others, line)
		}
	}
	lines := append(worst, others...)
	if len(lines) == 0 {
		return nil, "", ""
	}
	return changes, lines[0], strings.Join(lines[1:], "\n")
}

// newsOf finds whom of an item's recipients one of a report about some items is; -1 is
// none. An only one is the only one.
func newsOf(item mail.Outgoing, items []mail.Outgoing, rep *reading.Report, r reading.ReportRecipient) int {
	if i := reportedOf(item, r); i >= 0 || len(items) != 1 || len(rep.Recipients) != 1 || len(item.Recipients) != 1 {
		return i
	}
	return 0
}

// reportedOf finds which of an item's recipients news are about; -1 is none.
func reportedOf(item mail.Outgoing, r reading.ReportRecipient) int {
	for _, is := range []func(string) bool{r.IsFor, r.ReachedAs} {
		i := slices.IndexFunc(item.Recipients, func(own mail.Recipient) bool { return is(own.Address) })
		if i >= 0 {
			return i
		}
	}
	return -1
}

func recipientState(action string) (mail.RecipientState, bool) {
	switch action {
	case "failed":
		return mail.RecipientFailed, true
	case "delayed":
		return mail.RecipientDelayed, true
	case "relayed":
		return mail.RecipientRelayed, true
	case "expanded":
		return mail.RecipientExpanded, true
	case "delivered":
		return mail.RecipientDelivered, true
	}
	return "", false
}
