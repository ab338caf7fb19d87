package mail

import "strings"

// Role is what a folder is for, by SPECIAL-USE (RFC 6154) or by its name.
type Role string

// The roles; a folder of no role has "".
const (
	RoleNone    Role = ""
	RoleInbox   Role = "inbox"
	RoleSent    Role = "sent"
	RoleDrafts  Role = "drafts"
	RoleTrash   Role = "trash"
	RoleJunk    Role = "junk"
	RoleArchive Role = "archive"
	RoleAll     Role = "all"
	RoleSnoozed Role = "snoozed" // messages that come back at a time (IANA mailbox attribute \Snoozed)
)

// Roles lists every role in the order in which a sidebar shows them.
func Roles() []Role {
	return []Role{RoleInbox, RoleDrafts, RoleSent, RoleSnoozed, RoleArchive, RoleJunk, RoleTrash, RoleAll}
}

// ParseRole reads a role as typed, in any case.
func ParseRole(s string) (Role, bool) {
	for _, r := range Roles() {
		if strings.EqualFold(s, string(r)) {
			return r, true
		}
	}
	return RoleNone, false
}

// Folder is a mailbox of an account as the store mirrors it.
type Folder struct {
	ID         FolderID
	Account    string
	Name       string // decoded, levels parted by "/"
	Role       Role
	Selectable bool // false: only a level above others
	Total      int
	Unread     int
}

// Answers tells how well a folder answers to what somebody calls it, the higher the better
// and 0 not at all: a name that is so written goes before the role, and that before a name
// in another case. Own is where servers have all folders of an account ("INBOX/"), a level
// that need not be said.
func (f Folder) Answers(to, own string) int {
	role, isRole := ParseRole(to)
	switch {
	case f.Name == to && f.Selectable:
		return 4
	case isRole && f.Role == role:
		return 3
	case strings.EqualFold(f.Name, to):
		return 2
	case strings.EqualFold(f.Name, own+to):
		return 1
	}
	return 0
}

// Leaf is the last level of the folder's name.
func (f Folder) Leaf() string {
	if i := strings.LastIndexByte(f.Name, '/'); i >= 0 {
		return f.Name[i+1:]
	}
	return f.Name
}

// Depth is the number of levels above the folder.
func (f Folder) Depth() int { return strings.Count(f.Name, "/") }
