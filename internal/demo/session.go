package demo

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/textproto"
)

// maxAppend leaves room for what a client adds to a message it has sent.
const maxAppend = maxMessage + 1<<20

// session is one IMAP connection. All its methods are called from one
// goroutine, but for Idle, which has its own and may outlive the connection by a
// moment.
type session struct {
	server  *Server
	account *account // nil before the log-in
	view    *view    // nil while no folder is selected
}

var (
	_ imapserver.SessionIMAP4rev2   = (*session)(nil)
	_ imapserver.SessionAppendLimit = (*session)(nil)
)

func imapCaps() imap.CapSet {
	set := make(imap.CapSet)
	for _, c := range []imap.Cap{
		imap.CapIMAP4rev1, imap.CapIMAP4rev2, imap.CapNamespace, imap.CapUIDPlus, imap.CapESearch, imap.CapSearchRes,
		imap.CapListExtended, imap.CapListStatus, imap.CapMove, imap.CapStatusSize, imap.CapBinary, imap.CapChildren,
		imap.CapSpecialUse, imap.CapCreateSpecialUse, imap.CapLiteralPlus,
	} {
		set[c] = struct{}{}
	}
	return set
}

func (s *session) AppendLimit() uint32 { return maxAppend }

func (s *session) Close() error {
	// The fields stay as they are: an Idle may still be reading them.
	if s.view != nil {
		s.view.close()
	}
	s.server.running.leave()
	return nil
}

func (v *view) close() {
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	v.tracker.Close()
}

func (s *session) Login(username, password string) error {
	a := s.server.signIn(username, password)
	if a == nil || s.server.IMAP.refuse.Load() {
		return imapserver.ErrAuthFailed
	}
	s.account = a
	return nil
}

func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

func (s *session) Create(name string, options *imap.CreateOptions) error {
	var use imap.MailboxAttr
	if options != nil && len(options.SpecialUse) > 0 {
		use = options.SpecialUse[0]
	}
	return s.account.create(name, use)
}

func (s *session) Delete(name string) error { return s.account.delete(name) }

func (s *session) Rename(from, to string, _ *imap.RenameOptions) error {
	return s.account.rename(from, to)
}

func (s *session) Subscribe(name string) error   { return s.account.subscribe(name, true) }
func (s *session) Unsubscribe(name string) error { return s.account.subscribe(name, false) }

func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	for _, data := range s.account.list(ref, patterns, options) {
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	return s.account.status(name, options)
}

func (s *session) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := io.ReadAll(r)
	if err == nil && int64(len(raw)) < r.Size() {
		err = io.ErrUnexpectedEOF // the line broke; the reader ends as if it were the end
	}
	if err != nil {
		return nil, err
	}
	received := options.Time
	if received.IsZero() {
		received = s.server.now()
	}
	return s.account.add(name, raw, received, options.Flags)
}

func (s *session) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	a := s.account
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.folder(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, err
	}
	s.view = &view{account: a, folder: f, tracker: f.tracker.NewSession(), readOnly: options.ReadOnly}
	return f.selectData(), nil
}

func (s *session) Unselect() error {
	s.view.close()
	s.view = nil
	return nil
}

func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.view == nil {
		return nil
	}
	return s.view.tracker.Poll(w, allowExpunge)
}

// Idle asks for the signal before it looks for updates, so that none falls
// between the two, nor between the command before and this one.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	v := s.view
	if v == nil {
		<-stop
		return nil
	}
	for {
		v.account.mu.Lock()
		changed := v.folder.changed
		v.account.mu.Unlock()
		if err := v.tracker.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		}
	}
}

var errReadOnly = &imap.Error{Type: imap.StatusResponseTypeNo, Text: "The folder is open for reading only"}

// Expunge writes nothing itself: the updates go out before the command's OK.
func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	v := s.view
	if v.readOnly {
		return nil // CLOSE comes here too, and leaves such a folder as it is
	}
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	in := func(row) bool { return true }
	if uids != nil {
		in = v.contains(*uids, v.rows())
	}
	v.folder.remove(func(m *message) bool { return m.has(imap.FlagDeleted) && in(row{message: *m}) })
	return nil
}

func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, change *imap.StoreFlags, _ *imap.StoreOptions) error {
	v := s.view
	if v.readOnly {
		return errReadOnly
	}
	v.account.mu.Lock()
	chosen := v.choose(set)
	for i, r := range chosen {
		v.folder.setFlags(r.index, changedFlags(r.flags, change), v.tracker)
		chosen[i].message = *v.folder.messages[r.index]
	}
	v.account.mu.Unlock()
	if change.Silent {
		return nil
	}
	for _, r := range chosen {
		if err := r.write(w, &imap.FetchOptions{Flags: true}); err != nil {
			return err
		}
	}
	return nil
}

// copy puts the chosen messages into another folder. It expects the lock to be
// held; nil for nothing copied.
func (v *view) copy(chosen []row, to *folder) *imap.CopyData {
	if len(chosen) == 0 {
		return nil
	}
	data := &imap.CopyData{UIDValidity: to.validity}
	for _, r := range chosen {
		data.SourceUIDs.AddNum(r.uid)
		data.DestUIDs.AddNum(to.add(r.raw, r.received, r.flags).uid)
	}
	return data
}

