package syncer

import (
	"context"
	"slices"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
)

// flagsOf are the flags of a message, with what stands for its Gmail labels.
func flagsOf(m imapclient.Message) []string {
	out := flagStrings(m.Flags)
	for _, l := range m.Labels {
		out = append(out, mail.FromGmailLabel(l))
	}
	return out
}

// half tells of flags that came without their labels, as a server may throw in;
// taken for the whole they would take the labels away.
func (a *Account) half(m imapclient.Message) bool { return m.Labels == nil && a.client.HasLabels() }

// changeFlags adds or removes flags and what stands for Gmail labels.
func (a *Account) changeFlags(ctx context.Context, set imap.UIDSet, flags []string, on bool) error {
	plain := mail.ServerFlags(flags)
	var labels []string
	for _, f := range flags {
		if name, ok := mail.GmailLabel(f); ok {
			labels = append(labels, name)
		}
	}
	put, label := a.client.RemoveFlags, a.client.RemoveLabels
	if on {
		put, label = a.client.AddFlags, a.client.AddLabels
	}
	if err := put(ctx, set, imapFlags(plain)); err != nil {
		return err
	}
	return label(ctx, set, labels)
}

// ownWord tells of keywords that postea sets by itself: that a server does not keep
// them is nothing the user could do about.
func ownWord(flag string) bool {
	return slices.Contains([]string{mail.FlagForwarded, mail.FlagJunk, mail.FlagNotJunk, mail.FlagMuted, mail.FlagSnoozed}, flag)
}
