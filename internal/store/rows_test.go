package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"postea/internal/mail"
)

// Whatever happens to messages, the row of each conversation is what counting it anew
// gives: also where only flags have changed, for which nothing is counted.
func TestRowsOfConversationsAreExact(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	inbox, archive, trash := folders(t, s, "a")
	places := []mail.FolderID{inbox, archive, trash}
	rng := rand.New(rand.NewPCG(7, 11))
	flags := func() []string {
		var out []string
		for _, f := range []string{mail.FlagSeen, mail.FlagFlagged, mail.FlagAnswered, "work"} {
			if rng.IntN(2) == 0 {
				out = append(out, f)
			}
		}
		return out
	}
	next := map[mail.FolderID]mail.UID{}
	var ids []mail.ID
	arrive := func() {
		folder := places[rng.IntN(3)]
		var list []Header
		for range 1 + rng.IntN(4) {
			next[folder]++
			h := header(next[folder], fmt.Sprintf("%d.%d@x", folder, next[folder]))
			h.Date, h.Flags = time.Unix(1_700_000_000+rng.Int64N(10_000_000), 0), flags()
			for range rng.IntN(3) { // which may tie two conversations together
				h.References = append(h.References, fmt.Sprintf("%d.%d@x", places[rng.IntN(3)], 1+rng.IntN(20)))
			}
			list = append(list, h)
		}
		ids = append(ids, add(t, s, folder, list...)...)
	}
	some := func() []mail.ID {
		var out []mail.ID
		for range 1 + rng.IntN(8) {
			out = append(out, ids[rng.IntN(len(ids))])
		}
		return out
	}
	apply := func(c Change) {
		c.Label = "step"
		_, err := s.Apply(ctx, some(), c)
		must(t, err)
	}
	steps := []func(){
		arrive, arrive,
		func() {
			folder := places[rng.IntN(3)]
			var list []FlagUpdate
			for range 10 {
				list = append(list, FlagUpdate{UID: mail.UID(1 + rng.IntN(int(next[folder]+1))), Flags: flags()})
			}
			must(t, s.SetServerFlags(ctx, folder, list))
		},
		func() { apply(Change{Add: flags()}) },
		func() { apply(Change{Remove: flags()}) },
		func() { apply(Change{MoveTo: places[rng.IntN(3)], Add: flags()}) },
		func() { apply(Change{CopyTo: places[rng.IntN(3)], Remove: flags()}) },
		func() { lift := int64(1_800_000_000); apply(Change{Lift: &lift}) },
		func() { apply(Change{Erase: true}) },
		func() { _, _ = s.Undo(ctx) }, // there may be nothing to be undone
		func() {
			folder := places[rng.IntN(3)]
			must(t, s.Vanished(ctx, folder, []mail.UID{mail.UID(1 + rng.IntN(int(next[folder]+1)))}))
		},
		func() { must(t, s.FlagsBegun(ctx, some(), flags(), nil)) },
	}
	arrive()
	for n := range shorter(1500, 300) {
		i := rng.IntN(len(steps))
		steps[i]()
		var wrong int
		const rows = `SELECT folder, thread, last_date, n, unread, flagged, attachments FROM folder_thread`
		const counted = `SELECT folder, thread, max(` + liftedDate + `), count(*), sum(1 - seen), sum(flagged), sum(attached) FROM msg WHERE folder <> 0 GROUP BY 1, 2`
		must(t, s.mail.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM (`+rows+` EXCEPT `+counted+`)) + (SELECT count(*) FROM (`+counted+` EXCEPT `+rows+`))`).Scan(&wrong))
		if wrong != 0 {
			t.Fatalf("after step %d (%d): %d rows are wrong", n, i, wrong)
		}
	}
	var rows, flagged int
	must(t, s.mail.read.QueryRowContext(ctx, `SELECT count(*), sum(flagged > 0) FROM folder_thread`).Scan(&rows, &flagged))
	if rows < shorter(50, 10) || flagged < shorter(10, 4) {
		t.Errorf("there are only %d conversations, %d flagged", rows, flagged)
	}
}
