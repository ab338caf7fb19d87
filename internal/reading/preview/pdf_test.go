package preview

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestPDFText(t *testing.T) {
	file, err := os.ReadFile("testdata/invoice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	text, err := PDFText(t.Context(), file, 1<<20)
	if want := "Invoice 1843-117 für Ada\n\ncarry arms, second pattern   12.50 €\nTotal due   12.50 €\n"; err != nil || text != want {
		t.Errorf("%q, %v", text, err)
	}
	if cut, err := PDFText(t.Context(), file, 10); err != nil || cut != "Invoice 18" {
		t.Errorf("%q, %v", cut, err)
	}
	if !IsPDF(file[:100]) || IsPDF([]byte("PK\x03\x04")) {
		t.Error("it is not told by its first bytes")
	}
}

// Whatever is wrong with a file, it is an error.
func TestPDFDamaged(t *testing.T) {
	file, err := os.ReadFile("testdata/invoice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(file)-200; n += 97 {
		if text, err := PDFText(t.Context(), file[:n], 1<<20); err == nil && strings.TrimSpace(text) == "" {
			t.Errorf("cut after %d bytes: neither text nor error", n)
		}
	}
	for _, hostile := range []string{"", "%PDF-1.4", "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"} {
		if _, err := PDFText(t.Context(), []byte(hostile), 1<<20); err == nil {
			t.Errorf("%q: no error", hostile)
		}
	}
	empty := "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n104\n%%EOF\n"
	if _, err := PDFText(t.Context(), []byte(empty), 1<<20); !errors.Is(err, ErrNoText) && err == nil {
		t.Errorf("no pages: %v", err)
	}
}
