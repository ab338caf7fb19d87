package compose

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"postea/internal/mail"
)

// Styles stand in the elements, because mail programs drop style sheets.
const (
	bodyStyle  = "font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5"
	quoteStyle = "margin:0 0 1em 0;padding:0 0 0 1em;border-left:3px solid #c8ccd2;color:#5b6470"
	codeStyle  = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;background-color:#f2f3f5;padding:1px 4px;border-radius:3px"
	tableStyle = "border-collapse:collapse;margin:0 0 1em 0"
	cellStyle  = "border:1px solid #c8ccd2;padding:4px 10px"
	signStyle  = "color:#7a828d"
)

// Markdown gives the HTML version of a text in Markdown (CommonMark with tables,
// strikethrough, task lists and bare links); a line break stays one. HTML is text
// like any other, for "List<String>" or "<your name>" must arrive, and what a
// reader would have to fetch is left out: a picture is
// shown only where picture knows its destination as the Content-ID of a part,
// and is a link or its description otherwise. The signature is no Markdown.
func Markdown(source string, picture func(destination string) (contentID string, ok bool)) string {
	source = normalizeText(source)
	sign := ""
	if i := strings.LastIndex("\n"+source, "\n-- \n"); i >= 0 {
		source, sign = source[:max(i-1, 0)], strings.TrimRight(("\n" + source)[i+len("\n-- \n"):], "\n")
	}
	md := goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(withoutParser(withoutParser(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser()), parser.NewListItemParser())...),
			parser.WithBlockParsers(util.Prioritized(listItems{parser.NewListItemParser()}, 400)),
			parser.WithInlineParsers(withoutParser(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
			parser.WithParagraphTransformers(util.Prioritized(&definitions{strings.ToLower(source)}, 100)),
		)),
		goldmark.WithExtensions(tables{}, strikethrough{}, extension.TaskList, bareLinks()),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(&styler{picture}, 999))),
		goldmark.WithRendererOptions(gmhtml.WithHardWraps()),
	)
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n<body style=\"%s\">\n", bodyStyle)
	if err := md.Convert([]byte(source), &b); err != nil { // a Buffer does not fail
		b.WriteString("<pre>" + html.EscapeString(source) + "</pre>\n")
	}
	if sign != "" {
		lines := strings.Split(html.EscapeString(sign), "\n")
		fmt.Fprintf(&b, "<p style=\"%s\">-- <br>\n%s</p>\n", signStyle, strings.Join(lines, "<br>\n"))
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// bareLinks makes links of addresses as goldmark does, but with the letters of all scripts
// that part words by blanks, and with *: at these it cuts, and the link leads elsewhere.
var bareLinks = sync.OnceValue(func() goldmark.Extender {
	const (
		host = `[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-z]+`
		path = "(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'\">^{}\\[\\]`*\\p{Latin}\\p{Greek}\\p{Cyrillic}\\p{Armenian}\\p{Georgian}\\p{Hebrew}\\p{Arabic}\\p{M}]*)?"
	)
	return extension.NewLinkify(
		extension.WithLinkifyURLRegexp(regexp.MustCompile(`^(?:https?|ftp)://`+host+`(?::\d+)?`+path)),
		extension.WithLinkifyWWWRegexp(regexp.MustCompile(`^www\.`+host+path)),
	)
})

// strikethrough strikes what stands between two tildes on each side. Of one alone,
// "5~10 or 15~20" would lose its middle.
type strikethrough struct{ parser.InlineParser }

// Extend implements goldmark.Extender.
func (strikethrough) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(strikethrough{extension.NewStrikethroughParser()}, 500)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500)))
}

// Parse implements parser.InlineParser.
func (s strikethrough) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("~~")) || bytes.HasPrefix(line, []byte("~~~")) {
		return nil // goldmark counts more than two to their end, and at each of them
	}
	return s.InlineParser.Parse(parent, block, pc)
}

// tables makes tables of what has a quarter of its cells at least, or has few. Goldmark
// adds those that lines lack, which makes gigabytes of some wide lines and a thousand
// short ones.
type tables struct{ parser.ParagraphTransformer }

// Extend implements goldmark.Extender.
func (tables) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithParagraphTransformers(util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(extension.NewTableHTMLRenderer(), 500)))
}

const fewCells = 10_000

