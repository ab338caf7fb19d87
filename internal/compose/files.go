package compose

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"postea/internal/mail"
)

// file is an attachment that has been read.
type file struct {
	name      string
	kind      string // media type with parameters
	data      []byte
	inline    bool
	contentID string
}

// readFiles reads every attachment, and tells of every one that fails.
func readFiles(list []mail.AttachmentRef, left int64) ([]file, error) {
	var files []file
	var errs []error
	for _, ref := range list {
		data, err := readFile(ref, left)
		if err != nil {
			errs = append(errs, &FileError{Path: refPath(ref), Err: err})
			continue
		}
		left -= int64(len(data))
		name := FileName(ref)
		files = append(files, file{
			name: name, kind: mediaType(ref.Type, name, data), data: data,
			inline: ref.Inline, contentID: ref.ContentID,
		})
	}
	return files, errors.Join(errs...)
}

func refPath(ref mail.AttachmentRef) string {
	if ref.Path != "" {
		return ref.Path
	}
	return ref.Name
}

func readFile(ref mail.AttachmentRef, left int64) ([]byte, error) {
	if ref.Path == "" {
		if int64(len(ref.Data)) > left {
			return nil, ErrTooLarge
		}
		return ref.Data, nil
	}
	// Asked before it is opened: opening a pipe would wait for a writer.
	info, err := os.Stat(ref.Path)
	if err != nil {
		return nil, plainError(err)
	}
	switch {
	case info.IsDir():
		return nil, errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > left:
		return nil, ErrTooLarge
	}
	f, err := os.Open(ref.Path)
	if err != nil {
		return nil, plainError(err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, left+1))
	switch {
	case err != nil:
		return nil, plainError(err)
	case int64(len(data)) > left:
		return nil, ErrTooLarge
	}
	return data, nil
}

// plainError drops the path, which the FileError says already.
func plainError(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}

// FileName gives the base name for the recipient: no path, no controls.
func FileName(ref mail.AttachmentRef) string {
	name := ref.Name
	if name == "" {
		name = filepath.Base(ref.Path)
	}
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = oneLine(name)
	if name == "" || name == "." || name == ".." {
		return "attachment"
	}
	stem, ext := cutExtension(name)
	for len(stem)+len(ext) > 255 {
		_, n := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-n]
	}
	return stem + ext
}

