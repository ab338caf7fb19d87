package syncer

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// conversation is one connection.
type conversation struct {
	s       *server
	conn    net.Conn
	br      *bufio.Reader
	name    string // of the open folder
	told    uint32 // EXISTS
	upTo    uint64 // the last change that was told
	qresync bool
	patient bool
	turn    []string
	out     bytes.Buffer
}

func (c *conversation) offers(cap string) bool { return slices.Contains(c.s.caps, cap) }

func (c *conversation) printf(format string, args ...any) {
	fmt.Fprintf(&c.out, format+"\r\n", args...)
}

func (c *conversation) flush() {
	if !c.patient {
		c.write()
	}
}

func (c *conversation) write() {
	n, _ := c.conn.Write(c.out.Bytes())
	c.out.Reset()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.sent += n
}

// listen lets the answers go once the client waits for them. All that it sends
// at once arrives at once, so how long it is listened for does not matter.
func (c *conversation) listen() {
	if c.out.Len() == 0 || c.br.Buffered() > 0 {
		return
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := c.br.Peek(1)
	_ = c.conn.SetReadDeadline(time.Time{})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return
	}
	c.s.mu.Lock()
	c.s.turns = append(c.s.turns, c.turn)
	c.turn = nil
	c.s.mu.Unlock()
	c.write()
}

func (c *conversation) serve() {
	c.printf("* OK [CAPABILITY %s] ready", strings.Join(c.s.caps, " "))
	c.write()
	c.s.mu.Lock()
	c.patient = c.s.patient
	c.s.mu.Unlock()
	defer func() { c.write() }()
	for {
		c.listen()
		tag, command, literal, err := c.read()
		if err != nil {
			return
		}
		c.s.mu.Lock()
		c.s.commands = append(c.s.commands, command)
		c.turn = append(c.turn, command)
		how := ""
		if c.s.hook != nil {
			how = c.s.hook(command)
		}
		c.s.mu.Unlock()
		switch {
		case how == "drop":
			return
		case how == "stall":
			<-c.s.stop
			return
		case strings.HasPrefix(how, "NO "), strings.HasPrefix(how, "BAD "):
			c.printf("%s %s", tag, how)
			c.flush()
			continue
		case strings.HasPrefix(how, "* "):
			c.printf("%s", how)
		}
		if how == "tear" { // the line breaks, and what has come is taken for all
			literal, how = literal[:len(literal)-10], "drop after"
		}
		before := c.out.Len()
		answer := c.run(command, literal)
		c.s.mu.Lock()
		sieve := c.s.sieve
		c.s.mu.Unlock()
		if sieve != nil {
			mine := string(c.out.Bytes()[before:])
			c.out.Truncate(before)
			mine, answer = sieve(command, mine, answer)
			c.out.WriteString(mine)
		}
		if how == "drop after" {
			return
		}
		c.printf("%s %s", tag, answer)
		c.flush()
		if command == "LOGOUT" {
			return
		}
	}
}

// read takes a command; all of ours have at most one literal, at the end.
func (c *conversation) read() (tag, command string, literal []byte, err error) {
	line, err := c.br.ReadString('\n')
	if err != nil {
		return "", "", nil, err
	}
	line = strings.TrimRight(line, "\r\n")
	if m := literalEnd.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1])
		if m[2] == "" {
			c.printf("+ go ahead")
			c.flush()
		}
		literal = make([]byte, n)
		if _, err := io.ReadFull(c.br, literal); err != nil {
			return "", "", nil, err
		}
		if _, err := c.br.ReadString('\n'); err != nil {
			return "", "", nil, err
		}
	}
	tag, command, _ = strings.Cut(line, " ")
	return tag, command, literal, nil
}

func unquote(s string) string { return strings.Trim(s, `"`) }

