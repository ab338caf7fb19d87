package syncer

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"postea/imapclient"
	"postea/internal/event"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"

	imap "github.com/emersion/go-imap/v2"
)

// wrapped is base64 as mail has it.
func wrapped(data []byte) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), 76) {
		b.Write(line)
		b.WriteString("\r\n")
	}
	return b.String()
}

func noise(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.Read(data) // never fails
	return data
}

// parcel is a message with a text and a file.
func parcel(mid string, file []byte) []byte {
	return append(fmt.Appendf(nil, "From: Grace <grace@example.net>\r\nTo: ada@example.org\r\nSubject: parcel\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <%s>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n"+
		"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe quagga is in the parcel.\r\n"+
		"--b1\r\nContent-Type: application/zip; name=\"herbarium.zip\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"herbarium.zip\"\r\n\r\n", mid),
		wrapped(file)+"--b1--\r\n"...)
}

// partial waits for what is here of a message in parts.
func (r *rig) partial(mid string) *reading.Message {
	r.t.Helper()
	p, err := r.store.Partial(r.t.Context(), r.message(mid).ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return reading.ParsePartial(p)
}

func (r *rig) want(mid string) {
	r.t.Helper()
	if err := r.store.Want(r.t.Context(), r.message(mid).ID); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) wantPart(mid, path string) {
	r.t.Helper()
	if err := r.store.WantPart(r.t.Context(), r.message(mid).ID, path); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) part(mid, path string) mail.PartState {
	r.t.Helper()
	list, err := r.store.PartStates(r.t.Context(), r.message(mid).ID)
	if err != nil {
		r.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(p mail.PartState) bool { return p.Path == path })
	if i < 0 {
		return mail.PartState{Path: path}
	}
	return list[i]
}

// piecesAsked takes the commands for bodies and their parts, and forgets all.
func piecesAsked(s *server) []string {
	return slices.DeleteFunc(s.said("UID FETCH"), func(c string) bool { return !strings.Contains(c, "BODY.PEEK[") || strings.Contains(c, "FIELDS") })
}

func (s *server) bytesSent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

func TestTextOfALargeMessageComesFirst(t *testing.T) {
	s := newServer(t, modern)
	file := noise(18 << 20)
	raw := parcel("large", file)
	s.add("INBOX", raw)
	r := newRig(t, s.profile())
	r.sync()
	r.want("large")
	before := s.bytesSent()
	s.said("")
	r.sync()
	if asked := piecesAsked(s); len(asked) != 1 {
		t.Errorf("%d round trips for the text: %q", len(asked), asked)
	}
	if n := s.bytesSent() - before; n > 100<<10 {
		t.Errorf("%d bytes came for the text", n)
	}
	m := r.partial("large")
	if m.Text() != "The quagga is in the parcel." || r.has("large") {
		t.Errorf("the text is %q", m.Text())
	}
	if len(m.Attachments) != 1 {
		t.Fatalf("attachments are %+v", m.Attachments)
	}
	at := m.Attachments[0]
	if off := at.Size - int64(len(file)); at.Name != "herbarium.zip" || !at.Away || off > 100 || off < -100 {
		t.Errorf("the attachment is %+v, of %d bytes", at, len(file))
	}
}

func TestPartsOfALargeMessageComeWhenAskedFor(t *testing.T) {
	s := newServer(t, modern)
	file := noise(2 << 20)
	raw := parcel("large", file)
	s.add("INBOX", raw)
	r := newRig(t, s.profile())
	r.sync()
	r.want("large")
	r.sync()
	m := r.partial("large")
	at := m.Attachments[0]
	if _, err := io.ReadAll(m.Open(at)); !errors.Is(err, reading.ErrAway) {
		t.Errorf("opening it: %v", err)
	}
	if _, err := r.store.Body(t.Context(), r.message("large").ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the store gives it for the whole: %v", err)
	}

	// The file by itself, as often as it is asked for.
	r.wantPart("large", at.Part)
	r.sync()
	if st := r.part("large", at.Part); !st.Done || st.Wanted || st.Got == 0 {
		t.Fatalf("the part is %+v", st)
	}
	m = r.partial("large")
	if got, err := io.ReadAll(m.Open(m.Attachments[0])); err != nil || !bytes.Equal(got, file) {
		t.Errorf("the attachment has %d bytes (%v), want %d", len(got), err, len(file))
	}
	s.said("")
	r.wantPart("large", at.Part)
	r.sync()
	if asked := piecesAsked(s); len(asked) > 0 {
		t.Errorf("what is here was fetched again: %q", asked)
	}

	// And all of it.
	r.wantPart("large", mail.WholePart)
	r.sync()
	got, err := r.store.Body(t.Context(), r.message("large").ID)
	if err != nil || !bytes.Equal(got, raw) {
		t.Errorf("the whole has %d bytes (%v), want %d", len(got), err, len(raw))
	}
	if _, err := r.store.Partial(t.Context(), r.message("large").ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the partial message is still there: %v", err)
	}
	if st := r.part("large", at.Part); st.Done {
		t.Error("the part is kept beside the whole")
	}
}

func TestTextsOfLargeMessagesComeBeforehand(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", parcel("large", noise(1<<20)))
	s.add("INBOX", letter("small", "x"))
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "recent" })
	r.sync()
	if m := r.message("large"); m.Snippet != "The quagga is in the parcel." || len(m.Attachments) != 1 || r.has("large") || !r.has("small") {
		t.Errorf("the large message is %+v", m)
	}
	for _, text := range []string{"quagga", "file:herbarium"} {
		hits, err := r.store.Search(t.Context(), store.Search{For: query.Parse(text, r.now()).Root}, 10)
		if err != nil || len(hits) != 1 {
			t.Errorf("%s finds %d messages, %v", text, len(hits), err)
		}
	}
	// Once is enough.
	s.said("")
	r.sync()
	if asked := piecesAsked(s); len(asked) > 0 {
		t.Errorf("it was asked for again: %q", asked)
	}
}

