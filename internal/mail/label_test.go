package mail

import (
	"slices"
	"strings"
	"testing"
)

func TestLabelFlag(t *testing.T) {
	tests := []struct {
		name  string
		gmail bool
		flag  string
	}{
		{"Travel", false, "Travel"},
		{"to read", false, "to_read"},
		{"Café", false, "Caf&AOk-"},
		{"a_b", false, "a&AF8-b"},
		{"R&D", false, "R&ACY-D"},
		{"仕事 🦉", false, "&TtVOiw-_&2D7diQ-"},
		{"work", false, "$label2"},
		{"Work", true, "%Work"},
		{"Café au lait", true, "%Caf&AOk-_au_lait"},
	}
	for _, tt := range tests {
		got, err := LabelFlag(tt.name, tt.gmail)
		if err != nil || got != tt.flag {
			t.Errorf("LabelFlag(%q) = %q, %v, want %q", tt.name, got, err, tt.flag)
		}
		name, ok := LabelName(got)
		if !ok || !strings.EqualFold(name, tt.name) {
			t.Errorf("LabelName(%q) = %q, %t, want %q", got, name, ok, tt.name)
		}
	}
	for _, bad := range []string{"", "  ", `\Seen`, "$Junk", strings.Repeat("x", 200)} {
		if got, err := LabelFlag(bad, false); err == nil {
			t.Errorf("LabelFlag(%q) = %q", bad, got)
		}
	}
}

func TestLabels(t *testing.T) {
	got := Labels([]string{`\Seen`, "$Junk", "NonJunk", "$label4", "Travel", "%Work", FromGmailLabel(`\Important`), "&broken"})
	if want := []string{"To do", "Travel", "Work", "&broken"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := ServerFlags([]string{"a", "%b"}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %q", got)
	}
	if name, ok := GmailLabel(FromGmailLabel("[x] y_z/ö")); !ok || name != "[x] y_z/ö" {
		t.Errorf("got %q", name)
	}
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{"Travel", "to read", "Café", "&-", "&AOk-", "a_b&", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		LabelName(s)
		flag, err := LabelFlag(s, true)
		if err != nil {
			return
		}
		if strings.ContainsAny(flag[1:], " (){%*\"\\]\r\n\x00") {
			t.Fatalf("%q is no keyword", flag)
		}
		want := strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "\uFFFD")
		if got, _ := GmailLabel(flag); got != want && strings.ToValidUTF8(s, "") == s {
			t.Fatalf("%q came back as %q", want, got)
		}
	})
}