func (c *conversation) run(command string, literal []byte) string {
	verb, rest, _ := strings.Cut(command, " ")
	switch verb {
	case "AUTHENTICATE":
		return c.authenticate(rest)
	case "IDLE":
		if !c.offers("IDLE") {
			return "BAD what"
		}
		return c.idle()
	case "STARTTLS":
		return "BAD no"
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	switch verb {
	case "CAPABILITY":
		c.printf("* CAPABILITY %s", strings.Join(c.s.caps, " "))
	case "LIST":
		c.list(rest)
	case "CREATE":
		name := unquote(rest)
		if b := c.s.boxes[name]; b != nil && !strings.Contains(b.attrs, "Noselect") {
			return "NO [ALREADYEXISTS] it is there"
		}
		c.s.boxes[name] = &box{validity: uint32(3000 + len(c.s.boxes)), next: 1, modseq: 1}
	case "RENAME", "DELETE", "STATUS":
		return c.folder(verb, rest)
	case "SELECT", "EXAMINE":
		return c.selectBox(rest)
	case "ENABLE":
		if !c.offers("QRESYNC") {
			return "BAD what"
		}
		c.qresync = true
		c.printf("* ENABLED QRESYNC")
	case "APPEND":
		return c.append(rest, literal)
	case "FETCH":
		b := c.s.boxes[c.name]
		if b == nil {
			return "BAD nothing is open"
		}
		var first, last int
		places, args, _ := strings.Cut(rest, " ")
		if n, _ := fmt.Sscanf(places, "%d:%d", &first, &last); n == 1 {
			last = first
		}
		if first < 1 || first > last || last > len(b.msgs) {
			return "BAD there is no such place"
		}
		var uids []string
		for _, m := range b.msgs[first-1 : last] {
			uids = append(uids, fmt.Sprint(m.uid))
		}
		return c.fetch(strings.Join(uids, ","), args)
	case "UID":
		if c.s.boxes[c.name] == nil {
			return "BAD nothing is open"
		}
		return c.uid(rest, literal)
	case "NOOP":
		c.news()
	case "LOGOUT":
		c.printf("* BYE see you")
	}
	return "OK done"
}

// folder renames, deletes or counts one.
func (c *conversation) folder(verb, rest string) string {
	var names []string
	for _, q := range quoted.FindAllString(rest, -1) {
		names = append(names, unquote(q))
	}
	if len(names) == 0 {
		names = strings.Fields(rest)
	}
	b := c.s.boxes[names[0]]
	if b == nil {
		return "NO [NONEXISTENT] there is none"
	}
	switch verb {
	case "RENAME":
		if len(names) != 2 || c.s.boxes[names[1]] != nil {
			return "NO [ALREADYEXISTS] it is there"
		}
		delete(c.s.boxes, names[0])
		c.s.boxes[names[1]] = b
		for _, m := range b.msgs {
			c.s.sameFlags(m)
		}
	case "DELETE":
		if c.name == names[0] {
			return "NO Cannot delete currently-open folder."
		}
		delete(c.s.boxes, names[0])
		for _, m := range b.msgs {
			c.s.sameFlags(m)
		}
	case "STATUS":
		c.printf(`* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY %d UNSEEN %d)`, names[0], len(b.msgs), b.next, b.validity, b.unseen())
	}
	return "OK done"
}

func (c *conversation) authenticate(rest string) string {
	_, ir, ok := strings.Cut(rest, " ")
	if !ok {
		c.printf("+ ")
		c.flush()
		line, err := c.br.ReadString('\n')
		if err != nil {
			return "NO"
		}
		ir = strings.TrimSpace(line)
	}
	raw, _ := base64.StdEncoding.DecodeString(ir)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if string(raw) != "\x00ada\x00"+c.s.password {
		return "NO [AUTHENTICATIONFAILED] wrong password."
	}
	return fmt.Sprintf("OK [CAPABILITY %s] welcome", strings.Join(c.s.caps, " "))
}

func (c *conversation) list(rest string) {
	for _, name := range slices.Sorted(maps.Keys(c.s.boxes)) {
		b := c.s.boxes[name]
		attrs := b.attrs
		if !c.offers("SPECIAL-USE") {
			attrs, _, _ = strings.Cut(attrs, " ")
		}
		c.printf(`* LIST (%s) "/" "%s"`, attrs, name)
		if strings.Contains(rest, "STATUS") && !strings.Contains(b.attrs, `\Noselect`) {
			c.printf(`* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY %d UNSEEN %d%s)`, name, len(b.msgs), b.next, b.validity, b.unseen(), c.modseq(b))
		}
	}
}

// modseq is the item of STATUS, which few can tell.
func (c *conversation) modseq(b *box) string {
	if !c.offers("CONDSTORE") {
		return ""
	}
	return fmt.Sprintf(" HIGHESTMODSEQ %d", b.modseq)
}

func (c *conversation) selectBox(rest string) string {
	name := unquote(quoted.FindString(rest))
	since := resync.FindStringSubmatch(rest)
	if since != nil && !c.qresync {
		return "BAD QRESYNC is not enabled"
	}
	c.name = ""
	b := c.s.boxes[name]
	if b == nil || strings.Contains(b.attrs, `\Noselect`) {
		return "NO [NONEXISTENT] no such folder"
	}
	c.name, c.told, c.upTo = name, uint32(len(b.msgs)), b.modseq
	c.printf("* %d EXISTS", len(b.msgs))
	if !c.s.plainFlags {
		c.printf(`* OK [PERMANENTFLAGS (\Seen \Answered \Flagged \Deleted \Draft \*)] yes`)
	}
	c.printf("* OK [UIDVALIDITY %d] ok", b.validity)
	c.printf("* OK [UIDNEXT %d] ok", b.next)
	if c.offers("CONDSTORE") {
		c.printf("* OK [HIGHESTMODSEQ %d] ok", b.modseq)
	}
	if since != nil && since[1] == fmt.Sprint(b.validity) {
		c.resync(b, since[2], since[3])
	}
	return "OK [READ-WRITE] open"
}

func (c *conversation) resync(b *box, modseq, known string) {
	since, _ := strconv.ParseUint(modseq, 10, 64)
	var gone []string
	for _, m := range b.gone {
		if m.modseq > since && inSet(known, m.uid) {
			gone = append(gone, fmt.Sprint(m.uid))
		}
	}
	if len(gone) > 0 {
		c.printf("* VANISHED (EARLIER) %s", strings.Join(gone, ","))
	}
	for i, m := range b.msgs {
		if m.modseq > since && inSet(known, m.uid) {
			c.printf("* %d FETCH (UID %d FLAGS (%s) MODSEQ (%d))", i+1, m.uid, strings.Join(slices.Sorted(maps.Keys(m.flags)), " "), m.modseq)
		}
	}
}

var unknownFields = regexp.MustCompile(`(?m)^X-[^ ]*: .*\r\n`)

func (c *conversation) append(rest string, raw []byte) string {
	name := unquote(quoted.FindString(rest))
	b := c.s.boxes[name]
	if b == nil {
		return "NO [TRYCREATE] no such folder"
	}
	var flags []string
	if i, j := strings.Index(rest, "("), strings.Index(rest, ")"); i >= 0 {
		flags = strings.Fields(rest[i+1 : j])
	}
	if c.s.unmarked {
		raw = unknownFields.ReplaceAll(raw, nil)
	}
	m := &message{raw: raw, date: time.Now(), flags: map[string]bool{}}
	for _, f := range flags {
		m.flags[f] = true
	}
	uid := c.s.put(name, m)
	c.s.tell()
	if c.offers("UIDPLUS") {
		return fmt.Sprintf("OK [APPENDUID %d %d] done", b.validity, uid)
	}
	return "OK done"
}

func (c *conversation) news() {
	if b := c.s.boxes[c.name]; b != nil && b.modseq != c.upTo {
		c.told, c.upTo = uint32(len(b.msgs)), b.modseq
		c.printf("* %d EXISTS", c.told)
		c.printf(`* 1 FETCH (FLAGS (\Answered))`)
	}
}

func (c *conversation) idle() string {
	c.s.mu.Lock()
	changed, b := c.s.changed, c.s.boxes[c.name]
	c.s.mu.Unlock()
	c.printf("+ idling")
	c.idleNews(b)
	done := make(chan error, 1)
	go func() {
		_, err := c.br.ReadString('\n')
		done <- err
	}()
	for {
		select {
		case <-done:
			return "OK idled"
		case <-changed:
			c.s.mu.Lock()
			changed = c.s.changed
			c.s.mu.Unlock()
			c.idleNews(b)
		}
	}
}

func (c *conversation) idleNews(b *box) {
	c.s.mu.Lock()
	if b.modseq != c.upTo {
		c.upTo, c.told = b.modseq, uint32(len(b.msgs))
		c.printf("* %d EXISTS", len(b.msgs))
		c.printf(`* 1 FETCH (FLAGS (\Answered))`)
	}
	c.s.mu.Unlock()
	c.flush()
}

func inSet(set string, uid uint32) bool {
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		a, _ := strconv.ParseUint(from, 10, 32)
		z := a
		if isRange {
			z, _ = strconv.ParseUint(cmp.Or(map[bool]string{true: "4294967295"}[to == "*"], to), 10, 32)
		}
		if uint64(uid) >= min(a, z) && uint64(uid) <= max(a, z) {
			return true
		}
	}
	return false
}

