package imapclient

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
)

func list(t *testing.T, c *Client) map[string]Mailbox {
	t.Helper()
	boxes, err := c.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roles := map[mail.Role]bool{}
	byName := map[string]Mailbox{}
	for _, m := range boxes {
		byName[m.Name] = m
		if m.Role != mail.RoleNone && roles[m.Role] {
			t.Errorf("role %s is given twice", m.Role)
		}
		roles[m.Role] = true
	}
	return byName
}

func checkRoles(t *testing.T, boxes map[string]Mailbox, roles map[string]mail.Role) {
	t.Helper()
	for name, role := range roles {
		if m, ok := boxes[name]; !ok || m.Role != role {
			t.Errorf("%s: listed %t, role %q, want %q", name, ok, m.Role, role)
		}
	}
}

func TestListWithEverything(t *testing.T) {
	c := session(t, "IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE CONDSTORE", func(s *script) {
		s.expect(`LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ))`)
		s.send(
			`* LIST (\HasNoChildren) "." inbox`,
			`* STATUS inbox (MESSAGES 12 UNSEEN 3 UIDNEXT 44 UIDVALIDITY 9 HIGHESTMODSEQ 715194045007 X-NEW (a b))`,
			`* LIST (\HasNoChildren \Sent) "." "INBOX.Sent"`,
			`* LIST (\Sent) "." INBOX.Sent.Old`,
			`* LIST () "." INBOX.Trash`,
			`* LIST (\NonExistent) "." INBOX.Archive`,
			`* LIST () "." "INBOX.a/b"`,
			`* LIST () "." {14}`, `INBOX.Entw&APw-rfe2x)`,
			`* LIST () "." INBOX.Entw&APw-rfe`,
			`* LIST () "." INBOX.R&D`,
			"* LIST () \".\" INBOX.\xff",
			`* LIST garbage`,
			`* X-UNKNOWN (whatever "it" {2}`, `ab means)`,
			`* LIST () "." INBOX.Trash`,
			"@ OK done",
		)
	})
	boxes := list(t, c)
	checkRoles(t, boxes, map[string]mail.Role{
		"INBOX": mail.RoleInbox, "INBOX/Sent": mail.RoleSent, "INBOX/Sent/Old": mail.RoleNone, "INBOX/Trash": mail.RoleTrash,
		"INBOX/Archive": mail.RoleNone, "INBOX/a∕b": mail.RoleNone, "INBOX/Entwürfe": mail.RoleDrafts, "INBOX/R&D": mail.RoleNone,
		"INBOX/\uFFFD": mail.RoleNone,
	})
	if boxes["INBOX/Archive"].Selectable {
		t.Error("a folder that does not exist is selectable")
	}
	in := boxes["INBOX"]
	if in.Wire != "inbox" || in.Status == nil || *in.Status.NumMessages != 12 || *in.Status.NumUnseen != 3 || in.Status.HighestModSeq != 715194045007 {
		t.Errorf("INBOX is %+v", in)
	}
	if boxes["INBOX/\uFFFD"].Wire != "INBOX.\xff" {
		t.Errorf("wire name is %q", boxes["INBOX/\uFFFD"].Wire)
	}
}

func TestListFallsBack(t *testing.T) {
	for name, answer := range map[string][]string{
		"BAD":     {"@ BAD command unknown"},
		"nothing": {"@ OK here you are"},
	} {
		t.Run(name, func(t *testing.T) {
			c := session(t, "IMAP4rev1 LIST-EXTENDED SPECIAL-USE", func(s *script) {
				s.expect(`LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE)`)
				s.send(answer...)
				for range 2 { // and remembers
					s.expect(`LIST "" "*"`)
					s.send(`* LIST (\Drafts) NIL Kladde`, "@ OK")
				}
			})
			for range 2 {
				checkRoles(t, list(t, c), map[string]mail.Role{"INBOX": mail.RoleInbox, "Kladde": mail.RoleDrafts})
			}
		})
	}
}

