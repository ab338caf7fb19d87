package inbox

import (
	"strconv"

	"postea/internal/app"
	"postea/tui/theme"
	"postea/tui/widget"
)

// columns are the places of the parts of a row.
type columns struct {
	who, subject, clip, count, right int
	where                            int // width of the names of folders; 0: none is shown
}

const (
	signColumn = 3
	textColumn = 5
	maxWhere   = 16 // of the name of the folder, in what was found everywhere
)

// columnsFor lays out rows on one line; a date of another year is longer than the others,
// where the subject gives way.
func columnsFor(a widget.Area) columns {
	c := columns{who: textColumn, right: a.Width() - 1}
	c.count = c.right - a.Look.Dates.ShortWidth() - 2
	c.clip = c.count - 4
	c.subject = c.who + min(22, max(14, a.Width()/4))
	return c
}

// drawing is one row being drawn.
type drawing struct {
	widget.Area
	cols   columns
	row    app.Row
	cursor bool
	marked bool
	found  app.Marks // what a search was about
}

func (d *drawing) surface() {
	switch {
	case d.cursor && d.Focused:
		d.Area = d.On(theme.Selection)
	case d.cursor, d.marked:
		d.Area = d.On(theme.Marked)
	}
	if d.cursor {
		ink := theme.Accent
		if !d.Focused {
			ink = theme.Faint
		}
		for y := range d.Height() {
			d.Text(0, y, theme.Style{Ink: ink}, d.Look.Signs.Bar)
		}
	}
	if d.marked {
		d.Text(signColumn-2, 0, theme.Style{Ink: theme.Accent, Bold: true}, d.Look.Signs.Check)
	}
	signs := d.signs()
	if len(signs) > 0 {
		d.Text(signColumn, 0, theme.Style{Ink: signs[0].ink}, signs[0].text)
	}
	if len(signs) > 1 && d.row.Unread && !d.marked {
		d.Text(signColumn-2, 0, theme.Style{Ink: signs[1].ink}, signs[1].text)
	}
}

type sign struct {
	ink  theme.Ink
	text string
}

// signs are what a row has to say about itself, the most important first.
func (d *drawing) signs() []sign {
	var out []sign
	s := d.Look.Signs
	for _, x := range []struct {
		on bool
		sign
	}{
		{d.row.Failed, sign{theme.Red, s.Cross}}, {d.row.Unread, sign{theme.Accent, s.Unread}}, {d.row.Pinned, sign{theme.Accent, s.Pin}}, {d.row.Starred, sign{theme.Yellow, s.Star}},
		{d.row.Returned, sign{theme.Yellow, s.Clock}}, {d.row.Muted, sign{theme.Faint, s.Muted}}, {d.row.Answered && !d.row.Unread, sign{theme.Faint, s.Answered}},
	} {
		if x.on {
			out = append(out, x.sign)
		}
	}
	return out
}

// main is the style of sender and subject.
func (d *drawing) main() theme.Style {
	s := theme.Style{Ink: theme.Text, Bold: d.row.Unread}
	if d.row.Unread || d.cursor {
		s.Ink = theme.Strong
	}
	return s
}

// tail draws clip, count and date, which end at the right edge, and gives the
// column where they begin.
func (d *drawing) tail(y int) int {
	date := d.Look.Dates.Short(d.row.Date, d.Now)
	style := theme.Style{Ink: theme.Dim}
	if d.row.Unread {
		style = theme.Style{Ink: theme.Strong}
	}
	left := d.Right(d.cols.right, y, style, date)
	count := d.cols.count
	if left <= count {
		count = left - 2
	}
	clip := count - (d.cols.count - d.cols.clip)
	begin := count
	if d.row.Count > 1 {
		begin = d.Right(count, y, theme.Style{Ink: theme.Dim}, strconv.Itoa(d.row.Count))
	}
	if d.row.Attachments {
		begin = min(clip, begin-2)
		d.Text(begin, y, theme.Style{Ink: theme.Dim}, d.Look.Signs.Attachment)
	}
	return min(begin, clip)
}

func (d *drawing) oneLine() {
	d.surface()
	style := d.main()
	end := d.tail(0) - 1
	d.mark(d.cols.who, 0, d.cols.subject-d.cols.who-2, style, d.row.Who.String())
	d.subject(d.cols.subject, 0, end, style)
}

func (d *drawing) twoLines() {
	d.surface()
	style := d.main()
	end := d.tail(0) - 1
	d.mark(d.cols.who, 0, end-d.cols.who, style, d.row.Who.String())
	if !d.row.Unread && !d.cursor {
		style.Ink = theme.Text
	}
	d.subject(d.cols.who, 1, d.cols.right, style)
}

// subject draws the subject and, where there is room, how the text begins.
func (d *drawing) subject(x, y, end int, style theme.Style) {
	if width := min(end-x, d.cols.where); width > 0 {
		d.Fit(x, y, width, theme.Style{Ink: theme.OfAccount(d.row.Color, theme.Dim)}, d.row.Where.String())
		x += width + 2
	}
	labels := d.labels(end - x)
	x = d.mark(x, y, end-x-labels, style, d.row.Subject.String())
	for _, l := range d.row.Labels {
		if labels < 6 {
			break
		}
		was, ink := x, theme.Style{Ink: theme.Blue}
		x = d.Text(x+2, y, ink, d.Look.Signs.LabelOpen)
		x = d.Fit(x, y, min(labels-4, maxWhere), ink, l.String())
		x = d.Text(x, y, ink, d.Look.Signs.LabelClose)
		labels -= x - was
	}
	if end-x-2 >= 6 {
		d.mark(x+2, y, end-x-2, theme.Style{Ink: theme.Dim}, d.row.Snippet.String())
	}
}

// labels is the width kept free for labels behind the subject, of what there is:
// they are read where the snippet need not be.
func (d *drawing) labels(width int) int {
	n := 0
	for _, l := range d.row.Labels {
		n += 4 + min(d.Measure().Width(l.String()), maxWhere)
	}
	return min(n, width/3)
}

// mark is Fit with what a search was about standing out.
func (d *drawing) mark(x, y, width int, style theme.Style, s string) int {
	if d.found.Empty() {
		return d.Fit(x, y, width, style, s)
	}
	return d.FitMarked(x, y, width, style, style.Found(), s, d.found.Find(s))
}