func (c *conversation) chosen(set string) []*message {
	var out []*message
	for _, m := range c.s.boxes[c.name].msgs {
		if inSet(set, m.uid) {
			out = append(out, m)
		}
	}
	return out
}

func (c *conversation) uid(rest string, literal []byte) string {
	verb, rest, _ := strings.Cut(rest, " ")
	set, args, _ := strings.Cut(rest, " ")
	b := c.s.boxes[c.name]
	switch verb {
	case "SEARCH":
		c.search(rest)
	case "FETCH":
		return c.fetch(set, args)
	case "STORE":
		for _, m := range c.chosen(set) {
			b.modseq++
			m.modseq = b.modseq
			if strings.Contains(args, "X-GM-LABELS") {
				var names []string
				for _, q := range quoted.FindAllString(args, -1) {
					names = append(names, unquote(q))
				}
				c.s.label(m, c.name, names, strings.HasPrefix(args, "+"))
				c.s.sameFlags(m)
				continue
			}
			for f := range strings.FieldsSeq(args[strings.Index(args, "(")+1 : strings.Index(args, ")")]) {
				if delete(m.flags, f); strings.HasPrefix(args, "+") {
					m.flags[f] = true
				}
			}
			c.s.sameFlags(m)
		}
		c.s.tell()
	case "COPY", "MOVE":
		if verb == "MOVE" && !c.offers("MOVE") {
			return "BAD what"
		}
		return c.copy(verb, set, unquote(quoted.FindString(args)))
	case "REPLACE": // RFC 8508
		old := c.chosen(set)
		if !c.offers("REPLACE") || len(old) != 1 {
			return "BAD what"
		}
		done := c.append(args, literal)
		if !strings.HasPrefix(done, "OK") {
			return done
		}
		c.printf("* %s", done)
		c.printf("* %d EXPUNGE", slices.Index(b.msgs, old[0])+1)
		b.remove(old[0].uid)
		c.s.tell()
	case "EXPUNGE":
		if !c.offers("UIDPLUS") {
			return "BAD what"
		}
		for _, m := range c.chosen(set) {
			if m.flags[`\Deleted`] && !c.s.stays(c.name, m) {
				c.printf("* %d EXPUNGE", slices.Index(b.msgs, m)+1)
				c.s.takeOff(b, m)
			}
		}
		c.s.tell()
	default:
		return "BAD what"
	}
	return "OK done"
}

