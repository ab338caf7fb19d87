package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/mail"
)

// moreFlags are the settings of an account beside its servers, as flags.
type moreFlags struct {
	color, bodies, depth, drafts string
	signature, signatureFile     string
	roles                        []string // role=folder
	identities, without          []string
}

func (f *moreFlags) register(c *cobra.Command) {
	s := c.Flags()
	s.StringVar(&f.color, "color", "", "of its name in lists: green, yellow, blue, violet or red")
	s.StringVar(&f.bodies, "bodies", "", "which messages are fetched beforehand: recent, all or none")
	s.StringVar(&f.depth, "depth", "", "how far back folders are kept here: all, a time like 2y, 6mo or 90d, or a number of messages")
	s.StringVar(&f.drafts, "drafts", "", "where drafts are kept: server, or local")
	s.StringVar(&f.signature, "signature", "", "the `text` under your messages")
	s.StringVar(&f.signatureFile, "signature-file", "", "the `file` that holds it")
	s.StringArrayVar(&f.roles, "role", nil, "the folder of a role, as `ROLE=FOLDER`: sent, drafts, trash, junk or archive; without a folder the server says it. May be repeated")
	s.StringArrayVar(&f.identities, "identity", nil, "another address to write from, with its `NAME <ADDRESS>`; may be repeated")
	c.MarkFlagsMutuallyExclusive("signature", "signature-file")
	for name, values := range map[string][]string{
		"color": {"green", "yellow", "blue", "violet", "red"}, "bodies": {"recent", "all", "none"}, "depth": {"all", "1y", "2y", "6mo", "20000"}, "drafts": {"server", "local"},
		"role": {"sent=", "drafts=", "trash=", "junk=", "archive="},
	} {
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// registerEdit adds what only an account that is there can be told.
func (f *moreFlags) registerEdit(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.without, "no-identity", nil, "an `ADDRESS` that is not written from any more; may be repeated")
	c.Flags().Lookup("alias").Usage = "another `address` of yours, in place of all that are there; may be repeated"
}

// put puts what was said into an account that is to be written.
func (f *moreFlags) put(a *config.Account) error {
	a.Color, a.Bodies, a.Drafts, a.Signature, a.SignatureFile = f.color, f.bodies, f.drafts, f.signature, f.signatureFile
	if f.depth != "" {
		d, err := config.ParseDepth(f.depth)
		if err != nil {
			return exit(exUsage, "--depth: %w", err)
		}
		a.Depth = d
	}
	roles, err := f.folders()
	if err != nil {
		return err
	}
	for role, name := range roles {
		if name == "" {
			continue
		}
		if a.Folders == nil {
			a.Folders = map[mail.Role]string{}
		}
		a.Folders[role] = name
	}
	a.More, err = f.identitiesOf(*a)
	return err
}

// folders reads the roles; an empty name takes one away.
func (f *moreFlags) folders() (map[mail.Role]string, error) {
	out := map[mail.Role]string{}
	for _, text := range f.roles {
		word, name, ok := strings.Cut(text, "=")
		role, known := mail.ParseRole(strings.TrimSpace(word))
		if !ok || !known || !slices.Contains([]mail.Role{mail.RoleSent, mail.RoleDrafts, mail.RoleTrash, mail.RoleJunk, mail.RoleArchive}, role) {
			return nil, exit(exUsage, `--role: %q is not like "sent=Sent Items"; the roles are sent, drafts, trash, junk and archive`, text)
		}
		out[role] = strings.TrimSpace(name)
	}
	return out, nil
}

// identitiesOf are those of an account after the change. One that is there
// already gets the name that is given, and keeps its signature.
func (f *moreFlags) identitiesOf(a config.Account) ([]config.Identity, error) {
	list := slices.Clone(a.More)
	find := func(address string) int {
		return slices.IndexFunc(list, func(id config.Identity) bool { return strings.EqualFold(id.Address, address) })
	}
	for _, text := range f.without {
		i := find(strings.TrimSpace(text))
		if i < 0 {
			return nil, exit(exUsage, "--no-identity: account %s does not write from %s by an identity", a.Name, text)
		}
		list = slices.Delete(list, i, i+1)
	}
	for _, text := range f.identities {
		id, err := mail.ParseAddress(text)
		if err != nil {
			return nil, exit(exUsage, "--identity: %w", err)
		}
		if i := find(id.Address); i >= 0 {
			list[i].RealName = id.Name
			continue
		}
		list = append(list, config.Identity{Address: id.Address, RealName: id.Name})
	}
	return list, nil
}

// changes adds to set what flags of account edit name; an empty value takes a
// setting away.
func (f *moreFlags) changes(c *cobra.Command, a config.Account, set map[string]any) error {
	put := func(flag, key, value string) {
		if c.Flags().Changed(flag) {
			set[key] = orNil(value)
		}
	}
	put("color", "color", f.color)
	put("bodies", "bodies", f.bodies)
	put("drafts", "drafts", f.drafts)
	put("signature", "signature", f.signature)
	put("signature-file", "signature_file", f.signatureFile)
	if c.Flags().Changed("signature") && f.signature != "" {
		set["signature_file"] = nil
	}
	if c.Flags().Changed("signature-file") && f.signatureFile != "" {
		set["signature"] = nil
	}
	if c.Flags().Changed("depth") {
		d, err := config.ParseDepth(first(f.depth, "all"))
		if err != nil {
			return exit(exUsage, "--depth: %w", err)
		}
		set["depth"] = nil
		if !d.All() {
			set["depth"] = f.depth
		}
	}
	roles, err := f.folders()
	if err != nil {
		return err
	}
	for role, name := range roles {
		set["folders."+string(role)] = orNil(name)
	}
	if len(f.identities)+len(f.without) > 0 {
		list, err := f.identitiesOf(a)
		if err != nil {
			return err
		}
		set["identity"] = list
	}
	return nil
}

// orNil is nil, which takes a setting away, for an empty text.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
