package compose

import (
	"reflect"
	"testing"
)

func TestTemplates(t *testing.T) {
	values := map[string]string{"name": "Grace Hopper", "my_name": "Ada", "subject": "x\r\nBcc: eve@x.example"}
	tests := []struct {
		in   string
		want Template
	}{
		{"Hello {{name}},\n\n{{cursor}}\n\nbye {{ My_Name }} {{project}}\n", Template{Body: "Hello Grace Hopper,\n\n\n\nbye Ada {{project}}", Cursor: 21}},
		{"Subject: About {{project}} for {{name}}\r\nTo: team@x.example\r\n\r\nText\r\n", Template{Subject: "About {{project}} for Grace Hopper", To: "team@x.example", Body: "Text", Cursor: -1}},
		{"Subject: Re {{subject}}\n\nx", Template{Subject: "Re x  Bcc: eve@x.example", Body: "x", Cursor: -1}},
		{"Note: this is text\n\nmore", Template{Body: "Note: this is text\n\nmore", Cursor: -1}},
		{"Subject: only this", Template{Subject: "only this", Cursor: -1}},
		{"{{}} {{a\nb}} {{ {{name}} {{", Template{Body: "{{}} {{a\nb}} {{ Grace Hopper {{", Cursor: -1}},
		{"", Template{Cursor: -1}},
	}
	for _, tt := range tests {
		if got := ParseTemplate(tt.in).Fill(values); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q\n got %+v\nwant %+v", tt.in, got, tt.want)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("Subject: {{a}}\n\n{{cursor}}{{b")
	f.Fuzz(func(t *testing.T, s string) {
		got := ParseTemplate(s).Fill(map[string]string{"a": "{{a}}", "b": "x"})
		if got.Cursor > len(got.Body) {
			t.Fatalf("%+v", got)
		}
	})
}
