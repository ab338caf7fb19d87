package keys

// composing are what the composer and the address book offer.
func composing() []Entry {
	return []Entry{
		{ID: Send, Title: "Send", Short: "send", Keys: []string{"ctrl+s", "ctrl+enter"}, In: Composer},
		{ID: SendAndArchive, Title: "Send and archive", Short: "send, archive", Help: "the conversation that is answered leaves the inbox", Keys: []string{"alt+e"}, In: Composer},
		{ID: SendLater, Title: "Send later…", Short: "later", Help: "tomorrow 9:00, fri 17:30, in 2h", Keys: []string{"ctrl+l"}, In: Composer},
		{ID: Attach, Title: "Attach a file…", Short: "attach", Help: "or several: *.pdf", Keys: []string{"ctrl+a"}, In: Composer},
		{ID: ExternalEditor, Title: "Edit in $EDITOR", Short: "editor", Keys: []string{"ctrl+e"}, In: Composer},
		{ID: NextIdentity, Title: "Next identity", Short: "from", Help: "write from another address", Keys: []string{"ctrl+f"}, In: Composer},
		{ID: CopyFields, Title: "Cc and Bcc", Short: "cc bcc", Help: "show the fields", Keys: []string{"ctrl+o"}, In: Composer},
		{ID: TurnFormat, Title: "Plain text or Markdown", Short: "markdown", Help: "Markdown goes out with an HTML version", Keys: []string{"ctrl+t"}, In: Composer},
		{ID: PreviewDraft, Title: "Preview", Short: "preview", Help: "as it will be read", Keys: []string{"alt+p"}, In: Composer},
		{ID: InsertPicture, Title: "Insert a picture…", Help: "shown within the text", Keys: []string{"alt+i"}, In: Composer},
		{ID: PictureSize, Title: "Size of a picture…", Short: "size", Help: "sends a smaller one, without what it tells of place and camera", Keys: []string{"alt+r"}, In: Composer},
		{ID: InsertTemplate, Title: "Insert a template…", Help: "tab goes to its fields", Keys: []string{"alt+t"}, In: Composer},
		{ID: TurnSignature, Title: "With or without signature", Keys: []string{"alt+s"}, In: Composer},
		{ID: NextField, Title: "Next field", Help: "or next field of a template", Keys: []string{"tab"}, In: Composer},
		{ID: PrevField, Title: "Previous field", Keys: []string{"shift+tab"}, In: Composer},
		{ID: EditUndo, Title: "Undo typing", Keys: []string{"ctrl+z", "ctrl+_"}, In: Composer},
		{ID: EditRedo, Title: "Redo typing", Keys: []string{"ctrl+y"}, In: Composer},
		{ID: FindText, Title: "Find in the text…", Short: "find", Keys: []string{"ctrl+r"}, In: Composer},
		{ID: FindAgain, Title: "Find again", Keys: []string{"ctrl+g", "f3"}, In: Composer},
		{ID: Reflow, Title: "Lay the paragraph anew", Help: "a quote is broken at 72 columns", Keys: []string{"alt+q"}, In: Composer},
		{ID: Spelling, Title: "Spelling…", Short: "spelling", Help: "of the word here, or the next one that is not known", Keys: []string{"f7", "alt+n"}, In: Composer},
		{ID: KeepDraft, Title: "Keep draft and leave", Short: "keep draft", Keys: []string{"esc"}, In: Composer},
		{ID: DraftVersions, Title: "Earlier versions…", Help: "of the last day", Keys: []string{"alt+v"}, In: Composer},
		{ID: DiscardDraft, Title: "Discard draft", Short: "discard", Help: "undo brings it back", Keys: []string{"alt+x"}, In: Composer},

		{ID: Open, Title: "Write to", Short: "write", Help: "whom the cursor stands on", Keys: []string{"enter"}, In: People},
		{ID: Down, Title: "Down", Keys: []string{"down", "ctrl+n"}, In: People},
		{ID: Up, Title: "Up", Keys: []string{"up", "ctrl+p"}, In: People},
		{ID: PageDown, Title: "Page down", Keys: []string{"pgdown"}, In: People},
		{ID: PageUp, Title: "Page up", Keys: []string{"pgup"}, In: People},
		{ID: AddContact, Title: "Add somebody…", Short: "add", Keys: []string{"ctrl+a"}, In: People},
		{ID: NameContact, Title: "Name and keep…", Short: "name", Help: "keep it in the address book, under a name", Keys: []string{"ctrl+e"}, In: People},
		{ID: RemoveContact, Title: "Remove", Short: "remove", Help: "not offered any more", Keys: []string{"ctrl+d"}, In: People},
		{ID: EditUndo, Title: "Put back", Help: "who was removed last", Keys: []string{"ctrl+z", "ctrl+_"}, In: People},
		{ID: Back, Title: "Back", Short: "back", Help: "first clears what is typed", Keys: []string{"esc"}, In: People},
	}
}
