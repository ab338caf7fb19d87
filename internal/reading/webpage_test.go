package reading

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const pageMail = "Subject: <script>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n%s\n--b\nContent-Type: image/png\nContent-ID: <moth@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b\nContent-Type: image/svg+xml\nContent-ID: <evil@x>\n\n<svg onload=alert(1)/>\n--b--\n"

func page(body string) string {
	return Parse([]byte(strings.Replace(pageMail, "%s", body, 1))).WebPage()
}

func TestWebPage(t *testing.T) {
	got := page(`<body onload="x()"><h1 class=big onclick=y()>Hello &amp; welcome</h1><p style="color:#f00; background: url(http://t.example/a.png); width: calc(1px + 2px)">Text</p>` +
		`<a href="https://shop.example/a?b=1&c=2" ping="https://t.example">shop</a> <a href="javascript:alert(1)">no</a> <img alt=moth src="cid:moth@x"> <img src="cid:evil@x">` +
		`<style>@import "http://t.example/x.css"; @media (max-width: 600px) { p { color: blue } } p { font-family: serif }</style>`)
	for _, want := range []string{
		`<h1 class="big">Hello &amp; welcome</h1>`, `color:#f00;`, `width: calc(1px + 2px)`, `href="https://shop.example/a?b=1&amp;c=2" rel="noreferrer`,
		`<img alt="moth" src="data:image/png;base64,iVBORw0KGgo=">`, "@media (max-width: 600px)", "font-family: serif", "&lt;script&gt;</title>", "default-src 'none'",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	checkPage(t, got)
	if Parse([]byte("Subject: x\n\nplain\n")).WebPage() != "" {
		t.Error("a page of a plain text")
	}
}

// TestWebPageOfALargeImage: one that is too large was decoded wherever it is named.
func TestWebPageOfALargeImage(t *testing.T) {
	var data strings.Builder
	encodeBase64(&data, make([]byte, maxPageImage+1))
	got := Parse([]byte("Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n" + strings.Repeat("<img src=cid:a>", 50_000) +
		"\n--b\nContent-Type: image/png\nContent-ID: <a>\nContent-Transfer-Encoding: base64\n\n" + data.String() + "\n--b--\n")).WebPage()
	if n := strings.Count(got, "<img>"); n != 50_000 {
		t.Errorf("%d images stand empty", n)
	}
}

var fetches = regexp.MustCompile(`(?i)url\s*\(|image-set|@import|@font-face|expression\s*\(|\\`)

var embeddedImage = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/=]*$`)

// checkPage reads the page as a browser does.
func checkPage(t *testing.T, got string) {
	t.Helper()
	_, body, _ := strings.Cut(got, "<body>")
	root, err := html.Parse(strings.NewReader("<html><body>" + body))
	if err != nil {
		return // nested deeper than the parser goes
	}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment in\n%s", got)
		}
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" && n.FirstChild != nil && fetches.MatchString(n.FirstChild.Data) {
			t.Errorf("%q in\n%s", n.FirstChild.Data, got)
		}
		if !isOf(pageElements+"html head body tbody ", n.Data) || n.Namespace != "" {
			t.Errorf("<%s> in\n%s", n.Data, got)
		}
		for _, a := range n.Attr {
			switch target, _ := checkURL(a.Val); {
			case a.Key == "style" && fetches.MatchString(a.Val),
				a.Key == "src" && !embeddedImage.MatchString(a.Val),
				a.Key == "href" && target == "",
				a.Key != "rel" && a.Key != "target" && a.Key != "src" && a.Key != "href" && !isOf(pageAttributes, a.Key):
				t.Errorf("%s=%q in\n%s", a.Key, a.Val, got)
			}
		}
	}
}

func TestWebPageLetsNothingThrough(t *testing.T) {
	for _, evil := range []string{
		`<script>alert(1)</script>`, `<scr<script>ipt>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
		`<a href=" java&#x0A;script:alert(1)">x</a>`, `<iframe srcdoc="<script>1</script>"></iframe>`, `<img srcset="http://t.example/1 1x">`,
		`<table background="http://t.example/b.png"><td background=//t.example/c>`, `<link rel=stylesheet href=http://t.example/x>`, `<meta http-equiv=refresh content="0;url=http://t.example">`,
		`<base href=http://t.example/>`, `<form action=http://t.example><input></form>`, `<style>p{background:u\72l(http://t.example)}</style>`,
		`<style>@im/**/port url(http://t.example)</style>`, `<p style="background-image:image-set('http://t.example/a' 1x)">`, `<p style="background:/*x*/url('http://t.example')">`,
		`<style><!-- </style><img src=http://t.example/1> --></style>`, `<style>a{}</style><!--><img src=http://t.example>-->`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
		`<video poster=http://t.example/p></video>`, `<object data=http://t.example></object>`, `<img src="http://t.example/pixel.gif" width=1 height=1>`, `<img src="data:image/svg+xml;base64,AAAA">`,
		`<a href="https://ok.example" ping=http://t.example style="x:expression(alert(1))">`, `<p style='font-family:"&quot;;background:url(http://t.example)'>`, "<p title=`x` onfoo=1 \x00onload=1>",
	} {
		checkPage(t, page(evil))
	}
}

func FuzzWebPage(f *testing.F) {
	f.Add(`<p style="a:url(x)"><style>@import x</style><img src=http://x onerror=1>`)
	f.Add(`<svg><style><!--</style><img src=1 onerror=alert(1)>`)
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "\n--b") { // it would end the part that holds it
			return
		}
		checkPage(t, page(body))
	})
}
