// Package takeover reads the accounts that other mail programs keep in their
// configuration: aerc, himalaya, mutt and neomutt, Thunderbird, mbsync, and msmtp.
//
//	for _, at := range takeover.Places(takeover.Msmtp, home) {
//		found, err := takeover.Read(takeover.Msmtp, at)
//	}
//
// Nothing is run, nobody is asked, and nothing is written. What a program keeps
// behind a key of its own is not opened. Files are read as their programs read
// them, as far as accounts are concerned; what cannot be taken over is told as a
// Note. A Found may hold a password as it stood in the file: it must not be shown.
package takeover

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"postea/config"
	"postea/internal/mail"
)

// Program is a mail program whose accounts can be read.
type Program string

// The programs. Mutt is neomutt too.
const (
	Aerc        Program = "aerc"
	Himalaya    Program = "himalaya"
	Mutt        Program = "mutt"
	Thunderbird Program = "thunderbird"
	Mbsync      Program = "mbsync"
	Msmtp       Program = "msmtp"
)

// Programs lists them in the order in which they are looked for: those that know
// most of an account first.
func Programs() []Program { return []Program{Aerc, Himalaya, Mutt, Thunderbird, Mbsync, Msmtp} }

// Found is an account of another program.
type Found struct {
	Program Program
	File    string // where it stands
	Name    string // what it is called there; "" where it has no name
	// Account is what can be taken over, as it would be written, without a Name.
	// Passwords and tokens are commands, or values as they stood in the file, or
	// missing.
	Account config.Account
	OAuth   bool   // the servers take OAuth tokens, and nothing here gives them
	Refused string // why nothing can be taken over; "" where something can
	Notes   []Note
}

// Note is something that is not taken over.
type Note struct{ What, Why string }

// What is of no account is noted under these names.
const (
	noteAliases   = "aliases"
	noteQuery     = "query_command"
	noteBook      = "address-book-cmd"
	noteSubscribe = "subscribe"
	noteLists     = "lists"
)

func (f *Found) note(what, why string, args ...any) {
	if n := (Note{what, fmt.Sprintf(why, args...)}); !slices.Contains(f.Notes, n) {
		f.Notes = append(f.Notes, n)
	}
}

// Home is where programs keep their files.
type Home struct {
	Dir     string // the home directory
	Config  string // $XDG_CONFIG_HOME
	AppData string // %APPDATA%, on Windows
}

// HomeOf reads it from the environment. The error is that of os.UserHomeDir.
func HomeOf() (Home, error) {
	dir, err := os.UserHomeDir()
	return Home{Dir: dir, Config: cmp.Or(os.Getenv("XDG_CONFIG_HOME"), filepath.Join(dir, ".config")), AppData: os.Getenv("APPDATA")}, err
}

// Places are the files in which a program keeps its accounts, as far as they are
// there: for most the first that there is.
func Places(p Program, h Home) []string {
	var names []string
	switch p {
	case Aerc:
		names = []string{filepath.Join(h.Config, "aerc", "accounts.conf"), filepath.Join(h.Dir, "Library", "Preferences", "aerc", "accounts.conf")}
	case Mutt:
		for _, dir := range []string{h.Dir, filepath.Join(h.Dir, ".neomutt"), filepath.Join(h.Config, "neomutt"), filepath.Join(h.Dir, ".mutt"), filepath.Join(h.Config, "mutt")} {
			if dir == h.Dir {
				names = append(names, filepath.Join(dir, ".neomuttrc"), filepath.Join(dir, ".muttrc"))
				continue
			}
			names = append(names, filepath.Join(dir, "neomuttrc"), filepath.Join(dir, "muttrc"))
		}
	case Himalaya:
		names = []string{filepath.Join(h.Config, "himalaya", "config.toml"), filepath.Join(h.Dir, ".himalayarc")}
	case Mbsync:
		names = []string{filepath.Join(h.Config, "isyncrc"), filepath.Join(h.Dir, ".mbsyncrc")}
	case Msmtp:
		names = []string{filepath.Join(h.Dir, ".msmtprc"), filepath.Join(h.Config, "msmtp", "config")}
	case Thunderbird:
		return thunderbirdProfiles(h)
	}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return []string{name}
		}
	}
	return nil
}

// Read reads the accounts of a file; of Thunderbird also of a profile's
// directory. The error is an *fs.PathError, or says what is wrong with the file.
func Read(p Program, path string) ([]Found, error) {
	var list []Found
	var err error
	switch p {
	case Aerc:
		list, err = readAerc(path)
	case Mutt:
		list, err = readMutt(path)
	case Himalaya:
		list, err = readHimalaya(path)
	case Mbsync:
		list, err = readMbsync(path)
	case Msmtp:
		list, err = readMsmtp(path)
	case Thunderbird:
		list, err = readThunderbird(path)
	default:
		return nil, fmt.Errorf("%q is no program that is known here", p)
	}
	for i := range list {
		list[i].finish(p, path)
	}
	return list, err
}

