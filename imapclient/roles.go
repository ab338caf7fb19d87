package imapclient

import (
	"slices"
	"strings"

	"postea/internal/mail"
)

// roleOf gives the role of a SPECIAL-USE attribute (RFC 6154 §2), or of its
// forerunner XLIST.
func roleOf(attr string) mail.Role {
	switch strings.ToLower(attr) {
	case `\inbox`:
		return mail.RoleInbox
	case `\sent`:
		return mail.RoleSent
	case `\drafts`:
		return mail.RoleDrafts
	case `\trash`:
		return mail.RoleTrash
	case `\junk`, `\spam`:
		return mail.RoleJunk
	case `\archive`:
		return mail.RoleArchive
	case `\all`, `\allmail`:
		return mail.RoleAll
	case `\snoozed`:
		return mail.RoleSnoozed
	}
	return mail.RoleNone
}

// wellKnown lists the names such folders usually have, in lower case and the
// likeliest first.
func wellKnown(role mail.Role) []string {
	switch role {
	case mail.RoleSent:
		return []string{
			"sent", "sent items", "sent messages", "sent mail", "sent-mail", "gesendet", "gesendete elemente",
			"gesendete objekte", "gesendete nachrichten", "envoyés", "éléments envoyés", "messages envoyés", "envoyes",
			"enviados", "elementos enviados", "mensajes enviados", "itens enviados", "posta inviata", "inviata", "inviati",
			"verzonden", "verzonden items", "verzonden berichten", "wysłane", "elementy wysłane", "skickat", "skickade objekt",
			"sendt", "sendt post", "sendte elementer", "lähetetyt", "odeslané", "odeslaná pošta", "odoslané", "отправленные",
			"надіслані", "gönderilmiş öğeler", "gönderilenler", "elküldött elemek", "elküldött", "trimise", "απεσταλμένα",
			"送信済み", "送信済みアイテム", "已发送", "已发送邮件", "已傳送郵件", "寄件備份", "보낸편지함", "보낸 편지함",
			"odoslaná pošta", "elemente trimise", "elements enviats", "פריטים שנשלחו", "العناصر المرسلة",
		}
	case mail.RoleDrafts:
		return []string{
			"drafts", "draft", "entwürfe", "entwurf", "brouillons", "brouillon", "borradores", "borrador", "rascunhos", "rascunho",
			"bozze", "bozza", "concepten", "concept", "kopie robocze", "wersje robocze", "szkice", "utkast", "kladder", "kladde",
			"luonnokset", "koncepty", "rozepsané", "черновики", "чернетки", "taslaklar", "piszkozatok", "schițe", "ciorne",
			"πρόχειρα", "下書き", "草稿", "草稿箱", "임시보관함", "임시 보관함", "esborranys", "טיוטות", "المسودات",
		}
	case mail.RoleTrash:
		return []string{
			"trash", "deleted items", "deleted messages", "deleted", "bin", "papierkorb", "gelöschte elemente", "gelöschte objekte",
			"gelöscht", "corbeille", "éléments supprimés", "messages supprimés", "papelera", "elementos eliminados", "eliminados",
			"lixeira", "lixo", "itens excluídos", "itens eliminados", "cestino", "posta eliminata", "prullenbak", "prullenmand",
			"verwijderde items", "kosz", "elementy usunięte", "papperskorg", "papperskorgen", "borttagna objekt", "papirkurv",
			"slettet post", "slettede elementer", "slettet", "roskakori", "poistetut", "koš", "kôš", "odstraněná pošta", "корзина",
			"удаленные", "удалённые", "кошик", "çöp kutusu", "silinmiş öğeler", "lomtár", "kuka", "törölt elemek", "coș de gunoi",
			"κάδος απορριμμάτων", "ゴミ箱", "削除済みアイテム", "已删除", "已删除邮件", "垃圾桶", "휴지통", "지운편지함", "지운 편지함", "刪除的郵件",
			"borttaget", "odstránené položky", "elemente șterse", "elemente şterse", "elements suprimits", "видалені", "διαγραμμένα",
			"פריטים שנמחקו", "العناصر المحذوفة",
		}
	case mail.RoleJunk:
		return []string{
			"junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk", "spamverdacht", "unerwünscht",
			"junk-e-mail", "pourriel", "pourriels", "courrier indésirable", "indésirables", "correo no deseado", "no deseado",
			"lixo eletrônico", "lixo eletrónico", "posta indesiderata", "indesiderata", "ongewenste e-mail", "ongewenst",
			"wiadomości-śmieci", "skräppost", "uønsket e-post", "uønsket mail", "søppelpost", "roskaposti", "nevyžádaná pošta",
			"nevyžiadaná pošta", "спам", "нежелательная почта", "önemsiz", "gereksiz e-posta", "levélszemét", "ανεπιθύμητα",
			"迷惑メール", "垃圾邮件", "垃圾郵件", "스팸편지함", "스팸메일함", "정크 메일",
			"correo electrónico no deseado", "uønsket e-mail", "søppel-e-post", "önemsiz e-posta", "e-mail nedorit", "correu brossa",
			"небажана пошта", "ανεπιθύμητη αλληλογραφία", "דואר זבל",
		}
	case mail.RoleArchive:
		return []string{
			"archive", "archives", "archiv", "archivo", "arquivo", "arquivados", "archivio", "archief", "archiwum", "arkiv",
			"arkisto", "archív", "архив", "архів", "arşiv", "archívum", "arhivă", "αρχείο", "アーカイブ", "归档", "存档", "封存", "보관함",
		}
	case mail.RoleSnoozed:
		return []string{"snoozed"}
	case mail.RoleAll:
		return []string{"all mail", "alle nachrichten", "tous les messages"}
	}
	return nil
}

