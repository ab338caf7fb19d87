package config

import (
	"strings"

	"postea/internal/mail"
)

// folderFields are the roles that a user can give to folders. The inbox is what
// the server calls INBOX (RFC 3501 §5.1).
func folderFields(a *Account) []field {
	var out []field
	for _, f := range []struct {
		role   mail.Role
		sample string
		doc    string
	}{
		{mail.RoleSent, "Sent Items", "where copies of what you send are filed"},
		{mail.RoleDrafts, "Drafts", ""},
		{mail.RoleTrash, "Deleted Items", "where deleted mail goes"},
		{mail.RoleJunk, "Junk", ""},
		{mail.RoleArchive, "Archive/2026", "where archived mail goes"},
	} {
		out = append(out, field{key: string(f.role), doc: f.doc, sample: tomlString(f.sample), set: folderOf(a, f.role)})
	}
	return out
}

func folderOf(a *Account, role mail.Role) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		key := "account.folders." + string(role)
		switch {
		case strings.Trim(v.str, "/ ") == "" || strings.Trim(v.str, "/") != v.str:
			r.problem(v.at, key, "%q is no name of a folder", v.str)
			return
		case strings.EqualFold(v.str, "INBOX"):
			r.problem(v.at, key, "INBOX is where mail comes in, and nothing else")
			return
		}
		for other, name := range a.Folders {
			if name == v.str {
				r.problem(v.at, key, "%q is %s already; a folder has one role", v.str, other)
				return
			}
		}
		if a.Folders == nil {
			a.Folders = map[mail.Role]string{}
		}
		a.Folders[role] = v.str
	}
}
