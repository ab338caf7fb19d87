// Package config reads the accounts and settings that the user wrote, in TOML,
// and edits them without touching a byte that it need not touch.
//
//	cfg, err := config.Load(config.DefaultPath())
//	var problems config.Problems
//	switch {
//	case errors.Is(err, fs.ErrNotExist): // no account yet
//	case errors.As(err, &problems):      // everything that is wrong, each with line and column
//	}
//	secret, err := account.IMAP.Password.Resolve(ctx, config.Key{Account: account.Name, Service: "imap"})
//
// Reading is strict: an unknown key, a wrong type, a missing field or a
// duplicate name is a Problem, and all of them are reported at once. One table
// of fields (fields.go) is what is checked, what Example prints and what the
// reference documents.
//
// Secrets are fetched when they are needed, by a command, from the environment,
// the system's keyring or the file itself, and kept in memory only. A file that
// holds one and that others can read is refused.
package config