var (
	sinceDay  = regexp.MustCompile(`\bSINCE (\S+)`)
	inSubject = regexp.MustCompile(`HEADER "?Subject"? "([^"]*)"`)
	oneWord   = regexp.MustCompile(`^(?:RETURN \(ALL\) )?TEXT "([^"]*)"`)
)

func (c *conversation) search(rest string) {
	var uids []string
	last := "0" // what * means, RFC 9051 §9: with a higher number before it, that one all the same
	for _, m := range c.s.boxes[c.name].msgs {
		last = strconv.Itoa(int(m.uid))
	}
	for _, m := range c.s.boxes[c.name].msgs {
		if i := strings.Index(rest, `HEADER "Message-ID" "`); i >= 0 {
			id, _, _ := strings.Cut(rest[i+len(`HEADER "Message-ID" "`):], `"`)
			if !strings.Contains(string(m.raw), "Message-ID: "+id+"\r\n") {
				continue
			}
		}
		if _, id, ok := strings.Cut(rest, `HEADER "X-Microsoft-Original-Message-ID" "`); ok {
			id, _, _ = strings.Cut(id, `"`)
			if !strings.Contains(string(m.raw), "X-Microsoft-Original-Message-ID: "+id+"\r\n") {
				continue
			}
		}
		if _, set, ok := strings.Cut(" "+rest, " UID "); ok {
			set, _, _ = strings.Cut(set, " ")
			if !inSet(strings.ReplaceAll(set, "*", last), m.uid) {
				continue
			}
		}
		if p := sinceDay.FindStringSubmatch(rest); p != nil {
			if day, err := time.Parse("2-Jan-2006", p[1]); err != nil || m.date.UTC().Before(day) {
				continue
			}
		}
		if p := inSubject.FindStringSubmatch(rest); p != nil && !strings.Contains(strings.ToLower(string(m.raw)), "subject: "+strings.ToLower(p[1])) {
			continue
		}
		if p := oneWord.FindStringSubmatch(rest); p != nil && !strings.Contains(strings.ToLower(string(m.raw)), strings.ToLower(p[1])) {
			continue
		}
		uids = append(uids, strconv.Itoa(int(m.uid)))
	}
	switch {
	case !strings.Contains(rest, "RETURN"):
		c.printf("* SEARCH %s", strings.Join(uids, " "))
	case len(uids) > 0:
		c.printf(`* ESEARCH UID ALL %s`, strings.Join(uids, ","))
	default:
		c.printf(`* ESEARCH UID`)
	}
}

