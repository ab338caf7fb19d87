package keys

// moving are motions and opening.
func moving() []Entry {
	return []Entry{
		{ID: Down, Title: "Down", Keys: []string{"j", "down"}, In: Pages | Passage},
		{ID: Up, Title: "Up", Keys: []string{"k", "up"}, In: Pages | Passage},
		{ID: Top, Title: "To the top", Keys: []string{"g g", "home"}, In: Pages | Passage},
		{ID: Bottom, Title: "To the end", Keys: []string{"G", "end"}, In: Pages | Passage},
		{ID: HalfDown, Title: "Half a page down", Keys: []string{"ctrl+d"}, In: Pages | Passage},
		{ID: HalfUp, Title: "Half a page up", Keys: []string{"ctrl+u"}, In: Pages | Passage},
		{ID: PageDown, Title: "Page down", Keys: []string{"pgdown"}, In: Pages | Passage},
		{ID: PageUp, Title: "Page up", Keys: []string{"pgup"}, In: Pages | Passage},
		{ID: ReadOn, Title: "Read on", Help: "page down, then the next unread message", Keys: []string{"space"}, In: Reader},
		{ID: ReadOn, Title: "Page down", Keys: []string{"space"}, In: List | Journey},
		{ID: Open, Title: "Open", Short: "open", Keys: []string{"enter", "o"}, In: List | Sidebar},
		{ID: Open, Title: "Show the journey", Short: "journey", Help: "everything that happened to the message", Keys: []string{"enter", "o"}, In: Outbox},
		{ID: Fold, Title: "Fold or unfold", Short: "unfold", Help: "the message, or its folded quotes", Keys: []string{"enter"}, In: Reader},
		{ID: UnfoldAll, Title: "Unfold all messages", Short: "unfold all", Help: "and their quotes; again folds them", Keys: []string{";"}, In: Reader},
		{ID: NextMessage, Title: "Next message", Short: "next", Help: "of the conversation", Keys: []string{"J"}, In: Reader},
		{ID: PrevMessage, Title: "Previous message", Short: "previous", Help: "of the conversation", Keys: []string{"K"}, In: Reader},
		{ID: NextConversation, Title: "Next conversation", Keys: []string{"]"}, In: Reader},
		{ID: PrevConversation, Title: "Previous conversation", Keys: []string{"["}, In: Reader},
	}
}

// searching are what begins and steers a search.
func searching() []Entry {
	return []Entry{
		{ID: Find, Title: "Search", Short: "search", Help: "all accounts and folders, as you type", Keys: []string{"/"}, In: Pages},
		{ID: Filter, Title: "Filter this list", Short: "filter", Help: "a search in this place only", Keys: []string{"\\"}, In: List | Sidebar},
		{ID: Filter, Title: "Find in the conversation…", Short: "find", Help: "in the text of its open messages", Keys: []string{"\\"}, In: Reader},
		{ID: NextMatch, Title: "Next match", Short: "next match", Help: "of the search: in the message, then in the list", Keys: []string{"n"}, In: Mail},
		{ID: PrevMatch, Title: "Previous match", Keys: []string{"N"}, In: Mail},
		{ID: NextUnread, Title: "Next unread", Short: "next unread", Keys: []string{"J"}, In: List},
		{ID: PrevUnread, Title: "Previous unread", Keys: []string{"K"}, In: List},
		{ID: NextUnread, Title: "Next unread conversation", In: Reader},
		{ID: Open, Title: "To the results", Short: "results", Keys: []string{"enter"}, In: Search},
		{ID: Up, Title: "Earlier search", Short: "earlier", Keys: []string{"up"}, In: Search},
		{ID: Down, Title: "Later search, or to the results", Keys: []string{"down"}, In: Search},
		{ID: SearchScope, Title: "Everywhere, or only here", Short: "scope", Keys: []string{"tab"}, In: Search},
		{ID: Back, Title: "Back to where the search began", Short: "back", Keys: []string{"esc"}, In: Search},
	}
}

