package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"postea/config"
	"postea/config/discover"
	"postea/config/takeover"
	"postea/internal/query"
)

// TakeOver is how accounts of another program come into the configuration.
type TakeOver struct {
	Keep KeepSecret // where passwords go that stood in a file: InKeyring or InEncrypted, unlocked
	// ClientID and ClientSecret are for accounts that take OAuth tokens and have
	// no command that gives them; "": those cannot be taken over.
	ClientID, ClientSecret string
	DryRun                 bool // nothing is kept and nothing written
}

// TakenOver is what became of one account of another program.
type TakenOver struct {
	takeover.Found // its Account.Name is the name here
	// Secret tells where the password or token comes from: "command", "keyring",
	// "encrypted", "oauth", or "none" where the servers want none.
	Secret string
	State  TakenState
	Why    string   // it was not taken
	Todo   []string // what the user must do, a line each
}

// TakenState is one of the states below.
type TakenState string

// What became of an account.
const (
	Taken   TakenState = "taken"   // it is in the configuration, or would be
	Present TakenState = "present" // there is one for its address already, which stays as it is
	Refused TakenState = "refused" // Why says it
)

// TakeOver puts accounts that were found into the configuration. Those whose
// address has an account there are left alone. The secret of each is kept before
// the account is written. On an error the results are of those before it.
func (s *Setup) TakeOver(ctx context.Context, found []takeover.Found, how TakeOver) ([]TakenOver, error) {
	var out []TakenOver
	cfg := s.cfg
	for _, f := range found {
		t := TakenOver{Found: f, State: Taken}
		acc, err := s.takeable(cfg, &t, how)
		if err != nil {
			t.State, t.Why = Refused, err.Error()
		}
		if t.State == Taken && !how.DryRun {
			if err := s.keepAccount(ctx, acc, how.Keep); err != nil {
				return out, fmt.Errorf("account %s: %w", acc.Name, err)
			}
		}
		if t.State == Taken {
			next := *cfg
			next.Accounts = append(next.Accounts[:len(next.Accounts):len(next.Accounts)], t.Account)
			cfg = &next
		}
		out = append(out, t)
	}
	return out, nil
}

// takeable settles how an account would be written, with its passwords as they
// stood there, and fills in t, which has none. The error says why it cannot be.
func (s *Setup) takeable(cfg *config.Config, t *TakenOver, how TakeOver) (config.Account, error) {
	acc := t.Account
	t.Account = placed(acc, how.Keep)
	if t.Refused != "" {
		return acc, errors.New(t.Refused)
	}
	if have, ok := accountOf(cfg, acc); ok {
		t.State, t.Account.Name = Present, have
		return acc, nil
	}
	acc.Name = freeName(cfg, t.Name, acc.Address)
	var err error
	if t.OAuth {
		err = t.wantTokens(&acc, how)
	} else {
		t.wantPassword(&acc, how)
	}
	if err != nil {
		return acc, err
	}
	if acc.SMTP.Auth == "" && acc.IMAP.Auth != "" {
		acc.SMTP.Auth = "password" // or it would be that of IMAP
	}
	full, err := s.cfg.Complete(placed(acc, how.Keep))
	var problems config.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		return acc, fmt.Errorf("%s: %s", problems[0].Key, problems[0].Text)
	}
	t.Account = full
	return acc, err
}

// accountOf finds the account that is for the same mail.
func accountOf(cfg *config.Config, acc config.Account) (string, bool) {
	for _, have := range cfg.Accounts {
		if strings.EqualFold(have.Address, acc.Address) {
			return have.Name, true
		}
	}
	return "", false
}

// freeName keeps the name that an account had, as far as it can.
func freeName(cfg *config.Config, name, address string) string {
	if !strings.ContainsAny(name, "@.") {
		try := strings.Join(strings.FieldsFunc(strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
				return r
			case r == ' ':
				return '-'
			}
			return -1
		}, query.Fold(name)), func(r rune) bool { return r == '-' }), "-")
		if _, taken := cfg.Account(try); try != "" && len(try) <= 32 && !taken {
			return try
		}
	}
	return SuggestName(cfg, address)
}

