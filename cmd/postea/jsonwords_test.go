package main

import "reflect"

// fieldWords says what a field of the JSON holds: by its type and name, else by
// its name. A test fails for a field without words.
func fieldWords(t reflect.Type, name string) string {
	words := jsonWords()
	if w, ok := words[t.Name()+"."+name]; ok {
		return w
	}
	return words[name]
}

func jsonWords() map[string]string {
	return map[string]string{
		"account": "the account's name", "address": "mail address", "name": "as it is shown", "from": "who wrote it", "to": "recipients", "cc": "Cc", "bcc": "Bcc",
		"subject": "decoded", "flags": "as IMAP writes them", "labels": "keywords and Gmail's labels", "size": "bytes", "text": "in words", "error": "why not, and what to do",
		"message_id": "without <>", "date": "from the header; the arrival where that has none, or one to come", "path": "where it is now", "host": "name or address", "port": "", "tls": "implicit, starttls or none",
		"tls_versions": "those the server takes, the newest first; asked where TLS comes first", "at": "when", "server": "host:port", "service": "imap or smtp; account test: also domain",
		"imap": "where mail is read", "smtp": "where mail is submitted", "username": "who signs in", "auth": "password, strong, oauth2, none or a mechanism",
		"offers": "capabilities; of a domain its records", "means": "what they mean, a line each", "advice": "what to do about what was found, a line each",
		"max_size": "largest message, in bytes", "certificates": "as the server shows them, its own first", "ok": "it went well", "real_name": "the user's name",

		"messageJSON.id": "stays over moves and renumbering", "folder": "decoded, levels parted by /", "folder_role": "inbox sent drafts trash junk archive all snoozed",
		"uid": "of the server, in that folder", "thread_id": "the conversation", "attachments": "", "snippet": "the first words", "type": "media type", "inline": "it belongs into the text",
		"reply_to": "Reply-To", "in_reply_to": "the message it answers", "references": "those before it", "shownJSON.text": "as the reader shows it, not wrapped", "html": "the HTML version as it came",
		"links": "in the order of the text", "linkJSON.number": "as it stands in the text", "url": "where it goes", "linkJSON.text": "what is shown for it",
		"parts": "the leaves of the MIME tree", "partJSON.path": "as in IMAP: 1.2", "charset": "as declared", "defects": "what was damaged", "report": "what a delivery report says",
		"reportJSON.kind": "the worst of its actions", "original_message_id": "the message it is about", "envid": "the envelope's id, RFC 3461", "recipients": "one by one",
		"action": "failed delayed delivered relayed expanded", "status": "RFC 3463, such as 5.1.1", "code": "SMTP reply", "reason": "why, in one word",

		"outboxJSON.id": "begins with o", "state": "cancelled sending held blocked unsure deferred queued rejected accepted done", "held_for": "undo or schedule",
		"created": "when it was queued", "next_attempt": "when it is tried again", "attempts": "tries so far", "recipientJSON.state": "pending unsure accepted delayed relayed expanded delivered failed",
		"source": "reply (to the address), message (to all of it) or report", "enhanced": "RFC 3463, such as 2.0.0", "recipientJSON.text": "what the server said", "log": "what happened, the oldest first", "logJSON.kind": "of the event",
		"detail": "more of it", "logJSON.tls": "version and cipher", "transcript": "the conversation, without secrets", "traceJSON.from": "Client, Server or Info", "traceJSON.text": "one line",
		"logJSON.server": "which one answered",

		"accountJSON.name": "of the account", "aliases": "further addresses",
		"identities": "addresses with a name or signature of their own", "signature": "it has one of its own", "accountJSON.folders": "role: name, as the configuration says it",
		"color": "of its name in lists; null for none", "bodies": "which messages are fetched beforehand: recent all none; null: as for all accounts", "depth": "how far back its folders are kept here: all, a time, or a number of messages",
		"drafts": "server or local", "folderJSON.older": "messages at the server only",
		"program": "aerc, himalaya, mutt, thunderbird, mbsync or msmtp", "takenJSON.file": "where it stands", "called": "its name there", "takenJSON.state": "taken, present or refused", "takenJSON.account": "its name here",
		"secret": "command keyring encrypted oauth none", "takenJSON.why": "it was not taken", "left": "what was not taken over", "what": "", "why": "", "todo": "commands that are still to be run",

		"serviceJSON.tls": "version; null for none", "took_ms": "the sign-in, in milliseconds", "folders": "role: name", "used": "room in use, in bytes", "room": "room in all, in bytes",
		"certificate_ends": "when the server's own ends", "clock_behind_seconds": "this machine's clock behind the server's; null: not told", "serviceJSON.server": "host:port; of a domain its name",
		"serviceJSON.error": "why the sign-in failed, and what to do", "serviceJSON.ok": "signed in",
		"addresses": "of the host", "lookJSON.tls": "version and mode; null for none", "issuer": "who has signed it", "certificateJSON.subject": "whose it is", "names": "for which hosts",
		"not_before": "valid from", "not_after": "valid until", "pin": "of its key, as pin = takes it",

		"uses": "how often written to", "last": "when last", "kept": "in the address book, not only seen", "members": "of a group", "contactJSON.address": "null for a group",
		"folderJSON.name": "levels parted by /", "role": "\"\" for none", "total": "messages here", "unread": "of them", "subscribed": "",
		"ruleJSON.name": "of the rule", "match": "the search", "ruleJSON.move": "name or role of the folder", "label": "that are put on", "ruleJSON.read": "it marks as read",
		"star": "", "stop": "no rule after it is asked", "message": "as list prints it", "rules": "that hold for it", "rulingJSON.move": "name of the folder; null: it stays", "rulingJSON.read": "it would be marked as read",
		"importJSON.path": "the file", "imported": "messages brought in", "present": "there already", "skipped": "left out",
		"exportJSON.path": "the file or directory", "exported": "messages written", "missing": "not on this machine, and left out", "backupJSON.path": "the directory", "files": "in it",
		"problemJSON.file": "the configuration", "line": "from 1", "column": "from 1", "problemJSON.key": "the setting", "problemJSON.text": "what is wrong with it",
		"warning": "it works all the same", "about": "what it is for", "themeJSON.path": "its file; null for those of postea", "themeJSON.used": "the one that is chosen",
		"keyJSON.action": "its id, for [keys]", "title": "what it does", "help": "more of it", "keys": "that do it", "where": "it can be done",
		"version": "of the build", "revision": "of the source", "go": "the toolchain", "os": "", "arch": "",
		"submission": "where mail is submitted, by STARTTLS", "submissions": "the same, by TLS", "users": "who can sign in",
		"password": "", "ca_file": "certificate that replaces the system's",
	}
}