func TestXLIST(t *testing.T) {
	c := session(t, "IMAP4rev1 XLIST", func(s *script) {
		s.expect(`XLIST "" "*"`)
		s.send(`* XLIST (\HasNoChildren \Inbox) "/" "Posteingang"`, `* XLIST (\AllMail) "/" "[Gmail]/Alle Nachrichten"`, `* XLIST (\Spam) "/" "[Gmail]/Spam"`, "@ OK")
	})
	boxes := list(t, c)
	checkRoles(t, boxes, map[string]mail.Role{"INBOX": mail.RoleInbox, "[Gmail]/Alle Nachrichten": mail.RoleAll, "[Gmail]/Spam": mail.RoleJunk})
	if boxes["INBOX"].Wire != "INBOX" {
		t.Errorf("INBOX goes by %q", boxes["INBOX"].Wire)
	}
}

func TestListRefused(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.line()
		s.tag = "P1"
		s.send("Server Unavailable. 15", "@ BAD User is authenticated but not connected.")
	})
	_, err := c.List(t.Context())
	if e := want(t, err, KindBad, false); !e.Temporary() {
		t.Errorf("%v is not taken for temporary", e)
	}
}

func TestWellKnownNames(t *testing.T) {
	boxes := []Mailbox{}
	for _, name := range []string{"INBOX", "Sent", "Gesendet", "Papierkorb", "work/Sent", "Junk E-mail", "ARCHIVES", "下書き"} {
		boxes = append(boxes, Mailbox{Name: name, Wire: name, Selectable: true})
	}
	boxes[0].Role = mail.RoleInbox
	assignRoles(boxes)
	var got []string
	for _, m := range boxes {
		got = append(got, string(m.Role))
	}
	if want := "inbox sent  trash  junk archive drafts"; strings.Join(got, " ") != want {
		t.Errorf("roles are %q, want %q", strings.Join(got, " "), want)
	}
}

// A server that knows nothing older than IMAP4rev2 has names in UTF-8.
func TestNamesInUTF8(t *testing.T) {
	c := session(t, "IMAP4rev2", func(s *script) {
		s.expect("NAMESPACE")
		s.send("* NAMESPACE NIL NIL NIL", "@ OK")
		s.expect(`LIST "" "*" RETURN (SUBSCRIBED STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN))`)
		s.send(`* LIST () "/" "R&D/Entwürfe"`, `* LIST () "/" "Entw&APw-rfe"`, "@ OK")
		s.expect("CREATE {8}")
		s.send("+ go")
		if got := s.literal(8); got != "R&D/Plä" {
			s.t.Errorf("created %q", got)
		}
		s.expectLine("")
		s.tag = "P3"
		s.send("@ NO [NOPERM] no")
	})
	boxes := list(t, c)
	if boxes["R&D/Entwürfe"].Role != mail.RoleNone || boxes["Entw&APw-rfe"].Wire != "Entw&APw-rfe" || len(boxes) != 3 {
		t.Errorf("boxes are %+v", boxes)
	}
	_, err := c.Create(t.Context(), "R&D/Plä")
	want(t, err, KindNo, false)
}

// Folders have names that last where the server says so (RFC 8474).
func TestLastingNames(t *testing.T) {
	c := session(t, "IMAP4rev1 LIST-EXTENDED LIST-STATUS OBJECTID", func(s *script) {
		s.expect(`LIST "" "*" RETURN (SUBSCRIBED STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN MAILBOXID))`)
		s.send(`* LIST () "/" INBOX`, `* STATUS INBOX (MESSAGES 3 MAILBOXID (F2212ea87-6097-4256-9d51-71338625) UIDNEXT 4)`,
			`* LIST () "/" A`, `* STATUS A (MAILBOXID NIL MESSAGES 1)`, `* LIST () "/" B`, `* STATUS B (MESSAGES 1)`,
			`* LIST () "/" C`, `* STATUS C (MESSAGES 2 MAILBOXID NIL)`, "@ OK")
	})
	boxes := list(t, c)
	if b := boxes["INBOX"]; b.Lasting != "F2212ea87-6097-4256-9d51-71338625" || *b.Status.NumMessages != 3 || b.Status.UIDNext != 4 {
		t.Errorf("INBOX is %+v", b)
	}
	for _, name := range []string{"A", "B", "C"} {
		if boxes[name].Lasting != "" {
			t.Errorf("%s is %+v", name, boxes[name])
		}
	}
	if b := boxes["C"]; b.Status == nil || *b.Status.NumMessages != 2 {
		t.Errorf("C is %+v", b)
	}
}

