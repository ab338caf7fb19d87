package widget

// List is the position in a list of any length: a cursor and the first visible
// row. It knows nothing of the rows, so that a hundred thousand cost what
// fifty do. The zero value is an empty list.
type List struct {
	Cursor int
	Top    int

	total, page int
}

// Resize tells how many rows there are and how many are visible.
func (l *List) Resize(total, page int) {
	l.total, l.page = max(total, 0), max(page, 1)
	l.settle()
}

// Total is the number of rows.
func (l *List) Total() int { return l.total }

// Page is the number of visible rows.
func (l *List) Page() int { return max(l.page, 1) }

// Move moves the cursor by n rows, as far as there are any.
func (l *List) Move(n int) { l.To(l.Cursor + n) }

// To puts the cursor on a row.
func (l *List) To(n int) {
	l.Cursor = n
	l.settle()
}

// Scroll moves what is visible by n rows; the cursor stays in view.
func (l *List) Scroll(n int) {
	l.Top = min(max(l.Top+n, 0), max(l.total-l.Page(), 0))
	l.Cursor = min(max(l.Cursor, l.Top), l.Top+l.Page()-1)
	l.settle()
}

// Visible gives the half-open range of rows on the screen.
func (l *List) Visible() (from, to int) { return l.Top, min(l.Top+l.Page(), l.total) }

func (l *List) settle() {
	l.Cursor = min(max(l.Cursor, 0), max(l.total-1, 0))
	switch {
	case l.Cursor < l.Top:
		l.Top = l.Cursor
	case l.Cursor >= l.Top+l.Page():
		l.Top = l.Cursor - l.Page() + 1
	}
	l.Top = min(max(l.Top, 0), max(l.total-l.Page(), 0))
}
