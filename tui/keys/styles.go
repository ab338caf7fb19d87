package keys

// styled are the keys of a style of the editor: in that of emacs what is done in
// the composer moves to chords of ctrl+x, because the keys of its own are
// motions there.
func styled(style string) map[string][]string {
	out := map[string][]string{}
	switch style {
	case "emacs":
		for a, k := range map[Action][]string{
			Send: {"ctrl+x s", "ctrl+enter"}, SendLater: {"ctrl+x l"}, SendAndArchive: {"ctrl+x y"}, Attach: {"ctrl+x a"}, ExternalEditor: {"ctrl+x e"}, NextIdentity: {"ctrl+x f"},
			CopyFields: {"ctrl+x o"}, TurnFormat: {"ctrl+x t"}, PreviewDraft: {"ctrl+x p"}, InsertPicture: {"ctrl+x i"}, PictureSize: {"ctrl+x r"}, InsertTemplate: {"ctrl+x m"},
			TurnSignature: {"ctrl+x g"}, DraftVersions: {"ctrl+x v"}, DiscardDraft: {"ctrl+x d"}, KeepDraft: {"ctrl+x ctrl+s", "esc"},
			FindText: {"ctrl+s"}, FindAgain: {"ctrl+r", "f3"}, Spelling: {"alt+$", "f7"}, EditRedo: {"alt+_"}, EditUndo: {"ctrl+_", "ctrl+z"}, Palette: {"alt+x", ":"},
		} {
			out[string(a)] = k
		}
	case "vi":
		out[string(FindText)], out[string(EditRedo)] = []string{"alt+/"}, []string{"ctrl+y"}
	}
	return out
}
