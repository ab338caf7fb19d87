package demo

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

const hostname = "mail." + homeDomain

// Submission is a message that a client has handed in and the server has taken.
type Submission struct {
	Username string      // who was signed in
	From     string      // envelope sender
	To       []Recipient // those that were not refused
	EnvID    string      // ENVID
	Return   string      // RET: "FULL", "HDRS" or ""
	Raw      []byte      // as it came over the wire, without the dots

	utf8   bool
	client string // its name in EHLO
}

// Recipient is one RCPT command.
type Recipient struct {
	Address  string
	Original string   // ORCPT, without its type
	Notify   []string // NOTIFY: "SUCCESS", "FAILURE", "DELAY", "NEVER"
}

func (r Recipient) wantsSuccess() bool { return slices.Contains(r.Notify, "SUCCESS") }
func (r Recipient) wantsFailure() bool {
	return len(r.Notify) == 0 || slices.Contains(r.Notify, "FAILURE")
}

// mayReceive is the answer to RCPT.
func (s *Server) mayReceive(address string) error {
	local, domain := splitAddress(address)
	if s.answers(address) {
		return nil
	}
	switch {
	case !isOurs(domain):
		return reply(550, smtp.EnhancedCode{5, 1, 2}, "<%s>: this is a demo server: mail goes only to addresses of %s and %s", address, homeDomain, workDomain)
	case local == "refused":
		return reply(550, smtp.EnhancedCode{5, 1, 1}, "<%s>: nobody of that name lives here", address)
	case local == "later":
		return reply(451, smtp.EnhancedCode{4, 7, 1}, "<%s>: not just now, please try again later", address)
	}
	return nil
}

// accept takes charge of a message: what is for the users is in their mailboxes
// before the client hears of it, the rest follows later.
func (s *Server) accept(mail Submission) {
	s.mu.Lock()
	s.accepted = append(s.accepted, mail)
	s.mu.Unlock()

	received := s.now()
	number := s.number()
	var delivered, failed []Recipient
	for _, r := range mail.To {
		switch a := s.owner(r.Address); {
		case a != nil:
			raw := append(traceFields(mail, r.Address, number, received), mail.Raw...)
			a.add("INBOX", raw, received, nil)
			if r.wantsSuccess() {
				delivered = append(delivered, r)
			}
		case s.answers(r.Address):
			if r.wantsSuccess() {
				delivered = append(delivered, r)
			}
			s.soon(func() { s.answer(mail, r.Address) })
		case r.wantsFailure():
			failed = append(failed, r)
		}
	}
	for _, about := range []struct {
		outcome outcome
		list    []Recipient
	}{{bounced, failed}, {arrived, delivered}} {
		if len(about.list) > 0 {
			s.soon(func() { s.report(mail, about.outcome, about.list, received) })
		}
	}
}

// soon does something after the time that answers take, unless the server
// closes before.
func (s *Server) soon(do func()) {
	if !s.running.enter() {
		return
	}
	go func() {
		defer s.running.leave()
		timer := time.NewTimer(s.after)
		defer timer.Stop()
		select {
		case <-timer.C:
			do()
		case <-s.ctx.Done():
		}
	}()
}

// AuthServID is the name under which the server says what it found out about
// the senders of the sample mail (RFC 8601 §2.5).
const AuthServID = hostname

// traceFields are what a server puts in front of a message it delivers.
func traceFields(mail Submission, to string, number int, received time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", mail.From, to)
	with := "ESMTPS"
	if mail.utf8 {
		with = "UTF8SMTPS"
	}
	if mail.Username != "" {
		with += "A" // signed in (RFC 3848)
	}
	client := mail.client
	if client == "" {
		client = "localhost"
	}
	fmt.Fprintf(&b, "Received: from %s\r\n\tby %s (postea demo) with %s id %04d\r\n\tfor <%s>; %s\r\n",
		client, hostname, with, number, to, received.Format(dateLayout))
	return b.Bytes()
}

// number tells one message that is taken in or written from the next.
func (s *Server) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbered++
	return s.numbered
}

// post delivers a message that the server itself has written.
func (s *Server) post(from, to string, raw []byte) {
	if a := s.owner(to); a != nil {
		received := s.now()
		trace := traceFields(Submission{From: from, client: hostname}, to, s.number(), received)
		a.add("INBOX", append(trace, raw...), received, nil)
	}
}

// headerOf returns the header of a message with the line break before its first
// field and without the empty line.
func headerOf(raw []byte) []byte {
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return slices.Concat([]byte("\n"), header, []byte("\r\n"))
}

// domainOf is the domain that answers for an address, the home domain for all
// that are not ours.
func domainOf(address string) string {
	if _, domain := splitAddress(address); isOurs(domain) {
		return domain
	}
	return homeDomain
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 32 || r > 126 })
}
