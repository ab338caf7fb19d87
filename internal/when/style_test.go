package when

import (
	"strings"
	"testing"
	"time"
)

func TestStyles(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC)
	us := Style{Hour12: true, Order: MonthFirst}
	iso := Style{Order: YearFirst}
	tests := []struct {
		style               Style
		t                   time.Time
		short, long, coming string
	}{
		{Style{}, now, "09:41", "Today 09:41", "09:41"},
		{Style{}, now.Add(-10 * time.Hour), "Mon", "Yesterday 23:41", "23 Nov 23:41"},
		{Style{}, now.AddDate(0, 0, -6), "Wed", "Wed 09:41", "18 Nov 09:41"},
		{Style{}, now.AddDate(0, 0, -7), "17 Nov", "17 Nov 09:41", "17 Nov 09:41"},
		{Style{}, now.AddDate(-2, -1, -21), "3 Oct 2024", "3 Oct 2024 09:41", "3 Oct 2024 09:41"},
		{Style{}, now.Add(24 * time.Hour), "25 Nov", "Tomorrow 09:41", "Wed 09:41"},
		{Style{}, now.AddDate(0, 0, 6), "30 Nov", "Mon 09:41", "Mon 09:41"},
		{Style{}, now.AddDate(0, 0, 7), "1 Dec", "1 Dec 09:41", "1 Dec 09:41"}, // Tue would be today
		{Style{}, time.Date(2026, 11, 24, 1, 0, 0, 0, time.FixedZone("", 7200)), "Mon", "Yesterday 23:00", "23 Nov 23:00"},
		{us, now, "9:41 AM", "Today 9:41 AM", "9:41 AM"},
		{us, now.AddDate(0, 0, -7), "Nov 17", "Nov 17 9:41 AM", "Nov 17 9:41 AM"},
		{us, now.AddDate(-2, -1, -21).Add(12 * time.Hour), "Oct 3, 2024", "Oct 3, 2024 9:41 PM", "Oct 3, 2024 9:41 PM"},
		{iso, now.AddDate(0, 0, -7), "11-17", "11-17 09:41", "11-17 09:41"},
		{iso, now.AddDate(-2, -1, -21), "2024-10-03", "2024-10-03 09:41", "2024-10-03 09:41"},
	}
	for _, tt := range tests {
		if got := tt.style.Short(tt.t, now); got != tt.short {
			t.Errorf("%v: got %q, want %q", tt.t, got, tt.short)
		}
		said := strings.NewReplacer("Today", "today", "Yesterday", "yesterday", "Tomorrow", "tomorrow").Replace(tt.long)
		if got := tt.style.Said(tt.t, now); got != said {
			t.Errorf("in a sentence %v is %q, want %q", tt.t, got, said)
		}
		if got := tt.style.Long(tt.t, now); got != tt.long {
			t.Errorf("%v: got %q, want %q", tt.t, got, tt.long)
		}
		if got := tt.style.Coming(tt.t, now); got != tt.coming {
			t.Errorf("%v: got %q, want %q", tt.t, got, tt.coming)
		}
		if got := tt.style.Stamp(tt.t, now); len(got) > tt.style.StampWidth() {
			t.Errorf("%q is wider than %d", got, tt.style.StampWidth())
		}
	}
	if s, l := (Style{}).Short(time.Time{}, now), (Style{}).Long(time.Time{}, now); s != "" || l != "no date" {
		t.Errorf("no time is %q and %q", s, l)
	}
}

func TestStyleOf(t *testing.T) {
	for locale, want := range map[string]Style{
		"":                 {},
		"C":                {},
		"C.UTF-8":          {},
		"POSIX":            {},
		"de_DE.UTF-8":      {},
		"en_GB.UTF-8":      {},
		"en_US.UTF-8":      {Hour12: true, Order: MonthFirst},
		"en-US":            {Hour12: true, Order: MonthFirst},
		"sv_SE.UTF-8":      {Order: YearFirst},
		"ja_JP.UTF-8":      {Order: YearFirst},
		"ar_EG.UTF-8@euro": {Hour12: true, Week: Sunday},
		"fa_IR":            {Week: Saturday},
	} {
		if got := StyleOf(locale); got != want {
			t.Errorf("%q: got %+v, want %+v", locale, got, want)
		}
	}
}

// "next week" is the next day that work begins with.
func TestNextWeek(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC) // a Tuesday
	for week, want := range map[Week]string{Monday: "Mon 30", Sunday: "Sun 29", Saturday: "Sat 28"} {
		at, err := Style{Week: week}.Parse("next week", now)
		if err != nil || at.Format("Mon 2") != want {
			t.Errorf("got %v %v, want %s", at, err, want)
		}
	}
}
