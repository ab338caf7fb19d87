package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneGroup = "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:te\u202eam\r\nMEMBER:mailto:bob@x.example\r\nEND:VCARD\r\n"

// A group is removed by the name that it has, also where that is not shown as it is.
func TestGroupOfAStrangeNameIsRemoved(t *testing.T) {
	a, ctx := writer(t), t.Context()
	_, _, err := a.ImportContacts(ctx, strings.NewReader(oneGroup))
	must(t, err)
	list, err := a.FindContacts(ctx, "", 10)
	must(t, err)
	for _, c := range list {
		if c.Members != nil {
			_, err := a.RemoveGroup(ctx, c.Raw.Name)
			must(t, err)
		}
	}
	if left, err := a.store.ContactGroups(ctx); err != nil || len(list) == 0 || len(left) != 0 {
		t.Errorf("of %d is left %+v, %v", len(list), left, err)
	}
}

// Why a group of a file is not removed is said in words.
func TestGroupOfAFileIsNotRemoved(t *testing.T) {
	a, ctx := writer(t), t.Context()
	file := filepath.Join(t.TempDir(), "book.vcf")
	must(t, os.WriteFile(file, []byte(oneGroup), 0o600))
	a.cfg.Contacts.Files = []string{file}
	if _, err := a.RemoveGroup(ctx, "te\u202eam"); !errors.As(err, new(*UsageError)) {
		t.Errorf("%v", err)
	}
	if _, err := a.RemoveGroup(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}