// mailVerbs are what is done to mail.
func mailVerbs() []Entry {
	return []Entry{
		{ID: Compose, Title: "Compose", Short: "compose", Help: "a new message", Keys: []string{"c"}, In: Mail | Sidebar},
		{ID: Continue, Title: "Continue a draft…", Help: "one that is kept here", In: Mail | Sidebar},
		{ID: Recover, Title: "Recover a discarded draft…", Help: "of the last day", In: Mail | Sidebar},
		{ID: Reply, Title: "Reply", Short: "reply", Help: "to the sender", Keys: []string{"r"}, In: Mail | Passage},
		{ID: ReplyAll, Title: "Reply to all", Short: "all", Keys: []string{"R"}, In: Mail | Passage},
		{ID: ReplyList, Title: "Reply to the list", Short: "list", Help: "and to nobody else", Keys: []string{"L"}, In: Mail | Passage},
		{ID: Forward, Title: "Forward", Short: "forward", Help: "inside the text, with what is attached", Keys: []string{"f"}, In: Mail | Passage},
		{ID: ForwardWhole, Title: "Forward as attachment", Help: "the message whole, as it came", Keys: []string{"F"}, In: Mail},
		{ID: Redirect, Title: "Redirect", Help: "send it on unchanged; answers go to its author", Keys: []string{"B"}, In: Mail},
		{ID: EditAsNew, Title: "Edit as new", Help: "a new message with the same content", Keys: []string{"E"}, In: Mail},
		{ID: Archive, Title: "Archive", Short: "archive", Help: "move to Archive", Keys: []string{"e", "a"}, In: Mail},
		{ID: Delete, Title: "Delete", Short: "delete", Help: "move to Trash", Keys: []string{"d", "#"}, In: Mail},
		{ID: MoveTo, Title: "Move to a folder…", Short: "move", Keys: []string{"m"}, In: Mail},
		{ID: Star, Title: "Star", Short: "star", Help: "set or take away", Keys: []string{"s"}, In: Mail},
		{ID: Unread, Title: "Mark read or unread", Short: "unread", Keys: []string{"U"}, In: Mail},
		{ID: Junk, Title: "Mark as junk", Short: "junk", Help: "move to Junk", Keys: []string{"!"}, In: Mail},
		{ID: CopyTo, Title: "Copy to a folder…", Short: "copy", Keys: []string{"C"}, In: Mail},
		{ID: Labels, Title: "Labels…", Short: "labels", Help: "put on or take off; type a new one", Keys: []string{"l"}, In: Mail},
		{ID: Snooze, Title: "Snooze…", Short: "snooze", Help: "out of sight until a time, then back on top", Keys: []string{"b"}, In: Mail},
		{ID: Remind, Title: "Remind me…", Short: "remind", Help: "at a time, unless somebody has answered", Keys: []string{"W"}, In: Mail},
		{ID: Mute, Title: "Mute the conversation", Short: "mute", Help: "what comes to it passes the inbox by; again: no longer", Keys: []string{"M"}, In: Mail},
		{ID: Pin, Title: "Pin", Short: "pin", Help: "on top of its list; again: no longer", Keys: []string{"P"}, In: Mail},
		{ID: MakeRule, Title: "Make a rule…", Help: "for mail like this", In: Mail},
		{ID: RunRules, Title: "Run the rules", Help: "on this, as if it had just come", In: Mail},
		{ID: ForgetRule, Title: "Forget a rule…", Help: "what it did stays done", In: Mail},
		{ID: MarkAllRead, Title: "Mark all read", Help: "everything in this list", Keys: []string{"A"}, In: List},
		{ID: FetchOlder, Title: "Fetch older mail", Short: "older", Help: "from the server, where not all is kept here", Keys: []string{"+"}, In: List},
		{ID: Export, Title: "Export to a file…", Short: "export", Help: "eml, mbox or txt, by the end of its name", Keys: []string{"w"}, In: Mail},
		{ID: Print, Title: "Print", Help: "the text, by the printer of the system", In: Mail},
		{ID: EmptyFolder, Title: "Empty Trash or Junk", Short: "empty", Help: "asks first: nothing brings that back", In: List | Sidebar},
		{ID: Undo, Title: "Undo", Short: "undo", Help: "the last change, or the last send while it is held", Keys: []string{"u", "z"}, In: Pages},
		{ID: Repeat, Title: "Repeat", Help: "the last change, here", Keys: []string{"."}, In: Mail},
		{ID: Select, Title: "Select", Short: "select", Help: "the conversation under the cursor", Keys: []string{"x"}, In: List},
		{ID: Range, Title: "Select a range", Help: "from here to wherever the cursor goes", Keys: []string{"V"}, In: List},
		{ID: SelectAll, Title: "Select all", Help: "of this list; again: none", Keys: []string{"*"}, In: List},
	}
}

