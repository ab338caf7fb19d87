package screen

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	uv "github.com/charmbracelet/ultraviolet"
)

type typed struct{ io.Reader }

func (typed) Write(p []byte) (int, error) { return len(p), nil }
func (typed) Close() error                { return nil }
func (typed) Fd() uintptr                 { return 0 }

// What comes from a terminal is read as it is, but for what would break the program
// down, a sequence with more parameters than there is room for, and for what would be
// taken for letters: the function keys of the Linux console.
func TestKeyboard(t *testing.T) {
	long := strings.Repeat("1;", 1000)
	for in, want := range map[string]string{
		"Grüße, Û1;2\x1b[1;5A\x1b[<64;10;20M\x1bP1+r52=3a3b\x1b\\": "Grüße, Û1;2\x1b[1;5A\x1b[<64;10;20M\x1bP1+r52=3a3b\x1b\\",
		"a " + long + " b Û" + long:                                "a " + long + " b Û" + long,
		"\x1b]52;c;" + long + "\a":                                 "\x1b]52;c;" + long + "\a",
		"\x1b[" + long + "m" + long:                                "\x1b[" + long[:2*maxParams-1] + "m" + long,
		"\x9b" + strings.ReplaceAll(long, ";", ":") + "u":          "\x9b" + strings.ReplaceAll(long[:2*maxParams-1], ";", ":") + "u",
		"\x1b[[A\x1b[[Ex[[A\x1b[A\x1b[1[A":                         "\x1b[P\x1b[Tx[[A\x1b[A\x1b[1[A",
	} {
		for name, r := range map[string]io.Reader{"at once": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in))} {
			got, err := io.ReadAll(&Keyboard{File: typed{r}})
			if err != nil || string(got) != want {
				t.Errorf("%s: got %q, want %q, %v", name, got, want, err)
			}
		}
	}
}

// A report whose rest is late comes whole: the pieces would be keys. What may be a key
// that was pressed is not waited for.
func TestKeyboardWaitsForTheRestOfAReport(t *testing.T) {
	long := "\x1b]52;c;" + strings.Repeat("A", maxReport)
	for _, c := range []struct{ sent, want []string }{
		{[]string{"\x1b[<64;1", "0;20M", "j"}, []string{"\x1b[<64;10;20M", "j"}},
		{[]string{"j\x1b[<0;10;20", "M\x1b[<0;10;20", "m"}, []string{"j", "\x1b[<0;10;20M", "\x1b[<0;10;20m"}},
		{[]string{"\x1b]11;rgb:1a1a/", "1a1a/1a1a\x1b", "\\"}, []string{"\x1b]11;rgb:1a1a/1a1a/1a1a\x1b\\"}},
		{[]string{"\x1b]11;rgb:1a1a/1a1a/1a1a", "\a"}, []string{"\x1b]11;rgb:1a1a/1a1a/1a1a\a"}},
		{[]string{"\x1b[?2026;2", "$", "y"}, []string{"\x1b[?2026;2$y"}},
		{[]string{"\x1bP>|XTerm(", "390)\x1b\\"}, []string{"\x1bP>|XTerm(390)\x1b\\"}},
		{[]string{"\x1b_Gi=1;O", "K\x1b\\"}, []string{"\x1b_Gi=1;OK\x1b\\"}},
		{[]string{"\x1b[1;5", "A"}, []string{"\x1b[1;5A"}},
		{[]string{"\x1b]11;rgb:1a1a", "\x03"}, []string{"\x1b]11;rgb:1a1a\x03"}},
		{[]string{"\x1b]11;rgb:1a1a", "\x1b[A"}, []string{"\x1b]11;rgb:1a1a\x1b[A"}},
		{[]string{"\x1b[<0;1"}, []string{"\x1b[<0;1"}}, // the line ends
		{[]string{"\x1b", "[A"}, nil},
		{[]string{"\x1b[", "A"}, nil},
		{[]string{"\x1b]", "1"}, nil},
		{[]string{"\x1bP", "1"}, nil},
		{[]string{"\x1b", "j"}, nil},
		{[]string{"\x1b]x", "y"}, nil},
		{[]string{"\x1b_x", "y"}, nil},
		{[]string{"\x1b[200~\x1b", "]", "x\x1b[201~"}, nil},
		{[]string{long, "A\a"}, nil},
	} {
		if c.want == nil {
			c.want = c.sent
		}
		if got := reads(c.sent); !slices.Equal(got, c.want) {
			t.Errorf("%q is read as %q", c.sent, got)
		}
	}
}

// reads is what is read of what a terminal sends piece by piece.
func reads(pieces []string) (got []string) {
	var list []io.Reader
	for _, p := range pieces {
		list = append(list, strings.NewReader(p))
	}
	k := &Keyboard{File: typed{io.MultiReader(list...)}}
	b := make([]byte, 4096)
	for {
		n, err := k.Read(b)
		if n > 0 {
			got = append(got, string(b[:n]))
		}
		if err != nil {
			return got
		}
	}
}

// No bytes take down what makes events of them.
func TestKeyboardOfAnyBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\x1b[", "\x1bP", "\x1b]", "\x1b_", "\x9b", "\x90", "\x1b", "?", "<", ">", "1", ";", ":", "99999999999999999999", "200~", "201~", "M", "u", "_", "$y", "t", "R", "n", "I", "\a", "\x1b\\", "é", "\xff", "\x00", "a", "+r", "52;c;", "11;rgb:", "/", strings.Repeat("1;", 60), strings.Repeat("3:", 60)}
	for range 3000 {
		var in bytes.Buffer
		for range r.IntN(20) {
			in.WriteString(pieces[r.IntN(len(pieces))])
		}
		events := make(chan uv.Event, 1<<10)
		reader := uv.NewTerminalReader(&Keyboard{File: typed{&in}}, "xterm-256color")
		if err := reader.StreamEvents(context.Background(), events); err != nil {
			t.Fatal(err)
		}
	}
}
