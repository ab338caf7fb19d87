package mailfile

import (
	"bufio"
	"context"
	"encoding/binary"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mhNumbers lists the messages of an MH folder, which are files named by numbers. The
// folders in it may be named so too.
func mhNumbers(dir string) ([]uint32, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []uint32
	for _, e := range list {
		n, err := strconv.ParseUint(e.Name(), 10, 32)
		if err == nil && n > 0 && e.Name()[0] != '0' && e.Type().IsRegular() {
			out = append(out, uint32(n))
		}
	}
	slices.Sort(out)
	return out, nil
}

func mhFile(dir string, n uint32) string {
	return filepath.Join(dir, strconv.FormatUint(uint64(n), 10))
}

// isMH tells of a directory in which a file that is named by a number is a message.
func isMH(dir string) bool {
	list, err := mhNumbers(dir)
	return err == nil && slices.ContainsFunc(list, func(n uint32) bool {
		head, err := headOf(mhFile(dir, n))
		return err == nil && (isFromLine(head) || hasField(head))
	})
}

// readMH gives the messages of an MH folder from the nth on.
func readMH(ctx context.Context, dir string, from int64) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		list, err := mhNumbers(dir)
		if err != nil {
			yield(Message{}, err)
			return
		}
		flags := mhFlags(dir)
		readEach(ctx, len(list), from, yield, func(i int) (Message, error) {
			m, err := readFile(mhFile(dir, list[i]))
			m.Flags = flags(list[i])
			return m, err
		})
	}
}

// mhFlags tells the flags of each message: as Claws Mail and Sylpheed keep them, or as the
// sequences that MH and mutt write say. What is in none of these is read.
func mhFlags(dir string) func(n uint32) []string {
	for _, name := range []string{".claws_mark", ".sylpheed_mark"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil && len(b) >= 4 {
			marks := readMarks(b)
			return func(n uint32) []string { return marks[n] }
		}
	}
	sequences := readSequences(filepath.Join(dir, ".mh_sequences"))
	return func(n uint32) []string {
		var out []string
		if !sequences.has("unseen", n) {
			out = append(out, `\Seen`)
		}
		if sequences.has("replied", n) {
			out = append(out, `\Answered`)
		}
		if sequences.has("flagged", n) {
			out = append(out, `\Flagged`)
		}
		return goodFlags(out)
	}
}

// readMarks reads pairs of a message's number and its marks, 32 bits each in the order of
// the machine they were written on; the version in front of them tells it.
func readMarks(b []byte) map[uint32][]string {
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(b) > 0xffff {
		order = binary.BigEndian
	}
	out := map[uint32][]string{}
	for b = b[4:]; len(b) >= 8; b = b[8:] {
		var flags []string
		marks := order.Uint32(b[4:])
		if marks&2 == 0 {
			flags = append(flags, `\Seen`)
		}
		for bit, f := range map[uint32]string{4: `\Flagged`, 16: `\Answered`, 32: "$Forwarded"} {
			if marks&bit != 0 {
				flags = append(flags, f)
			}
		}
		out[order.Uint32(b)] = goodFlags(flags)
	}
	return out
}

// mhSequences are lists of messages by their names: numbers and ranges of them.
type mhSequences map[string][][2]uint32

func readSequences(path string) mhSequences {
	out := mhSequences{}
	f, err := os.Open(path)
	if err != nil {
		return out
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for in.Buffer(nil, 1<<20); in.Scan(); {
		name, list, _ := strings.Cut(in.Text(), ":")
		for _, part := range strings.Fields(list) {
			first, last, isRange := strings.Cut(part, "-")
			if !isRange {
				last = first
			}
			from, err := strconv.ParseUint(first, 10, 32)
			to, err2 := strconv.ParseUint(last, 10, 32)
			if err == nil && err2 == nil {
				out[name] = append(out[name], [2]uint32{uint32(from), uint32(to)})
			}
		}
	}
	return out
}

func (s mhSequences) has(name string, n uint32) bool {
	return slices.ContainsFunc(s[name], func(r [2]uint32) bool { return r[0] <= n && n <= r[1] })
}
