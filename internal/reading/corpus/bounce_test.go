package corpus

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/reading"
)

// expected is a row of what others read in a bounce.
type expected struct {
	File    string
	Sisimai []struct {
		Recipient, Alias, Status, Reason, Action string
		Hardbounce                               bool
		Asserted                                 []string
	}
	Permanent, Temporary []string
	Recipients           []string
	IsBounce             *bool `json:"is_bounce"`
	DSN                  []struct {
		Action            string
		FinalRecipient    string `json:"final_recipient"`
		OriginalRecipient string `json:"original_recipient"`
		Status            string
	}
	DSNOriginal     string `json:"dsn_original_message_id"`
	SisimaiOriginal string `json:"sisimai_original_message_id"`
}

func (e *expected) noNews() bool {
	for _, s := range e.Sisimai {
		if s.Reason != "feedback" && s.Reason != "vacation" {
			return false
		}
	}
	return len(e.Sisimai) > 0
}

func bare(s string) string {
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.Contains(kind, "@") {
		s = rest
	}
	return strings.ToLower(strings.Trim(strings.TrimSpace(s), "<>"))
}

func find(r *reading.Report, address string) *reading.ReportRecipient {
	if r == nil {
		return nil
	}
	for i := range r.Recipients {
		if to := &r.Recipients[i]; bare(to.Address) == bare(address) || bare(to.FinalRecipient) == bare(address) {
			return to
		}
	}
	return nil
}

// class gives the digit that an action stands for.
func class(to *reading.ReportRecipient) byte {
	if to.Status != "" {
		return to.Status[0]
	}
	switch to.Action {
	case "failed":
		return '5'
	case "delayed":
		return '4'
	}
	return '2'
}

// TestBounces holds our reading of delivery reports against that of the test
// suites of other bounce parsers, and against the fields that the mails carry.
func TestBounces(t *testing.T) {
	var recipient, classes, action, status, original score
	for _, e := range rows[expected](t, "bounce", "EXPECTED.jsonl") {
		m := reading.Parse(read(t, e.File))
		r := m.Report()
		if e.noNews() {
			if r != nil {
				t.Errorf("%s is no delivery report, but gives %+v", e.File, r)
			}
			continue
		}
		for _, d := range e.DSN {
			address := d.FinalRecipient
			to := find(r, address)
			if to == nil && d.OriginalRecipient != "" {
				to = find(r, d.OriginalRecipient)
			}
			tell(t, &recipient, e.File, "recipient", to != nil, address, r)
			if to == nil {
				continue
			}
			if d.Action != "" {
				tell(t, &action, e.File, "action", to.Action == strings.ToLower(d.Action), d.Action, to)
			}
			if d.Status != "" {
				want, _, _ := strings.Cut(d.Status, " ")
				tell(t, &status, e.File, "status", to.Status == want, d.Status, to)
				tell(t, &classes, e.File, "class", class(to) == want[0], d.Status, to)
			}
		}
		if len(e.DSN) > 0 {
			continue
		}
		want := map[string]byte{}
		for _, s := range e.Sisimai {
			if s.Reason == "feedback" || s.Reason == "vacation" {
				continue
			}
			want[s.Recipient] = 0
			if s.Status != "" {
				want[s.Recipient] = s.Status[0]
			}
		}
		if len(e.Sisimai) == 0 {
			for _, a := range e.Recipients {
				want[a] = 0
			}
			for _, a := range e.Temporary {
				want[a] = '4'
			}
			for _, a := range e.Permanent {
				want[a] = '5'
			}
		}
		for address, c := range want {
			to := find(r, address)
			tell(t, &recipient, e.File, "recipient", to != nil, address, r)
			if to != nil && c != 0 {
				tell(t, &classes, e.File, "class", class(to) == c, string(c), to)
			}
		}
		if id := bare(e.DSNOriginal); id != "" && r != nil {
			tell(t, &original, e.File, "original", slices.ContainsFunc(r.OriginalIDs, func(s string) bool { return bare(s) == id }), id, r.OriginalIDs)
		}
	}
	for _, f := range []struct {
		what  string
		s     score
		floor float64
	}{{"recipient", recipient, 98}, {"class", classes, 98}, {"action", action, 99}, {"status", status, 99}, {"original", original, 99}} {
		t.Logf("%s: %d of %d, %.1f %%", f.what, f.s.right, f.s.asked, f.s.percent())
		if f.s.percent() < f.floor {
			t.Errorf("%s: %.1f %% right, the floor is %.0f %%", f.what, f.s.percent(), f.floor)
		}
	}
}

func tell(t *testing.T, s *score, file, what string, right bool, want, got any) {
	t.Helper()
	s.add(right)
	if !right {
		t.Logf("%s: %s: want %v, got %+v", file, what, want, got)
	}
}
