package main

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// The shapes of --json. Fields that are missing are null, lists are [].

type addressJSON struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

func addresses(list []mail.Address) []addressJSON {
	out := make([]addressJSON, len(list))
	for i, a := range list {
		out[i] = addressJSON{a.Name, a.Address}
	}
	return out
}

type messageJSON struct {
	ID          *string               `json:"id"`
	Account     *string               `json:"account"`
	Folder      *string               `json:"folder"`
	FolderRole  *string               `json:"folder_role"`
	UID         *uint32               `json:"uid"`
	MessageID   *string               `json:"message_id"`
	ThreadID    *string               `json:"thread_id"`
	Date        *string               `json:"date"`
	From        []addressJSON         `json:"from"`
	To          []addressJSON         `json:"to"`
	Cc          []addressJSON         `json:"cc"`
	Subject     *string               `json:"subject"`
	Flags       []string              `json:"flags"`
	Labels      []string              `json:"labels"`
	Size        int64                 `json:"size"`
	Attachments []mail.AttachmentInfo `json:"attachments"`
	Snippet     *string               `json:"snippet"`
}

type shownJSON struct {
	messageJSON
	Bcc        []addressJSON `json:"bcc"`
	ReplyTo    []addressJSON `json:"reply_to"`
	InReplyTo  *string       `json:"in_reply_to"`
	References []string      `json:"references"`
	Text       string        `json:"text"`
	HTML       *string       `json:"html"`
	Links      []linkJSON    `json:"links"`
	Parts      []partJSON    `json:"parts"`
	Defects    []string      `json:"defects"`
	Report     *reportJSON   `json:"report"`
}

type linkJSON struct {
	Number int    `json:"number"`
	URL    string `json:"url"`
	Host   string `json:"host"`
	Text   string `json:"text"`
}

type partJSON struct {
	Path    string  `json:"path"`
	Type    string  `json:"type"`
	Charset *string `json:"charset"`
	Size    int64   `json:"size"`
	Name    *string `json:"name"`
}

type reportJSON struct {
	Kind              string                `json:"kind"`
	OriginalMessageID *string               `json:"original_message_id"`
	EnvID             *string               `json:"envid"`
	Recipients        []reportRecipientJSON `json:"recipients"`
}

type reportRecipientJSON struct {
	Address string  `json:"address"`
	Action  string  `json:"action"`
	Status  *string `json:"status"`
	Code    *int    `json:"code"`
	Reason  *string `json:"reason"`
	Text    *string `json:"text"`
}

type outboxJSON struct {
	ID          string          `json:"id"`
	Account     string          `json:"account"`
	State       string          `json:"state"`
	HeldFor     *string         `json:"held_for"`
	Created     string          `json:"created"`
	NextAttempt *string         `json:"next_attempt"`
	Attempts    int             `json:"attempts"`
	MessageID   string          `json:"message_id"`
	EnvID       *string         `json:"envid"`
	Subject     string          `json:"subject"`
	Size        int64           `json:"size"`
	Recipients  []recipientJSON `json:"recipients"`
}

type recipientJSON struct {
	Address  string  `json:"address"`
	State    string  `json:"state"`
	Source   *string `json:"source"`
	Code     *int    `json:"code"`
	Enhanced *string `json:"enhanced"`
	Text     *string `json:"text"`
}

type outboxShownJSON struct {
	outboxJSON
	Log []logJSON `json:"log"`
}

type logJSON struct {
	At         string      `json:"at"`
	Kind       string      `json:"kind"`
	Text       string      `json:"text"`
	Detail     *string     `json:"detail"`
	Server     *string     `json:"server"`
	TLS        *string     `json:"tls"`
	Transcript []traceJSON `json:"transcript"`
}

type traceJSON struct {
	At   string `json:"at"`
	From string `json:"from"`
	Text string `json:"text"`
}

// orNull gives nil for a zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func timeOrNull(t time.Time) *string {
	if t.IsZero() || t.Unix() == 0 {
		return nil
	}
	s := t.Format(time.RFC3339)
	return &s
}

// emit writes one JSON object on a line. What could act on a terminal is
// escaped, so that the true text can be read from a terminal too.
func (e *env) emit(v any) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(e.stdout, app.EscapeUnsafe(b.String()))
	return err
}

