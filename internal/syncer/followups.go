package syncer

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// followUps does what the outbox has asked for by rows.
func (a *Account) followUps(ctx context.Context) error {
	list, err := a.store.FollowUps(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	filed := false
	for _, f := range list {
		if f.Copy {
			done, err := a.fileCopy(ctx, f)
			if err != nil {
				return err
			}
			filed = filed || done
		}
		if err := a.flagParent(ctx, f); err != nil {
			return err
		}
	}
	if filed {
		sent, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleSent)
		// A mirror of Sent that was never begun waits for its round.
		if err == nil && sent.Complete {
			err = a.pullTolerant(ctx, sent)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return a.reconcile(ctx)
}

// flagParent marks the message that was answered or forwarded. The flag is a
// local change like any other; that it was made is recorded behind it.
func (a *Account) flagParent(ctx context.Context, f store.FollowUp) error {
	if f.Answers == "" && f.Forwards == "" {
		return nil
	}
	for _, parent := range []struct{ id, flag string }{{f.Answers, mail.FlagAnswered}, {f.Forwards, mail.FlagForwarded}} {
		if parent.id == "" {
			continue
		}
		if err := a.store.FlagByMessageID(ctx, parent.id, parent.flag); err != nil {
			return err
		}
	}
	return a.store.ParentFlagged(ctx, f.ID)
}

// filesSent is the key under which it is learned whether a submission server
// files sent mail itself.
const filesSent = "files-sent"

const learnedFor = 30 * 24 * time.Hour

// patience is how long a copy that the provider may file is waited for.
func patience(host string) time.Duration {
	for _, slow := range []string{"mail.me.com", "zoho."} {
		if strings.Contains(strings.ToLower(host), slow) {
			return 20 * time.Second
		}
	}
	return 3 * time.Second
}

// filesItself tells of the providers that are known to file sent mail.
func filesItself(host string) bool {
	host = strings.ToLower(host)
	return slices.Contains([]string{"smtp.gmail.com", "smtp.googlemail.com", "smtp.office365.com", "smtp-mail.outlook.com"}, host)
}

// fileCopy sees to it that a copy of a sent message is in Sent, exactly one: it
// is looked for by its Message-ID first, each time. It tells whether the folder
// has changed.
func (a *Account) fileCopy(ctx context.Context, f store.FollowUp) (bool, error) {
	if a.profile.Sent.Copy == "never" {
		return false, a.store.CopySkipped(ctx, f.ID, "switched off for this account")
	}
	sent, err := a.store.EnsureFolder(ctx, a.profile.Name, mail.RoleSent, a.profile.FolderName(mail.RoleSent, "Sent"))
	if err != nil {
		return false, err
	}
	if _, err := a.wireName(ctx, sent.ID); err != nil {
		return a.copyFailed(ctx, f, err)
	}
	if sent, err = a.store.Folder(ctx, sent.ID); err != nil {
		return false, err
	}
	if _, err := a.selectFolder(ctx, sent); err != nil && !errors.Is(err, errRekeyed) {
		return a.copyFailed(ctx, f, err)
	}
	host := a.profile.SMTP.Host
	learned, err := a.store.Learned(ctx, host, filesSent, learnedFor)
	if err != nil {
		return false, err
	}
	look := a.carrying
	if learned != "no" || filesItself(host) {
		look = a.sentAs
	}
	found, err := look(ctx, f.MessageID)
	if err == nil && f.Tries > 0 {
		found, err = a.wholeCopies(ctx, f, found)
	}
	if err != nil {
		return a.copyFailed(ctx, f, err)
	}
	if len(found) > 0 {
		by := "by postea"
		if f.Tries == 0 {
			by = "by the provider"
			if err := a.store.Learn(ctx, host, filesSent, "yes"); err != nil {
				return false, err
			}
		}
		return true, a.store.CopyFiled(ctx, f.ID, by)
	}
	if learned != "no" && a.profile.Sent.Copy != "always" && !a.profile.SMTP.Direct() { // nobody else files it then
		wait := patience(host)
		if learned == "yes" || filesItself(host) {
			wait = time.Minute
		}
		if now, until := a.now(), f.Accepted.Add(wait); now.Before(until) && !now.Before(f.Accepted) { // else the clock was set back
			next := max(time.Second, now.Sub(f.Accepted)/2) // less and less often
			return false, a.store.CopyLater(ctx, f.ID, now.Add(min(next, until.Sub(now))), "")
		}
	}
	return a.appendCopy(ctx, f, sent)
}

// wholeCopies leaves of what was found no piece of a copy whose transfer was cut.
func (a *Account) wholeCopies(ctx context.Context, f store.FollowUp, found []imap.UID) ([]imap.UID, error) {
	if len(found) == 0 {
		return nil, nil
	}
	raw, err := a.sentCopy(ctx, f)
	if err != nil {
		return nil, err
	}
	return removeTorn(ctx, a.client, found, raw)
}

// sentCopy is the message as it is kept in Sent: with its Bcc.
func (a *Account) sentCopy(ctx context.Context, f store.FollowUp) ([]byte, error) {
	content, err := a.store.OutboxContent(ctx, f.ID)
	return slices.Concat(content.Bcc, content.Wire), err
}

func (a *Account) appendCopy(ctx context.Context, f store.FollowUp, sent store.FolderState) (bool, error) {
	raw, err := a.sentCopy(ctx, f)
	if err != nil {
		return false, err
	}
	if err := a.store.CopyBegun(ctx, f.ID); err != nil {
		return false, err
	}
	if _, err := a.client.Append(ctx, sent.Wire, imapclient.NewMessage{Flags: []imap.Flag{imap.FlagSeen}, At: f.Accepted, Raw: raw}); err != nil {
		return a.copyFailed(ctx, f, err)
	}
	if err := a.store.Learn(ctx, a.profile.SMTP.Host, filesSent, "no"); err != nil {
		return false, err
	}
	return true, a.store.CopyFiled(ctx, f.ID, "by postea")
}

// copyFailed plans the next try at a copy. It is never a reason to send again.
func (a *Account) copyFailed(ctx context.Context, f store.FollowUp, err error) (bool, error) {
	if !refused(err) {
		return false, err
	}
	// A full mailbox stays so for days, and each try is the whole message.
	waits := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}
	wait := waits[min(f.Tries, len(waits)-1)]
	return false, a.store.CopyLater(ctx, f.ID, a.now().Add(wait), a.explain(err))
}

func byMessageID(id string) *imap.SearchCriteria { return byField("Message-ID", id) }

func byField(name, id string) *imap.SearchCriteria {
	return &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: name, Value: "<" + id + ">"}}}
}

