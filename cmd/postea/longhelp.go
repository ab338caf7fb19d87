package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// later says of a change what happens when.
const later = `

An ID is the number that list and search print. The change is recorded at once
and can be seen at once; the server is told by the postea that runs, or by the
next  postea sync.  Nothing is changed where one of the IDs is unknown (66).`

// explain gives the verbs that need no more than a few lines their help and
// examples, by their words on the command line.
func explain(root *cobra.Command) {
	texts := map[string][2]string{
		"account": {`An account is an address with the server where its mail is read, the server
where it is submitted, or both. They are kept in the configuration, which you can
also edit by hand:  postea config path  tells where it is.`, "postea account add ada@example.org\npostea account test"},
		"account list": {`List the accounts in their order: name, address, where mail is read and where it
is submitted. No server is asked, and no password is fetched or shown.`, ""},
		"archive": {"Move messages to the folder Archive of their account, or to all mail where the\naccount has that instead." + later, "postea archive 17 18\npostea search 'older:1y in:inbox' --limit 0 --json | jq -r .id | xargs postea archive"},
		"delete":  {"Move messages to Trash. With --erase they are gone for good, here and at the\nserver." + later, "postea delete 17"},
		"move":    {"Move messages to another folder of their account, by its name or its role (inbox\nsent drafts trash junk archive all)." + later, "postea move 17 --to archive\npostea move 17 18 --to Projects/2026"},
		"copy":    {"Copy messages to another folder of their account, by its name or its role." + later, "postea copy 17 --to Projects/2026"},
		"read":    {"Mark messages as read." + later, ""},
		"unread":  {"Mark messages as unread." + later, ""},
		"flag":    {"Set the star of messages or, with --flag, other flags: those of IMAP such as\n\\Answered, or keywords of your own." + later, "postea flag 17\npostea flag 17 --flag '$Work'"},
		"unflag":  {"Clear the star of messages or, with --flag, other flags." + later, ""},
		"label":   {"Put a label on the conversations of messages: a keyword of IMAP or, with Gmail, a\nlabel." + later, "postea label 17 --name work"},
		"unlabel": {"Take a label off the conversations of messages." + later, ""},
		"mute":    {"Mute the conversations of messages: they leave the inbox, and what comes to them\nunread goes to Archive at once. For those that are muted it is taken back." + later, ""},
		"pin":     {"Pin the conversations of messages on top of their lists, on this machine. For\nthose that are pinned it is taken back." + later, ""},
		"snooze":  {"Move the conversations of messages to the folder Snoozed until a time. Then they\nare unread, on top of the folder they came from." + later, "postea snooze 17 --until 'mon 9:00'"},
		"remind":  {"Bring the conversations of messages to the inbox at a time, unless somebody else\nhas written in them by then." + later, "postea remind 17 --at 'in 3d'"},
		"outbox list": {`List what was sent in the last 30 days, the newest first: its id, its state, and
to whom it goes. docs/commands.md says what the states mean.`, "postea outbox list --json"},
		"outbox show": {`Show what happened to a message, step by step: every attempt with the server, its
answer and the whole conversation, secrets left out; and what became of it for
each recipient.`, "postea outbox show o12"},
		"outbox retry": {`Try to send a message now instead of at its time. A message that is unsure is sent
once more, with the same bytes and Message-ID: a recipient who has it already may
get it twice. The exit code is that of  postea send --wait;  where another postea
owns the data directory, 0 says that it was told.`, "postea outbox retry o12"},
		"outbox settle": {`Say that nothing is left to be done for a message: an unsure one has arrived, or
what was refused has been dealt with. It is not sent again.`, "postea outbox settle o12"},
		"outbox edit": {`Take a message that has not gone back into a draft and open the composer with it.
It needs a terminal.`, ""},
		"outbox cancel": {`Do not send a message any more, as long as no server has it. The message stays in
the list as cancelled.`, "postea outbox cancel o12"},
		"folder":        {"List, make, rename, delete and empty folders. Levels are parted by /. Where several\naccounts have a folder of that name, --account says whose is meant.", "postea folder list\npostea folder make Projects/2026"},
		"folder list":   {"List the folders with their role, and how many messages and unread ones they\nhold, as of the last sync.", ""},
		"folder make":   {"Make a folder, here at once and at the server with the next sync: a/b is b within\na. It is one of the first account, or of that of --account.", "postea folder make Projects/2026"},
		"folder rename": {"Rename a folder; those within it come along. A name with / puts it into another.", "postea folder rename Projects/2026 Archive/Projects"},
		"folder delete": {"Delete a folder with those within it. Its messages move to Trash.", ""},
		"folder empty":  {"Delete for good what lies in Trash or Junk, here and at the server.", "postea folder empty junk --yes"},
		"rule": {`The rules of the configuration, one [[rule]] each, say what is done with mail that
comes to an inbox. They are asked by themselves, at the end of each sync.`, "postea config example\npostea rule try"},
		"rule list": {"List the rules in their order, with what they are for and what they do.", ""},
		"rule try": {`Print the messages of a folder, the inbox where none is named, that a rule holds
for, with what would be done. Nothing is.`, "postea rule try --folder archive"},
		"rule run":     {"Do with the messages of a folder, the inbox where none is named, what the rules\nsay, as if they had just come. Nothing is done where a rule names a folder or an\naccount that there is not.\n\nThe server is told by the postea that runs, or by the next  postea sync.", "postea rule run"},
		"contacts add": {"Put addresses into the address book, with their names, and into a group with\n--group. They are offered first while an address is typed.", ""},
		"contacts remove": {`Take addresses out of the address book. Mail from and to them stays, and they may
be offered again once they are written to.`, ""},
		"contacts import": {`Put the people and groups of other address books into this one: vCards, mutt's
aliases, abook, LDIF, CSV with titles as Google, Outlook and Thunderbird export
it, or a list of addresses; - is standard input. Who is there already is not
doubled. A short name becomes a group where typing it would not find its owner.`, "postea contacts import ~/contacts.vcf\npostea contacts import ~/.mutt/aliases\nnotmuch address '*' | postea contacts import -"},
		"contacts export": {"Write the address book as vCards to standard output.", "postea contacts export > contacts.vcf"},
		"config": {`The configuration is one TOML file. It is yours: postea changes only what a verb of
account says and the theme you choose, and leaves comments as they are.`, ""},
		"config path":    {"Print where the configuration is read from: --config, POSTEA_CONFIG, or\n$XDG_CONFIG_HOME/postea/config.toml.", ""},
		"config check":   {"Report everything that is wrong with the configuration and your themes, each with\nline and column. The code is 0 where nothing is, 78 otherwise; what is only hard to\nread is told and no fault. No server is asked.", "postea config check --json"},
		"config example": {"Print a configuration with every setting, commented.", "postea config example > ~/.config/postea/config.toml"},
		"config themes": {`List the themes, postea's and your own, with a star at the one that is used. Your own
are files NAME.toml in the directory themes beside the configuration; docs/themes.md
says what is in them.`, ""},
		"config reference": {"Print what every setting means, in Markdown: the page docs/configuration.md.", ""},
		"version":          {"Print the version, the toolchain and the system; with --json also the revision of\nthe source.  go version -m  lists what the program is built of.", ""},
	}
	var visit func(c *cobra.Command, path string)
	visit = func(c *cobra.Command, path string) {
		if text, ok := texts[path]; ok {
			c.Long = text[0]
			if c.Example == "" && text[1] != "" {
				c.Example = "  " + strings.ReplaceAll(text[1], "\n", "\n  ")
			}
		}
		for _, sub := range c.Commands() {
			visit(sub, strings.TrimSpace(path+" "+sub.Name()))
		}
	}
	visit(root, "")
}
