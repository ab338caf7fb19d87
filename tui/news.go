package tui

import (
	"context"
	"time"

	"postea/internal/app"
	"postea/internal/event"
)

const (
	newsCrowd = 8                      // batches that follow each other closely
	newsPace  = 200 * time.Millisecond // closely; and between batches from then on
)

// listener reads news for the screens. Single ones come at once; of a long stream, as
// while a mailbox is mirrored, all of a while come together, since for each the lists are
// read and drawn again. One call of next must end before the next begins.
type listener struct {
	news  *event.Subscription
	now   func() time.Time
	crowd int // batches that have followed each other closely
}

func (l *listener) next(ctx context.Context) ([]event.Event, error) {
	if l.crowd >= newsCrowd {
		app.Sleep(ctx, newsPace)
	}
	began := l.now()
	batch, err := l.news.Next(ctx)
	if l.now().Sub(began) < newsPace {
		l.crowd++
	} else {
		l.crowd = 0
	}
	return batch, err
}
