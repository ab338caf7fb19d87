package doctor

import (
	"slices"
	"strings"
)

// offer is what a capability means to the user, with it and without it; "" is
// nothing worth a line.
type offer struct {
	names         []string // one of them is enough
	with, without string
}

func imapOffers() []offer {
	return []offer{
		{[]string{"IDLE"}, "new mail is told at once", "new mail is looked for once a minute: the server does not tell of it"},
		{[]string{"NOTIFY"}, "changes in all folders are told at once", ""},
		{[]string{"QRESYNC", "CONDSTORE"}, "after a pause only what has changed is asked for", "after a pause all flags are read anew: the server keeps no count of changes"},
		{[]string{"MOVE", "IMAP4rev2"}, "messages are moved in one step", "messages are moved as a copy and a deletion"},
		{[]string{"UIDPLUS", "IMAP4rev2"}, "only what you delete is expunged", "what you delete or move away stays at the server, hidden here, until another program expunges the folder"},
		{[]string{"SPECIAL-USE", "XLIST", "IMAP4rev2"}, "the server says which folder is Sent, Trash and so on", "folders are known by their names; [account.folders] says it better"},
		{[]string{"X-GM-EXT-1"}, "labels are those of Gmail", ""},
		{[]string{"QUOTA"}, "the server says how much room is left", ""},
	}
}

func smtpOffers() []offer {
	return []offer{
		{[]string{"DSN"}, "you are told of delivery and of what failed, as you ask (RFC 3461)", "only failures are reported, in the servers' own words"},
		{[]string{"SMTPUTF8"}, "addresses may have letters of all scripts", "addresses must be ASCII before the @"},
		{[]string{"8BITMIME"}, "", "text goes out encoded as 7 bit"},
		{[]string{"PIPELINING"}, "", "every command waits for its answer, so sending takes longer"},
		{[]string{"FUTURERELEASE"}, "the server can hold messages back until their time", ""},
		{[]string{"REQUIRETLS"}, "encryption on the whole way can be demanded", ""},
	}
}

// imapMeans says in words what the capabilities of an IMAP server mean.
func imapMeans(caps []string) []string { return means(imapOffers(), caps) }

// imapMeansSoFar is imapMeans before the sign-in, when most servers keep back
// much of what they can do: nothing is said to be missing.
func imapMeansSoFar(caps []string) []string {
	offers := imapOffers()
	for i := range offers {
		offers[i].without = ""
	}
	return append(means(offers, caps), "what more it can do an IMAP server says after the sign-in: postea account test")
}

// smtpMeans is imapMeans for the keywords of an SMTP server.
func smtpMeans(keywords []string) []string { return means(smtpOffers(), keywords) }

func means(offers []offer, names []string) []string {
	var out []string
	for _, o := range offers {
		there := slices.ContainsFunc(names, func(n string) bool {
			name, _, _ := strings.Cut(n, " ")
			return slices.ContainsFunc(o.names, func(want string) bool { return strings.EqualFold(name, want) })
		})
		if there && o.with != "" {
			out = append(out, o.with)
		}
		if !there && o.without != "" {
			out = append(out, o.without)
		}
	}
	return out
}
