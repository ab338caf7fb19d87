package preview

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	maxEntries  = 2000
	maxName     = 4096      // a longer path can be made nowhere
	maxExpanded = 128 << 20 // of a compressed tar, which has no directory
)

// ErrNoArchive says that the data is of no kind that can be listed.
var ErrNoArchive = errors.New("this is no archive that can be listed")

// Archive lists what is in a zip or tar file, the latter also compressed by
// gzip or bzip2, in the order of the archive. It goes by the data and not by a
// name. The error is ErrNoArchive, or says what is wrong with the archive; what
// could be read until then is given all the same.
func Archive(data []byte) ([]string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return listZip(data)
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("reading the archive: %w", err)
		}
		return listTar(z)
	case bytes.HasPrefix(data, []byte("BZh")):
		return listTar(bzip2.NewReader(bytes.NewReader(data)))
	case len(data) > 262 && string(data[257:262]) == "ustar":
		return listTar(bytes.NewReader(data))
	}
	return nil, ErrNoArchive
}

// IsArchive tells by the first bytes whether Archive has a chance.
func IsArchive(head []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "BZh"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return len(head) > 262 && string(head[257:262]) == "ustar"
}

func listZip(data []byte) ([]string, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if z == nil || err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	var l listing
	for _, f := range z.File {
		if !l.add(f.Name, int64(f.UncompressedSize64), f.Modified, f.Flags&1 != 0) {
			break
		}
	}
	return l.done(len(z.File)), nil
}

func listTar(r io.Reader) ([]string, error) {
	limit := &io.LimitedReader{R: r, N: maxExpanded}
	t := tar.NewReader(limit)
	var l listing
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return l.done(0), nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			if limit.N <= 0 {
				err = errors.New("it is too large to be listed to its end")
			}
			if len(l.lines) == 0 {
				return nil, ErrNoArchive
			}
			return l.done(0), fmt.Errorf("reading the archive: %w", err)
		}
		if !l.add(h.Name, h.Size, h.ModTime, false) {
			return append(l.done(0), "… and more"), nil
		}
	}
}

// listing gathers lines.
type listing struct {
	lines []string
	total int64
}

func (l *listing) add(name string, size int64, at time.Time, locked bool) bool {
	if len(l.lines) == maxEntries {
		return false
	}
	shown := fmt.Sprintf("%12d", size)
	if strings.HasSuffix(name, "/") {
		shown = fmt.Sprintf("%12s", "")
	}
	day := "          "
	if at.Year() > 1980 {
		day = at.Format("2006-01-02")
	}
	line := strings.ReplaceAll(shown+"  "+day+"  ", " ", "\u00a0") + strings.ToValidUTF8(name[:min(len(name), maxName)], "\ufffd")
	if locked {
		line += "  (encrypted)"
	}
	l.lines = append(l.lines, line)
	if size > 0 {
		l.total += size
	}
	return true
}

// done adds what comes after the last entry; of is their number, 0 where it is
// that of the lines.
func (l *listing) done(of int) []string {
	n := max(of, len(l.lines))
	if of > len(l.lines) {
		l.lines = append(l.lines, fmt.Sprintf("… and %d more", of-len(l.lines)))
	}
	return append(l.lines, "", fmt.Sprintf("%d entries, %d bytes", n, l.total))
}
