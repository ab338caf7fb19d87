package demo

import (
	"bytes"
	"io"
	"slices"
	"strings"

	imap "github.com/emersion/go-imap/v2"
	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // so that go-message reads all of them
	gomail "github.com/emersion/go-message/mail"
)

// matches answers SEARCH for one message.
func (v *view) matches(r row, all []row, c *imap.SearchCriteria) bool {
	for _, set := range c.SeqNum {
		if !v.contains(set, all)(r) {
			return false
		}
	}
	for _, set := range c.UID {
		if !v.contains(set, all)(r) {
			return false
		}
	}
	for _, flag := range c.Flag {
		if !r.has(flag) {
			return false
		}
	}
	if slices.ContainsFunc(c.NotFlag, r.has) {
		return false
	}
	size := int64(len(r.raw))
	if !within(r.received, c.Since, c.Before) || c.Larger != 0 && size <= c.Larger || c.Smaller != 0 && size >= c.Smaller {
		return false
	}
	if !r.matchesText(c) {
		return false
	}
	for i := range c.Not {
		if v.matches(r, all, &c.Not[i]) {
			return false
		}
	}
	for i := range c.Or {
		if !v.matches(r, all, &c.Or[i][0]) && !v.matches(r, all, &c.Or[i][1]) {
			return false
		}
	}
	return true
}

// matchesText answers the keys that need the message to be read.
func (m *message) matchesText(c *imap.SearchCriteria) bool {
	if len(c.Header)+len(c.Body)+len(c.Text) == 0 && c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	header := gomail.Header{Header: m.entity().Header}
	for _, want := range c.Header {
		if !fieldsContain(header.FieldsByKey(want.Key), want.Value) {
			return false
		}
	}
	if sent, err := header.Date(); err != nil || !within(sent, c.SentSince, c.SentBefore) {
		if !c.SentSince.IsZero() || !c.SentBefore.IsZero() {
			return false
		}
	}
	for _, want := range c.Body {
		if !entityContains(m.entity(), want, false) {
			return false
		}
	}
	for _, want := range c.Text {
		if !entityContains(m.entity(), want, true) {
			return false
		}
	}
	return true
}

func (m *message) entity() *gomessage.Entity { return readEntity(m.raw) }

// readEntity reads what it can of a message.
func readEntity(raw []byte) *gomessage.Entity {
	e, err := gomessage.ReadWithOptions(bytes.NewReader(raw), &gomessage.ReadOptions{MaxHeaderBytes: -1})
	if e == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
		return &gomessage.Entity{Body: bytes.NewReader(nil)}
	}
	return e
}

func containsFold(s, want string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(want))
}

func fieldsContain(fields gomessage.HeaderFields, want string) bool {
	for fields.Next() {
		value, err := fields.Text()
		if err != nil {
			value = fields.Value()
		}
		if containsFold(value, want) {
			return true
		}
	}
	return false
}

func entityContains(e *gomessage.Entity, want string, header bool) bool {
	if header && fieldsContain(e.Header.Fields(), want) {
		return true
	}
	if parts := e.MultipartReader(); parts != nil {
		for {
			part, err := parts.NextPart()
			if part == nil || err != nil && !gomessage.IsUnknownCharset(err) {
				return false
			}
			if entityContains(part, want, header) {
				return true
			}
		}
	}
	kind, _, err := e.Header.ContentType()
	if err != nil || !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "message/") {
		return false
	}
	body, err := io.ReadAll(e.Body)
	return err == nil && containsFold(string(body), want)
}