// finish fills in what is the same for all programs.
func (f *Found) finish(p Program, path string) {
	a := &f.Account
	f.Program, f.File = p, cmp.Or(f.File, path)
	for _, s := range []*config.Server{&a.IMAP, &a.SMTP} {
		s.Host = strings.ToLower(strings.TrimSuffix(s.Host, "."))
	}
	if a.Address == "" {
		for _, user := range []string{a.IMAP.Username, a.SMTP.Username} {
			if a.Address == "" && mail.CheckAddrSpec(user) == "" {
				a.Address = user
			}
		}
	}
	switch why := mail.CheckAddrSpec(a.Address); {
	case f.Refused != "":
	case a.IMAP.Host == "" && a.SMTP.Host == "":
		f.Refused = "it has no IMAP or SMTP server"
	case a.Address == "":
		f.Refused = "it does not say which address it is for"
	case why != "":
		f.Refused = fmt.Sprintf("its address %q cannot be: %s", a.Address, why)
	}
	for _, s := range []*config.Server{&a.IMAP, &a.SMTP} {
		if s.TLS == "none" && s.Host != "" && !loopback(s.Host) {
			s.TLS = "starttls"
			f.note("no encryption to "+s.Host, "postea asks the server for STARTTLS, and sends no password without")
		}
		if s.Host != "" {
			s.Username = cmp.Or(s.Username, a.Address)
		}
	}
	if f.Account.SMTP.Host == "" && f.Refused == "" {
		f.note("sending", "no SMTP server was found: add one with  postea account edit NAME --smtp-host HOST")
	}
}

// Join gives accounts that only read the server by which another program sends
// for the same address, and puts those that only send behind those that read.
func Join(list []Found) []Found {
	for i := range list {
		f := &list[i]
		if f.Refused != "" || f.Account.IMAP.Host == "" {
			continue
		}
		f.complete(list)
		if f.Account.SMTP.Host != "" {
			continue
		}
		for _, other := range list {
			if other.sendsOnly() && strings.EqualFold(other.Account.Address, f.Account.Address) {
				f.Account.SMTP = other.Account.SMTP
				f.OAuth = f.OAuth || other.OAuth
				f.Notes = slices.DeleteFunc(append(f.Notes, other.Notes...), func(n Note) bool { return n.What == "sending" || n.What == "outgoing" })
				break
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Found) int {
		sends := func(f Found) int {
			if f.Refused == "" && f.Account.IMAP.Host == "" {
				return 1
			}
			return 0
		}
		return cmp.Compare(sends(a), sends(b))
	})
	return list
}

// sendsOnly tells of an account that sends and does not read by IMAP, also of one
// whose mail is in files that another program brings.
func (f *Found) sendsOnly() bool { return f.Account.SMTP.Host != "" && f.Account.IMAP.Host == "" }

// complete takes what programs that only send know of the same address: mbsync
// knows no name.
func (f *Found) complete(list []Found) {
	a := &f.Account
	for _, other := range list {
		b := other.Account
		if !other.sendsOnly() || !strings.EqualFold(b.Address, a.Address) {
			continue
		}
		a.RealName = cmp.Or(a.RealName, b.RealName)
		if a.Signature+a.SignatureFile == "" {
			a.Signature, a.SignatureFile = b.Signature, b.SignatureFile
		}
		for _, n := range other.Notes {
			if slices.Contains([]string{noteAliases, noteQuery, noteBook, noteSubscribe, noteLists}, n.What) && !slices.Contains(f.Notes, n) {
				f.Notes = append(f.Notes, n)
			}
		}
	}
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// identity adds an address with what differs from the account's own.
func (f *Found) identity(id config.Identity) {
	if mail.CheckAddrSpec(id.Address) != "" || strings.EqualFold(id.Address, f.Account.Address) {
		return
	}
	for _, have := range f.Account.More {
		if strings.EqualFold(have.Address, id.Address) {
			return
		}
	}
	if (id.RealName == "" || id.RealName == f.Account.RealName) && id.Signature+id.SignatureFile == "" {
		for _, have := range f.Account.Aliases {
			if strings.EqualFold(have, id.Address) {
				return
			}
		}
		f.Account.Aliases = append(f.Account.Aliases, id.Address)
		return
	}
	f.Account.More = append(f.Account.More, id)
}

// folder gives a folder a role.
func (f *Found) folder(role mail.Role, name string) {
	name = strings.Trim(name, "/")
	if name == "" || strings.EqualFold(name, "INBOX") {
		return
	}
	if f.Account.Folders == nil {
		f.Account.Folders = map[mail.Role]string{}
	}
	for _, other := range f.Account.Folders {
		if other == name {
			return // one folder, one role
		}
	}
	f.Account.Folders[role] = name
}

const maxFile = 4 << 20

// errNotText says that a file is no configuration.
var errNotText = errors.New("this is no text")

// readText reads a configuration file, bounded.
func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no file", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return "", err
	case len(b) > maxFile:
		return "", fmt.Errorf("%s is larger than a configuration would be", path)
	case strings.IndexByte(string(b), 0) >= 0:
		return "", fmt.Errorf("%s: %w", path, errNotText)
	}
	text := string(b)
	if !utf8.ValidString(text) { // as older files are
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c) // ISO 8859-1
		}
		text = string(runes)
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}
