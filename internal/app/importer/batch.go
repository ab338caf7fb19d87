package importer

import (
	"context"
	"time"

	"postea/internal/app"
	"postea/internal/mailfile"
	"postea/internal/syncer"
)

// What goes to a server in one step: enough that the way there and its work for each
// step are no longer what takes the time, and little to look for after a cut.
const (
	batchCount   = 100
	batchBytes   = 1 << 20
	batchMessage = 256 << 10 // larger ones go by themselves
)

// gathers tells whether a message may go with others.
func (im *importer) gathers(m mailfile.Message) bool {
	return im.drop.TakesMany() && !im.o.Unique && im.look == 0 && len(m.Raw) <= batchMessage
}

func (im *importer) gather(ctx context.Context, m mailfile.Message) error {
	im.batch, im.bytes = append(im.batch, m), im.bytes+len(m.Raw)
	if len(im.batch) < batchCount && im.bytes < batchBytes {
		return nil
	}
	return im.flush(ctx)
}

// flush puts what is gathered to the server. That it is about to is noted before, so
// that after a cut each of the batch is looked for.
func (im *importer) flush(ctx context.Context) error {
	list := im.batch
	im.batch, im.bytes = nil, 0
	if len(list) == 0 {
		return nil
	}
	im.note.Batch = len(list)
	if err := im.save(); err != nil {
		return err
	}
	many := make([]syncer.Dropped, len(list))
	for i, m := range list {
		many[i] = im.dropped(m)
	}
	if err := im.drop.Open(ctx); err != nil { // nothing has been said; put tries again, and gives up
		im.note.Batch = 0
		return im.putEach(ctx, list)
	}
	uid, err := im.drop.Put(ctx, many...)
	switch {
	case err == nil:
		im.note.Done += len(list)
		im.last = max(im.last, uid)
		im.note.Batch = 0
		return im.passed(list[len(list)-1])
	case ctx.Err() != nil:
		return ctx.Err()
	case syncer.Rejected(err):
		im.note.Batch = 0
	default:
		im.look, im.cut = len(list), time.Now() // the server may have them, and the answer was lost
		app.Sleep(ctx, time.Second)
	}
	return im.putEach(ctx, list)
}

// putEach puts one by one: so it is found out which of them cannot be taken, or are
// there.
func (im *importer) putEach(ctx context.Context, list []mailfile.Message) error {
	for _, m := range list {
		if err := im.put(ctx, m); err != nil {
			return err
		}
		if err := im.passed(m); err != nil {
			return err
		}
	}
	return nil
}