var changedSince = regexp.MustCompile(`CHANGEDSINCE (\d+)`)

func (c *conversation) fetch(set, args string) string {
	since := uint64(0)
	if m := changedSince.FindStringSubmatch(args); m != nil {
		since, _ = strconv.ParseUint(m[1], 10, 64)
	}
	for i, m := range c.s.boxes[c.name].msgs {
		if !inSet(set, m.uid) || m.modseq <= since {
			continue
		}
		item := fmt.Sprintf("* %d FETCH (UID %d", i+1, m.uid)
		if strings.Contains(args, "FLAGS") {
			item += " FLAGS (" + strings.Join(slices.Sorted(maps.Keys(m.flags)), " ") + ")"
		}
		if strings.Contains(args, "X-GM-LABELS") {
			item += " X-GM-LABELS ("
			for i, l := range c.s.labelsOf(m, c.name) {
				item += fmt.Sprintf("%*s%q", min(i, 1), "", l)
			}
			item += ")"
		}
		if strings.Contains(args, "MODSEQ") {
			item += fmt.Sprintf(" MODSEQ (%d)", m.modseq)
		}
		if m.odd != "" && strings.Contains(args, "RFC822.SIZE") {
			c.printf("%s %s)", item, m.odd)
			continue
		}
		if strings.Contains(args, "RFC822.SIZE") {
			item += fmt.Sprintf(` RFC822.SIZE %d INTERNALDATE "%s"`, len(m.raw), m.date.Format("_2-Jan-2006 15:04:05 -0700"))
		}
		if strings.Contains(args, "HEADER.FIELDS") {
			header, _, _ := strings.Cut(string(m.raw), "\r\n\r\n")
			header += "\r\n\r\n"
			item += fmt.Sprintf(" BODY[HEADER.FIELDS (X)] {%d}\r\n%s", len(header), header)
		}
		if m.noBody != "" && strings.Contains(args, "BODY.PEEK[]") {
			return m.noBody
		}
		if strings.Contains(args, "BODY.PEEK[]") {
			item += fmt.Sprintf(" BODY[]<0> {%d}\r\n%s", len(m.raw), m.raw)
		}
		if len(m.raw) > prefetchSize || strings.Contains(args, "BODY.PEEK[HEADER]") {
			item += sectionsOf(m, args)
		}
		c.printf("%s)", item)
	}
	return "OK done"
}

func (c *conversation) copy(verb, set, name string) string {
	source, target := c.s.boxes[c.name], c.s.boxes[name]
	if target == nil {
		return "NO [TRYCREATE] no such folder"
	}
	if c.s.strict && (name == allMail || verb == "MOVE" && c.name == allMail) {
		return "NO [CANNOT] not all mail"
	}
	var from, to []string
	for _, m := range c.chosen(set) {
		from, to = append(from, fmt.Sprint(m.uid)), append(to, fmt.Sprint(c.s.put(name, m)))
		if verb == "MOVE" && !c.s.stays(c.name, m) {
			c.s.takeOff(source, m)
		}
	}
	c.s.tell()
	if c.offers("UIDPLUS") && len(from) > 0 {
		return fmt.Sprintf("OK [COPYUID %d %s %s] done", target.validity, strings.Join(from, ","), strings.Join(to, ","))
	}
	return "OK done"
}
