package tui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func TestSendLater(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Lunch", "At noon?")
		d.Press("ctrl+l")
		d.See("in 2h", "tomorrow 9:00", "esc close")
		d.Type("fortnight")
		d.See("not understood yet: 17:30, fri 17:30, in 2h, 24 dec 18:00")
		d.Press("enter") // does nothing: it can be mended
		d.See("fortnight", "not understood yet")
		d.Press("ctrl+u")
		d.Type("tomorrow 10:15")
		d.Press("enter")
		d.See("Goes out", "10:15", "if postea is running then")
		if o := d.Backend.Outgoing[0]; o.HeldFor != mail.HeldForSchedule || o.NotBefore.Hour() != 10 || o.NotBefore.Minute() != 15 {
			d.T.Errorf("%+v", o)
		}
	})(t)
}

// The day and the time of what goes out later are not cut.
func TestSendLaterListed(t *testing.T) {
	at(110, 36, func(d *tuitest.Driver) {
		next := time.Now().AddDate(0, 0, 12)
		if next.Day() < 10 {
			next = next.AddDate(0, 0, 10)
		}
		write(d, "grace@example.net", "Lunch", "At noon?")
		d.Press("ctrl+l")
		d.Type(next.Format("2006-01-02") + " 10:15")
		d.Press("enter", "g o")
		d.See(next.Format("2 Jan") + " 10:15 Lunch")
	})(t)
}

// The checks ask first, and then for the time all the same.
func TestSendLaterAsksFirst(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "", "At noon?")
		d.Press("ctrl+l")
		d.See("Send without a subject?")
		d.Press("y")
		d.See("tomorrow 9:00")
		d.Press("esc")
		d.See("At noon?")
		if len(d.Backend.Sent) != 0 {
			d.T.Error("it was sent")
		}
	})(t)
}

// Who takes up a scheduled message again is told that it is not scheduled any
// more, and offered its time first.
func TestScheduledMessageIsEdited(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("g o")
		i := slices.IndexFunc(d.Backend.Outgoing, func(o app.OutboxItem) bool { return o.Subject.String() == "Weekly report" })
		at := d.Backend.Outgoing[i].NotBefore
		d.Press("3 j", "e")
		d.See("No longer scheduled for", "17:30", "Subject  Weekly report")
		d.Press("shift+tab", "shift+tab")
		d.Press("esc")
		d.See("Draft kept, and no longer scheduled")
		d.Press("g i")
		_, _ = d.Backend.SaveDraft(t.Context(), mail.Draft{To: "bob@example.org", Subject: "Weekly report", Body: "x", Scheduled: at.Add(24 * 365 * 100 * time.Hour)})
		d.Press(":")
		d.Type("continue")
		d.Press("enter")
		d.Type("bob")
		d.Press("enter")
		d.See("Subject  Weekly report")
		d.Press("ctrl+l")
		d.See(at.Add(24*365*100*time.Hour).Format("2006-01-02 15:04"), "tomorrow 9:00")
	})(t)
}

// What two choices mean alike is offered once: on a Sunday tomorrow is Monday.
func TestTimesAreOfferedOnce(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("b")
		d.See("in 2h", "tomorrow 9:00", "next week")
		d.Press("esc")
		for range 7 {
			d.Advance(24 * time.Hour)
			d.Press("b")
			screen := d.Screen()
			d.Press("esc")
			if strings.Count(screen, "Mon 09:00")+strings.Count(screen, "Mon 9:00") > 1 {
				d.T.Errorf("twice:\n%s", screen)
			}
			if !strings.Contains(screen, "next week") {
				return
			}
		}
		d.T.Error("next week was offered every day of the week")
	})(t)
}

// A message that may have arrived is not offered to be cancelled, and a failure can be
// settled also while others still wait.
func TestVerbsOfTheOutboxFitTheRecipients(t *testing.T) {
	b := tuitest.Sample()
	failed := app.OutboxRecipient{Address: reading.Line("carl@x.example"), State: mail.RecipientFailed}
	for i := range b.Outgoing {
		if b.Outgoing[i].State == mail.ItemDeferred {
			b.Outgoing[i].Recipients = append(b.Outgoing[i].Recipients, failed)
		}
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("g o", "g g", "j", "j")
		d.See("▌  ↻ retry 3")
		d.Press("t")
		d.See("Settled")
		d.Press("g g", "4 j")
		d.See("▌  ? unsure")
		d.Press("d")
		d.See("It may have arrived already, and cannot be cancelled")
	})
}
