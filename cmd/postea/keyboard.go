package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// keyboard is ctrl+c as the terminal sends it to every program in front.
type keyboard struct {
	came  chan os.Signal
	ended <-chan struct{} // the program is to end; nil is never
}

// listen ends with stop when ctrl+c comes. When it comes again it ends the program as
// it is, which may hang where no context reaches, such as at a pipe nobody writes to.
func listen(ctx context.Context, stop context.CancelFunc) keyboard {
	k := keyboard{make(chan os.Signal, 1), ctx.Done()}
	signal.Notify(k.came, os.Interrupt)
	go func() {
		select {
		case <-k.came:
			signal.Stop(k.came)
			stop()
		case <-ctx.Done():
		}
	}()
	return k
}

// errEnded says that the command was to end before something was read.
var errEnded = errors.New("it was broken off")

// unlessEnded reads, unless the command is to end first: no context reaches what reads.
func unlessEnded[T any](k keyboard, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	came := make(chan result, 1)
	go func() {
		value, err := read()
		came <- result{value, err}
	}()
	select {
	case r := <-came:
		return r.value, r.err
	case <-k.ended:
		var none T
		return none, errEnded
	}
}

// input is standard input, until the command is to end.
type input struct {
	from     io.Reader
	keyboard keyboard
}

func (e *env) input() io.Reader { return input{e.stdin, e.keyboard} }

func (in input) Read(p []byte) (int, error) {
	b, err := unlessEnded(in.keyboard, func() ([]byte, error) {
		b := make([]byte, min(len(p), 64<<10)) // what comes too late is nobody's
		n, err := in.from.Read(b)
		return b[:n], err
	})
	return copy(p, b), err
}

// lend leaves ctrl+c and ctrl+\ to another program, such as an editor, until give
// is called. They are not ignored, for that program would inherit it.
func (k keyboard) lend() (give func()) {
	if k.came == nil {
		return func() {}
	}
	theirs, settled := make(chan os.Signal, 1), make(chan os.Signal, 1)
	for _, c := range []chan os.Signal{theirs, settled} {
		signal.Notify(c, os.Interrupt, syscall.SIGQUIT)
	}
	signal.Stop(k.came)
	return func() {
		signal.Stop(settled) // returns when what has come by now was passed on
		signal.Notify(k.came, os.Interrupt)
		signal.Stop(theirs)
	}
}