// cutExtension parts a name where a program would look for its kind.
func cutExtension(name string) (stem, ext string) {
	if ext = path.Ext(name); len(ext) > 10 {
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// mediaType takes the given type if it is one, else goes by the name and the
// content. It asks no table of the system, so that the same file has the same
// type everywhere.
func mediaType(given, name string, data []byte) string {
	kind, params, err := mime.ParseMediaType(given)
	if err != nil || !strings.Contains(kind, "/") || strings.HasPrefix(kind, "multipart/") {
		kind, params = typeByName(name), nil
	}
	if kind == "" {
		kind = "application/octet-stream"
		if looksLikeText(data) {
			kind = "text/plain"
		}
	}
	for k, v := range params {
		if !mail.IsASCII(k+v) || len(v) > 60 || strings.ContainsAny(v, "\r\n") || k == "name" {
			delete(params, k)
		}
	}
	if strings.HasPrefix(kind, "text/") && params["charset"] == "" && utf8.Valid(data) {
		if params == nil {
			params = make(map[string]string)
		}
		params["charset"] = "utf-8"
	}
	if full := mime.FormatMediaType(kind, params); full != "" {
		return full
	}
	return "application/octet-stream"
}

func looksLikeText(data []byte) bool {
	head := data[:min(len(data), 8192)]
	for i := range head {
		if c := head[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			return false
		}
	}
	return len(data) > 0 && utf8.Valid(data)
}

func typeByName(name string) string {
	return map[string]string{
		".7z": "application/x-7z-compressed", ".bmp": "image/bmp", ".bz2": "application/x-bzip2", ".c": "text/plain", ".csv": "text/csv",
		".diff": "text/x-patch", ".doc": "application/msword",
		".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		".eml":  "message/rfc822", ".epub": "application/epub+zip", ".flac": "audio/flac", ".gif": "image/gif", ".go": "text/plain",
		".gz": "application/gzip", ".heic": "image/heic", ".htm": "text/html", ".html": "text/html", ".ics": "text/calendar",
		".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".json": "application/json", ".log": "text/plain", ".md": "text/markdown",
		".mov": "video/quicktime", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".odp": "application/vnd.oasis.opendocument.presentation",
		".ods": "application/vnd.oasis.opendocument.spreadsheet", ".odt": "application/vnd.oasis.opendocument.text", ".ogg": "audio/ogg",
		".patch": "text/x-patch", ".pdf": "application/pdf", ".png": "image/png", ".ppt": "application/vnd.ms-powerpoint",
		".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".ps": "application/postscript",
		".rtf": "application/rtf", ".svg": "image/svg+xml", ".tar": "application/x-tar", ".tgz": "application/gzip", ".tif": "image/tiff",
		".tiff": "image/tiff", ".toml": "application/toml", ".txt": "text/plain", ".vcf": "text/vcard", ".wav": "audio/wav",
		".webm": "video/webm", ".webp": "image/webp", ".xls": "application/vnd.ms-excel",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xml": "application/xml", ".xz": "application/x-xz",
		".yaml": "application/yaml", ".yml": "application/yaml", ".zip": "application/zip", ".zst": "application/zstd",
	}[strings.ToLower(path.Ext(name))]
}

// dispositionTokens writes Content-Disposition (RFC 2183) with a file name that
// old readers understand, and the true one as RFC 2231 says where they differ.
func dispositionTokens(f file) []string {
	kind := "attachment"
	if f.inline {
		kind = "inline"
	}
	ascii := strings.Map(func(r rune) rune {
		if r >= 0x7f {
			return '_'
		}
		return r
	}, f.name)
	ascii = strings.ReplaceAll(ascii, "=?", "=_") // or readers would decode it
	plain := `filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(ascii) + `"`
	if ascii == f.name && len(plain) < foldAt-2 {
		return []string{kind + ";", plain}
	}
	if len(plain) > foldAt-2 {
		plain = `filename="` + shortName(ascii) + `"`
	}
	// The true name first: readers that take the first of two, as Python does,
	// have it then, and those that know only the plain one find that.
	tokens := append([]string{kind + ";"}, extendedTokens("filename", f.name)...)
	tokens[len(tokens)-1] += ";"
	return append(tokens, plain)
}

// shortName keeps the extension of a name that is too long for one line.
func shortName(ascii string) string {
	stem, ext := cutExtension(strings.NewReplacer(`\`, "_", `"`, "_").Replace(ascii))
	return stem[:min(len(stem), 40-len(ext))] + ext
}

// extendedTokens writes a parameter in UTF-8, in pieces where one line is not
// enough (RFC 2231 §3, §4).
func extendedTokens(name, value string) []string {
	const room = 50
	var pieces []string
	var b strings.Builder
	for _, r := range value {
		coded := percentEncode(string(r))
		if b.Len()+len(coded) > room {
			pieces = append(pieces, b.String())
			b.Reset()
		}
		b.WriteString(coded)
	}
	pieces = append(pieces, b.String())
	if len(pieces) == 1 {
		return []string{name + "*=utf-8''" + pieces[0]}
	}
	tokens := make([]string, len(pieces))
	for i, p := range pieces {
		if i == 0 {
			p = "utf-8''" + p
		}
		tokens[i] = fmt.Sprintf("%s*%d*=%s;", name, i, p)
	}
	last := len(tokens) - 1
	tokens[last] = strings.TrimSuffix(tokens[last], ";")
	return tokens
}

// percentEncode leaves the attribute-char of RFC 2231 §7.
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < 0x80 && strings.IndexByte(atext, c) >= 0 && strings.IndexByte("*'%/?=", c) < 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
