package reading

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func checkName(t *testing.T, name string) {
	t.Helper()
	checkSafe(t, name, false)
	switch {
	case name == "" || len(name) > maxNameBytes || !utf8.ValidString(name):
		t.Errorf("bad length or encoding: %q", name)
	case strings.ContainsAny(name, `/\:`), strings.ContainsAny(name[:1], ".-~"), strings.HasSuffix(name, "."), strings.HasSuffix(name, " "):
		t.Errorf("dangerous name %q", name)
	}
}

func TestSafeName(t *testing.T) {
	tests := []struct{ name, kind, want string }{
		{"report.pdf", "", "report.pdf"},
		{"../../etc/passwd", "", "passwd"},
		{`C:\Users\x\evil.exe`, "", "evil.exe"},
		{"/abs", "", "abs"},
		{"..", "text/plain", "attachment.txt"},
		{"", "application/pdf", "attachment.pdf"},
		{"", "a/b", "attachment.bin"},
		{".bashrc", "", "bashrc"},
		{"-rf", "", "rf"},
		{"~root", "", "root"},
		{"a\x00b\nc\x1b", "", "a_b c_"},
		{"gpj.\u202eexe", "", "gpj._exe"},
		{"NUL.txt", "", "_NUL.txt"},
		{"com1", "", "_com1"},
		{"common.txt", "", "common.txt"},
		{"trailing. . ", "", "trailing"},
		{"a:b|c?d*e\"f<g>h", "", "a_b_c_d_e_f_g_h"},
		{"grün 文書.txt", "", "grün 文書.txt"},
		{"x\uff0eexe", "", "x_exe"},
		{"\xff\xfe.txt", "", "_.txt"},
		{strings.Repeat("ä", 300) + ".pdf", "", strings.Repeat("ä", 98) + ".pdf"},
	}
	for _, tt := range tests {
		got := Attachment{Name: tt.name, Type: tt.kind}.SafeName()
		if got != tt.want {
			t.Errorf("SafeName(%q) = %q, want %q", tt.name, got, tt.want)
		}
		checkName(t, got)
	}
}
