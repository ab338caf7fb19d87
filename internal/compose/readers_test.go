package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"

	"postea/internal/mail"
)

// meant is what a reader must find in a message.
type meant struct {
	From    string   `json:"from"`
	To      []string `json:"to"`
	Cc      []string `json:"cc"`
	Subject string   `json:"subject"`
	ReplyTo string   `json:"in_reply_to"`
	Refs    []string `json:"refs"`
	Text    string   `json:"text"`
	HTML    bool     `json:"html"`
	Shape   string   `json:"shape"`
	Files   []string `json:"files"` // "name sha256", in order
}

// whatIsMeant by a draft, made without looking at what Build makes of it.
func whatIsMeant(t *testing.T, d mail.Draft, shape string) meant {
	t.Helper()
	read := func(s string) []string {
		list, err := mail.ParseAddressList(s)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, a := range list {
			out = append(out, comparable(a.Name, a.Address))
		}
		return out
	}
	m := meant{From: comparable(d.From.Name, d.From.Address), To: read(d.To), Cc: read(d.Cc), Subject: strings.TrimSpace(d.Subject), ReplyTo: d.InReplyTo,
		Refs: append([]string{}, d.Refs...), Text: canonical(normalizeText(d.Body)), HTML: d.Markdown, Shape: shape, Files: []string{}}
	for _, f := range d.Attach {
		data := f.Data
		if f.Path != "" {
			var err error
			if data, err = os.ReadFile(f.Path); err != nil {
				t.Fatal(err)
			}
		}
		name := f.Name
		if name == "" {
			name = filepath.Base(f.Path)
		}
		m.Files = append(m.Files, fileOf(name, data))
	}
	return m
}

// comparable is an address as all readers give it: the domain in ASCII.
func comparable(name, address string) string {
	if a, _, err := envelopeAddress(address); err == nil {
		address = a
	}
	if name == "" {
		return address
	}
	return name + " <" + address + ">"
}

// unquoted is an address without the quotes of its local part, as net/mail gives it.
func unquoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		if rest, ok := strings.CutPrefix(s, `"`); ok && !strings.Contains(s, "<") {
			s = strings.Replace(rest, `"@`, "@", 1)
		}
		out[i] = s
	}
	return out
}

func fileOf(name string, data []byte) string {
	sum := sha256.Sum256(data)
	return name + " " + hex.EncodeToString(sum[:6])
}

