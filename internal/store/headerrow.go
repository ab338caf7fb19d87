package store

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// headerRow is a header as the mirror keeps it: all that can be made of it without
// the database, so that nobody waits for that.
type headerRow struct {
	Header
	ident     string
	identHash int64
	refs      []int64 // hashes of what ties it to its conversation
	flags     string
	at        int64 // seconds; what a list goes by
	from      string
	fromHash  int64 // of the first address
	to, cc    string
	files     string
	attached  int
}

func newHeaderRow(account string, h Header) headerRow {
	ids := threadIDs(h)
	r := headerRow{Header: h, ident: h.ident(), flags: joinFlags(h.Flags), at: h.sortDate().Unix(),
		from: addressJSON(h.From), fromHash: hashOfSender(h.From), to: addressJSON(h.To), cc: addressJSON(h.Cc),
		files: attachmentJSON(h.Attachments), attached: countAttached(h.Attachments), refs: make([]int64, len(ids))}
	r.identHash = hashOf(r.ident)
	for i, id := range ids {
		r.refs[i] = hashOf(account, id)
	}
	return r
}

// PreparedHeader is a header as the mirror keeps it, for AddMany.
type PreparedHeader struct {
	account string
	row     headerRow
}

// PrepareHeader makes of a header, in an account, what can be made of it without the
// database: the one who writes has no time for it.
func PrepareHeader(account string, h Header) PreparedHeader {
	p := PreparedHeader{account, newHeaderRow(account, h)}
	// The words, which these are also for, are made from what is stored.
	p.row.InReplyTo, p.row.References, p.row.From, p.row.To, p.row.Cc, p.row.Attachments = nil, nil, nil, nil, nil, nil
	return p
}

// newHeaderRows passes over those that have no UID.
func newHeaderRows(account string, list []Header) []headerRow {
	rows := make([]headerRow, 0, len(list))
	for _, h := range list {
		if h.UID != 0 {
			rows = append(rows, newHeaderRow(account, h))
		}
	}
	return rows
}

// Ident is what a message is recognised by in another place: its Message-ID, or without
// one, date, size, author and subject.
func Ident(h Header) string { return h.ident() }

// ident is what a message is recognised by when its UID has changed.
func (h Header) ident() string {
	if h.MessageID != "" {
		return h.MessageID
	}
	from, _ := json.Marshal(h.From)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%d\x00%s\x00%s", h.Date.Unix(), h.Size, from, h.Subject))
	return "h:" + base32.StdEncoding.EncodeToString(sum[:15])
}

// sortDate is the date a list goes by: Date, unless it is missing or lies in
// the future of its own arrival by more than a day. An arrival in 1970 is none:
// the server gave no date, or one that was lost on the way there.
func (h Header) sortDate() time.Time {
	if h.Date.IsZero() || (h.Internal.Unix() > 24*60*60 && h.Date.Sub(h.Internal) > 24*time.Hour) {
		return h.Internal
	}
	return h.Date
}

// threadIDs lists what ties a message to its conversation: what the server says
// (RFC 8474 §5.3), and the Message-IDs, the root first, each once, none empty.
func threadIDs(h Header) []string {
	refs := h.References
	if len(refs) > maxRefs {
		refs = append(append([]string{}, refs[0]), refs[len(refs)-maxRefs+1:]...)
	}
	var ids []string
	if h.ServerThread != "" { // stands among the Message-IDs, as one that nobody can write
		ids = append(ids, "\n"+h.ServerThread)
	}
	for _, list := range [][]string{refs, h.InReplyTo, {h.MessageID}} {
		for _, id := range list {
			if id != "" && len(id) <= 998 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if len(ids) > 2*maxRefs {
			break
		}
	}
	return ids
}
