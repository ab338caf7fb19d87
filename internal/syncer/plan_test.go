package syncer

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"postea/imapclient"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/reading"
)

// partly reads a message as it would be fetched in parts, of which only what is
// needed comes along. ok is false where it is fetched whole.
func partly(t *testing.T, raw []byte) (p mail.Partial, ok bool) {
	t.Helper()
	structure := imapserver.ExtractBodyStructure(bytes.NewReader(raw))
	s := parseShape(structureOf(structure))
	if s == nil || !agreesOn(structure, raw) {
		return p, false
	}
	plan := &plan{headers: map[*reading.Piece]string{}, bodies: map[*reading.Piece]string{}, small: smallParts, shown: pictures}
	plan.lay(s)
	got := imapclient.Sections{}
	for _, name := range plan.sections {
		got[name] = section(raw, name)
	}
	if err := plan.fill(got); err != nil {
		if !errors.Is(err, reading.ErrDisagree) {
			t.Fatal(err)
		}
		return p, false
	}
	p, err := reading.Assemble(plan.root)
	if err != nil && !errors.Is(err, reading.ErrDisagree) {
		t.Fatal(err)
	}
	return p, err == nil
}

// agreesOn tells whether a server and the reader see the same parts in a message. Of
// a damaged one, they may not, and then it is the server that decides what its
// parts are.
func agreesOn(structure imap.BodyStructure, raw []byte) bool {
	var theirs, ours []string
	empty := false
	structure.Walk(func(path []int, part imap.BodyStructure) bool {
		theirs = append(theirs, strings.ToLower(part.MediaType()))
		leaf, ok := part.(*imap.BodyStructureSinglePart)
		empty = empty || ok && leaf.Size == 0
		return true
	})
	for _, p := range reading.Parse(raw).Parts {
		ours = append(ours, p.Type)
	}
	if strings.HasPrefix(theirs[0], "multipart/") {
		theirs = theirs[1:]
	}
	theirs = slices.DeleteFunc(theirs, func(s string) bool { return strings.HasPrefix(s, "multipart/") })
	ours = slices.DeleteFunc(ours, func(s string) bool { return strings.HasPrefix(s, "multipart/") })
	return !empty && slices.Equal(theirs, ours)
}

// samePartly compares what is read of a message in parts with what is read of the
// whole, before and after its other parts have come.
func samePartly(t *testing.T, raw []byte, p mail.Partial) {
	t.Helper()
	whole, part := reading.Parse(raw), reading.ParsePartial(p)
	if part.Whole() || part.Source() != nil {
		t.Error("a partial message passes for the whole")
	}
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %.300q, want %.300q", what, got, want)
		}
	}
	compare := func(m *reading.Message) {
		t.Helper()
		same("the header", m.Header.All(), whole.Header.All())
		same("the text", m.Text(), whole.Text())
		same("the HTML", m.HTML, whole.HTML)
		same("the calendar", m.Calendar, whole.Calendar)
		same("the report", m.Report(), whole.Report())
	}
	compare(part)
	away := 0
	for _, at := range part.Attachments {
		if _, err := io.Copy(io.Discard, part.Open(at)); at.Away != errors.Is(err, reading.ErrAway) {
			t.Errorf("opening attachment %d (away: %t): %v", at.Index, at.Away, err)
		}
		if at.Away {
			away++
		}
	}
	p.Parts = map[string][]byte{}
	for _, a := range p.Away {
		name := a.Path
		if a.Path == "1" && !strings.HasPrefix(strings.ToLower(whole.Header.Get("Content-Type")), "multipart/") {
			name = "TEXT"
		}
		if p.Parts[a.Path] = section(raw, name); len(p.Parts[a.Path]) == 0 {
			return // this server does not find it
		}
	}
	full := reading.ParsePartial(p)
	compare(full)
	same("the protection", full.Protection(), whole.Protection()) // of files too, which may be away
	same("the parts", full.Parts, whole.Parts)
	same("the attachments", full.Attachments, whole.Attachments)
	for i, at := range whole.Attachments {
		if i >= len(full.Attachments) {
			break
		}
		want, _ := io.ReadAll(whole.Open(at))
		got, err := io.ReadAll(full.Open(full.Attachments[i]))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("attachment %d has %d bytes (%v), want %d", at.Index, len(got), err, len(want))
		}
	}
	if away > 0 && len(part.Attachments) == len(whole.Attachments) {
		for i, at := range whole.Attachments {
			now := part.Attachments[i]
			if now.Name != at.Name || now.Type != at.Type || now.Inline != at.Inline || now.ContentID != at.ContentID || now.Part != at.Part {
				t.Errorf("attachment %d is %+v, want %+v", i+1, now, at)
			}
			if off := now.Size - at.Size; now.Away && strings.HasPrefix(at.Type, "image/") && (off > 16+at.Size/20 || off < -16-at.Size/20) {
				t.Errorf("attachment %d is said to have %d bytes and has %d", i+1, now.Size, at.Size)
			}
		}
	}
}

func TestCorpusInParts(t *testing.T) {
	parted, whole := 0, 0
	err := filepath.WalkDir(lab.Corpus(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil || len(raw) > 1<<20 || !bytes.Contains(raw[:min(len(raw), 64<<10)], []byte(":")) {
			return err
		}
		// As a server gives it.
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		p, ok := partly(t, raw)
		if !ok || len(p.Away) == 0 {
			whole++
			return nil
		}
		parted++
		t.Run(filepath.Base(path), func(t *testing.T) { samePartly(t, raw, p) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%d in parts, %d whole", parted, whole); parted < 100 {
		t.Errorf("only %d messages were fetched in parts", parted)
	}
}

// A body in RTF comes along with a message whose files are left at the server; a file
// in it does not.
func TestBodyInRTFComesAlong(t *testing.T) {
	document := `{\rtf1 ` + strings.Repeat(`words \par `, 4000) + "}\r\n"
	raw := []byte("From: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/rtf\r\n\r\n" + document +
		"--b\r\nContent-Type: application/rtf; name=minutes.rtf\r\nContent-Disposition: attachment; filename=minutes.rtf\r\n\r\n" + strings.Repeat(document, 20) + "--b--\r\n")
	p, ok := partly(t, raw)
	if !ok || len(p.Away) != 1 {
		t.Fatalf("%v, away: %+v", ok, p.Away)
	}
	if m := reading.ParsePartial(p); !strings.HasPrefix(m.Text(), "words \nwords ") || len(m.Attachments) != 1 || !m.Attachments[0].Away {
		t.Errorf("%.60q, %+v", m.Text(), m.Attachments)
	}
}
