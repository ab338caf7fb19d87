package config

import (
	"slices"
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	c, err := Parse("x", []byte("[notify]\nquiet = \"22:00-7:30\"\nhook = \"on-mail --json\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{"21:59": false, "22:00": true, "00:10": true, "07:29": true, "07:30": false, "12:00": false} {
		tm, _ := time.Parse("15:04", at)
		if got := c.Notify.Quiet.Holds(tm); got != want {
			t.Errorf("%s: %t", at, got)
		}
	}
	if len(c.Notify.Hook) != 2 || !c.Notify.Content || c.Notify.Folders[0] != "inbox" {
		t.Errorf("got %+v", c.Notify)
	}
	if (Hours{}).Holds(time.Now()) {
		t.Error("no hours hold")
	}
	for _, bad := range []string{"22-7", "25:00-7:00", "7:00-7:00", ""} {
		if _, err := Parse("x", []byte("[notify]\nquiet = \""+bad+"\"\n")); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestKeyPlaces(t *testing.T) {
	c, err := Parse("x", []byte("[ui]\nkeys = \"mutt\"\n\n[keys]\narchive = \"y\"\nstar = [\"w\",\n  \"v\"]\n"))
	if err != nil || c.UI.Keys != "mutt" || !slices.Equal(c.KeyPlaces["archive"], []Place{{5, 1}, {5, 11}}) || !slices.Equal(c.KeyPlaces["star"], []Place{{6, 1}, {6, 9}, {7, 3}}) {
		t.Errorf("%+v, %v", c, err)
	}
}
