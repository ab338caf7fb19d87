package config

import (
	"reflect"
	"testing"
)

func TestRules(t *testing.T) {
	c, err := Parse("f", []byte(`
[[rule]]
name  = "builds"
match = " list:ci -subject:failed "
move  = "Lists/Builds"
label = "ci"
read  = true

[[rule]]
name  = "Grüße"
match = "from:oma"
star  = true
stop  = true
label = ["family", "to read"]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Rule{
		{Name: "builds", Match: "list:ci -subject:failed", Move: "Lists/Builds", Label: []string{"ci"}, Read: true},
		{Name: "Grüße", Match: "from:oma", Star: true, Stop: true, Label: []string{"family", "to read"}},
	}
	if !reflect.DeepEqual(c.Rules, want) {
		t.Errorf("got %+v", c.Rules)
	}
}
