package segment

// appendVarint appends a number as SQLite writes it: seven bits to a byte, the highest
// first, and eight in a ninth byte.
func appendVarint(b []byte, v uint64) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<14:
		return append(b, byte(v>>7)|0x80, byte(v)&0x7f)
	case v < 1<<21:
		return append(b, byte(v>>14)|0x80, byte(v>>7)|0x80, byte(v)&0x7f)
	case v < 1<<28:
		return append(b, byte(v>>21)|0x80, byte(v>>14)|0x80, byte(v>>7)|0x80, byte(v)&0x7f)
	case v < 1<<35:
		return append(b, byte(v>>28)|0x80, byte(v>>21)|0x80, byte(v>>14)|0x80, byte(v>>7)|0x80, byte(v)&0x7f)
	}
	if v >= 1<<56 {
		var out [9]byte
		out[8] = byte(v)
		v >>= 8
		for i := 7; i >= 0; i-- {
			out[i] = byte(v) | 0x80
			v >>= 7
		}
		return append(b, out[:]...)
	}
	var out [8]byte
	n := len(out)
	for last := byte(0); v > 0; last = 0x80 {
		n--
		out[n] = byte(v&0x7f) | last
		v >>= 7
	}
	return append(b, out[n:]...)
}

// varintLen is how many bytes appendVarint needs.
func varintLen(v uint64) int {
	n := 1
	for v >>= 7; v > 0 && n < 9; v >>= 7 {
		n++
	}
	return n
}

// varint reads a number; n is 0 where b ends within it.
func varint(b []byte) (v uint64, n int) {
	for i, c := range b[:min(len(b), 9)] {
		if i == 8 {
			return v<<8 | uint64(c), 9
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
