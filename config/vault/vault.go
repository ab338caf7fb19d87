// Package vault keeps secrets in one file, encrypted with a passphrase by age
// (scrypt and ChaCha20-Poly1305, https://age-encryption.org/v1).
//
//	v := vault.New(path)
//	err := v.Unlock(passphrase) // ErrPassphrase: it is another one
//	secret, err := v.Get("work/imap")
//
// The file is what protects them: as good as its passphrase, wherever it lies.
// The passphrase and the secrets are kept in memory only. A change begins with
// what the file holds by then, under a lock beside it, so that no process undoes
// what another has changed.
package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"postea/internal/filelock"
)

var (
	// ErrLocked says that nobody has given the passphrase yet.
	ErrLocked = errors.New("the encrypted secrets are locked")
	// ErrPassphrase says that the passphrase is not the one of the file.
	ErrPassphrase = errors.New("that is not the passphrase of the encrypted secrets")
	// ErrMissing says that there is no secret of that name.
	ErrMissing = errors.New("there is no such secret")
)

const (
	workFactor    = 16 // 2^16 rounds of scrypt: a quarter of a second, and 64 MiB
	maxWorkFactor = 20
	maxFile       = 1 << 20

	lockTimeout = 30 * time.Second // a change takes half a second
)

// Vault is a file of secrets. Its methods may be called from several goroutines.
type Vault struct {
	path string

	mu         sync.Mutex
	passphrase string
	values     map[string]string
	seen       os.FileInfo // the file that values are of; nil: none yet
}

// New names the file; nothing is read, and it need not exist.
func New(path string) *Vault { return &Vault{path: path} }

// Path is where the file lies.
func (v *Vault) Path() string { return v.path }

// Exists tells whether there is a file.
func (v *Vault) Exists() bool {
	_, err := os.Stat(v.path)
	return err == nil
}

// Locked tells whether the passphrase is still missing.
func (v *Vault) Locked() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.passphrase == ""
}

// Unlock takes the passphrase. Where there is no file yet, it is the one that a
// new file will have. The error is ErrPassphrase where it does not fit.
func (v *Vault) Unlock(passphrase string) error {
	if passphrase == "" {
		return ErrPassphrase
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	values, seen, err := v.read(passphrase)
	if err != nil {
		return err
	}
	v.passphrase, v.values, v.seen = passphrase, values, seen
	return nil
}

// Get gives a secret. Errors are ErrLocked and ErrMissing.
func (v *Vault) Get(name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.passphrase == "" {
		return "", ErrLocked
	}
	if err := v.refresh(); err != nil {
		return "", err
	}
	s, ok := v.values[name]
	if !ok {
		return "", ErrMissing
	}
	return s, nil
}

// Set keeps a secret.
func (v *Vault) Set(name, secret string) error {
	return v.change(func(m map[string]string) { m[name] = secret })
}

// Delete forgets secrets; none being there is no error.
func (v *Vault) Delete(names ...string) error {
	return v.change(func(m map[string]string) {
		for _, n := range names {
			delete(m, n)
		}
	})
}

func (v *Vault) change(f func(map[string]string)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.passphrase == "" {
		return ErrLocked
	}
	if err := os.MkdirAll(filepath.Dir(v.path), 0o700); err != nil {
		return fmt.Errorf("writing the encrypted secrets: %w", err)
	}
	lock, err := filelock.Wait(v.path+".lock", lockTimeout)
	if errors.Is(err, filelock.ErrHeld) {
		return fmt.Errorf("another postea has been changing %s for %s; end it", v.path, lockTimeout)
	}
	if err != nil {
		return fmt.Errorf("writing the encrypted secrets: %w", err)
	}
	defer lock.Close()
	if err := v.refresh(); err != nil {
		return err
	}
	next := make(map[string]string, len(v.values)+1)
	maps.Copy(next, v.values)
	f(next)
	if err := v.write(next); err != nil {
		return fmt.Errorf("writing the encrypted secrets: %w", err)
	}
	v.values = next
	return nil
}

// refresh reads the file again where another process has written it.
func (v *Vault) refresh() error {
	info, err := os.Stat(v.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && v.seen == nil:
		return nil
	case err == nil && v.seen != nil && os.SameFile(info, v.seen) && info.ModTime().Equal(v.seen.ModTime()) && info.Size() == v.seen.Size():
		return nil
	}
	values, seen, err := v.read(v.passphrase)
	if err != nil {
		return err
	}
	v.values, v.seen = values, seen
	return nil
}

func (v *Vault) read(passphrase string) (map[string]string, os.FileInfo, error) {
	f, err := os.Open(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the encrypted secrets: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the encrypted secrets: %w", err)
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, nil, ErrPassphrase
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(io.LimitReader(f, maxFile), identity)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return nil, nil, ErrPassphrase
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s is damaged: %w", v.path, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is damaged: %w", v.path, err)
	}
	values := map[string]string{}
	if err := json.Unmarshal(data, &values); err != nil {
		return nil, nil, fmt.Errorf("%s holds something else", v.path) // err might quote a secret
	}
	return values, info, nil
}

// write puts a new file in the place of the old one in one step.
func (v *Vault) write(values map[string]string) error {
	recipient, err := age.NewScryptRecipient(v.passphrase)
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(workFactor)
	data, err := json.Marshal(values)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipient)
	if err != nil {
		return err
	}
	if _, err = w.Write(data); err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(v.path), ".secrets-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(out.Bytes()); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), v.path)
	}
	if err != nil {
		return err
	}
	v.seen, err = os.Stat(v.path)
	return err
}
