package store

// folderBefore is a folder as it was before a step.
type folderBefore struct {
	ID         int64  `json:"id"`
	Name       string `json:"n"`
	NameAfter  string `json:"m"`
	Gone       bool   `json:"g,omitempty"`
	Made       bool   `json:"c,omitempty"` // it was made by the step
	Subscribed bool   `json:"s,omitempty"`
}

func (t *txn) restoreFolders([]folderBefore) error { return nil }
