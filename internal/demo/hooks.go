package demo

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// Stored is a message as it lies in a folder.
type Stored struct {
	UID      uint32
	Flags    []string
	Received time.Time // its INTERNALDATE
	Raw      []byte
}

func (s *Server) account(address string) (*account, error) {
	if a := s.owner(address); a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("demo: nobody here is %s", address)
}

// Deliver puts a message into a user's folder, which it makes if there is none.
// Line breaks may be LF alone. Clients that idle on the folder are told.
func (s *Server) Deliver(address, folder string, raw []byte, flags ...string) error {
	a, err := s.account(address)
	if err != nil {
		return err
	}
	list := make([]imap.Flag, len(flags))
	for i, f := range flags {
		list[i] = imap.Flag(f)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.make(folder).add(crlf(raw), s.now(), list)
	return nil
}

// Messages returns what is in a user's folder, in the order of the UIDs.
func (s *Server) Messages(address, folder string) ([]Stored, error) {
	a, err := s.account(address)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.folders[folder]
	if f == nil {
		return nil, fmt.Errorf("demo: %s has no folder %q", address, folder)
	}
	list := make([]Stored, len(f.messages))
	for i, m := range f.messages {
		list[i] = Stored{UID: uint32(m.uid), Received: m.received, Raw: slices.Clone(m.raw)}
		for _, flag := range m.flags {
			list[i].Flags = append(list[i].Flags, string(flag))
		}
	}
	return list, nil
}

// Folders returns the names of a user's folders.
func (s *Server) Folders(address string) ([]string, error) {
	a, err := s.account(address)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.names(), nil
}

// Accepted returns what clients have submitted since the start, also where the
// answer was lost.
func (s *Server) Accepted() []Submission {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// LoseNextAnswer makes the server take the next message and drop the connection
// instead of saying so.
func (s *Server) LoseNextAnswer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loseAnswer = true
}

func (s *Server) losesAnswer() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	loses := s.loseAnswer
	s.loseAnswer = false
	return loses
}

// crlf ends all lines with CRLF, as mail has it.
func crlf(raw []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}
