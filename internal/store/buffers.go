package store

import "sync"

// buffers are used again and again. The zero value has none yet; it is safe for
// concurrent use.
type buffers struct{ pool sync.Pool }

// mostKept bounds what is kept of one, in bytes.
const mostKept = 1 << 20

// get gives an empty one.
func (b *buffers) get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return (*p)[:0]
	}
	return nil
}

// put takes one back that nobody uses any more.
func (b *buffers) put(p []byte) {
	if cap(p) > 0 && cap(p) <= mostKept {
		b.pool.Put(&p)
	}
}