// arranging are selecting, views and folders.
func arranging() []Entry {
	return []Entry{
		{ID: SelectMatching, Title: "Select what matches…", Help: "a search in this list", Keys: []string{"T"}, In: List},
		{ID: Arrange, Title: "Sort and view…", Short: "view", Help: "order, single messages, rows; kept for each folder", Keys: []string{"O"}, In: List},
		{ID: SaveSearch, Title: "Save the search…", Help: "among the folders", In: List},
		{ID: SaveSearch, Title: "Save the search…", Short: "save", Help: "among the folders", Keys: []string{"ctrl+s"}, In: Search},
		{ID: ForgetSearch, Title: "Forget a saved search…", In: List | Sidebar},
		{ID: NewFolder, Title: "New folder…", Short: "new", Keys: []string{"n"}, In: Sidebar},
		{ID: RenameFolder, Title: "Rename the folder…", Short: "rename", Keys: []string{"r"}, In: Sidebar},
		{ID: DeleteFolder, Title: "Delete the folder…", Short: "delete", Help: "its messages go to Trash", Keys: []string{"d", "#"}, In: Sidebar},
		{ID: Favourite, Title: "Favourite", Short: "favourite", Help: "on top of the folders; again: no longer", Keys: []string{"f"}, In: Sidebar},
		{ID: FolderUp, Title: "Folder up", Keys: []string{"K"}, In: Sidebar},
		{ID: FolderDown, Title: "Folder down", Keys: []string{"J"}, In: Sidebar},
		{ID: Subscribe, Title: "Show or hide in other programs", Help: "the subscription on the server", Keys: []string{"S"}, In: Sidebar},
		{ID: NewFolder, Title: "New folder…", In: List},
	}
}

// readerOnly are what only the reader offers.
func readerOnly() []Entry {
	return []Entry{
		{ID: Links, Title: "Open a link…", Short: "links", Keys: []string{"o"}, In: Reader},
		{ID: Save, Title: "Attachments…", Short: "save", Help: "save, view, open or pipe them", Keys: []string{"S"}, In: Reader},
		{ID: Headers, Title: "Headers and source", Short: "headers", Help: "again: the source, then back", Keys: []string{"v"}, In: Reader},

		{ID: Copy, Title: "Copy…", Short: "copy", Help: "address, link, Message-ID or text, to the clipboard", Keys: []string{"y"}, In: Reader},
		{ID: Pipe, Title: "Pipe to a command…", Short: "pipe", Help: "text, source, patches or a file", Keys: []string{"|"}, In: Reader},
		{ID: ToggleVersion, Title: "Plain or HTML version", Short: "version", Help: "shows the other one", Keys: []string{"H"}, In: Reader},
		{ID: OpenHTML, Title: "Open the HTML in the browser", Short: "browser", Help: "nothing in it runs or is fetched", Keys: []string{"O"}, In: Reader},
		{ID: Pictures, Title: "Pictures…", Short: "pictures", Help: "fetch those of the web, hide them, see one by itself", Keys: []string{"I"}, In: Reader},
		{ID: AcceptInvitation, Title: "Accept the invitation", Short: "accept", Help: "the organizer is told", Keys: []string{"i a"}, In: Reader},
		{ID: TentativeInvitation, Title: "Accept the invitation, maybe", Short: "maybe", Help: "the organizer is told", Keys: []string{"i m"}, In: Reader},
		{ID: DeclineInvitation, Title: "Decline the invitation", Short: "decline", Help: "the organizer is told", Keys: []string{"i d"}, In: Reader},
		{ID: CommentInvitation, Title: "Answer the invitation in words…", Short: "in words", Help: "in the composer, with the answer attached", Keys: []string{"i c"}, In: Reader},
		{ID: ShowJourney, Title: "Journey of the message reported on", Short: "journey", Help: "what happened to what you sent; enter on the card too", Keys: []string{"i j"}, In: Reader},
		{ID: LeaveList, Title: "Leave the mailing list…", Short: "leave list", Help: "asks first, and says who is told", Keys: []string{"i u"}, In: Reader},
		{ID: ListArchive, Title: "Archive of the mailing list", Short: "list archive", Help: "in the browser", Keys: []string{"i w"}, In: Reader},
		{ID: KeepContact, Title: "Keep the contact", Short: "keep contact", Help: "in the address book", Keys: []string{"i k"}, In: Reader},
		{ID: CheckSignatures, Title: "Check the signatures of the domains", Short: "check DKIM", Help: "asks their name servers for the keys", Keys: []string{"i s"}, In: Reader},
		{ID: Parts, Title: "Parts…", Short: "parts", Help: "how the message is built, and any part as it is", Keys: []string{"V"}, In: Reader},
	}
}

