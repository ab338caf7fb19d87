package syncer

import "cmp"

// keeper hands things over in lists to a goroutine that stores them, while the
// next ones come.
type keeper[T any] struct {
	most   int // weight of a full list
	weigh  func(T) int
	list   []T
	weight int
	jobs   chan []T
	end    chan struct{} // closed with the goroutine
	err    error         // once end is closed
}

// newKeeper stores lists that weigh most, or a little more. An error of put ends
// it. close must be called.
func newKeeper[T any](most int, weigh func(T) int, put func([]T) error) *keeper[T] {
	k := &keeper[T]{most: most, weigh: weigh, jobs: make(chan []T), end: make(chan struct{})}
	go func() {
		defer close(k.end)
		for list := range k.jobs {
			if k.err = put(list); k.err != nil {
				return
			}
		}
	}()
	return k
}

// add hands one over; it waits where more than a list waits to be stored. The
// error is that of an earlier list.
func (k *keeper[T]) add(x T) error {
	k.list = append(k.list, x)
	if k.weight += k.weigh(x); k.weight < k.most {
		return nil
	}
	return k.flush()
}

func (k *keeper[T]) flush() error {
	if len(k.list) == 0 {
		return nil
	}
	select {
	case k.jobs <- k.list:
		k.list, k.weight = make([]T, 0, len(k.list)), 0 // lists are about equally long
		return nil
	case <-k.end:
		return k.err
	}
}

// close waits until all is stored.
func (k *keeper[T]) close() error {
	err := k.flush()
	close(k.jobs)
	<-k.end
	return cmp.Or(k.err, err)
}
