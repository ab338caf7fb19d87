package syncer

import (
	"context"
	"errors"

	"postea/imapclient"
)

// hungUp tells of a line that the server has ended while it had something to answer,
// which may be because of what it was asked for.
func hungUp(ctx context.Context, err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Fatal() && ctx.Err() == nil && (e.Kind == imapclient.KindNetwork || e.Kind == imapclient.KindBye)
}

// maxAlone is how often in a row the line must be lost at one by itself before it is given
// up: lines are lost anyway.
const maxAlone = 2

// closingIn finds the one of a list at which a server hangs up.
type closingIn[T any] struct {
	ctx    context.Context
	do     func([]T) ([]T, error) // gives what is left of a list
	reopen func(cause error) error
	giveUp func(T) error
}

// run does a list at which the line was lost so often before. Where it is lost, what is
// left is done on another one, first as it is and then by halves.
func (c *closingIn[T]) run(list []T, lost int) error {
	left, err := c.do(list)
	if !hungUp(c.ctx, err) {
		return err
	}
	if err := c.reopen(err); err != nil {
		return err
	}
	lost++
	switch {
	case len(left) == 0:
		return nil
	case len(list) == 1 && lost == maxAlone:
		return c.giveUp(left[0])
	case len(list) == 1 || lost == 1:
		return c.run(left, lost)
	case len(left) == 1:
		return c.run(left, 0)
	}
	half := len(left) / 2
	for _, part := range [][]T{left[:half], left[half:]} {
		before := 0
		if len(part) > 1 {
			before = 1
		}
		if err := c.run(part, before); err != nil {
			return err
		}
	}
	return nil
}