// passages are what selects a piece of a message's text.
func passages() []Entry {
	return []Entry{
		{ID: Select, Title: "Select text", Short: "select", Help: "to copy it, or to quote nothing else in an answer", Keys: []string{"x"}, In: Reader},
		{ID: BeginSelection, Title: "Begin the selection", Short: "begin", Help: "where the cursor stands; again: none", Keys: []string{"v", "space"}, In: Passage},
		{ID: SelectLines, Title: "Select whole lines", Short: "lines", Help: "again: none", Keys: []string{"V"}, In: Passage},
		{ID: Left, Title: "Left", Keys: []string{"h", "left"}, In: Passage},
		{ID: Right, Title: "Right", Keys: []string{"l", "right"}, In: Passage},
		{ID: NextWord, Title: "Next word", Keys: []string{"w"}, In: Passage},
		{ID: PrevWord, Title: "Previous word", Keys: []string{"b"}, In: Passage},
		{ID: WordEnd, Title: "End of the word", Keys: []string{"e"}, In: Passage},
		{ID: LineStart, Title: "Start of the line", Keys: []string{"0", "ctrl+a"}, In: Passage},
		{ID: LineEnd, Title: "End of the line", Keys: []string{"$", "ctrl+e"}, In: Passage},
		{ID: NextParagraph, Title: "Next paragraph", Keys: []string{"}"}, In: Passage},
		{ID: PrevParagraph, Title: "Previous paragraph", Keys: []string{"{"}, In: Passage},
		{ID: Copy, Title: "Copy the selection", Short: "copy", Help: "to the clipboard", Keys: []string{"y"}, In: Passage},
		{ID: Back, Title: "End the selection", Short: "end", Keys: []string{"esc", "q"}, In: Passage},
	}
}

// outgoing are what is done to outgoing mail.
func outgoing() []Entry {
	return []Entry{
		{ID: SendNow, Title: "Send now", Short: "send now", Help: "nothing undoes that", Keys: []string{"S"}, In: Outbox | Journey},
		{ID: EditOutgoing, Title: "Edit", Short: "edit", Help: "take it out of the outbox and mend it", Keys: []string{"e"}, In: Outbox | Journey},
		{ID: CancelOutgoing, Title: "Cancel", Short: "cancel", Help: "do not send it any more", Keys: []string{"d"}, In: Outbox | Journey},
		{ID: RetryOutgoing, Title: "Retry", Short: "retry", Help: "the same bytes once more", Keys: []string{"r"}, In: Outbox | Journey},
		{ID: SettleOutgoing, Title: "Settle", Short: "settle", Help: "an unsure message did arrive, or a failure is dealt with", Keys: []string{"t"}, In: Outbox | Journey},

		{ID: CorrectAddress, Title: "Correct the address…", Short: "correct", Help: "the same message to another address instead of the one that failed", Keys: []string{"c"}, In: Outbox | Journey},
		{ID: Reschedule, Title: "Send later…", Short: "later", Help: "tomorrow 9:00, fri 17:30, in 2h", Keys: []string{"l"}, In: Outbox | Journey},
	}
}