// giveRoles lets the user's word on which folder has a role count before that of
// the server. A folder that is not there changes nothing. What the names of own folders
// begin with need not be said.
func giveRoles(boxes []Mailbox, said map[mail.Role]string, prefix string) {
	for role, name := range said {
		called := func(name string) int {
			return slices.IndexFunc(boxes, func(m Mailbox) bool {
				return (m.Name == name || m.Wire == name) && m.Selectable && m.Role != mail.RoleInbox
			})
		}
		i := called(name)
		if i < 0 {
			i = called(prefix + name)
		}
		if i < 0 {
			continue
		}
		for k := range boxes {
			if boxes[k].Role == role {
				boxes[k].Role = mail.RoleNone
			}
		}
		boxes[i].Role = role
	}
}

// assignRoles leaves at most one folder per role: the one the server names, else
// the one with the best known name. Names are trusted only at the top, and below
// INBOX or the folder some providers keep theirs in.
func assignRoles(boxes []Mailbox) {
	for _, role := range mail.Roles() {
		chosen := -1
		for i, m := range boxes {
			if m.Role == role && m.Selectable && (chosen < 0 || depth(m) < depth(boxes[chosen])) {
				chosen = i
			}
		}
		if chosen < 0 {
			chosen = byName(boxes, wellKnown(role))
		}
		for i := range boxes {
			if boxes[i].Role == role && i != chosen {
				boxes[i].Role = mail.RoleNone
			}
		}
		if chosen >= 0 {
			boxes[chosen].Role = role
		}
	}
}

func depth(m Mailbox) int { return strings.Count(m.Name, "/") }

func byName(boxes []Mailbox, names []string) int {
	best, bestRank := -1, 0
	for i, m := range boxes {
		leaf, ok := trustedLeaf(m.Name)
		if !ok || m.Role != mail.RoleNone || !m.Selectable || m.Foreign {
			continue
		}
		rank := slices.Index(names, strings.ToLower(leaf))
		if rank < 0 {
			continue
		}
		if best < 0 || rank < bestRank || rank == bestRank && depth(m) < depth(boxes[best]) {
			best, bestRank = i, rank
		}
	}
	return best
}

func trustedLeaf(name string) (string, bool) {
	parent, leaf, nested := strings.Cut(name, "/")
	if !nested {
		return name, true
	}
	switch {
	case strings.Contains(leaf, "/"):
		return "", false
	case parent == inbox, strings.EqualFold(parent, "[Gmail]"), strings.EqualFold(parent, "[Google Mail]"):
		return leaf, true
	}
	return "", false
}
