package tui_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/demo"
	"postea/internal/event"
	"postea/tui/tuitest"
)

// parcel is a large message with a short text.
func parcel(t *testing.T, size int) (raw, file []byte) {
	t.Helper()
	file = make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(file) // never fails
	var lines strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(file)), 76) {
		lines.Write(line)
		lines.WriteString("\r\n")
	}
	return fmt.Appendf(nil, "From: Echo <echo@postea.example>\r\nTo: ada@postea.example\r\nSubject: A parcel\r\nMessage-ID: <parcel-1@postea.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe quagga is in the parcel.\r\n--b\r\nContent-Type: application/octet-stream\r\n"+
		"Content-Disposition: attachment; filename=herbarium.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n%s--b--\r\n", time.Now().Format(time.RFC1123Z), &lines), file
}

// The text of a large message is read while its file is at the server; the file
// comes when something is done with it, and all of the message when that is needed.
func TestStoryParcel(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	size, shown := 3<<20, "3.1 MB"
	if testing.Short() {
		size, shown = 3<<18, " KB" // the race detector makes the server slow
	}
	raw, file := parcel(t, size)
	if err := s.Deliver("ada@postea.example", "INBOX", raw); err != nil {
		t.Fatal(err)
	}
	p := newPerson(t, demoProfiles(t, s)...)
	p.See("A parcel")
	p.Press("enter")
	p.See("The quagga is in the parcel.", "herbarium.bin", "at the server", shown)

	p.Press("S")
	p.See("Attachments", "at the server")
	p.Press("enter")
	p.See("Saved ")
	saved, err := os.ReadFile(filepath.Join(p.saves, "herbarium.bin"))
	if err != nil || !bytes.Equal(saved, file) {
		t.Errorf("%d bytes were saved (%v), want %d", len(saved), err, len(file))
	}
	p.Gone("at the server")

	p.Press("v")
	p.See("headers", "Message-ID: <parcel-1@postea.example>")
	p.Press("v")
	p.See("› source", "Message-ID: <parcel-1@postea.example>", "boundary=b")
	p.Press("esc")
	p.See("The quagga is in the parcel.")
	p.Press("f")
	p.See("Fwd: A parcel", "herbarium.bin")
}

// Without a connection the file says where it is, and comes later.
func TestStoryParcelOffline(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	raw, _ := parcel(t, 1<<20)
	if err := s.Deliver("ada@postea.example", "INBOX", raw); err != nil {
		t.Fatal(err)
	}
	p := newPerson(t, demoProfiles(t, s)...)
	p.See("A parcel")
	p.Press("enter")
	p.See("The quagga is in the parcel.", "at the server")
	if _, err := p.app.ToggleOffline(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Press("S", "enter")
	p.See("you are offline", "fetching")
	if _, err := p.app.ToggleOffline(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Gone("fetching")
	p.Press("S", "enter")
	p.See("Saved ")
}

// Keys do not wait for what takes long, and it can be stopped.
func TestPartIsFetchedAndStopped(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Backend: parted(), Width: 120, Height: 36}, func(d *tuitest.Driver) {
		b := d.Backend
		id := b.Messages[2].ID
		d.Press("enter", "G")
		d.See("at the server", "fetching, 25%", "could not be fetched", "fetching the whole message, 3 MB of 36 MB")
		d.Press("S", "ctrl+x")
		d.See("Stopped")
		if want := fmt.Sprintf("part %q of %v", "3", id); len(b.Stopped) != 2 || b.Stopped[1] != want {
			t.Errorf("stopped: %q", b.Stopped)
		}
		d.Press("S", "down", "ctrl+v")
		if !slices.Contains(b.Calls, "ViewAttachment") {
			t.Error("the file was not asked for")
		}
		d.Press("esc")

		// More has come.
		b.Fetching[id] = []app.PartState{{Part: "3", Wanted: true, Got: 5_000_000, Size: 10_000_000}}
		b.Bus.Publish(event.PartsChanged{ID: id})
		d.Advance(time.Second)
		d.See("fetching, 50%")
	})
}
