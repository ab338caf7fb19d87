package reading

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
)

func tnefAttr(id uint32, data string) []byte {
	b := append([]byte{1}, binary.LittleEndian.AppendUint32(nil, id)...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...)
	return append(b, 0, 0)
}

func winmail(attrs ...[]byte) string {
	b := []byte{0x78, 0x9f, 0x3e, 0x22, 1, 0}
	for _, a := range attrs {
		b = append(b, a...)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// filesOf describes the attachments with their content.
func filesOf(m *Message) string {
	var b strings.Builder
	for _, a := range m.Attachments {
		data, err := io.ReadAll(m.Open(a))
		fmt.Fprintf(&b, "%s %s %s %q %v;", a.Part, a.Name, a.Type, data, err == nil && int64(len(data)) == a.Size)
	}
	return b.String()
}

// TestHiddenFiles: files that are not parts, but stand inside of one.
func TestHiddenFiles(t *testing.T) {
	body, title, data, render := uint32(0x0002800C), uint32(0x00018010), uint32(0x0006800F), uint32(0x00069002)
	file := [][]byte{tnefAttr(render, ""), tnefAttr(title, "a.pdf\x00"), tnefAttr(data, "PDF")}
	mixed := func(text, envelope string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text + "\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + envelope + "\n--b--\n"
	}
	tests := []struct{ name, in, text, files, defect string }{
		{"winmail.dat", mixed("Hello", winmail(file...)), "Hello", `2 a.pdf application/pdf "PDF" true;`, ""},
		{"its text where there is no other", mixed("", winmail(append(file, tnefAttr(body, "Inside"))...)), "Inside", `2 a.pdf application/pdf "PDF" true;`, ""},
		{"its text beside another", mixed("Hello", winmail(append(file, tnefAttr(body, "Inside"))...)), "Hello", `2 a.pdf application/pdf "PDF" true;`, ""},
		{"damaged: it stays", mixed("Hello", winmail(append(file, []byte{1, 2, 3})...)), "Hello", `2 a.pdf application/pdf "PDF" true;2 winmail.dat application/ms-tnef`, "damaged"},
		{"no envelope at all", mixed("Hello", "QUJD"), "Hello", `2 winmail.dat application/ms-tnef "ABC" true;`, "cannot be read"},
		{"uuencode in a text", "Subject: x\n\nabove\n\nbegin 644 x.png\n#0V%T\n`\nend\nbelow\n", "above\n\nbelow\n", `1 x.png image/png "Cat" true;`, ""},
		{"two of them", "Subject: x\n\nbegin 644 a\n#0V%T\n`\nend\nbegin 666 b c.txt\n#0V%T\nend\n", "", `1 a application/octet-stream "Cat" true;1 b c.txt text/plain "Cat" true;`, ""},
		{"a sentence is none", "Subject: x\n\nbegin 644 lines of code\nnow\nend\n", "begin 644 lines of code\nnow\nend\n", "", ""},
		{"without an end it is text", "Subject: x\n\nbegin 644 a\n#0V%T\n", "begin 644 a\n#0V%T\n", "", ""},
		{"yEnc", "Subject: x\nContent-Transfer-Encoding: 8bit\n\nsee\n=ybegin line=128 size=3 name=c.gif\n\x6d\x8b=\xde\n=yend size=3\nbye\n", "see\nbye\n", `1 c.gif image/gif "Cat" true;`, ""},
		{"in an alternative", "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhi\nbegin 644 a\n#0V%T\nend\n--b--\n", "hi\n", `1 a application/octet-stream "Cat" true;`, ""},
	}
	for _, tt := range tests {
		m := Parse(crlf(tt.in))
		if got := strings.TrimRight(m.Text(), "\n"); got != strings.TrimRight(tt.text, "\n") {
			t.Errorf("%s: text %q, want %q", tt.name, got, tt.text)
		}
		if got := filesOf(m); !strings.HasPrefix(got, tt.files) || tt.files == "" && got != "" {
			t.Errorf("%s: files\n got  %s\n want %s", tt.name, got, tt.files)
		}
		if got := strings.Join(m.Defects, "; "); !strings.Contains(got, tt.defect) || tt.defect == "" && got != "" {
			t.Errorf("%s: defects %q", tt.name, got)
		}
		checkMessage(t, m)
	}
}
