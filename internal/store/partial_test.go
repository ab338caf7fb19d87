package store

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

func partialItem(id mail.ID) PartialItem {
	return PartialItem{ID: id, Partial: mail.Partial{Raw: []byte("Subject: x\n\nquagga"), Away: []mail.AwayPart{{Path: "2", Size: 10}, {Path: "3", Size: 20}}},
		BodyInfo: BodyInfo{Text: "quagga", Snippet: "quagga", Attachments: []mail.AttachmentInfo{{Name: "herbarium.zip"}}}}
}

func putPartial(t *testing.T, s *Store, id mail.ID) {
	t.Helper()
	must(t, s.PutPartials(t.Context(), []PartialItem{partialItem(id)}))
}

func rowsOf(t *testing.T, s *Store, id mail.ID) (n int) {
	t.Helper()
	for _, table := range []string{"structure", "partial", "part", "chunk"} {
		var some int
		must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` WHERE msg = ?`, id).Scan(&some))
		n += some
	}
	return n
}

// What is here of a message in part is never given for the message.
func TestPartialIsNoBody(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	h := header(5, "m")
	h.Structure = "built so"
	id := add(t, s, inbox, h)[0]
	if text, err := s.Structure(t.Context(), id); err != nil || text != "built so" {
		t.Errorf("the structure is %q, %v", text, err)
	}
	must(t, s.Want(t.Context(), id))
	sub := s.bus.Subscribe()
	defer sub.Close()
	putPartial(t, s, id)
	batch, err := sub.Next(t.Context())
	if err != nil || !hasEvent(batch, event.BodyArrived{ID: id}) {
		t.Errorf("the news are %v, %v", batch, err)
	}
	if _, err := s.Body(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("it passes for the body: %v", err)
	}
	if has, err := s.HasBody(t.Context(), id); has || err != nil {
		t.Errorf("there is a body: %t, %v", has, err)
	}
	if has, err := s.HasText(t.Context(), id); !has || err != nil {
		t.Errorf("there is a text: %t, %v", has, err)
	}
	if list, err := s.Wanted(t.Context(), "a"); len(list) != 0 || err != nil {
		t.Errorf("still wanted: %v, %v", list, err)
	}
	if got := search(t, s, "quagga"); !slices.Equal(got, []mail.ID{id}) {
		t.Errorf("its words find %v", got)
	}
	if got := search(t, s, "file:herbarium"); !slices.Equal(got, []mail.ID{id}) {
		t.Errorf("its files find %v", got)
	}
	without := func(f func() ([]Place, error)) int {
		list, err := f()
		must(t, err)
		return len(list)
	}
	if n := without(func() ([]Place, error) { return s.Bodyless(t.Context(), inbox, 10) }); n != 1 {
		t.Errorf("%d are bodyless", n)
	}
	if n := without(func() ([]Place, error) { return s.Textless(t.Context(), inbox, 1000, 10) }); n != 0 {
		t.Errorf("%d are textless", n)
	}

	// The whole takes its place, and is not taken back.
	must(t, s.WantPart(t.Context(), id, "2"))
	must(t, s.PutBody(t.Context(), id, []byte("all of it"), BodyInfo{Text: "okapi"}))
	if n := rowsOf(t, s, id); n != 0 {
		t.Errorf("%d rows are left beside the body", n)
	}
	putPartial(t, s, id)
	if b, err := s.Body(t.Context(), id); string(b) != "all of it" || err != nil {
		t.Errorf("the body is %q, %v", b, err)
	}
	if len(search(t, s, "quagga")) != 0 || len(search(t, s, "okapi")) != 1 {
		t.Error("the index has the words of the part")
	}
	must(t, s.WantPart(t.Context(), id, mail.WholePart))
	if list, err := s.WantedParts(t.Context(), "a"); len(list) != 0 || err != nil {
		t.Errorf("what is here is wanted: %v, %v", list, err)
	}
}