// Cyrus (3.6 to 3.10) has bytes of its memory in the place of lasting names: then no name of the
// list is believed, and the counts are.
func TestGarbledLastingNames(t *testing.T) {
	garbage := []string{"\xfd_gE\xd5U", ">x(\x10V", "()\x01U", "\"a\xd5U", "{7}\xd5U", "a\nb\xd5U", "a b\xd5V", "AAAA"}
	c := session(t, "IMAP4rev1 LIST-EXTENDED LIST-STATUS CONDSTORE OBJECTID", func(s *script) {
		s.expect(`LIST "" "*" RETURN (SUBSCRIBED STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ MAILBOXID))`)
		s.send(`* LIST () "/" INBOX`)
		for i, g := range garbage {
			s.send(fmt.Sprintf(`* LIST () "/" F%d`, i), fmt.Sprintf("* STATUS F%d (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5 MAILBOXID (%s) UNSEEN 2 HIGHESTMODSEQ 6)", i, g))
		}
		s.send("@ OK")
	})
	boxes := list(t, c)
	for i, g := range garbage {
		b := boxes[fmt.Sprint("F", i)]
		if b.Lasting != "" || b.Status == nil {
			t.Errorf("%q: %+v", g, b)
			continue
		}
		torn := strings.Contains(g, "\n")
		if st := b.Status; *st.NumMessages != 3 || st.UIDNext != 4 || st.UIDValidity != 5 || !torn && (*st.NumUnseen != 2 || st.HighestModSeq != 6) {
			t.Errorf("%q: counts are %+v", g, st)
		}
	}
}

