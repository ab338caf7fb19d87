package compose

import (
	"slices"
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
// them or not; it decides what is left out of a reply to all. Elsewhere holds
// those of the user's other accounts.
type Self struct {
	From      mail.Address
	Own       []mail.Address
	Elsewhere []mail.Address
	Signature string // without the mark "-- "; "" for none
	Style     Style
}

// Reply answers the author: to Reply-To, else From; a message of one's own is
// answered to whom it went, unless it asks for answers elsewhere.
func Reply(o Original, me Self) mail.Draft {
	d := answer(o, me)
	d.To = format(replyTargets(o, me))
	if RepliesGoToList(o) {
		d.Author = format(me.others(o.From))
	}
	return d
}

// ReplyAll answers the author and all who got the message, but not oneself. A
// Mail-Followup-To field of the author goes before that. Where a list has put
// itself into Reply-To the author is answered as well, who need not be on it.
// One's other accounts get it only where nobody else would.
func ReplyAll(o Original, me Self) mail.Draft {
	d := answer(o, me)
	to, cc := me.everybody(o)
	if to2, cc2 := me.strangers(to), me.strangers(cc); len(to2) > 0 {
		to, cc = to2, cc2
	} else if len(cc2) > 0 {
		to, cc = cc2, nil
	}
	d.To, d.Cc = format(to), format(cc)
	return d
}

// everybody is whom a reply to all reaches, the other accounts of the user among them.
func (me Self) everybody(o Original) (to, cc []mail.Address) {
	if to := me.others(o.MailFollowupTo); len(to) > 0 {
		return to, nil
	}
	to, others := replyTargets(o, me), slices.Concat(o.To, o.Cc)
	if RepliesGoToList(o) && !me.owns(first(o.From)) {
		to, others = without(o.From, nil), slices.Concat(o.ReplyTo, others)
	}
	if rest := me.others(to); len(rest) > 0 {
		to = rest
	}
	others = without(me.others(others), to)
	if len(me.others(to)) == 0 && len(others) > 0 { // a note to oneself, with copies
		to, others = others, nil
	}
	return to, others
}

// ReplyList answers to the mailing list alone (RFC 2369 §3.4); false if the
// message names none, or wants no posts.
func ReplyList(o Original, me Self) (mail.Draft, bool) {
	if mail.CheckAddrSpec(o.ListPost) != "" {
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

// ChooseIdentity gives the own address that a message was written to, also in
// the form ada+tag@example.org; that of one's own message is its author. What
// To and Cc name goes before the mailbox it was put into (Delivered-To), which
// is often behind an alias; among several that they name, the one it was
// delivered for. It is the first of own if none was. own must not be empty.
func ChooseIdentity(o Original, own []mail.Address) mail.Address {
	if me, ok := ownOf(first(o.From), own); ok {
		return me
	}
	var delivered, named []mail.Address
	for _, s := range o.Delivered {
		if me, ok := ownOf(mail.Address{Address: strings.Trim(strings.TrimSpace(s), "<>")}, own); ok {
			delivered = append(delivered, me)
		}
	}
	for _, a := range slices.Concat(o.To, o.Cc) {
		if me, ok := ownOf(a, own); ok {
			named = append(named, me)
		}
	}
	for _, me := range named {
		if slices.ContainsFunc(delivered, me.Same) {
			return me
		}
	}
	if all := append(named, delivered...); len(all) > 0 {
		return all[0]
	}
	return own[0]
}

// ownOf gives the address with one's own name where it is one's own.
func ownOf(a mail.Address, own []mail.Address) (mail.Address, bool) {
	for _, me := range own {
		if a.Address != "" && same(me, a) {
			return me, true
		}
	}
	for _, me := range own {
		if a.Address != "" && same(me, mail.Address{Address: WithoutTag(a.Address)}) {
			return mail.Address{Name: me.Name, Address: a.Address}, true
		}
	}
	return mail.Address{}, false
}

// same is mail.Address.Same that also knows a domain by its other spelling.
func same(a, b mail.Address) bool { return a.Same(b) || ascii(a).Same(ascii(b)) }

func ascii(a mail.Address) mail.Address {
	at := strings.LastIndexByte(a.Address, '@')
	if mail.IsASCII(a.Address) || at < 0 {
		return a
	}
	domain, err := asciiDomain(a.Address[at+1:])
	if err != nil {
		return a
	}
	return mail.Address{Address: a.Address[:at+1] + domain}
}

// WithoutTag takes the tag of a subaddress off (RFC 5233 §1):
// ada+shop@example.org is ada@example.org.
func WithoutTag(address string) string {
	at := strings.LastIndexByte(address, '@')
	plus := strings.IndexByte(address, '+')
	if plus <= 0 || at < plus {
		return address
	}
	return address[:plus] + address[at:]
}

func (me Self) all() []mail.Address { return append([]mail.Address{me.From}, me.Own...) }

func (me Self) owns(a mail.Address) bool {
	_, own := ownOf(a, me.all())
	return own
}

func replyTargets(o Original, me Self) []mail.Address {
	replyTo := without(o.ReplyTo, nil)
	if !slices.ContainsFunc(replyTo, usable) && slices.ContainsFunc(o.From, usable) {
		replyTo = nil // it names nobody, such as "noreply"
	}
	elsewhere := slices.ContainsFunc(replyTo, func(a mail.Address) bool { return !me.owns(a) })
	switch {
	case me.owns(first(o.From)) && !elsewhere && len(o.To) > 0: // a form on a web site writes in one's name and asks for answers to its user
		if to := me.others(o.To); len(to) > 0 {
			return to
		}
		return without(o.To, nil)
	case len(replyTo) > 0 && (elsewhere || me.owns(first(o.From))):
		return replyTo
	}
	if from := without(o.From, nil); len(from) > 0 {
		return from
	}
	return replyTo
}

func usable(a mail.Address) bool { return mail.CheckAddrSpec(a.Address) == "" }

// others is the list without what is one's own.
func (me Self) others(list []mail.Address) []mail.Address {
	return slices.DeleteFunc(without(list, nil), me.owns)
}

// strangers is the list without what belongs to another account of the user.
func (me Self) strangers(list []mail.Address) []mail.Address {
	return slices.DeleteFunc(without(list, nil), func(a mail.Address) bool {
		_, mine := ownOf(a, me.Elsewhere)
		return mine
	})
}

// without drops the addresses in exclude, duplicates, and what has no address.
func without(list, exclude []mail.Address) []mail.Address {
	var out []mail.Address
	has := func(in []mail.Address, a mail.Address) bool {
		for _, b := range in {
			if same(a, b) {
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
	d := mail.Draft{
		From:      me.From,
		Subject:   ReplySubject(o.Subject),
		InReplyTo: o.MessageID,
		Refs:      references(o),
	}
	d.Body, d.Cursor = me.Style.body(o, me.Signature)
	return d
}

// references is the parent's References, or its In-Reply-To if it has just
// one, and the parent itself: RFC 5322 §3.6.4.
func references(o Original) []string {
	refs := o.References
	if len(refs) == 0 && len(o.InReplyTo) == 1 {
		refs = o.InReplyTo
	}
	var out []string
	for i, id := range refs {
		if id != o.MessageID && !slices.Contains(refs[:i], id) {
			out = append(out, id)
		}
	}
	if o.MessageID != "" {
		out = append(out, o.MessageID)
	}
	return trimReferences(out)
}
