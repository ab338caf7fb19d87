package store

import "testing"

// What the first round brings has not arrived, and what any later one brings has, also
// when it is looked for after the end of that round.
func TestWhatArrives(t *testing.T) {
	for name, first := range map[string][]Header{"an account with mail": {header(1, "<1@x>")}, "one without": nil} {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			inbox, _, _ := folders(t, s, "a")
			recent := func(list ...Header) []Header {
				for i := range list {
					list[i].Internal = c.now
				}
				return list
			}
			must(t, s.SetQuota(t.Context(), "a", Quota{Used: 1, Room: 2})) // a state without a round yet
			old := add(t, s, inbox, recent(first...)...)
			must(t, s.RoundDone(t.Context(), "a"))
			for _, h := range []Header{header(2, "<2@x>"), header(3, "<3@x>")} {
				before, err := s.LastMessage(t.Context())
				must(t, err)
				ids := add(t, s, inbox, recent(h)...)
				must(t, s.RoundDone(t.Context(), "a"))
				got, last, err := s.ArrivedAfter(t.Context(), before)
				must(t, err)
				if len(got) != 1 || got[0].ID != ids[0] || last != ids[0] {
					t.Errorf("%d have arrived after %d, the last of all is %d", len(got), before, last)
				}
			}
			got, _, err := s.ArrivedAfter(t.Context(), 0)
			must(t, err)
			if len(got) != 2 {
				t.Errorf("%d have arrived in all; the first round brought %d", len(got), len(old))
			}
		})
	}
}
