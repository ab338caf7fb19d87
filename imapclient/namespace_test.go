package imapclient

import (
	"slices"
	"testing"

	"postea/internal/mail"
)

// Cyrus without altnamespace: what is shared lies at the top.
const cyrusSpaces = `* NAMESPACE (("INBOX." ".")) (("user." ".")) (("" "."))`

// A shared folder that is called Trash is nobody's Trash, nor is that of another user.
func TestRolesOfOthers(t *testing.T) {
	answer := func(s *script) {
		s.expect("NAMESPACE")
		s.send(cyrusSpaces, "@ OK")
		s.expect(`LIST "" "*" RETURN (SPECIAL-USE)`)
		s.send(`* LIST () "." INBOX`, `* LIST () "." INBOX.Trash`, `* LIST () "." Trash`, `* LIST () "." Archive`,
			`* LIST (\Sent) "." user.bob.Sent`, `* LIST () "." INBOX.Junk`, "@ OK")
	}
	offers := "IMAP4rev1 NAMESPACE SPECIAL-USE"
	check := func(list []Mailbox, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		roles, foreign := map[string]mail.Role{}, []string{}
		for _, m := range list {
			if m.Role != mail.RoleNone {
				roles[m.Wire] = m.Role
			}
			if m.Foreign {
				foreign = append(foreign, m.Wire)
			}
		}
		if len(roles) != 3 || roles["INBOX.Trash"] != mail.RoleTrash || roles["INBOX.Junk"] != mail.RoleJunk {
			t.Errorf("roles are %v", roles)
		}
		if !slices.Equal(foreign, []string{"Trash", "Archive", "user.bob.Sent"}) {
			t.Errorf("folders of others are %q", foreign)
		}
	}
	c := session(t, offers, answer)
	check(c.List(t.Context()))
	if p := c.OwnPrefix(); p != "INBOX/" {
		t.Errorf("own folders begin with %q", p)
	}
	c = session(t, offers, answer)
	check(c.Overview(t.Context(), nil))

	// The user may say otherwise, also without the level that is the same for all.
	for said, wire := range map[string]string{"Archive": "Archive", "Junk": "INBOX.Junk", "INBOX/Junk": "INBOX.Junk"} {
		c = session(t, offers, answer)
		c.opts.Roles = map[mail.Role]string{mail.RoleArchive: said}
		list, err := c.List(t.Context())
		if i := slices.IndexFunc(list, func(m Mailbox) bool { return m.Wire == wire }); err != nil || list[i].Role != mail.RoleArchive {
			t.Errorf("%s: %+v, %v", said, list, err)
		}
	}
}

// What is made or renamed among the folders of others stays there.
func TestNamesAmongOthers(t *testing.T) {
	c := session(t, "IMAP4rev1 NAMESPACE", func(s *script) {
		s.expect("NAMESPACE")
		s.send(cyrusSpaces, "@ OK")
		s.expect(`LIST "" "*"`)
		s.send(`* LIST () "." INBOX`, `* LIST () "." team`, "@ OK")
		for _, rename := range []string{`"team" "crew"`, `"user.bob.a" "user.bob.b"`, `"INBOX.a" "INBOX.b"`, `"INBOX.a" "team.a"`, `"team" "INBOX.team"`} {
			s.expect("RENAME " + rename)
			s.send("@ NO")
		}
		for _, name := range []string{`"team.a.b"`, `"user.zoe.a"`, `"INBOX.teams.a"`} {
			s.expect("CREATE " + name)
			s.send("@ NO")
		}
	})
	if _, err := c.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{{"team", "crew"}, {"user.bob.a", "user/bob/b"}, {"INBOX.a", "b"}, {"INBOX.a", "team/a"}, {"team", "INBOX/team"}} {
		_, err := c.Rename(t.Context(), r[0], r[1])
		want(t, err, KindNo, false)
	}
	for _, name := range []string{"team/a/b", "user/zoe/a", "teams/a"} {
		_, err := c.Create(t.Context(), name)
		want(t, err, KindNo, false)
	}
}

// Some have a second place for folders of their own.
func TestNamesInTwoNamespaces(t *testing.T) {
	c := session(t, "IMAP4rev1 NAMESPACE", func(s *script) {
		s.expect("NAMESPACE")
		s.send(`* NAMESPACE (("INBOX." ".")("Old." ".")) NIL NIL`, "@ OK")
		s.expect(`LIST "" "*"`)
		s.send(`* LIST () "." INBOX`, `* LIST () "." Old.Mail`, `* LIST () "." INBOX.Trash`, "@ OK")
		for _, name := range []string{`"Old.2026"`, `"INBOX.New"`} {
			s.expect("CREATE " + name)
			s.send("@ NO")
		}
		s.expect(`RENAME "Old.Mail" "Older"`)
		s.send("@ NO")
	})
	list, err := c.List(t.Context())
	if err != nil || slices.ContainsFunc(list, func(m Mailbox) bool { return m.Foreign }) {
		t.Fatal(list, err)
	}
	for _, name := range []string{"Old/2026", "New"} {
		_, err := c.Create(t.Context(), name)
		want(t, err, KindNo, false)
	}
	_, err = c.Rename(t.Context(), "Old.Mail", "Older")
	want(t, err, KindNo, false)
}

// NOTIFY is about one's own folders: who has others too is not told of all.
func TestNotifiedOfOthers(t *testing.T) {
	for folder, all := range map[string]bool{"INBOX.Plans": true, "team": false} {
		c := session(t, "IMAP4rev1 NAMESPACE NOTIFY", func(s *script) {
			s.expect("NAMESPACE")
			s.send(cyrusSpaces, "@ OK")
			s.expect(`LIST "" "*"`)
			s.send(`* LIST () "." INBOX`, `* LIST () "." `+folder, "@ OK")
			s.line()
			s.tag = "P3"
			s.send("@ OK")
		})
		if _, err := c.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		if on, err := c.Notify(t.Context()); err != nil || !on {
			t.Fatal(on, err)
		}
		if c.Notified() != all {
			t.Errorf("with %s, all are told of: %t", folder, !all)
		}
	}
}

func TestNamespaces(t *testing.T) {
	for answer, want := range map[string]map[string]bool{
		` (("" "/")) NIL NIL`: {"Trash": false, "INBOX": false},
		` (("" "/")) (("Other Users/" "/")) (("Shared Folders/" "/"))`:               {"Trash": false, "Other Users/bob": true, "Shared Folders/x/y": true, "Other": false},
		` (("INBOX." ".")) NIL (("#shared." ".")("shared." "."))`:                    {"INBOX": false, "inbox.Trash": false, "shared.x": true, "#shared.x": true},
		` (("" "/")("#mh/" "/" "X-PARAM" ("a" "b"))) (("~" "/")) (("#shared/" "/"))`: {"#mh/a": false, "~bob/a": true, "a": false},
		` NIL NIL (("" "/"))`: {"Trash": false},
	} {
		n, err := parseNamespaces(&scanner{b: []byte(answer)})
		if err != nil {
			t.Errorf("%s: %v", answer, err)
		}
		for wire, foreign := range want {
			if n.foreign(wire) != foreign {
				t.Errorf("%s: %s is foreign: %t", answer, wire, !foreign)
			}
		}
	}
	for _, bad := range []string{``, ` (`, ` ((`, ` (("a" "/"`, ` (("a" "/") `, ` () ()`} {
		if _, err := parseNamespaces(&scanner{b: []byte(bad)}); err == nil {
			t.Errorf("%q was understood", bad)
		}
	}
}
