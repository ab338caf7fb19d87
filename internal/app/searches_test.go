package app

import (
	"slices"
	"testing"
)

// What is remembered of searches is what was typed, without blanks around, each once.
func TestSearchHistory(t *testing.T) {
	a := writer(t)
	for _, typed := range []string{"tea", "  ", "", " from:bob ", "tea"} {
		if err := a.Searched(t.Context(), typed); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := a.SearchHistory(t.Context()); err != nil || !slices.Equal(list, []string{"from:bob", "tea"}) {
		t.Errorf("%q, %v", list, err)
	}
}
