package main

import (
	"fmt"
	"reflect"
	"strings"

	"postea/internal/demo"
)

// shape is what a verb prints with --json.
type shape struct {
	verb  string
	value any
}

func shapes() []shape {
	return []shape{
		{"list, search", messageJSON{}},
		{"show", shownJSON{}},
		{"send, outbox list", outboxJSON{}},
		{"outbox show", outboxShownJSON{}},
		{"account list, account show", accountJSON{}},
		{"account import", takenJSON{}},
		{"account test", serviceJSON{}},
		{"probe", lookJSON{}},
		{"contacts list", contactJSON{}},
		{"folder list", folderJSON{}},
		{"rule list", ruleJSON{}},
		{"rule try", rulingJSON{}},
		{"import", importJSON{}},
		{"export", exportJSON{}},
		{"backup", backupJSON{}},
		{"save", savedJSON{}},
		{"config check, for each problem", problemJSON{}},
		{"config themes", themeJSON{}},
		{"keys", keyJSON{}},
		{"version", versionJSON{}},
		{"demo --serve", demo.Info{}},
	}
}

// jsonReference documents every shape by its type.
func jsonReference() string {
	var b strings.Builder
	b.WriteString("# JSON\n\nWhat the verbs print with `--json`, one object a line. `?` may be `null`; `[]` is a list, empty where there is nothing;\n" +
		"times are as in RFC 3339. Fields are added in new versions, and none is taken away or changes its meaning.\n\nThis page is made of the program's own types.\n")
	for _, s := range shapes() {
		fmt.Fprintf(&b, "\n## %s\n\n```\n", s.verb)
		describe(&b, reflect.TypeOf(s.value), "")
		b.WriteString("```\n")
	}
	return b.String()
}

func describe(b *strings.Builder, t reflect.Type, indent string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			describe(b, f.Type, indent)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		words, inner := kindOf(f.Type)
		b.WriteString(strings.TrimRight(fmt.Sprintf("%s%-*s %-13s %s", indent, 22-len(indent), name, words, fieldWords(t, name)), " ") + "\n")
		if inner != nil {
			describe(b, inner, indent+"  ")
		}
	}
}

// kindOf names a type as JSON has it, and gives that of an object's fields.
func kindOf(t reflect.Type) (string, reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		words, inner := kindOf(t.Elem())
		return words + "?", inner
	case reflect.Slice:
		words, inner := kindOf(t.Elem())
		return words + "[]", inner
	case reflect.Struct:
		return "object", t
	case reflect.Bool:
		return "true or false", nil
	case reflect.String:
		return "text", nil
	case reflect.Map:
		return "object", nil
	}
	return "number", nil
}