// canonical is text as it is meant: quotes in one form, no blanks at the ends of
// lines but in the mark of the signature, no empty lines at the end.
func canonical(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		depth, rest := splitQuote(line)
		if rest != "-- " {
			rest = strings.TrimRight(rest, " ")
		}
		out = append(out, strings.Repeat(">", depth)+rest)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// unflowed is what a reader makes of format=flowed (RFC 3676 §4.1, §4.2).
func unflowed(s string) string {
	var out []string
	open, depthBefore := false, 0
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		depth := len(line) - len(strings.TrimLeft(line, ">"))
		rest := strings.TrimPrefix(line[depth:], " ")
		if open && depth == depthBefore && rest != "-- " {
			out[len(out)-1] += rest
		} else {
			out = append(out, strings.Repeat(">", depth)+rest)
		}
		open, depthBefore = strings.HasSuffix(rest, " ") && rest != "-- ", depth
	}
	for i := range out {
		if !strings.HasSuffix(out[i], "-- ") || strings.Trim(out[i], ">") != "-- " {
			out[i] = strings.TrimRight(out[i], " ")
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// byStandardLibrary reads with net/mail and mime/multipart.
func byStandardLibrary(raw []byte) (meant, error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return meant{}, err
	}
	var w mime.WordDecoder
	out := meant{Files: []string{}, Refs: []string{}, To: []string{}, Cc: []string{}}
	for _, f := range []struct {
		name string
		into *[]string
	}{{"To", &out.To}, {"Cc", &out.Cc}} {
		if v := m.Header.Get(f.name); v != "" && v != "undisclosed-recipients:;" {
			list, err := m.Header.AddressList(f.name)
			if err != nil {
				return out, err
			}
			for _, a := range list {
				*f.into = append(*f.into, comparable(a.Name, a.Address))
			}
		}
	}
	from, err := m.Header.AddressList("From")
	if err != nil {
		return out, err
	}
	out.From = comparable(from[0].Name, from[0].Address)
	if out.Subject, err = w.DecodeHeader(m.Header.Get("Subject")); err != nil {
		return out, err
	}
	out.ReplyTo = strings.Trim(m.Header.Get("In-Reply-To"), "<>")
	for r := range strings.FieldsSeq(m.Header.Get("References")) {
		out.Refs = append(out.Refs, strings.Trim(r, "<>"))
	}
	out.Shape, err = out.part(map[string][]string(m.Header), m.Body, false)
	return out, err
}

func (m *meant) part(h map[string][]string, r io.Reader, within bool) (string, error) {
	get := func(name string) string {
		if v := h[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	kind, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(kind, "multipart/") {
		var shapes []string
		mr := multipart.NewReader(r, params["boundary"])
		for {
			p, err := mr.NextRawPart()
			if err == io.EOF {
				return strings.TrimPrefix(kind, "multipart/") + "[" + strings.Join(shapes, " ") + "]", nil
			}
			if err != nil {
				return "", err
			}
			s, err := m.part(p.Header, p, true)
			if err != nil {
				return "", err
			}
			shapes = append(shapes, s)
		}
	}
	switch get("Content-Transfer-Encoding") {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return "", err
	}
	if disposition, dp, err := mime.ParseMediaType(get("Content-Disposition")); err == nil && (disposition == "attachment" || disposition == "inline") {
		m.Files = append(m.Files, fileOf(dp["filename"], data))
		return kind, nil
	}
	switch kind {
	case "text/plain":
		m.Text = canonical(unflowed(string(data)))
	case "text/html":
		m.HTML = true
	}
	return kind, nil
}

// byEnmime reads with enmime.
func byEnmime(raw []byte) (meant, []string, error) {
	env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return meant{}, nil, err
	}
	out := meant{Files: []string{}, Refs: []string{}, To: []string{}, Cc: []string{}, Subject: env.GetHeader("Subject"), HTML: env.HTML != "" && env.Root.DepthMatchFirst(func(p *enmime.Part) bool { return p.ContentType == "text/html" && p.FileName == "" }) != nil}
	for _, f := range []struct {
		name string
		into *[]string
	}{{"To", &out.To}, {"Cc", &out.Cc}} {
		if v := env.GetHeader(f.name); v == "" || v == "undisclosed-recipients:;" {
			continue
		}
		list, err := env.AddressList(f.name)
		if err != nil {
			return out, nil, err
		}
		for _, a := range list {
			*f.into = append(*f.into, comparable(a.Name, a.Address))
		}
	}
	from, err := env.AddressList("From")
	if err != nil {
		return out, nil, err
	}
	out.From = comparable(from[0].Name, from[0].Address)
	out.Text = canonical(unflowed(env.Text))
	env.Root.DepthMatchAll(func(p *enmime.Part) bool {
		if p.FileName != "" {
			out.Files = append(out.Files, fileOf(p.FileName, p.Content))
		}
		return false
	})
	slices.Sort(out.Files)
	var defects []string
	for _, e := range env.Errors {
		defects = append(defects, e.Error())
	}
	return out, defects, nil
}

// byPython reads every message of a directory with Python's email package.
const byPython = `
import email, email.policy, hashlib, json, os, sys
out = {}
def addresses(m, name):
    if m[name] is None: return []
    return [(a.display_name + ' <' + a.addr_spec + '>') if a.display_name else a.addr_spec for a in m[name].addresses]
def shape(p):
    if p.is_multipart() and p.get_content_maintype() == 'multipart':
        return p.get_content_subtype() + '[' + ' '.join(shape(x) for x in p.iter_parts()) + ']'
    return p.get_content_type()
for name in sorted(os.listdir(sys.argv[1])):
    m = email.message_from_bytes(open(os.path.join(sys.argv[1], name), 'rb').read(), policy=email.policy.default)
    text, html, files, defects = '', False, [], [str(d) for d in m.defects]
    def walk(p):
        global text, html
        defects.extend(str(d) for d in p.defects)
        for v in p.values():
            defects.extend(str(d) for d in getattr(v, 'defects', []))
        if p.get_content_maintype() == 'multipart':
            for x in p.iter_parts(): walk(x)
        elif p.get_content_disposition():
            data = p.get_payload(decode=True)
            if data is None: data = p.get_payload(0).as_bytes(policy=email.policy.SMTP)
            files.append(p.get_filename() + ' ' + hashlib.sha256(data).hexdigest()[:12])
        elif p.get_content_type() == 'text/plain': text = p.get_content()
        elif p.get_content_type() == 'text/html': html = True
    walk(m)
    out[name] = dict(subject=str(m['subject'] or ''), to=addresses(m, 'to'), cc=addresses(m, 'cc'), text=text, html=html, files=files, shape=shape(m),
        refs=[r.strip('<>') for r in str(m['references'] or '').split()], in_reply_to=str(m['in-reply-to'] or '').strip('<>'),
        defects=defects, **{'from': addresses(m, 'from')[0]})
json.dump(out, sys.stdout)
`

type pythonRead struct {
	meant
	Defects []string `json:"defects"`
}

func runPython(t *testing.T, dir string) map[string]pythonRead {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("POSTEA_TEST_REQUIRE"), ","), "python") {
			t.Fatal("Python is required and not here")
		}
		t.Log("there is no Python here: the third reader is left out")
		return nil
	}
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, "-I", "-c", byPython, dir)
	cmd.Stderr = &errs
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("python: %v\n%s", err, errs.String())
	}
	out := map[string]pythonRead{}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReaders: three readers that know nothing of each other find in every
