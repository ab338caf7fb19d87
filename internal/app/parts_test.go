package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

const parcelHead = "From: bob@y.example\nTo: ada@x.example\nSubject: a parcel\nMessage-ID: <m@y.example>\nContent-Type: multipart/mixed; boundary=b\n\n"

// holdingPart is an App that talks to servers, in whose store a message is here
// without its file.
func holdingPart(t *testing.T) (*App, mail.ID) {
	t.Helper()
	a, ids := holding(t, "Subject: another\n\ntext\n")
	sum, err := a.store.Summary(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := a.store.AddHeaders(t.Context(), sum.Folder, []store.Header{{UID: 99, MessageID: "m@y.example", Subject: "a parcel", Size: 30_000_000}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := reading.Assemble(&reading.Piece{Kind: "multipart/mixed", Header: []byte(parcelHead), Children: []*reading.Piece{
		{Path: "1", Kind: "text/plain", Header: []byte("Content-Type: text/plain\n\n"), Body: []byte("The quagga is in the parcel.")},
		{Path: "2", Kind: "application/zip", Header: []byte("Content-Type: application/zip; name=herbarium.zip\nContent-Transfer-Encoding: base64\n\n"), Away: true, Size: 12},
	}})
	if err == nil {
		err = a.store.PutPartials(t.Context(), []store.PartialItem{{ID: fresh[0], Partial: p}})
	}
	if err != nil {
		t.Fatal(err)
	}
	a.isOwner = true
	clear(a.syncers)
	return a, fresh[0]
}

// What promises the bytes of a message never gets those that were put together.
func TestPartialIsNeverGivenForTheMessage(t *testing.T) {
	a, id := holdingPart(t)
	ctx := t.Context()
	m, err := a.Open(ctx, id)
	if err != nil || !m.Here || !m.Partial || len(m.Attachments) != 1 || !m.Attachments[0].Away || m.Attachments[0].Part != "2" {
		t.Fatalf("opened: %+v, %v", m, err)
	}
	if r, _, err := a.Readable(ctx, id); err != nil || r.Source() != nil || !strings.Contains(r.Text(), "quagga") {
		t.Errorf("read: %v", err)
	}
	if _, err := a.Raw(ctx, id); !errors.Is(err, ErrNotHere) {
		t.Errorf("the raw message: %v", err)
	}
	if _, _, err := a.Parsed(ctx, id); !errors.Is(err, ErrNotHere) {
		t.Errorf("the parsed message: %v", err)
	}
	if d, err := a.Answer(ctx, id, ToAuthor, ""); err != nil || !strings.Contains(d.Body, "> The quagga") {
		t.Errorf("the answer is %q, %v", d.Body, err)
	}
	if lines, err := a.HeaderText(ctx, id); err != nil || len(lines) != 5 {
		t.Errorf("%d header fields, %v", len(lines), err)
	}
	a.cfg.Reading.Downloads = t.TempDir()
	a.offline = true
	for name, f := range map[string]func() error{
		"source":           func() error { _, err := a.SourceText(ctx, id); return err },
		"signatures":       func() error { _, err := a.CheckSignatures(ctx, id); return err },
		"forward":          func() error { _, err := a.Answer(ctx, id, Forwarded, ""); return err },
		"forward attached": func() error { _, err := a.Answer(ctx, id, ForwardedWhole, ""); return err },
		"redirect":         func() error { _, err := a.Answer(ctx, id, Redirected, ""); return err },
		"edit as new":      func() error { _, err := a.Answer(ctx, id, AsNew, ""); return err },
		"pipe the source":  func() error { _, err := a.Pipe(ctx, id, PipeSource, 0, "cat"); return err },
		"pipe the file":    func() error { _, err := a.Pipe(ctx, id, PipeFile, 1, "cat"); return err },
		"save":             func() error { _, err := a.SaveAttachments(ctx, id); return err },
		"open":             func() error { return a.OpenAttachment(ctx, id, 1, true) },
		"view":             func() error { _, err := a.ViewAttachment(ctx, id, 1); return err },
		"view the part":    func() error { _, err := a.ViewPart(ctx, id, "2"); return err },
		"export": func() error {
			_, err := a.Export(ctx, Place{Kind: PlaceEverywhere}, []mail.ThreadID{mail.Alone(id)}, filepath.Join(t.TempDir(), "m.eml"))
			return err
		},
	} {
		var u *UsageError
		if err := f(); !errors.As(err, &u) || !strings.Contains(err.Error(), "at the server") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := os.ReadDir(a.cfg.Reading.Downloads); err != nil || len(list) != 0 {
		t.Errorf("something was saved: %v, %v", list, err)
	}
	if list, err := a.Parts(ctx, id); err != nil || len(list) != 2 || !list[0].Wanted || !list[1].Wanted {
		t.Errorf("the wishes are %+v, %v", list, err)
	}
	if out, err := a.Pipe(ctx, id, PipeText, 0, "cat"); err != nil || !strings.Contains(out.Lines[0].String(), "quagga") {
		t.Errorf("the text was piped: %+v, %v", out, err)
	}
}

// server does with what is wanted what f says.
func server(t *testing.T, a *App, f func(store.WantedPart)) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	sub := a.bus.Subscribe()
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			list, err := a.store.WantedParts(ctx, "work")
			if err != nil {
				return
			}
			for _, p := range list {
				f(p)
			}
			_, _ = sub.Next(ctx)
		}
	}()
	t.Cleanup(func() { stop(); <-done; sub.Close() })
}

func TestFilesComeWhenTheyAreUsed(t *testing.T) {
	a, id := holdingPart(t)
	server(t, a, func(p store.WantedPart) {
		data := "aGVsbG8gd29y"
		if p.Got > 0 {
			data = "bGQ="
		}
		if _, err := a.store.AddChunk(t.Context(), p.ID, p.Path, p.Got, []byte(data), p.Got > 0); err != nil {
			t.Error(err)
		}
	})
	a.cfg.Reading.Downloads = t.TempDir()
	paths, err := a.SaveAttachments(t.Context(), id, 1)
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	if b, err := os.ReadFile(paths[0]); err != nil || string(b) != "hello world" {
		t.Errorf("saved: %q, %v", b, err)
	}
	m, err := a.Open(t.Context(), id)
	if err != nil || m.Attachments[0].Away || m.Attachments[0].Size != 11 || !m.Partial {
		t.Errorf("after that: %+v, %v", m.Attachments, err)
	}
	r, _, err := a.Readable(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r.Open(r.Attachments[0])); err != nil || string(b) != "hello world" {
		t.Errorf("opened: %q, %v", b, err)
	}
}

func TestFetchingAPartEnds(t *testing.T) {
	t.Run("with the context", func(t *testing.T) {
		a, id := holdingPart(t)
		ctx, cancel := context.WithCancel(t.Context())
		server(t, a, func(store.WantedPart) { cancel() })
		if err := a.FetchPart(ctx, id, "2"); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
		if st, err := a.partState(t.Context(), id, "2"); err != nil || st.Wanted {
			t.Errorf("it is still wanted: %+v, %v", st, err)
		}
	})
	t.Run("by the server", func(t *testing.T) {
		a, id := holdingPart(t)
		server(t, a, func(p store.WantedPart) {
			if err := a.store.PartFailed(t.Context(), p.ID, p.Path, "no such part"); err != nil {
				t.Error(err)
			}
		})
		if err := a.FetchPart(t.Context(), id, mail.WholePart); err == nil || !strings.Contains(err.Error(), "no such part") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("by the user", func(t *testing.T) {
		a, id := holdingPart(t)
		server(t, a, func(p store.WantedPart) {
			if err := a.StopPart(t.Context(), p.ID, p.Path); err != nil {
				t.Error(err)
			}
		})
		if err := a.FetchPart(t.Context(), id, "2"); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("where the whole comes", func(t *testing.T) {
		a, id := holdingPart(t)
		server(t, a, func(p store.WantedPart) {
			if err := a.store.PutBody(t.Context(), p.ID, []byte("Subject: x\n\nall"), store.BodyInfo{}); err != nil {
				t.Error(err)
			}
		})
		for _, part := range []string{"2", mail.WholePart} {
			if err := a.FetchPart(t.Context(), id, part); err != nil {
				t.Errorf("part %q: %v", part, err)
			}
		}
		if lines, err := a.SourceText(t.Context(), id); err != nil || lines[len(lines)-1].String() != "all" {
			t.Errorf("the source is %v, %v", lines, err)
		}
	})
	t.Run("where nobody talks to servers", func(t *testing.T) {
		a, id := holdingPart(t)
		a.isOwner = false
		if err := a.FetchPart(t.Context(), id, "2"); !errors.Is(err, ErrNotHere) {
			t.Errorf("error is %v", err)
		}
	})
}
