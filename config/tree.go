package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

type kind string

const (
	kindString kind = "a string"
	kindInt    kind = "a whole number"
	kindFloat  kind = "a number"
	kindBool   kind = "true or false"
	kindArray  kind = "a list"
	kindTable  kind = "a table"
	kindTime   kind = "a date or time"
)

// item is a value of the document with its place in it.
type item struct {
	kind     kind
	key      string
	at       int // byte offset of the key, or of the value in a list
	from, to int // byte offsets of the value, where it stands in one piece
	str      string
	num      int64
	yes      bool
	list     []*item
	fields   []*item // of a table, in the order of the document
	tables   bool    // a list made by [[headers]]
}

func (it *item) get(key string) *item {
	for _, f := range it.fields {
		if f.key == key {
			return f
		}
	}
	return nil
}

func (it *item) child(key string, at int, k kind) *item {
	if f := it.get(key); f != nil {
		return f
	}
	f := &item{kind: k, key: key, at: at}
	it.fields = append(it.fields, f)
	return f
}

// readText reads a file without the mark of UTF-8 (U+FEFF) that editors on Windows
// put in front of it, and that is no part of a document.
func readText(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	return withoutMark(data), err
}

func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }

// isUTF16 knows it by its mark, or by the first letter, which is one of ASCII.
func isUTF16(data []byte) bool {
	return len(data) > 1 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff || (data[0] == 0) != (data[1] == 0))
}

// parseTree reads a document. A syntax error is one Problem.
func parseTree(path string, data []byte) (*item, Problems) {
	if isUTF16(data) {
		return nil, Problems{{Path: path, Line: 1, Column: 1, Text: "is written in UTF-16 (which Windows calls Unicode); save it as UTF-8"}}
	}
	// The decoder finds what the parser alone does not: keys and tables that
	// are defined twice.
	var any map[string]any
	if err := toml.Unmarshal(data, &any); err != nil {
		p := Problem{Path: path, Line: 1, Column: 1, Text: err.Error()}
		var de *toml.DecodeError
		if errors.As(err, &de) {
			p.Line, p.Column = de.Position()
		}
		return nil, Problems{p}
	}
	b := builder{data: data}
	b.parser.Reset(data)
	root := &item{kind: kindTable}
	table := root
	for b.parser.NextExpression() {
		e := b.parser.Expression()
		switch e.Kind {
		case unstable.KeyValue:
			b.keyValue(table, e)
		case unstable.Table, unstable.ArrayTable:
			table = b.header(root, e)
		}
	}
	if err := b.parser.Error(); err != nil {
		return nil, Problems{{Path: path, Line: 1, Column: 1, Text: err.Error()}}
	}
	return root, nil
}

type builder struct {
	parser unstable.Parser
	data   []byte
}

func offset(n *unstable.Node) int { return int(n.Raw.Offset) }

func keys(n *unstable.Node) []*unstable.Node {
	var out []*unstable.Node
	for it := n.Key(); it.Next(); {
		out = append(out, it.Node())
	}
	return out
}

// header opens the table of a [header] or the next one of a [[header]].
func (b *builder) header(root *item, n *unstable.Node) *item {
	t := root
	path := keys(n)
	for i, k := range path {
		last := i == len(path)-1
		if last && n.Kind == unstable.ArrayTable {
			arr := t.child(string(k.Data), offset(k), kindArray)
			arr.tables = true
			next := &item{kind: kindTable, key: string(k.Data), at: offset(k)}
			arr.list = append(arr.list, next)
			return next
		}
		t = t.child(string(k.Data), offset(k), kindTable)
		if t.kind == kindArray && len(t.list) > 0 { // [account.imap] belongs to the last [[account]]
			t = t.list[len(t.list)-1]
		}
	}
	return t
}

func (b *builder) keyValue(t *item, n *unstable.Node) {
	path := keys(n)
	for _, k := range path[:len(path)-1] {
		t = t.child(string(k.Data), offset(k), kindTable)
	}
	k := path[len(path)-1]
	v := b.value(n.Value())
	v.key, v.at = string(k.Data), offset(k)
	if v.kind == kindTable || v.kind == kindArray {
		// The raw range of a key-value covers the value to its end.
		v.to = int(n.Raw.Offset + n.Raw.Length)
		v.to = len(bytes.TrimRight(b.data[:v.to], " \t\r\n"))
	}
	t.fields = append(t.fields, v)
}

func (b *builder) value(n *unstable.Node) *item {
	v := &item{at: offset(n), from: offset(n), to: offset(n) + int(n.Raw.Length)}
	switch n.Kind {
	case unstable.String:
		v.kind, v.str = kindString, string(n.Data)
	case unstable.Bool:
		v.kind, v.yes = kindBool, string(n.Data) == "true"
	case unstable.Integer:
		v.kind = kindInt
		num, err := strconv.ParseInt(string(bytes.ReplaceAll(n.Data, []byte("_"), nil)), 0, 64)
		if err != nil {
			v.kind = kindFloat // out of range: no field takes it
		}
		v.num = num
	case unstable.Float:
		v.kind = kindFloat
	case unstable.Array:
		v.kind = kindArray
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				v.list = append(v.list, b.value(it.Node()))
			}
		}
		if len(v.list) > 0 && v.from == 0 {
			v.from, v.at = v.list[0].from, v.list[0].at
		}
	case unstable.InlineTable:
		v.kind = kindTable
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				b.keyValue(v, it.Node())
			}
		}
	default:
		v.kind = kindTime
	}
	return v
}

// Problem is one thing that is wrong with a configuration file.
type Problem struct {
	Path         string
	Line, Column int // from 1
	Key          string
	Text         string // what is wrong and what to do
}

func (p Problem) String() string {
	if p.Key == "" {
		return fmt.Sprintf("%s:%d:%d: %s", p.Path, p.Line, p.Column, p.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.Path, p.Line, p.Column, p.Key, p.Text)
}

// Problems is everything that is wrong with a file, in the order of its lines.
type Problems []Problem

func (ps Problems) Error() string {
	var b bytes.Buffer
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// position turns a byte offset into line and column, both from 1; the column
// counts characters.
func position(data []byte, at int) (line, column int) {
	at = min(at, len(data))
	before := data[:at]
	line = bytes.Count(before, []byte("\n")) + 1
	start := bytes.LastIndexByte(before, '\n') + 1
	return line, len([]rune(string(before[start:]))) + 1
}
