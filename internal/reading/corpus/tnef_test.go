package corpus

import (
	"strings"
	"testing"

	"postea/internal/reading/rtf"
	"postea/internal/reading/tnef"
)

// TestTNEF opens envelopes of Outlook and compares the names of what is in
// them with the list that comes with each.
func TestTNEF(t *testing.T) {
	for _, file := range files(t, "tnef") {
		base, ok := strings.CutSuffix(file, ".tnef")
		if !ok {
			continue
		}
		c, err := tnef.Parse(read(t, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if c.Damaged && !strings.Contains(file, "panic") {
			t.Errorf("%s: taken for damaged", file)
		}
		have := map[string]bool{"body.rtf": c.RTF != nil, "body.html": c.HTML != nil, "": true}
		for _, f := range c.Files {
			have[f.Name] = true
		}
		for want := range strings.SplitSeq(string(read(t, base+".list")), "\n") {
			// what is listed without a name is a message inside, which we open
			if want = strings.TrimSpace(want); !have[want] && !strings.HasPrefix(want, "Untitled") {
				t.Errorf("%s: no %s in it", file, want)
			}
		}
		if c.RTF != nil {
			if text := rtf.Text(c.RTF); text == "" || strings.Contains(text, "\\") && !strings.Contains(file, "rtf.tnef") {
				t.Errorf("%s: the text of the RTF is %.80q", file, text)
			}
		}
	}
}
