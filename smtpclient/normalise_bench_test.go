package smtpclient

import (
	"strings"
	"testing"
)

// BenchmarkNormalise is what making line ends right costs beside copying.
func BenchmarkNormalise(b *testing.B) {
	line := strings.Repeat("QUJD", 19)
	for _, kind := range []struct{ name, end string }{{"CRLF", "\r\n"}, {"LF", "\n"}, {"CR", "\r"}} {
		piece := []byte(strings.Repeat(line+kind.end, pieceSize/(len(line)+len(kind.end))))
		for _, stuff := range []bool{false, true} {
			name := kind.name + " by length"
			if stuff {
				name = kind.name + " by dots"
			}
			b.Run(name, func(b *testing.B) {
				n := normaliser{stuff: stuff}
				b.SetBytes(int64(len(piece)))
				for b.Loop() {
					n.block = n.block[:0]
					if err := n.write(piece); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