// wantTokens gives the account [account.oauth2], which has to be signed in.
func (t *TakenOver) wantTokens(acc *config.Account, how TakeOver) error {
	provider := discover.OAuthOf(acc.IMAP.Host)
	if provider == "" {
		provider = discover.OAuthOf(acc.SMTP.Host)
	}
	switch {
	case provider == "":
		return fmt.Errorf("it takes OAuth tokens, and the provider of %s is not known: write it with [account.oauth2], or a token command", acc.IMAP.Host)
	case how.ClientID == "":
		return fmt.Errorf("it takes OAuth tokens: register postea with %s (docs/accounts.md has the steps) and say --client-id ID, or use  postea account add NAME --address %s --token-command COMMAND", provider, acc.Address)
	}
	acc.OAuth2 = config.OAuth2{Provider: provider, ClientID: how.ClientID, ClientSecret: config.Secret{Value: how.ClientSecret}}
	if how.Keep == InEncrypted {
		acc.OAuth2.Keep = "encrypted"
	}
	for _, at := range []*config.Server{&acc.IMAP, &acc.SMTP} {
		at.Password, at.Token = config.Secret{}, config.Secret{}
		if at.Auth != "none" {
			at.Auth = ""
		}
	}
	t.Secret = "oauth"
	t.Todo = append(t.Todo, "postea account login "+acc.Name)
	return nil
}

// wantPassword says where the password comes from, and what is missing.
func (t *TakenOver) wantPassword(acc *config.Account, how TakeOver) {
	t.Secret = "none"
	missing := false
	for _, at := range []*config.Server{&acc.IMAP, &acc.SMTP} {
		switch {
		case at.Host == "" || at.Auth == "none":
		case len(at.Password.Command) > 0 || len(at.Token.Command) > 0:
			t.Secret = "command"
		case at.Password.Value != "":
			t.Secret = string(how.Keep)
		case at == &acc.SMTP && acc.IMAP.Host != "" && at.Username == acc.IMAP.Username:
			at.Password, at.Token = acc.IMAP.Password, acc.IMAP.Token // as it is read: those of IMAP
			at.Auth = cmp.Or(at.Auth, acc.IMAP.Auth)
		default:
			t.Secret = string(how.Keep)
			at.Password = kept(how.Keep)
			missing = true
		}
	}
	if missing {
		t.Todo = append(t.Todo, "postea account login "+acc.Name)
	}
}

// placed is the account as it is written: passwords by where they are kept.
func placed(acc config.Account, keep KeepSecret) config.Account {
	for _, at := range []*config.Server{&acc.IMAP, &acc.SMTP} {
		if at.Password.Value != "" {
			at.Password = kept(keep)
		}
	}
	return acc
}

func kept(keep KeepSecret) config.Secret {
	return config.Secret{Keyring: keep == InKeyring, Encrypted: keep == InEncrypted}
}

// keepAccount keeps the secrets of an account, and then writes it.
func (s *Setup) keepAccount(ctx context.Context, acc config.Account, keep KeepSecret) error {
	for _, end := range []struct {
		service string
		at      config.Server
	}{{"imap", acc.IMAP}, {"smtp", acc.SMTP}} {
		secret := end.at.Password.Value
		if secret == "" || end.service == "smtp" && secret == acc.IMAP.Password.Value {
			continue
		}
		key := config.Key{Account: acc.Name, Service: end.service}
		if acc.IMAP.Host == "" {
			key.Service = "imap" // where a later sign-in puts it
		}
		err := error(nil)
		if keep == InEncrypted {
			err = s.cfg.StoreEncrypted(ctx, key, secret)
		} else {
			err = config.StoreKeyring(ctx, key, secret)
		}
		if err != nil {
			return err
		}
	}
	return config.AddAccount(s.cfg.Path, placed(acc, keep))
}

// Foreign finds the accounts of other programs: of one, or of all of them where
// program is "", in a file or, where path is "", where they usually are. problems
// are files that are there and cannot be read as what they should be.
func Foreign(program takeover.Program, path string) (found []takeover.Found, problems []error) {
	programs := takeover.Programs()
	if program != "" {
		programs = []takeover.Program{program}
	}
	home, err := takeover.HomeOf()
	if err != nil && path == "" {
		return nil, []error{err}
	}
	for _, p := range programs {
		files := []string{path}
		if path == "" {
			files = takeover.Places(p, home)
		}
		for _, file := range files {
			list, err := takeover.Read(p, file)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", p, err))
			}
			found = append(found, list...)
		}
	}
	return takeover.Join(found), problems
}
