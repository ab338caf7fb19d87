package segment

import "math/bits"

// arena gives out small slices of large blocks, which live as long as a segment is
// built; those that were outgrown are given out again.
type arena struct {
	blocks [][]byte
	used   int // blocks
	left   []byte
	free   [32][][]byte // by the power of two that is their capacity
}

const (
	blockSize = 256 << 10
	smallest  = 32
)

// take gives a slice with a capacity that is the next power of two.
func (a *arena) take(length, capacity int) []byte {
	class := bits.Len(uint(max(capacity, 1) - 1))
	if n := len(a.free[class]); n > 0 {
		s := a.free[class][n-1]
		a.free[class] = a.free[class][:n-1]
		return s[:length]
	}
	size := 1 << class
	if size > blockSize/4 {
		return make([]byte, length, size)
	}
	if len(a.left) < size {
		if a.used == len(a.blocks) {
			a.blocks = append(a.blocks, make([]byte, blockSize))
		}
		a.left = a.blocks[a.used]
		a.used++
	}
	s := a.left[:length:size]
	a.left = a.left[size:]
	return s
}

// grow gives the slice with twice its capacity.
func (a *arena) grow(s []byte) []byte {
	t := a.take(len(s), max(smallest, 2*cap(s)))
	copy(t, s)
	if c := cap(s); c > 0 {
		class := bits.Len(uint(c - 1))
		a.free[class] = append(a.free[class], s[:0])
	}
	return t
}

// reset takes everything back.
func (a *arena) reset() {
	a.used, a.left = 0, nil
	for i := range a.free {
		a.free[i] = a.free[i][:0]
	}
}