// What does not fit the picture is fetched as a whole.
func TestLargeMessagesThatComeWhole(t *testing.T) {
	big := strings.Repeat("QUFB\r\n", prefetchSize/6)
	head := "Message-ID: <m>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
	for name, c := range map[string]struct {
		raw  string
		bend func(*server)
	}{
		"one text":   {raw: head + "\r\n" + big},
		"signed":     {raw: head + "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf\r\n\r\n" + big + "--b--\r\n"},
		"encrypted":  {raw: head + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n" + big},
		"no closing": {raw: head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + big},
		"structure not told": {raw: string(parcel("m", noise(prefetchSize))), bend: func(s *server) {
			s.change("INBOX", func(b *box) { b.msgs[0].mute = true })
		}},
		"parts refused": {raw: string(parcel("m", noise(prefetchSize))), bend: func(s *server) {
			s.bend(func(c string) string {
				if strings.Contains(c, "MIME]") {
					return "NO not that way"
				}
				return ""
			})
		}},
		"parts not known": {raw: string(parcel("m", noise(prefetchSize))), bend: func(s *server) {
			s.bend(func(c string) string {
				if strings.Contains(c, "MIME]") {
					return "BAD what?"
				}
				return ""
			})
		}},
		"parts of another message": {raw: string(parcel("m", noise(prefetchSize))), bend: func(s *server) {
			s.bend(func(c string) string {
				if strings.Contains(c, "MIME]") {
					s.boxes["INBOX"].msgs[0].raw = bytes.Replace(s.boxes["INBOX"].msgs[0].raw, []byte("text/plain"), []byte("text/x-else"), 1)
				}
				return ""
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, modern)
			s.add("INBOX", []byte(c.raw))
			if c.bend != nil {
				c.bend(s)
			}
			r := newRig(t, s.profile())
			r.sync()
			r.want("m")
			r.sync()
			raw, err := r.store.Body(t.Context(), r.message("m").ID)
			if err != nil || len(raw) != len(c.raw)+strings.Count(string(raw), "text/x-else") {
				t.Errorf("the whole has %d bytes (%v), want %d", len(raw), err, len(c.raw))
			}
		})
	}
}

func TestShapesOfLargeMessages(t *testing.T) {
	big := wrapped(noise(prefetchSize))
	head := "Message-ID: <m>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
	attached := "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n" + big
	for name, c := range map[string]struct {
		raw, text string
		away      string // paths
	}{
		"one file": {
			raw: head + attached, text: "", away: "1",
		},
		"versions and a picture": {
			raw: head + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n" +
				"--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\nplain\r\n--a\r\nContent-Type: text/html; name=x.html\r\n\r\n<p>plain</p>\r\n--a--\r\n" +
				"--r\r\nContent-Type: image/png\r\nContent-ID: <p>\r\nContent-Transfer-Encoding: base64\r\n\r\n" + big + "--r--\r\n" +
				"--m\r\n" + attached + "--m--\r\n",
			text: "plain\n", away: "1.2 2",
		},
		"message with a file": {
			raw: head + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nouter\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" +
				"Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ninner text\r\n--i\r\n" + attached + "--i--\r\n\r\n--m--\r\n",
			text: "outer\n\n--------------------\nSubject: inner\n\ninner text\n", away: "2 2.2",
		},
		"message that is one file": {
			raw: head + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nouter\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" +
				"Subject: inner\r\n" + attached + "\r\n--m--\r\n",
			text: "outer\n\n--------------------\nSubject: inner\n", away: "2 2.1",
		},
		"text files only": {
			raw: head + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\n" + big + "--m\r\n" +
				"Content-Type: text/plain; name=small.txt\r\n\r\nsmall\r\n--m--\r\n",
			text: "", away: "1",
		},
		"report": {
			raw: head + "Content-Type: multipart/report; report-type=delivery-status; boundary=m\r\n\r\n--m\r\n\r\nit failed\r\n--m\r\nContent-Type: message/delivery-status\r\n\r\n" +
				"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" +
				"Message-ID: <original@x>\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ntext\r\n--i\r\n" + attached + "--i--\r\n\r\n--m--\r\n",
			text: "it failed\n", away: "3 3.1 3.2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, modern)
			s.add("INBOX", []byte(c.raw))
			r := newRig(t, s.profile())
			r.sync()
			r.want("m")
			r.sync()
			m := r.partial("m")
			if got := strings.TrimRight(m.Text(), "\n"); got != strings.TrimRight(c.text, "\n") {
				t.Errorf("the text is %q, want %q", got, c.text)
			}
			p, err := r.store.Partial(t.Context(), r.message("m").ID)
			if err != nil {
				t.Fatal(err)
			}
			var away []string
			for _, a := range p.Away {
				away = append(away, a.Path)
			}
			if got := strings.Join(away, " "); got != c.away {
				t.Errorf("away are %q, want %q", got, c.away)
			}
			if rep := m.Report(); name == "report" && (rep == nil || rep.OriginalMessageID != "original@x") {
				t.Errorf("the report is %+v", rep)
			}
			for _, a := range p.Away {
				r.wantPart("m", a.Path)
			}
			r.sync()
			if p, err = r.store.Partial(t.Context(), r.message("m").ID); err != nil {
				t.Fatal(err)
			}
			samePartly(t, []byte(c.raw), p)
		})
	}
}

func TestPartGoesOnWhereItEnded(t *testing.T) {
	s := newServer(t, modern)
	raw := parcel("large", noise(8<<20))
	s.add("INBOX", raw)
	r := newRig(t, s.profile())
	r.sync()
	r.want("large")
	r.sync()
	r.wantPart("large", "2")
	n := 0
	s.bend(func(c string) string {
		if strings.Contains(c, "BODY.PEEK[2]<") {
			if n++; n == 3 {
				return "drop"
			}
		}
		return ""
	})
	if err := r.Round(t.Context()); err == nil {
		t.Fatal("the line was not lost")
	}
	got := r.part("large", "2").Got
	if got == 0 {
		t.Fatal("nothing of it was kept")
	}
	s.bend(nil)
	s.said("")
	r.reopen()
	r.sync()
	asked := piecesAsked(s)
	if len(asked) == 0 || !strings.Contains(asked[0], fmt.Sprintf("BODY.PEEK[2]<%d.", got)) {
		t.Errorf("after %d bytes, the client asked %q", got, asked)
	}
	if st := r.part("large", "2"); !st.Done || st.Got != int64(len(section(raw, "2"))) {
		t.Errorf("the part is %+v", st)
	}
}

func TestPartIsStopped(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", parcel("large", noise(8<<20)))
	r := newRig(t, s.profile())
	r.sync()
	r.want("large")
	r.sync()
	id := r.message("large").ID
	r.wantPart("large", "2")
	n := 0
	s.bend(func(c string) string {
		if strings.Contains(c, "BODY.PEEK[2]<") {
			if n++; n == 2 {
				if err := r.store.UnwantPart(t.Context(), id, "2"); err != nil {
					t.Error(err)
				}
			}
		}
		return ""
	})
	r.sync()
	if st := r.part("large", "2"); n != 2 || st.Done || st.Wanted || st.Got == 0 {
		t.Errorf("after %d windows, the part is %+v", n, st)
	}
}

// What costs the connection whenever it is asked for does not keep all the rest from
// being done.
func TestWantsThatCostTheConnection(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", parcel("large", noise(prefetchSize)))
	s.add("INBOX", letter("small", "x"))
	r := newRig(t, s.profile())
	r.run()
	r.want("large")
	r.Wake()
	r.await("the text", func() string {
		if _, err := r.store.Partial(t.Context(), r.message("large").ID); err != nil {
			return err.Error()
		}
		return ""
	})
	s.bend(func(c string) string {
		if strings.Contains(c, "BODY.PEEK[2]<") || strings.Contains(c, "BODY.PEEK[]") {
			return "drop"
		}
		return ""
	})
	news := r.listen()
	r.wantPart("large", "2")
	r.want("small")
	r.Wake()
	news.await("the message to be given up", func(e event.Event) bool { a, ok := e.(event.BodyArrived); return ok && a.Failed != "" })
	r.await("the part to be given up", func() string {
		if st := r.part("large", "2"); st.Wanted || st.Failed == "" {
			return fmt.Sprintf("it is %+v", st)
		}
		return ""
	})
	r.awaitKind(Online)
}

// A server that hangs up when it is asked for parts is asked for the whole.
func TestPartsThatCostTheConnection(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", parcel("large", noise(prefetchSize)))
	s.add("INBOX", letter("small", "x"))
	s.bend(func(c string) string {
		if strings.Contains(c, "MIME]") {
			return "drop"
		}
		return ""
	})
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "recent" })
	r.run()
	r.await("the other message", func() string {
		if r.has("small") {
			return ""
		}
		return "it does not come"
	})
	r.want("large")
	r.Wake()
	r.await("the large message", func() string {
		if r.has("large") {
			return ""
		}
		return "it does not come"
	})
}

