package app

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"postea/internal/spell"
)

// Speller checks words against the dictionaries of the configuration and against
// what the user has kept. It may be used by several goroutines.
type Speller struct {
	dictionaries []*spell.Dictionary
	path         string // of the user's own words

	mu  sync.RWMutex
	own map[string]bool
}

// spelling is the speller, loaded when it is first asked for.
type spelling struct {
	mu     sync.Mutex
	loaded bool
	use    *Speller
}

// ownWords is the file of the user's own words, in the data directory.
const ownWords = "words.txt"

// Speller gives what checks words; nil where no dictionary of the languages is
// installed, or checking is switched off.
func (a *App) Speller(_ context.Context) (*Speller, error) {
	a.spelling.mu.Lock()
	defer a.spelling.mu.Unlock()
	if a.spelling.loaded {
		return a.spelling.use, nil
	}
	a.spelling.loaded = true
	names := strings.Split(a.cfg.Compose.Spelling, ",")
	switch a.cfg.Compose.Spelling {
	case "off":
		return nil, nil
	case "auto", "":
		names = []string{Language()}
		if names[0] == "" || names[0] == "C" || strings.HasPrefix(names[0], "C.") || names[0] == "POSIX" {
			names[0] = "en_US"
		}
	}
	s, err := LoadSpeller(spell.Find(names, spell.Dirs()), filepath.Join(a.store.Dir(), ownWords))
	a.spelling.use = s
	return s, err
}

// LoadSpeller makes a Speller of dictionaries, by their paths without .aff and
// .dic, and of a file of words; nil where there is no dictionary.
func LoadSpeller(dictionaries []string, own string) (*Speller, error) {
	s := &Speller{path: own, own: map[string]bool{}}
	for _, path := range dictionaries {
		d, err := spell.Load(path)
		if err != nil {
			return nil, err
		}
		s.dictionaries = append(s.dictionaries, d)
	}
	if len(s.dictionaries) == 0 {
		return nil, nil
	}
	return s, s.readOwn()
}

func (s *Speller) readOwn() error {
	f, err := os.Open(s.path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading your words: %w", err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		s.own[strings.ToLower(strings.TrimSpace(sc.Text()))] = true
	}
	return sc.Err()
}

// Known tells whether a word is right in one of the languages, or the user's own.
func (s *Speller) Known(word string) bool {
	s.mu.RLock()
	own := s.own[strings.ToLower(word)]
	s.mu.RUnlock()
	if own {
		return true
	}
	for _, d := range s.dictionaries {
		if d.Known(word) {
			return true
		}
	}
	return false
}

// Suggest gives up to n words that may be meant, of each language in turn.
func (s *Speller) Suggest(word string, n int) []string {
	var out []string
	for _, d := range s.dictionaries {
		out = append(out, d.Suggest(word, max(1, n/len(s.dictionaries)))...)
	}
	return out[:min(len(out), n)]
}

// Keep takes a word for right from now on.
func (s *Speller) Keep(word string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own[strings.ToLower(word)] = true
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the word: %w", err)
	}
	_, err = f.WriteString(word + "\n")
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
