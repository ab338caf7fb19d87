package smtpclient

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadReply(t *testing.T) {
	tests := []struct {
		in, enhanced, text string
		code               int
		mixed              bool
	}{
		{"250 ok\r\n", "", "ok", 250, false},
		{"250\r\n", "", "", 250, false},
		{"250-\r\n250\r\n", "", "", 250, false},
		{"  250 ok\n", "", "ok", 250, false},
		{"\r\n\r\n250 ok\r\n", "", "ok", 250, false},
		{"250OK\r\n", "", "OK", 250, false},
		{"550 5.1.1 <x>: no\r\n", "5.1.1", "<x>: no", 550, false},
		{"550-5.1.1 a\r\n550 5.1.1 b\r\n", "5.1.1", "a\nb", 550, false},
		{"550-5.1.1 a\r\n550 b\r\n", "5.1.1", "a\nb", 550, false},
		{"535 5.7.139 no\r\n", "5.7.139", "no", 535, false},
		{"250 5.1.1 wrong class\r\n", "", "5.1.1 wrong class", 250, false},
		{"250 2.0 ok\r\n", "", "2.0 ok", 250, false},
		{"250 2.0.1000 ok\r\n", "", "2.0.1000 ok", 250, false},
		{"250 2.0.x ok\r\n", "", "2.0.x ok", 250, false},
		{"250-a\r\n550 b\r\n", "", "a\nb", 550, true},
		{"250-a\r\nmiddle\r\n250 b\r\n", "", "a\nmiddle\nb", 250, false},
		{"250 a\x00b\x1b[2J\xff\r\n", "", "a\uFFFDb\uFFFD[2J\uFFFD", 250, false},
	}
	for _, tt := range tests {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(tt.in), "bytes": iotest.OneByteReader(strings.NewReader(tt.in))} {
			got, err := readReply(bufio.NewReader(r))
			if err != nil || got.Code != tt.code || got.Enhanced != tt.enhanced || got.Text != tt.text || got.Mixed != tt.mixed {
				t.Errorf("%q (%s): %+v, %v", tt.in, name, got, err)
			}
		}
	}
}

func TestLongReplyLineIsCut(t *testing.T) {
	got, err := readReply(bufio.NewReader(strings.NewReader("250 " + strings.Repeat("x", 4000) + "\r\n")))
	if err != nil || len(got.Text) != maxReplyLine-len("250 ") {
		t.Errorf("%d bytes kept, %v", len(got.Text), err)
	}
}

func TestReplyString(t *testing.T) {
	r := Reply{Code: 550, Enhanced: "5.1.1", Text: "a\nb"}
	if got := r.String(); got != "550 5.1.1 a b" {
		t.Errorf("%q", got)
	}
}

func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		"250 ok\r\n", "250-a\r\n250 b\r\n", "550-5.1.1 a\nx\n250 b\n", "25O\r\n", "999 x\r\n", "\r\n\r\n220\n", "220 \x00\xff\r\n",
		"250-" + strings.Repeat("x", 5000) + "\r\n250 ok\r\n", strings.Repeat("250-x\r\n", 130),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r, err := readReply(bufio.NewReader(strings.NewReader(in)))
		if err != nil {
			return
		}
		if r.Code < 200 || r.Code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines {
			t.Errorf("%q: %+v", in, r)
		}
		if strings.ContainsFunc(r.Text, func(c rune) bool { return isControl(c) && c != '\n' && c != '\t' }) {
			t.Errorf("%q: control characters in %q", in, r.Text)
		}
		again, err := readReply(bufio.NewReader(iotest.OneByteReader(strings.NewReader(in))))
		if err != nil || again.Text != r.Text || again.Code != r.Code {
			t.Errorf("%q: read differently byte by byte: %+v, %v", in, again, err)
		}
	})
}

func FuzzCapabilities(f *testing.F) {
	f.Add("250-mx\n250-AUTH=PLAIN LOGIN\n250-8 BITMIME\n250 SIZE 5")
	f.Add("250-mx\n250-\n250 auth")
	f.Add("mx\nLIMITS RCPTMAX=-1 RCPTMAX=9999999999999999999999")
	f.Fuzz(func(t *testing.T, in string) {
		c := parseCapabilities(strings.Split(in, "\n"))
		if c.MaxSize() < 0 || c.limit("RCPTMAX") < 0 {
			t.Errorf("%q: negative limit", in)
		}
		for _, keyword := range c.Keywords() {
			if !c.Offers(strings.ToLower(keyword)) && !c.Offers(keyword) || keyword == "" {
				t.Errorf("%q: keyword %q is not offered", in, keyword)
			}
		}
	})
}