func TestPartFromServersThatErr(t *testing.T) {
	for name, bend := range map[string]func(*server){
		"all at once": func(s *server) { s.change("INBOX", func(b *box) { b.msgs[0].noWindows = true }) },
		"windows not known": func(s *server) {
			s.bend(func(c string) string {
				if strings.Contains(c, "BODY.PEEK[2]<") {
					return "BAD what?"
				}
				return ""
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, modern)
			raw := parcel("large", noise(1<<20))
			s.add("INBOX", raw)
			r := newRig(t, s.profile())
			r.sync()
			r.want("large")
			r.sync()
			bend(s)
			for _, path := range []string{"2", mail.WholePart} {
				r.wantPart("large", path)
				r.sync()
			}
			if got, err := r.store.Body(t.Context(), r.message("large").ID); err != nil || !bytes.Equal(got, raw) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		s := newServer(t, modern)
		s.add("INBOX", parcel("large", noise(1<<20)))
		r := newRig(t, s.profile())
		r.sync()
		r.want("large")
		r.sync()
		s.bend(func(c string) string {
			if strings.Contains(c, "BODY.PEEK[2]<") {
				return "NO [SERVERBUG] cannot"
			}
			return ""
		})
		news := r.listen()
		r.wantPart("large", "2")
		r.sync()
		news.await("the part", func(e event.Event) bool { _, ok := e.(event.PartsChanged); return ok })
		if st := r.part("large", "2"); st.Wanted || st.Done || !strings.Contains(st.Failed, "cannot") {
			t.Errorf("the part is %+v", st)
		}
	})
}

func partsStory(t *testing.T, st *stage) {
	size := 3 << 20
	if testing.Short() {
		size = 3 * prefetchSize // the server in memory reads all of it for each window, which the race detector makes slow
	}
	file := noise(size)
	raw := parcel(st.mid("large"), file)
	if _, err := st.other.Append(t.Context(), st.from, imapclient.NewMessage{At: st.now(), Raw: raw}); err != nil {
		t.Fatal(err)
	}
	st.sync()
	mid := st.mid("large")
	st.want(mid)
	st.sync()
	m := st.partial(mid)
	if m.Text() != "The quagga is in the parcel." || len(m.Attachments) != 1 || !m.Attachments[0].Away {
		t.Fatalf("the text is %q, with %+v", m.Text(), m.Attachments)
	}
	st.wantPart(mid, m.Attachments[0].Part)
	st.sync()
	m = st.partial(mid)
	if got, err := io.ReadAll(m.Open(m.Attachments[0])); err != nil || !bytes.Equal(got, file) {
		t.Errorf("the attachment has %d bytes (%v), want %d", len(got), err, len(file))
	}
	st.wantPart(mid, mail.WholePart)
	st.sync()
	got, err := st.store.Body(t.Context(), st.message(mid).ID)
	if err != nil || !bytes.HasSuffix(got, raw[len(raw)-1000:]) || len(got) < len(raw) {
		t.Errorf("the whole has %d bytes (%v), want %d", len(got), err, len(raw))
	}
}

func TestPartsInMemory(t *testing.T) {
	partsStory(t, newStage(t, inMemory(t, imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}})))
}

func TestPartsOnDovecot(t *testing.T) { partsStory(t, newStage(t, onLab(lab.Dovecot(t)))) }

func TestPartsOnMox(t *testing.T) { partsStory(t, newStage(t, onLab(lab.Mox(t)))) }
