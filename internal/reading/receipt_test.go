package reading

import (
	"fmt"
	"testing"
)

func TestReceiptTo(t *testing.T) {
	for field, want := range map[string]string{
		"Disposition-Notification-To: Grace <grace@example.net>":                           "[Grace <grace@example.net>]",
		"Return-Receipt-To: a@example.net":                                                 "[a@example.net]",
		"Return-Receipt-To: old@example.net\nDisposition-Notification-To: new@example.net": "[new@example.net]",
		"Subject: none":                "[]",
		"Disposition-Notification-To:": "[]",
	} {
		if got := fmt.Sprint(Parse([]byte("From: a@b.example\n" + field + "\n\nx\n")).ReceiptTo()); got != want {
			t.Errorf("%q: %s, want %s", field, got, want)
		}
	}
}
