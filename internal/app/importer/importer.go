package importer

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/mailfile"
	"postea/internal/reading"
	"postea/internal/syncer"
)

// Progress is how far an import has come.
type Progress struct {
	At, Total int64 // bytes of an mbox, messages of anything else
	Done      int   // messages that the server has got, in this run and those before
	Skipped   int   // that it would not take, or that could not be read
	Present   int   // that were there already, with Unique
}

// Options say how mail is imported.
type Options struct {
	Folder   string // of the account: a name or a role; it is made where it is missing
	StateDir string // where the place is noted at which an import goes on
	Again    bool   // from the beginning, whatever is noted
	Unique   bool   // leave out messages whose Message-ID is in the folder already
	// Late is how long a server may take to finish what a line that was cut had
	// handed over whole; 0: 10 s.
	Late     time.Duration
	Progress func(Progress)
	Problem  func(error) // of one message, which is left out
}

// note is where an import goes on.
type note struct {
	Path  string    `json:"path"`
	Total int64     `json:"total"`
	Mod   time.Time `json:"modified"`
	Progress
	Batch  int      `json:"batch,omitempty"` // so many from At on may be there, put in one step
	After  mail.UID `json:"after,omitempty"` // what may be there has come after this one
	Doubts []doubt  `json:"doubts,omitempty"`
}

// standardLate is Options.Late where it is not set.
const standardLate = 10 * time.Second

// importTries is how often a line may break at one and the same message.
const importTries = 5

// Import puts the mail of a file or directory into a folder of an account. After every
// message, or a batch of them where the server takes several in one step, the place is
// noted, so that an import that was cut off goes on there; what may have come at the cut
// is looked for first. The error is about the server, the file or the notes; single
// messages that cannot be taken are told to Problem.
func Import(ctx context.Context, acc config.Account, path string, o Options) (Progress, error) {
	src, err := mailfile.Open(path)
	if err != nil {
		return Progress{}, err
	}
	if acc.IMAP.Host == "" {
		return Progress{}, &app.UsageError{Text: fmt.Sprintf("account %s has no IMAP server to import to", acc.Name)}
	}
	o.Late = cmp.Or(o.Late, standardLate)
	im := importer{acc: acc, o: o, drop: syncer.NewDrop(acc, o.Folder)}
	defer im.drop.Close()
	if err := im.begin(src); err != nil {
		return im.note.Progress, err
	}
	if err := im.open(ctx); err != nil {
		return im.note.Progress, err
	}
	if im.rest > 0 {
		app.Sleep(ctx, im.rest)
	}
	for m, err := range src.Messages(ctx, im.note.At) {
		if err := im.next(ctx, m, err); err != nil {
			return im.note.Progress, err
		}
	}
	if err := im.flush(ctx); err != nil {
		return im.note.Progress, err
	}
	if err := im.settle(ctx); err != nil {
		return im.note.Progress, err
	}
	return im.note.Progress, im.end()
}

// Box is a folder of another program, with the folder it would be here.
type Box struct {
	mailfile.Box
	Folder string
}

// Boxes lists the folders that lie in a directory. Their names stand below
// folder; where that is empty, they are those of the account, and what is the
// directory's own mail is of its inbox.
func Boxes(path, folder string) ([]Box, error) {
	list, err := mailfile.Within(path)
	if err != nil {
		return nil, err
	}
	var out []Box
	for _, b := range list {
		var name []string
		if folder != "" {
			name = append(name, folder)
		}
		for _, level := range b.Levels {
			name = append(name, imapclient.DecodeName(level))
		}
		if len(name) == 0 {
			name = []string{"INBOX"}
		}
		out = append(out, Box{b, strings.Join(name, "/")})
	}
	return out, nil
}

// next takes what the file holds next, or why it cannot be read.
func (im *importer) next(ctx context.Context, m mailfile.Message, err error) error {
	if err == nil && im.gathers(m) {
		return im.gather(ctx, m)
	}
	if err := im.flush(ctx); err != nil {
		return err
	}
	var skipped *mailfile.SkippedError
	switch {
	case errors.As(err, &skipped):
		im.problem(err)
	case err != nil:
		return err
	default:
		if err := im.put(ctx, m); err != nil {
			return err
		}
	}
	return im.passed(m)
}

// passed notes that a message is done with.
func (im *importer) passed(m mailfile.Message) error {
	im.note.At = m.Next
	if im.look == 0 {
		im.note.After = im.last
	}
	if err := im.save(); err != nil {
		return err
	}
	if im.o.Progress != nil {
		im.o.Progress(im.note.Progress)
	}
	return nil
}

type importer struct {
	acc   config.Account
	o     Options
	drop  *syncer.Drop
	note  note
	file  string
	kind  mailfile.Format
	look  int           // so many of the next messages may be there already
	cut   time.Time     // when the line was cut, or earlier
	rest  time.Duration // before it is looked for
	last  mail.UID      // the highest that was put
	batch []mailfile.Message
	bytes int // of the batch
}