func listed(m mail.Summary) messageJSON {
	id, thread := m.ID.String(), mail.ID(m.Thread).String()
	j := messageJSON{
		ID: &id, Account: orNull(m.Account), Folder: orNull(m.FolderName), FolderRole: orNull(string(m.FolderRole)),
		UID: orNull(uint32(m.UID)), MessageID: orNull(m.MessageID), ThreadID: orNull(thread), Date: timeOrNull(m.Date),
		From: addresses(m.From), To: addresses(m.To), Cc: addresses(m.Cc), Subject: orNull(m.Subject),
		Flags: append([]string{}, mail.ServerFlags(m.Flags)...), Labels: append([]string{}, mail.Labels(m.Flags)...), Size: m.Size, Attachments: append([]mail.AttachmentInfo{}, m.Attachments...), Snippet: orNull(m.Snippet),
	}
	return j
}

// shown is a message as read; sum is zero for a file.
func shown(m *reading.Message, sum mail.Summary) shownJSON {
	h := m.Header
	j := shownJSON{messageJSON: messageJSON{Flags: []string{}, Labels: []string{}, Size: int64(len(m.Source()))}}
	if sum.ID != 0 {
		j.messageJSON = listed(sum)
	}
	j.MessageID, j.Subject = orNull(h.MessageID), orNull(h.Subject)
	j.From, j.To, j.Cc = addresses(h.From), addresses(h.To), addresses(h.Cc)
	if d := timeOrNull(h.Date); d != nil {
		j.Date = d
	}
	j.Snippet = orNull(m.Snippet(200).String())
	j.Bcc, j.ReplyTo = addresses(h.Bcc), addresses(h.ReplyTo)
	if len(h.InReplyTo) > 0 {
		j.InReplyTo = &h.InReplyTo[0]
	}
	j.References = append([]string{}, h.References...)
	j.Text, j.HTML = m.Text(), orNull(m.HTML)
	j.Defects = append([]string{}, m.Defects...)
	j.Attachments, j.Links, j.Parts = []mail.AttachmentInfo{}, []linkJSON{}, []partJSON{}
	for _, a := range m.Attachments {
		j.Attachments = append(j.Attachments, mail.AttachmentInfo{Name: a.Name, Type: a.Type, Size: a.Size, Inline: a.Inline})
	}
	for _, l := range m.Links(reading.LayoutOptions{}) {
		j.Links = append(j.Links, linkJSON{l.Number, l.URL, l.Host, l.Text})
	}
	for _, p := range m.Parts {
		j.Parts = append(j.Parts, partJSON{p.Path, p.Type, orNull(p.Charset), p.Size, orNull(p.Name)})
	}
	j.Report = report(m.Report())
	return j
}

func report(r *reading.Report) *reportJSON {
	if r == nil {
		return nil
	}
	j := &reportJSON{Kind: r.Kind, OriginalMessageID: orNull(r.OriginalMessageID), EnvID: orNull(r.EnvID), Recipients: []reportRecipientJSON{}}
	for _, p := range r.Recipients {
		j.Recipients = append(j.Recipients, reportRecipientJSON{p.Address, p.Action, orNull(p.Status), orNull(p.Code), orNull(p.Reason), orNull(p.Text)})
	}
	return j
}

func outgoing(o mail.Outgoing) outboxJSON {
	j := outboxJSON{
		ID: string(o.ID), Account: o.Account, State: string(o.State), HeldFor: orNull(string(o.HeldFor)), Created: o.Created.Format(time.RFC3339),
		NextAttempt: timeOrNull(o.NextAttempt), Attempts: o.Attempts, MessageID: o.MessageID, EnvID: orNull(o.EnvID), Subject: o.Subject, Size: o.Size,
		Recipients: []recipientJSON{},
	}
	if o.State == mail.ItemHeld {
		j.NextAttempt = timeOrNull(o.NotBefore)
	}
	for _, r := range o.Recipients {
		j.Recipients = append(j.Recipients, recipientJSON{r.Address, string(o.Shown(r)), orNull(string(r.Source)), orNull(r.Code), orNull(r.Enhanced), orNull(r.Text)})
	}
	return j
}
