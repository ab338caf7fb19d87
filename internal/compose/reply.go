package compose

import (
	"strings"
	"time"

	"postea/internal/mail"
)

// Original is the message that is answered or forwarded, as it was read.
type Original struct {
	From, ReplyTo, To, Cc []mail.Address
	Subject               string
	MessageID             string // without <>
	InReplyTo             []string
	References            []string // oldest first
	Date                  time.Time
	Text                  string         // what the reader shows
	ListPost              string         // address of the list, "" for none
	MailFollowupTo        []mail.Address // where the author wants group replies
	Delivered             []string       // Delivered-To and X-Original-To
}

// Self is who answers. Own holds every address of the account, From among
// them or not; it decides what is left out of a reply to all.
type Self struct {
	From      mail.Address
	Own       []mail.Address
	Signature string // without the mark "-- "; "" for none
}

// Reply answers the author: to Reply-To, else From; a message of one's own is
// answered to whom it went.
func Reply(o Original, me Self) mail.Draft {
	d := answer(o, me)
	d.To = format(replyTargets(o, me))
	return d
}

// ReplyAll answers the author and all who got the message, but not oneself. A
// Mail-Followup-To field of the author goes before that.
func ReplyAll(o Original, me Self) mail.Draft {
	d := answer(o, me)
	if len(o.MailFollowupTo) > 0 {
		if to := without(o.MailFollowupTo, me.all()); len(to) > 0 {
			d.To = format(to)
			return d
		}
	}
	to := replyTargets(o, me)
	if me.owns(first(o.From)) {
		d.To, d.Cc = format(to), format(without(o.Cc, append(me.all(), to...)))
		return d
	}
	others := append(append([]mail.Address(nil), o.To...), o.Cc...)
	d.To, d.Cc = format(to), format(without(others, append(me.all(), to...)))
	return d
}

// ReplyList answers to the mailing list alone (RFC 2369 §3.4); false if the
// message names none, or wants no posts.
func ReplyList(o Original, me Self) (mail.Draft, bool) {
	if o.ListPost == "" {
		return mail.Draft{}, false
	}
	d := answer(o, me)
	d.To = format([]mail.Address{{Address: o.ListPost}})
	return d, true
}

// RepliesGoToList tells that a list has put its own address into Reply-To, so
// that a reply to the author would reach everybody: worth asking.
func RepliesGoToList(o Original) bool {
	return o.ListPost != "" && len(o.ReplyTo) == 1 && o.ReplyTo[0].Same(mail.Address{Address: o.ListPost})
}

// ChooseIdentity gives the own address that a message was sent to, also in the
// form ada+tag@example.org; the first of own if none was. own must not be empty.
func ChooseIdentity(o Original, own []mail.Address) mail.Address {
	var got []mail.Address
	for _, s := range o.Delivered {
		got = append(got, mail.Address{Address: strings.Trim(strings.TrimSpace(s), "<>")})
	}
	got = append(append(append(got, o.To...), o.Cc...), o.From...)
	for _, a := range got {
		for _, me := range own {
			if me.Same(a) {
				return me
			}
		}
	}
	for _, a := range got {
		for _, me := range own {
			if me.Same(mail.Address{Address: withoutTag(a.Address)}) {
				return mail.Address{Name: me.Name, Address: a.Address}
			}
		}
	}
	return own[0]
}

// withoutTag takes the tag of a subaddress off (RFC 5233 §1).
func withoutTag(address string) string {
	at := strings.LastIndexByte(address, '@')
	plus := strings.IndexByte(address, '+')
	if plus <= 0 || at < plus {
		return address
	}
	return address[:plus] + address[at:]
}

func (me Self) all() []mail.Address { return append([]mail.Address{me.From}, me.Own...) }

func (me Self) owns(a mail.Address) bool {
	for _, own := range me.all() {
		if a.Address != "" && own.Same(a) {
			return true
		}
	}
	return false
}

func replyTargets(o Original, me Self) []mail.Address {
	if me.owns(first(o.From)) && len(o.To) > 0 {
		return without(o.To, nil)
	}
	if to := without(o.ReplyTo, nil); len(to) > 0 {
		return to
	}
	return without(o.From, nil)
}

// without drops the addresses in exclude, duplicates, and what has no address.
func without(list, exclude []mail.Address) []mail.Address {
	var out []mail.Address
	has := func(in []mail.Address, a mail.Address) bool {
		for _, b := range in {
			if a.Same(b) {
				return true
			}
		}
		return false
	}
	for _, a := range list {
		if a.Address != "" && !has(exclude, a) && !has(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func first(list []mail.Address) mail.Address {
	if len(list) == 0 {
		return mail.Address{}
	}
	return list[0]
}

// format writes addresses for the composer's fields. Names come from outside:
// a line break in one would begin another address.
func format(list []mail.Address) string {
	clean := make([]mail.Address, len(list))
	for i, a := range list {
		clean[i] = mail.Address{Name: oneLine(a.Name), Address: oneLine(a.Address)}
	}
	return mail.FormatAddresses(clean)
}

// answer makes what all replies share: threading, subject and quote.
func answer(o Original, me Self) mail.Draft {
	return mail.Draft{
		From:      me.From,
		Subject:   ReplySubject(o.Subject),
		Body:      replyBody(o, me.Signature),
		InReplyTo: o.MessageID,
		Refs:      references(o),
	}
}

// references is the parent's References, or its In-Reply-To if it has just
// one, and the parent itself: RFC 5322 §3.6.4.
func references(o Original) []string {
	refs := o.References
	if len(refs) == 0 && len(o.InReplyTo) == 1 {
		refs = o.InReplyTo
	}
	refs = append([]string(nil), refs...)
	if o.MessageID != "" {
		refs = append(refs, o.MessageID)
	}
	return trimReferences(refs)
}