// Transform implements parser.ParagraphTransformer.
func (t tables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	widest, cells := 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		n := 1 + bytes.Count(line.Value(reader.Source()), []byte("|"))
		widest, cells = max(widest, n), cells+n
	}
	if widest*lines.Len() <= max(4*cells, fewCells) {
		t.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// withoutParser leaves out the one that is of the same type as one.
func withoutParser(list []util.PrioritizedValue, one any) []util.PrioritizedValue {
	return slices.DeleteFunc(list, func(p util.PrioritizedValue) bool { return reflect.TypeOf(p.Value) == reflect.TypeOf(one) })
}

// definitions reads definitions of links. What only looks like one, such as
// "[Bob]: yes", or is for no link of the text, would vanish.
type definitions struct{ text string } // in lower case

var definition = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ {0,3}(\[[^\[\]\n]+\]): *<?([^\s>]*)`) })

// Transform implements parser.ParagraphTransformer.
func (d *definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	const most = 200 // of which each is looked for in the text
	lines := node.Lines()
	if lines.Len() > most {
		return
	}
	for i := range lines.Len() {
		line := lines.At(i)
		m := definition().FindSubmatch(line.Value(reader.Source()))
		if m == nil {
			continue
		}
		if !safeLink(string(m[2])) || strings.Count(d.text, strings.ToLower(string(m[1]))) < 2 {
			return
		}
	}
	parser.LinkReferenceParagraphTransformer.Transform(node, reader, pc)
}

// styler gives the elements their styles and decides about pictures.
type styler struct {
	picture func(string) (string, bool)
}

// Transform implements parser.ASTTransformer.
func (s *styler) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var pictures []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Blockquote:
			style(n, quoteStyle)
		case *ast.CodeSpan:
			style(n, codeStyle)
		case *ast.List:
			number(n)
		case *ast.FencedCodeBlock:
			keepFirstLine(n, reader.Source())
		case *extast.Table:
			style(n, tableStyle)
		case *extast.TableCell:
			style(n, cellStyle)
		case *ast.Link:
			n.Destination = withScheme(n.Destination)
			if !safeLink(string(n.Destination)) {
				n.Destination = nil
			}
		case *ast.Image:
			pictures = append(pictures, n)
		}
		return ast.WalkContinue, nil
	})
	for _, p := range pictures {
		s.place(p)
	}
}

// number has the items of a list keep their numbers: who answers points 2, 5 and 7 does
// not mean 2, 3 and 4. Where the same one is written for all they are counted.
func number(list *ast.List) {
	if !list.IsOrdered() {
		return
	}
	shown, before := list.Start, list.Start
	for item := list.FirstChild().NextSibling(); item != nil; item = item.NextSibling() {
		number, _ := item.AttributeString(writtenNumber)
		written, ok := number.(int)
		if !ok {
			return
		}
		if shown++; written != before && written != shown {
			item.SetAttributeString("value", []byte(strconv.Itoa(written)))
			shown = written
		}
		before = written
	}
}

// listItems reads the items of lists, and what number each has.
type listItems struct{ parser.BlockParser }

const writtenNumber = "number" // no attribute of HTML, and so left out there

// Open implements parser.BlockParser.
func (l listItems) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	item, state := l.BlockParser.Open(parent, reader, pc)
	if item != nil {
		line = bytes.TrimLeft(line, " ")
		digits := line[:len(line)-len(bytes.TrimLeft(line, "0123456789"))]
		number, _ := strconv.Atoi(string(digits)) // at most nine
		item.SetAttributeString(writtenNumber, number)
	}
	return item, state
}

// keepFirstLine has code begin behind the marks in front of it, as in chats, where more
// stands there than the name of a language, which nobody would see.
func keepFirstLine(code *ast.FencedCodeBlock, source []byte) {
	if code.Info == nil || !bytes.ContainsAny(code.Info.Value(source), " \t") {
		return
	}
	start := code.Info.Segment.Start
	_, after, _ := bytes.Cut(source[start:], []byte("\n"))
	lines := text.NewSegments()
	lines.Append(text.NewSegment(start, len(source)-len(after)))
	lines.AppendAll(code.Lines().Sliced(0, code.Lines().Len()))
	code.SetLines(lines)
	code.Info = nil
}

func style(n ast.Node, css string) { n.SetAttributeString("style", []byte(css)) }

// place shows a picture that travels along, and makes a link or nothing but the
// description of any other.
func (s *styler) place(p *ast.Image) {
	destination := string(p.Destination)
	if plain, err := url.PathUnescape(destination); err == nil && s.picture != nil {
		if id, ok := s.picture(plain); ok {
			p.Destination = []byte("cid:" + id)
			style(p, "max-width:100%;height:auto")
			return
		}
	}
	parent := p.Parent()
	if safeLink(destination) {
		link := ast.NewLink()
		link.Destination = p.Destination
		for c := p.FirstChild(); c != nil; {
			next := c.NextSibling()
			link.AppendChild(link, c)
			c = next
		}
		parent.ReplaceChild(parent, p, link)
		return
	}
	for c := p.FirstChild(); c != nil; {
		next := c.NextSibling()
		parent.InsertBefore(parent, p, c)
		c = next
	}
	parent.RemoveChild(parent, p)
}

var hostLike = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^([a-z0-9-]+\.)+[a-z]{2,}(:\d+)?([/?#]|$)`) })

// withScheme completes what was meant for a host or an address, and not for a file:
// readers take what has no scheme for a place in the mail itself.
func withScheme(destination []byte) []byte {
	switch d := string(destination); {
	case mail.CheckAddrSpec(d) == "":
		return []byte("mailto:" + d)
	case hostLike().MatchString(d) && (typeByName(d) == "" || strings.Contains(d, "/")):
		return []byte("https://" + d)
	}
	return destination
}

// safeLink tells of what a link may lead to.
func safeLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains([]string{"http", "https", "mailto", "tel", "xmpp", "sip", "geo"}, strings.ToLower(u.Scheme))
}
