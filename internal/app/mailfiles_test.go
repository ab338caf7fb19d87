package app

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"postea/internal/mailfile"
)

// What cannot be written is told from what a server refuses.
func TestExportThatCannotBeWritten(t *testing.T) {
	for _, format := range []mailfile.Format{mailfile.EML, mailfile.Maildir} {
		a, _ := holding(t, "Subject: one\n\nx\n", "Subject: two\n\nx\n")
		to := filepath.Join(t.TempDir(), "out")
		n, err := a.ExportMail(t.Context(), to, ExportOptions{Format: format, Progress: func(int, int) { os.RemoveAll(to) }})
		if _, ok := errors.AsType[*CreateError](err); !ok || n != 1 {
			t.Errorf("%s: %d messages, %v", format, n, err)
		}
	}
}
