package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mailfile"
	"postea/internal/syncer"
)

// isThere tells whether a message need not be put, and counts it then: it came before
// the line was cut, or was there all along, which matters with Unique.
func (im *importer) isThere(ctx context.Context, known syncer.Fields, raw []byte) (bool, error) {
	if im.look > 0 {
		arrived, err := im.arrived(ctx, known, raw)
		if err != nil {
			return false, err
		}
		if arrived {
			im.note.Done++
			return true, nil
		}
	}
	if !im.o.Unique || len(known) != 1 { // by a Message-ID
		return false, nil
	}
	found, err := im.drop.Find(ctx, syncer.Sought{Fields: known})
	if err != nil || len(found) == 0 {
		return false, err
	}
	im.note.Present++
	return true, nil
}

// arrived looks for a message that was put before the line was cut. One that has no
// Message-ID must have the same size too, and so must each of a batch: among many, two
// that have one Message-ID and are not the same are no rarity.
func (im *importer) arrived(ctx context.Context, known syncer.Fields, raw []byte) (bool, error) {
	sought := syncer.Sought{Fields: known, Size: int64(len(raw)), After: im.note.After}
	uids, err := im.drop.Find(ctx, sought)
	if err != nil || len(uids) > 0 {
		return len(uids) > 0, err
	}
	sought.Size = 0
	if uids, err = im.drop.Find(ctx, sought); err == nil {
		uids, err = im.drop.RemoveTorn(ctx, uids, raw)
	}
	return len(uids) > 0 && len(known) == 1 && im.note.Batch == 0, err
}

// doubt notes a message that was put to the server once more. One of which the
// file has a second, equal one is doubted no longer: both belong there.
func (im *importer) doubt(m mailfile.Message, known syncer.Fields) {
	size := int64(len(m.Raw))
	for i, d := range im.note.Doubts {
		if d.Size == size && slices.Equal(d.Fields, known) {
			im.note.Doubts = append(im.note.Doubts[:i], im.note.Doubts[i+1:]...)
			return
		}
	}
	if im.look > 0 && len(known) > 0 {
		im.note.Doubts = append(im.note.Doubts, doubt{Name: m.Name, Fields: known, Size: size, After: im.note.After, Since: im.cut})
	}
}

// settle takes away what the server has finished late: of a message that was not
// there when it was looked for, and was put there again, only the first stays.
func (im *importer) settle(ctx context.Context) error {
	for len(im.note.Doubts) > 0 {
		d := im.note.Doubts[0]
		app.Sleep(ctx, time.Until(d.Since.Add(im.o.Late)))
		if err := im.onlyOne(ctx, d); err != nil {
			return err
		}
		im.note.Doubts = im.note.Doubts[1:]
		if err := im.save(); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) onlyOne(ctx context.Context, d doubt) error {
	for try := 1; ; try++ {
		err := im.drop.Open(ctx)
		if err == nil {
			err = im.removeLater(ctx, d)
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, syncer.ErrOnlyMarked), syncer.Rejected(err):
			if im.o.Problem != nil { // none is missing
				im.o.Problem(fmt.Errorf("%s is there twice: %w", d.Name, err))
			}
			return nil
		case try >= importTries:
			return im.words(err)
		}
		app.Sleep(ctx, time.Duration(try)*time.Second)
	}
}

func (im *importer) removeLater(ctx context.Context, d doubt) error {
	uids, err := im.drop.Find(ctx, syncer.Sought{Fields: d.Fields, Size: d.Size, After: d.After})
	if err != nil || len(uids) < 2 {
		return err
	}
	return im.drop.Remove(ctx, uids[1:])
}

// knownBy gives the fields by which a message is found again: its Message-ID or,
// where it has none, what else tells messages apart. Nil where there is nothing that
// a server could be asked for.
func knownBy(raw []byte) syncer.Fields {
	const most = 900 // bytes of a field that go into a search
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	unfolded := bytes.ReplaceAll(bytes.ReplaceAll(head, []byte("\r\n "), []byte(" ")), []byte("\r\n\t"), []byte(" "))
	values := map[string]string{}
	for line := range bytes.SplitSeq(unfolded, []byte("\r\n")) {
		name, value, ok := strings.Cut(string(line), ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if _, twice := values[name]; !ok || twice || value == "" || len(value) > most || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			continue
		}
		values[name] = value
	}
	if id := values["message-id"]; id != "" {
		return syncer.Fields{{Key: "Message-ID", Value: id}}
	}
	var out syncer.Fields
	for _, key := range []string{"Date", "From", "Subject", "Received"} {
		// A folded value is found only by servers that unfold as we do.
		if v := values[strings.ToLower(key)]; v != "" && bytes.Contains(head, []byte(v)) {
			out = append(out, struct{ Key, Value string }{key, v})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