func TestPartsGrow(t *testing.T) {
	s, c := open(t)
	inbox, _, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	putPartial(t, s, id)
	if err := s.WantPart(t.Context(), id, "7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("wanting what is no part: %v", err)
	}
	must(t, s.WantPart(t.Context(), id, "2"))
	c.now = c.now.Add(time.Second)
	must(t, s.WantPart(t.Context(), id, mail.WholePart))
	list, err := s.WantedParts(t.Context(), "a")
	if want := []WantedPart{{id, "2", 10, 0}, {id, "", 100, 0}}; err != nil || !slices.Equal(list, want) {
		t.Errorf("wanted are %+v (%v), want %+v", list, err, want)
	}
	if list, err := s.WantedParts(t.Context(), "b"); len(list) != 0 || err != nil {
		t.Errorf("another account wants %v, %v", list, err)
	}
	chunk := func(at int64, data string, end bool) bool {
		t.Helper()
		wanted, err := s.AddChunk(t.Context(), id, "2", at, []byte(data), end)
		must(t, err)
		return wanted
	}
	if !chunk(0, "hello ", false) {
		t.Error("nobody wants the rest")
	}
	chunk(0, "hello ", false) // the same once more
	chunk(9, "beyond", false) // a hole
	must(t, s.UnwantPart(t.Context(), id, "2"))
	if chunk(6, "wor", false) {
		t.Error("it is wanted though it was stopped")
	}
	must(t, s.WantPart(t.Context(), id, "2"))
	if chunk(9, "ld", true) {
		t.Error("it is wanted though it is here")
	}
	p, err := s.Partial(t.Context(), id)
	if err != nil || len(p.Parts) != 1 || string(p.Parts["2"]) != "hello world" || !bytes.Equal(p.Raw, partialItem(id).Raw) || len(p.Away) != 2 {
		t.Errorf("the message is %+v, %v", p, err)
	}
	must(t, s.WantPart(t.Context(), id, "2"))
	states, err := s.PartStates(t.Context(), id)
	if want := (mail.PartState{Path: "2", Size: 10, Got: 11, Done: true}); err != nil || len(states) != 2 || states[1] != want {
		t.Errorf("the parts are %+v, %v", states, err)
	}
	must(t, s.PartFailed(t.Context(), id, mail.WholePart, "no"))
	if states, err = s.PartStates(t.Context(), id); err != nil || states[0].Failed != "no" || states[0].Wanted {
		t.Errorf("the parts are %+v, %v", states, err)
	}
	must(t, s.RestartPart(t.Context(), id, "2"))
	if states, err = s.PartStates(t.Context(), id); err != nil || states[1].Done || states[1].Got != 0 {
		t.Errorf("the parts are %+v, %v", states, err)
	}
	if b, err := s.PartContent(t.Context(), id, "2"); err != nil || len(b) != 0 {
		t.Errorf("there are %d bytes, %v", len(b), err)
	}
}

// Parts do not grow beyond their room; those that somebody waits for stay.
func TestOldPartsGo(t *testing.T) {
	s, c := open(t)
	inbox, _, _ := folders(t, s, "a")
	var ids []mail.ID
	for i := range 4 {
		id := add(t, s, inbox, header(mail.UID(5+i), string(rune('m'+i))))[0]
		putPartial(t, s, id)
		c.now = c.now.Add(time.Minute)
		must(t, s.WantPart(t.Context(), id, "2"))
		_, err := s.AddChunk(t.Context(), id, "2", 0, []byte("x"), i != 1)
		must(t, err)
		// As if each had filled half of the room.
		_, err = s.mail.write.ExecContext(t.Context(), `UPDATE part SET got = ? WHERE msg = ?`, maxParts/2-1, id)
		must(t, err)
		ids = append(ids, id)
	}
	c.now = c.now.Add(time.Minute)
	must(t, s.WantPart(t.Context(), ids[3], "3"))
	_, err := s.AddChunk(t.Context(), ids[3], "3", 0, []byte("x"), true)
	must(t, err)
	for i, want := range []int{0, 1, 1, 2} {
		if states, err := s.PartStates(t.Context(), ids[i]); err != nil || len(states) != want {
			t.Errorf("message %d has the parts %+v (%v), want %d", i, states, err, want)
		}
	}
	var chunks int
	must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT count(*) FROM chunk WHERE msg = ?`, ids[0]).Scan(&chunks))
	if chunks != 0 {
		t.Error("the bytes of a part that has gone are still there")
	}
}

// A message that is moved, copied or gone takes what is here of it along.
func TestPartialFollowsItsMessage(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	must(t, s.RoundDone(t.Context(), "a"))

	// Seen in its new folder, and read there, before it vanishes from the old one.
	twin := add(t, s, archive, header(9, "m"))[0]
	putPartial(t, s, twin)
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{5}))
	if p, err := s.Partial(t.Context(), id); err != nil || len(p.Away) != 2 {
		t.Errorf("after it was moved: %+v, %v", p, err)
	}
	left := 1
	for n := 0; left > 0 && n < 10; n++ {
		var err error
		left, err = s.Reindex(t.Context(), func(raw []byte) BodyInfo { return BodyInfo{Text: string(raw)} })
		must(t, err)
	}
	if got := search(t, s, "quagga"); !slices.Equal(got, []mail.ID{id}) {
		t.Errorf("its words find %v", got)
	}

	n, err := s.Apply(t.Context(), []mail.ID{id}, Change{CopyTo: inbox})
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	r := list(t, s, inbox)
	if len(r.Rows) != 1 {
		t.Fatalf("there are %d copies", len(r.Rows))
	}
	if p, err := s.Partial(t.Context(), r.Rows[0].ID); err != nil || len(p.Away) != 2 {
		t.Errorf("the copy is %+v, %v", p, err)
	}

	must(t, s.WantPart(t.Context(), id, "2"))
	must(t, s.Vanished(t.Context(), archive, []mail.UID{9}))
	if states, err := s.PartStates(t.Context(), id); err != nil || len(states) != 1 || states[0].Wanted || states[0].Failed == "" {
		t.Errorf("what is wanted of a message that is gone: %+v, %v", states, err)
	}
	must(t, s.RoundDone(t.Context(), "a"))
	if n := rowsOf(t, s, id); n != 0 {
		t.Errorf("%d rows are left of a message that is gone", n)
	}
}
