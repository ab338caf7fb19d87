package composer

import (
	"fmt"
	"testing"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

// However many files are attached, half of the page is left to the text, and the one
// that is chosen is seen; what is clicked on is what is taken.
func TestManyFiles(t *testing.T) {
	var d mail.Draft
	for i := range 30 {
		d.Attach = append(d.Attach, mail.AttachmentRef{Name: fmt.Sprintf("%d.txt", i)})
	}
	m := New(nil, nil, d, Options{})
	m.ask = &nav.Asker{}
	m.size.Width, m.size.Height = 80, 20
	m.setFocus(inFiles)
	for range 30 {
		l := m.layout()
		if m.file < l.file || m.file >= l.file+l.files || l.bodyH < 4 || l.bodyY+l.bodyH >= l.foot {
			t.Fatalf("file %d: %+v", m.file, l)
		}
		m.keyInFiles("down")
	}
	m.mouse(nav.Mouse{X: 20, Y: m.layout().rows[inFiles] + 2})
	if m.focus != inFiles || m.file != 2 {
		t.Errorf("the third file was clicked on, %d in %v is chosen", m.file, m.focus)
	}
}

// An address that is offered is taken by a click, also where it lies above the text.
func TestOfferIsClickedOn(t *testing.T) {
	m := New(nil, nil, mail.Draft{}, Options{})
	m.ask = &nav.Asker{}
	m.size.Width, m.size.Height = 80, 20
	m.setFocus(inTo)
	m.fields[inTo].Set("b")
	m.popup.typed = "b"
	for i := range 9 {
		m.popup.contacts = append(m.popup.contacts, app.Contact{Raw: mail.Address{Address: fmt.Sprintf("b%d@x.example", i)}})
	}
	l := m.layout()
	if m.mouse(nav.Mouse{X: 20, Y: l.bodyY + 1}); m.focus != inTo {
		t.Error("what lies below the offer was clicked on")
	}
	if got, want := m.fields[inTo].Text(), fmt.Sprintf("b%d@x.example, ", l.bodyY-l.rows[inTo]); got != want {
		t.Errorf("%q was taken, want %q", got, want)
	}
}
