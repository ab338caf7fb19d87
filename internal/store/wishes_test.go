package store

import (
	"testing"

	"postea/internal/mail"
)

// What the user waits for is told to those who carry it out, though no view changes.
// Where there is nothing to fetch nobody is told.
func TestWishesAreTold(t *testing.T) {
	told := 0
	s, err := Open(t.Context(), emptyStore.Dir(t), Options{Committed: func() { told++ }})
	must(t, err)
	defer s.Close()
	inbox, _, _ := folders(t, s, "a")
	ids := add(t, s, inbox, header(9, "<9@x>"))
	must(t, s.SetReach(t.Context(), inbox, Reach{}, Reach{Depth: "500", Floor: 9, Older: 8}))
	older := func() error {
		_, err := s.WantOlder(t.Context(), []mail.FolderID{inbox}, 5)
		return err
	}
	for name, want := range map[string]func() error{
		"a text":         func() error { return s.Want(t.Context(), ids[0]) },
		"a part":         func() error { return s.WantPart(t.Context(), ids[0], mail.WholePart) },
		"older messages": older,
	} {
		told = 0
		must(t, want())
		if told != 1 {
			t.Errorf("a wish for %s was told %d times", name, told)
		}
	}
	must(t, s.SetReach(t.Context(), inbox, Reach{More: 5}, Reach{Depth: "500"}))
	told = 0
	must(t, older())
	if told != 0 {
		t.Error("a wish for older messages where there are none was told")
	}
}