func (s *session) Copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	v := s.view
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	to, err := v.account.folder(name, imap.ResponseCodeTryCreate)
	if err != nil {
		return nil, err
	}
	return v.copy(v.choose(set), to), nil
}

func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, name string) error {
	data, err := s.view.move(set, name)
	if err != nil || data == nil {
		return err
	}
	return w.WriteCopyData(data) // the updates, with the EXPUNGEs, follow before the OK
}

func (v *view) move(set imap.NumSet, name string) (*imap.CopyData, error) {
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	to, err := v.account.folder(name, imap.ResponseCodeTryCreate)
	switch {
	case err != nil:
		return nil, err
	case v.readOnly:
		return nil, errReadOnly
	case to == v.folder:
		return nil, refusal(imap.ResponseCodeCannot, "The messages are in that folder")
	}
	data := v.copy(v.choose(set), to)
	if data != nil {
		v.folder.remove(func(m *message) bool { return data.SourceUIDs.Contains(m.uid) })
	}
	return data, nil
}

func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	v := s.view
	v.account.mu.Lock()
	chosen := v.choose(set)
	if marksSeen(options) && !v.readOnly {
		for i, r := range chosen {
			seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}
			v.folder.setFlags(r.index, changedFlags(r.flags, seen), nil)
			chosen[i].message = *v.folder.messages[r.index]
		}
	}
	v.account.mu.Unlock()
	for _, r := range chosen {
		if err := r.write(w, options); err != nil {
			return err
		}
	}
	return nil
}

func marksSeen(options *imap.FetchOptions) bool {
	for _, section := range options.BodySection {
		if !section.Peek {
			return true
		}
	}
	for _, section := range options.BinarySection {
		if !section.Peek {
			return true
		}
	}
	return false
}

// write answers FETCH for one message.
func (r row) write(w *imapserver.FetchWriter, options *imap.FetchOptions) error {
	out := w.CreateMessage(r.seq)
	out.WriteUID(r.uid)
	if options.Flags {
		out.WriteFlags(r.flags)
	}
	if options.InternalDate {
		out.WriteInternalDate(r.received)
	}
	if options.RFC822Size {
		out.WriteRFC822Size(int64(len(r.raw)))
	}
	if options.Envelope {
		header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(r.raw)))
		if err != nil {
			out.WriteEnvelope(nil)
		} else {
			out.WriteEnvelope(imapserver.ExtractEnvelope(header))
		}
	}
	if options.BodyStructure != nil {
		out.WriteBodyStructure(inhabited(imapserver.ExtractBodyStructure(bytes.NewReader(r.raw))))
	}
	var failed error
	section := func(body io.WriteCloser, data []byte) {
		_, err := body.Write(data)
		failed = cmp.Or(failed, err, body.Close())
	}
	for _, item := range options.BodySection {
		data := imapserver.ExtractBodySection(bytes.NewReader(r.raw), item)
		section(out.WriteBodySection(item, int64(len(data))), data)
	}
	for _, item := range options.BinarySection {
		data := imapserver.ExtractBinarySection(bytes.NewReader(r.raw), item)
		section(out.WriteBinarySection(item, int64(len(data))), data)
	}
	for _, item := range options.BinarySectionSize {
		out.WriteBinarySectionSize(item, imapserver.ExtractBinarySectionSize(bytes.NewReader(r.raw), item))
	}
	return cmp.Or(failed, out.Close())
}

func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (*imap.SearchData, error) {
	v := s.view
	v.account.mu.Lock()
	all := v.rows()
	v.account.mu.Unlock()

	var seqs imap.SeqSet
	var uids imap.UIDSet
	data := &imap.SearchData{}
	for _, r := range all {
		if r.seq == 0 || !v.matches(r, all, criteria) {
			continue
		}
		number := r.seq
		if kind == imapserver.NumKindUID {
			number = uint32(r.uid)
		}
		seqs.AddNum(r.seq)
		uids.AddNum(r.uid)
		data.Max = number
		if data.Count++; data.Count == 1 {
			data.Min = number
		}
	}
	data.All = seqs
	if kind == imapserver.NumKindUID {
		data.All = uids
	}
	if options.ReturnSave {
		v.saved = uids
	}
	return data, nil
}

// within compares dates without their zones, as RFC 9051 §6.4.4 asks for.
func within(t, since, before time.Time) bool {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
}

// inhabited gives every multipart without parts an empty one, as other servers
// do: the grammar has none without (RFC 9051, body-type-mpart), and the library
// hangs up over one.
func inhabited(bs imap.BodyStructure) imap.BodyStructure {
	switch b := bs.(type) {
	case *imap.BodyStructureMultiPart:
		if len(b.Children) == 0 {
			b.Children = []imap.BodyStructure{&imap.BodyStructureSinglePart{
				Type: "text", Subtype: "plain", Params: map[string]string{"charset": "us-ascii"}, Encoding: "7bit",
				Text: &imap.BodyStructureText{}, Extended: &imap.BodyStructureSinglePartExt{},
			}}
		}
		for i, child := range b.Children {
			b.Children[i] = inhabited(child)
		}
	case *imap.BodyStructureSinglePart:
		if m := b.MessageRFC822; m != nil && m.BodyStructure != nil {
			m.BodyStructure = inhabited(m.BodyStructure)
		}
	}
	return bs
}