// maxCarrying bounds the messages that are looked at: more than a few are no hits.
const maxCarrying = 100

// carrying gives the messages of the open folder that carry a Message-ID.
func (a *Account) carrying(ctx context.Context, id string) ([]imap.UID, error) {
	return a.matching(ctx, func(h reading.Header) bool { return h.MessageID == id }, byMessageID(id))
}

// sentAs is carrying which also finds what Exchange has sent under a Message-ID of its own.
func (a *Account) sentAs(ctx context.Context, id string) ([]imap.UID, error) {
	return a.matching(ctx, func(h reading.Header) bool { return h.MessageID == id || h.OriginalID == id },
		byMessageID(id), byField("X-Microsoft-Original-Message-ID", id))
}

// matching gives the messages of the open folder that are wanted, by the first search that
// finds some. No answer is believed: some servers take no notice of HEADER and answer with
// all there is, and what is found is deleted, or taken for a message that was sent; others
// refuse such a search, as Yahoo does, find nothing by it, or read the whole folder for it
// and say nothing meanwhile. What is looked for came not long ago, and so those that came
// last are looked at then.
func (a *Account) matching(ctx context.Context, is func(reading.Header) bool, searches ...*imap.SearchCriteria) ([]imap.UID, error) {
	var out []imap.UID
	keep := func(m imapclient.Message) error {
		if is(reading.ParseHeader(m.Header)) {
			out = append(out, m.UID)
		}
		return nil
	}
	if a.searchLost {
		searches = nil
	}
	var no error
	for _, by := range searches {
		hits, err := a.client.Search(ctx, by)
		if err != nil && !refused(err) {
			a.searchLost = ctx.Err() == nil && !throttled(err)
			return nil, err
		}
		no = cmp.Or(no, err)
		if len(hits) == 0 {
			continue
		}
		hits = hits[max(0, len(hits)-maxCarrying):]
		if err := a.client.FetchHeaders(ctx, imap.UIDSetNum(hits...), keep); err != nil {
			return nil, err
		}
		if len(out) > 0 {
			slices.Sort(out)
			return out, nil
		}
	}
	err := a.client.FetchNewestIDs(ctx, maxCarrying, keep)
	if refused(err) {
		err = no
	}
	slices.Sort(out)
	return out, err
}