// going are the places to go to.
func going() []Entry {
	return []Entry{
		{ID: GoInbox, Title: "Go to Inbox", Keys: []string{"g i"}, In: Pages},
		{ID: GoAll, Title: "Go to all inboxes", Keys: []string{"g a"}, In: Pages},
		{ID: GoDrafts, Title: "Go to Drafts", Keys: []string{"g d"}, In: Pages},
		{ID: GoSent, Title: "Go to Sent", Keys: []string{"g s"}, In: Pages},
		{ID: GoArchive, Title: "Go to Archive", Keys: []string{"g r"}, In: Pages},
		{ID: GoTrash, Title: "Go to Trash", Keys: []string{"g t"}, In: Pages},
		{ID: GoOutbox, Title: "Go to the outbox", Keys: []string{"g o"}, In: Pages},
		{ID: GoContacts, Title: "Go to the address book", Keys: []string{"g c"}, In: Pages},
		{ID: GoSnoozed, Title: "Go to Snoozed", Keys: []string{"g b"}, In: Pages},
		{ID: GoFolder, Title: "Go to a folder…", Keys: []string{"g f"}, In: Pages},
	}
}

// everywhere are panes, the program itself, and the way back.
func everywhere() []Entry {
	return []Entry{
		{ID: NextPane, Title: "Next pane", Short: "next pane", Keys: []string{"tab"}, In: List | Sidebar | Reader},
		{ID: PrevPane, Title: "Previous pane", Keys: []string{"shift+tab"}, In: List | Sidebar | Reader},
		{ID: ToggleSidebar, Title: "Show or hide the folders", Keys: []string{"ctrl+b"}, In: List | Sidebar | Reader},
		{ID: TogglePreview, Title: "Place of the reader", Help: "off, right, below", Keys: []string{"p"}, In: Mail},
		{ID: ToggleDensity, Title: "Compact or comfortable rows", Keys: []string{"="}, In: List},
		{ID: Theme, Title: "Change the theme…", Help: "the colours; seen while you choose", In: Pages | Composer | People},
		{ID: AddAccount, Title: "Add an account…", Help: "finds its servers", In: List | Sidebar},
		{ID: Sync, Title: "Sync now", Keys: []string{"ctrl+r"}, In: Pages},
		{ID: Offline, Title: "Go offline or online", Help: "no server is talked to while offline", Keys: []string{"ctrl+o"}, In: Pages},
		{ID: Palette, Title: "Palette", Short: "palette", Help: "every action, folder and account", Keys: []string{"ctrl+k", ":"}, In: Pages | Composer | Search | People | Passage},
		{ID: Help, Title: "Help", Short: "help", Help: "the keys of this view", Keys: []string{"?", "f1"}, In: Pages | Composer | Search | People | Setup | Passage},
		{ID: Back, Title: "Back", Short: "back", Keys: []string{"esc"}, In: Pages},
		{ID: Leave, Title: "Back, or quit at the top", Keys: []string{"q"}, In: Pages},
		{ID: Redraw, Title: "Draw the screen anew", Help: "where something else wrote on it", Keys: []string{"ctrl+l"}, In: Pages},
		{ID: Suspend, Title: "Suspend", Keys: []string{"ctrl+z"}, In: Pages},
		{ID: Quit, Title: "Quit", Short: "quit", Help: "asks only while sending", Keys: []string{"ctrl+c"}, In: All},
	}
}

// settingUp is the form of a new account.
func settingUp() []Entry {
	return []Entry{
		{ID: Open, Title: "Go on", Short: "go on", Help: "or press the button", Keys: []string{"enter"}, In: Setup},
		{ID: NextField, Title: "Next field", Short: "next", Keys: []string{"tab", "down"}, In: Setup},
		{ID: PrevField, Title: "Previous field", Keys: []string{"shift+tab", "up"}, In: Setup},
		{ID: Back, Title: "One step back", Short: "back", Keys: []string{"esc"}, In: Setup},
	}
}