// message what was meant.
func TestReaders(t *testing.T) {
	drafts := goldenDrafts(t)
	if len(drafts) < 60 {
		t.Errorf("only %d drafts", len(drafts))
	}
	dir := t.TempDir()
	wants := map[string]meant{}
	for i, g := range drafts {
		name := fmt.Sprintf("%02d %s", i, strings.ReplaceAll(g.name, "/", " "))
		d := g.draft
		b, err := Build(d, fixed())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Run(g.name, func(t *testing.T) {
			checkWire(t, b)
			checkLimits(t, b.Wire)
		})
		want := whatIsMeant(t, d, g.shape)
		if err := os.WriteFile(filepath.Join(dir, name), b.Wire, 0o600); err != nil {
			t.Fatal(err)
		}
		wants[name] = want
		std, err := byStandardLibrary(b.Wire)
		goWant := want
		goWant.To = unquoted(want.To)
		compare(t, name+" by net/mail", std, goWant, err, nil)
		if g.notEnmime == "" {
			en, defects, err := byEnmime(b.Wire)
			en.Shape, en.Refs, en.ReplyTo = want.Shape, want.Refs, want.ReplyTo
			sorted := goWant
			sorted.Files = append([]string{}, want.Files...)
			slices.Sort(sorted.Files)
			compare(t, name+" by enmime", en, sorted, err, defects)
		}
	}
	for name, got := range runPython(t, dir) {
		got.Text = canonical(unflowed(got.Text))
		want := wants[name]
		// Python leaves a blank between two encoded words of a name, which RFC 2047
		// §6.2 takes away.
		got.To, want.To = withoutBlanks(got.To), withoutBlanks(want.To)
		defects := slices.DeleteFunc(got.Defects, func(s string) bool {
			return strings.HasPrefix(s, "duplicate parameter name") // filename for old readers, filename* for the others
		})
		compare(t, name+" by python", got.meant, want, nil, defects)
	}
}

func withoutBlanks(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ReplaceAll(s, " ", "")
	}
	return out
}

func compare(t *testing.T, name string, got, want meant, err error, defects []string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if len(defects) > 0 {
		t.Errorf("%s: defects %q", name, defects)
	}
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			t.Errorf("%s: %s\n got %.500q\nwant %.500q", name, g.Type().Field(i).Name, g.Field(i).Interface(), w.Field(i).Interface())
		}
	}
}

// checkLimits: RFC 5322 §2.1.1, RFC 2047 §2, and nothing about this machine.
func checkLimits(t *testing.T, wire []byte) {
	t.Helper()
	head, _, _ := bytes.Cut(wire, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if len(line) > 78 && strings.Contains(strings.TrimLeft(line, " "), " ") && !strings.Contains(line, "@") {
			t.Errorf("a header line of %d octets: %s", len(line), line)
		}
		for word := range strings.FieldsSeq(line) {
			if i := strings.Index(word, "=?"); i >= 0 && strings.HasSuffix(word, "?=") && len(word[i:]) > 75 {
				t.Errorf("an encoded word of %d octets: %s", len(word), word)
			}
		}
	}
	host, _ := os.Hostname()
	home, _ := os.UserHomeDir()
	for _, private := range []string{host, home, os.TempDir(), "User-Agent", "X-Mailer", "postea", "X-Postea", "Received:", "go1."} {
		if len(private) > 3 && private != "localhost" && bytes.Contains(bytes.ToLower(wire), bytes.ToLower([]byte(private))) {
			t.Errorf("it tells of %q", private)
		}
	}
	if !bytes.Contains(head, []byte(" +0000\r\n")) {
		t.Error("the date tells of a zone")
	}
}
