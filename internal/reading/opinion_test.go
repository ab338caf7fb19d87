package reading

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"

	"postea/internal/lab"
)

// opinions counts where enmime, given a message as it is, says the same as we.
type opinions struct {
	asked, agreed map[string]int
}

func (o *opinions) add(t *testing.T, file, what string, agreed bool, ours, theirs any) {
	o.asked[what]++
	if agreed {
		o.agreed[what]++
	} else if testing.Verbose() {
		t.Logf("%s: %s: we read %.200q, enmime %.200q", file, what, ours, theirs)
	}
}

// TestSecondOpinion compares us with enmime alone over a collection of mails,
// where enmime can read them at all. The two will never be the same: enmime
// keeps bytes above 7f in fields as they are, leaves out a name in a comment,
// takes a name that looks like an address for the address, and believes what a
// charset is labelled as. The floors are where they stood when each difference
// had been looked at and none was to our disadvantage.
func TestSecondOpinion(t *testing.T) {
	dir := lab.Corpus(t)
	o := opinions{map[string]int{}, map[string]int{}}
	eachFile(t, dir, func(name string, raw []byte) { o.ask(t, name, raw) })
	for what, floor := range map[string]int{"subject": 98, "from": 99, "file name": 98, "text": 98} {
		asked, agreed := o.asked[what], o.agreed[what]
		t.Logf("%s: %d of %d agree", what, agreed, asked)
		if agreed*100 < asked*floor {
			t.Errorf("%s: %d of %d agree, the floor is %d %%", what, agreed, asked, floor)
		}
	}
}

func (o *opinions) ask(t *testing.T, file string, raw []byte) {
	m := Parse(raw)
	if m.Header.Date.IsZero() || len(m.Header.From) == 0 || !bytes.Contains(raw, []byte("\n")) {
		return // not mail, or with the line ends of an old Macintosh, which only we read
	}
	if slices.ContainsFunc(m.Defects, func(s string) bool {
		return strings.Contains(s, "too deeply") || strings.Contains(s, "is not closed") || strings.Contains(s, "more than")
	}) {
		return // what enmime must not see
	}
	p := enmime.NewParser(enmime.DisableTextConversion(true), enmime.DisableCharacterDetection(true), enmime.SkipMalformedParts(true))
	env, err := p.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return
	}
	subject := Line(env.GetHeader("Subject")).String()
	o.add(t, file, "subject", Line(m.Header.Subject).String() == subject, m.Header.Subject, subject)
	if from, err := env.AddressList("From"); err == nil && len(from) > 0 {
		o.add(t, file, "from", m.Header.From[0].Address == from[0].Address && m.Header.From[0].Name == from[0].Name, m.Header.From[0], from[0])
	}
	for _, p := range slices.Concat(env.Attachments, env.Inlines, env.OtherParts) {
		if p.FileName != "" {
			known := slices.ContainsFunc(m.Parts, func(o Part) bool { return o.Name == p.FileName })
			o.add(t, file, "file name", known, m.Parts, p.FileName)
		}
	}
	ours := strings.Join(texts(m.root), " ")
	o.add(t, file, "text", strings.Contains(squeeze(ours), squeeze(strings.Split(env.Text, "\n--\n")[0])), ours, env.Text)
}

func texts(n *node) []string {
	var list []string
	if len(n.children) == 0 && n.isText() {
		list = append(list, n.text())
	}
	for _, c := range n.children {
		list = append(list, texts(c)...)
	}
	return list
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