// doubt is a message that was put to the server a second time after it had been
// looked for in vain: the first may appear yet.
type doubt struct {
	Name   string        `json:"name"`
	Fields syncer.Fields `json:"fields"`
	Size   int64         `json:"size"`
	After  mail.UID      `json:"after,omitempty"`
	Since  time.Time     `json:"since"` // the line was cut
}

// begin reads the note of an earlier run.
func (im *importer) begin(src mailfile.Source) error {
	full, err := filepath.Abs(src.Path)
	if err != nil {
		return err
	}
	info, err := os.Stat(full)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(full + "\x00" + im.acc.Name + "\x00" + strings.ToLower(im.o.Folder)))
	im.kind = src.Format
	im.file = filepath.Join(im.o.StateDir, "import-"+hex.EncodeToString(sum[:8])+".json")
	fresh := note{Path: full, Total: src.Total, Mod: info.ModTime(), Progress: Progress{Total: src.Total}}
	im.note = fresh
	data, err := os.ReadFile(im.file)
	if err != nil || im.o.Again {
		return nil
	}
	var old note
	if json.Unmarshal(data, &old) != nil {
		return nil
	}
	if old.Path != full || old.Total != src.Total || !old.Mod.Equal(fresh.Mod) || old.At > src.Total {
		return &app.UsageError{Text: fmt.Sprintf("%s has changed since an import of it was cut off after %d messages: use --again to begin anew, with --unique so that nothing comes twice", full, old.Done)}
	}
	im.note, im.look, im.last = old, max(old.Batch, 1), old.After
	if info, err := os.Stat(im.file); err == nil {
		im.cut = info.ModTime()
		im.rest = im.o.Late/5 - max(0, time.Since(im.cut))
	}
	return nil
}

func (im *importer) save() error {
	data, err := json.Marshal(im.note)
	if err != nil {
		return err
	}
	if err := os.WriteFile(im.file+".new", data, 0o600); err != nil {
		return fmt.Errorf("noting how far the import is: %w", err)
	}
	if err := os.Rename(im.file+".new", im.file); err != nil {
		return fmt.Errorf("noting how far the import is: %w", err)
	}
	return nil
}

func (im *importer) end() error {
	if err := os.Remove(im.file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (im *importer) problem(err error) {
	im.note.Skipped++
	if im.o.Problem != nil {
		im.o.Problem(err)
	}
}

func (im *importer) open(ctx context.Context) error {
	if err := im.drop.Open(ctx); err != nil {
		return im.words(err)
	}
	return nil
}

func (im *importer) words(err error) error {
	return &app.AccountError{Account: im.acc.Name, Text: syncer.Explain(im.acc, err), Err: err}
}

// put hands one message to the server, over a new line where the old one breaks.
func (im *importer) put(ctx context.Context, m mailfile.Message) error {
	known := knownBy(m.Raw)
	for try := 1; ; try++ {
		err := im.drop.Open(ctx)
		there := false
		if err == nil && len(known) > 0 {
			there, err = im.isThere(ctx, known, m.Raw)
		}
		if err == nil && there {
			im.looked()
			return nil
		}
		var uid mail.UID
		if err == nil {
			uid, err = im.drop.Put(ctx, im.dropped(m))
		}
		switch {
		case err == nil:
			im.note.Done++
			im.last = max(im.last, uid)
			im.doubt(m, known)
			im.looked()
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case syncer.Rejected(err):
			im.problem(fmt.Errorf("%s: %w", m.Name, err))
			im.looked()
			return nil
		case try >= importTries:
			return im.words(err)
		}
		im.look, im.cut = max(im.look, 1), time.Now() // the server may have it, and the answer was lost
		app.Sleep(ctx, time.Duration(try)*time.Second)
	}
}

// looked notes that one less of the messages to come may be there already.
func (im *importer) looked() {
	im.look = max(im.look-1, 0)
	im.note.Batch = min(im.note.Batch, im.look)
}

func (im *importer) dropped(m mailfile.Message) syncer.Dropped {
	return syncer.Dropped{Flags: m.Flags, At: arrival(im.kind, m), Raw: m.Raw}
}

// arrival is when a message came, for other clients to sort by. What the line of an
// mbox says holds; the time of a file is often that of a copy made since, and then
// the servers on its way know better, and for what was sent its own date.
func arrival(kind mailfile.Format, m mailfile.Message) time.Time {
	if kind == mailfile.Mbox && m.Date.Unix() > 0 {
		return m.Date
	}
	head, _, _ := bytes.Cut(m.Raw, []byte("\r\n\r\n"))
	h := reading.ParseHeader(head)
	said := h.Received
	if said.IsZero() {
		said = h.Date
	}
	if said.IsZero() || m.Date.Unix() > 0 && !m.Date.After(said.Add(24*time.Hour)) {
		return m.Date
	}
	return said
}