func TestSelect(t *testing.T) {
	c := session(t, "IMAP4rev1 CONDSTORE", func(s *script) {
		s.expect(`SELECT "a\"b\\" (CONDSTORE)`)
		s.send(
			`* FLAGS (\Seen foo] \Recent)`, "* 3 EXISTS", "* 0 RECENT", "",
			`* OK [PERMANENTFLAGS (\seen bar] \*)] limited`, "* OK [UIDNEXT 44]", "* OK [UIDVALIDITY 4294967295] ok",
			"* OK [HIGHESTMODSEQ 9223372036854775807] ok", "* OK [UNSEEN 2", "* 5 VANISHED what", "P9 OK other tag",
			"@ OK [READ-WRITE] done",
		)
		s.expect("NOOP")
		s.send("@ OK")
	})
	data, err := c.Select(t.Context(), `a"b\`, false)
	if err != nil {
		t.Fatal(err)
	}
	if data.NumMessages != 3 || data.UIDNext != 44 || data.UIDValidity != 1<<32-1 || data.HighestModSeq != 1<<63-1 {
		t.Errorf("counters are %+v", data)
	}
	if len(data.Flags) != 2 || data.Flags[1] != "foo]" || len(data.PermanentFlags) != 3 || data.PermanentFlags[0] != imap.FlagSeen || data.PermanentFlags[2] != imap.FlagWildcard {
		t.Errorf("flags are %q and %q", data.Flags, data.PermanentFlags)
	}
	if err := c.Noop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSelectFails(t *testing.T) {
	c := folder(t, offers, 3, func(s *script) {
		s.expect(`SELECT "gone"`)
		s.send("@ NO [NONEXISTENT] no such folder")
	})
	_, err := c.Select(t.Context(), "gone", false)
	if e := want(t, err, KindNo, false); e.Code != imap.ResponseCodeNonExistent || e.Text != "no such folder" {
		t.Errorf("error is %+v", e)
	}
	_, err = c.UIDs(t.Context())
	want(t, err, KindUnsupported, false)
	if !errors.Is(err, ErrNoSelection) {
		t.Errorf("error is %v", err)
	}
	_, err = c.Select(t.Context(), "a\r\nb", false)
	want(t, err, KindUnsupported, false)
}

func TestModSeqWithoutCondstore(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect(`SELECT "INBOX"`)
		s.send("* OK [HIGHESTMODSEQ 5]", "* OK [UIDNEXT -1]", "@ OK")
	})
	data, err := c.Select(t.Context(), "INBOX", false)
	if err != nil || data.HighestModSeq != 0 || data.UIDNext != 0 {
		t.Errorf("got %+v, %v", data, err)
	}
}

func TestStatus(t *testing.T) {
	c := session(t, "IMAP4rev1", func(s *script) {
		s.expect("STATUS {2}")
		s.send("+ go")
		if got := s.literal(2); got != "\xc3\xa4" {
			s.t.Errorf("name is %q", got)
		}
		s.expectLine(" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)")
		s.tag = "P1"
		s.send("* STATUS ä (MESSAGES 9.0e+01 UIDNEXT 4294967296 UNSEEN NIL)", "@ OK")
		s.expect(`STATUS "x" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)`)
		s.send("@ NO [CANNOT] not a mailbox")
	})
	data, err := c.Status(t.Context(), "ä")
	if err != nil || data.NumMessages == nil || *data.NumMessages != 90 || data.UIDNext != 0 {
		t.Errorf("got %+v, %v", data, err)
	}
	_, err = c.Status(t.Context(), "x")
	want(t, err, KindNo, false)
}

func TestCreate(t *testing.T) {
	c := session(t, "IMAP4rev1 NAMESPACE", func(s *script) {
		s.expect(`LIST "" ""`)
		s.send(`* LIST (\Noselect) "." ""`, "@ OK")
		s.expect("NAMESPACE")
		s.send(`* NAMESPACE (("INBOX." ".")) NIL NIL`, "@ OK")
		s.expect(`CREATE "INBOX.Pl&AOQ-ne.2026"`)
		s.send("@ OK created")
		s.expect(`SUBSCRIBE "INBOX.Pl&AOQ-ne.2026"`)
		s.send("@ NO cannot")
		s.expect(`CREATE "INBOX.a"`)
		s.send("@ NO [ALREADYEXISTS] it is there")
		s.expect(`SUBSCRIBE "INBOX.a"`)
		s.send("@ OK")
		s.expect(`CREATE "b"`)
		s.send("@ NO Mailbox already exists.")
		s.expect(`SUBSCRIBE "b"`)
		s.send("@ OK")
		s.expect(`CREATE "c"`)
		s.send("@ NO [OVERQUOTA] full")
	})
	if wire, err := c.Create(t.Context(), "Pläne/2026"); err != nil || wire != "INBOX.Pl&AOQ-ne.2026" {
		t.Errorf("wire name %q, %v", wire, err)
	}
	if wire, err := c.Create(t.Context(), "INBOX/a"); err != nil || wire != "INBOX.a" {
		t.Errorf("wire name %q, %v", wire, err)
	}
	if err := c.CreateWire(t.Context(), "b"); err != nil {
		t.Error(err)
	}
	if e := want(t, c.CreateWire(t.Context(), "c"), KindNo, false); e.Code != imap.ResponseCodeOverQuota || e.Temporary() {
		t.Errorf("error is %+v", e)
	}
	for _, name := range []string{"", "/", "a\nb", "v1.2", strings.Repeat("x", 2000)} {
		_, err := c.Create(t.Context(), name)
		want(t, err, KindUnsupported, false)
	}
}

// The user's word on what a folder is for counts before the server's and before
// known names; a folder that is not there takes no role away.
func TestRolesOfTheUser(t *testing.T) {
	const archive = mail.RoleArchive
	boxes := []Mailbox{
		{Name: "INBOX", Wire: "INBOX", Selectable: true, Role: mail.RoleInbox},
		{Name: "Sent", Wire: "Sent", Selectable: true, Role: mail.RoleSent},
		{Name: "Old/Sent", Wire: "Old.Sent", Selectable: true},
		{Name: "Trash", Wire: "Trash", Selectable: true},
		{Name: "Bin", Wire: "Bin", Selectable: true},
		{Name: "Drafts", Wire: "Drafts", Selectable: true, Role: mail.RoleDrafts},
	}
	giveRoles(boxes, map[mail.Role]string{mail.RoleSent: "Old.Sent", mail.RoleTrash: "Bin", mail.RoleDrafts: "Nowhere", archive: "INBOX"}, "")
	assignRoles(boxes)
	want := []mail.Role{mail.RoleInbox, mail.RoleNone, mail.RoleSent, mail.RoleNone, mail.RoleTrash, mail.RoleDrafts}
	for i, m := range boxes {
		if m.Role != want[i] {
			t.Errorf("%s is %q, want %q", m.Name, m.Role, want[i])
		}
	}
}

// TestRolesOfExchange: it has no SPECIAL-USE, and names the folders in the language in which
// the mailbox was opened first.
func TestRolesOfExchange(t *testing.T) {
	roles := []mail.Role{mail.RoleSent, mail.RoleTrash, mail.RoleJunk, mail.RoleDrafts}
	for _, names := range [][]string{
		{"Sent Items", "Deleted Items", "Junk Email", "Drafts"},
		{"Gesendete Elemente", "Gelöschte Elemente", "Junk-E-Mail", "Entwürfe"},
		{"Éléments envoyés", "Éléments supprimés", "Courrier indésirable", "Brouillons"},
		{"Elementos enviados", "Elementos eliminados", "Correo electrónico no deseado", "Borradores"},
		{"Sendt post", "Slettet post", "Uønsket e-mail", "Kladder"},
		{"Sendte elementer", "Slettede elementer", "Søppel-e-post", "Utkast"},
		{"Skickat", "Borttaget", "Skräppost", "Utkast"},
		{"Elemente trimise", "Elemente șterse", "E-mail nedorit", "Schițe"},
		{"Gönderilmiş Öğeler", "Silinmiş Öğeler", "Önemsiz E-posta", "Taslaklar"},
		{"Απεσταλμένα", "Διαγραμμένα", "Ανεπιθύμητη αλληλογραφία", "Πρόχειρα"},
		{"Надіслані", "Видалені", "Небажана пошта", "Чернетки"},
		{"보낸 편지함", "지운 편지함", "정크 메일", "임시 보관함"},
		{"寄件備份", "刪除的郵件", "垃圾郵件", "草稿"},
		{"פריטים שנשלחו", "פריטים שנמחקו", "דואר זבל", "טיוטות"},
	} {
		var boxes []Mailbox
		for _, name := range names {
			boxes = append(boxes, Mailbox{Name: name, Wire: name, Selectable: true})
		}
		assignRoles(boxes)
		for i, m := range boxes {
			if m.Role != roles[i] {
				t.Errorf("%s is %q, want %q", m.Name, m.Role, roles[i])
			}
		}
	}
}

func TestThrottled(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		text string
		want time.Duration
	}{
		{KindNo, "[NONEXISTENT] There is no folder Bandwidth limits", 0},
		{KindNo, "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", time.Minute},
		{KindNo, "[THROTTLED] slowly", time.Minute},

		{KindBad, "Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92415 * time.Millisecond},
		{KindNo, "Request is throttled. Suggested Backoff Time: 92415000000000000 milliseconds", 15 * time.Minute},
		{KindNo, "Request is throttled. Suggested Backoff Time: 999999999999999999999999 milliseconds", time.Minute},
		{KindNo, "Request is throttled. Suggested Backoff Time: -5 milliseconds", time.Minute},
		{KindBad, "User is authenticated but not connected.", time.Minute},
		{KindNo, "Account exceeded command or bandwidth limits. (Failure)", time.Minute},
		{KindNo, "UID FETCH Rate limit hit.", time.Minute},
		{KindNo, "UID FETCH Server error - Please try again later", 0},
		{KindNo, "Over quota", 0},
		{KindBye, "Request is throttled", 0},
	} {
		e := &Error{Kind: tt.kind, Text: tt.text}
		if code, text, ok := strings.Cut(strings.TrimPrefix(tt.text, "["), "] "); ok {
			e.Code, e.Text = imap.ResponseCode(code), text
		}
		if got := e.Backoff(); got != tt.want || e.Throttled() != (tt.want > 0) {
			t.Errorf("%s: throttled %t, for %v", tt.text, e.Throttled(), got)
		}
	}
}
