package expression

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
)

// Mistake is one thing wrong with a program, or with Warning, one thing that
// is probably not what was meant.
type Mistake struct {
	Filter, Definition int // index or -1
	Clause             int // index in Where, or -1
	Annotation         int // index or -1
	List               int // index or -1
	// Sky is the watchlist, catalogue or region that a warning is about, as in
	// "watchlist stars"; "" where it is about none.
	Sky string
	// Offset and Length are bytes within that expression's source: the caret.
	Offset, Length int
	Message        string // "unknown field candidate.magpfs"
	Suggestion     string // "did you mean magpsf?" or ""
	Field          string // the path that is unknown: "prv_candidates[].magpfs"; "" where that is not what is wrong
	Warning        bool
	// Kind is the warning's; "" where it is of the filter's expressions, or of none.
	Kind filter.Warning
	// Across says that the warning is about filters beside each other, which
	// are known only where all are compiled together.
	Across bool
}

// Draw returns the line of source that the mistake is in, a caret under its
// place, and the suggestion behind the caret.
func (m Mistake) Draw(source string) string {
	offset := min(max(m.Offset, 0), len(source))
	start := strings.LastIndexByte(source[:offset], '\n') + 1
	line, _, _ := strings.Cut(source[start:], "\n")
	end := min(offset+m.Length, start+len(line))
	carets := max(1, utf8.RuneCountInString(source[offset:max(offset, end)]))
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", " "))
	b.WriteByte('\n')
	b.WriteString(strings.Repeat(" ", utf8.RuneCountInString(source[start:offset])))
	b.WriteString(strings.Repeat("^", carets))
	if m.Suggestion != "" {
		b.WriteByte(' ')
		b.WriteString(m.Suggestion)
	}
	return b.String()
}

// report collects mistakes. A place is complained of once: what follows from
// the first mistake there is no news.
type report struct {
	mistakes []Mistake
}

func (r *report) add(m Mistake) {
	for _, old := range r.mistakes {
		if old.sameExpression(m) && old.Offset == m.Offset && !old.Warning {
			return
		}
	}
	r.mistakes = append(r.mistakes, m)
}

func (m Mistake) sameExpression(other Mistake) bool {
	return m.Filter == other.Filter && m.Definition == other.Definition &&
		m.Clause == other.Clause && m.Annotation == other.Annotation && m.List == other.List && m.Sky == other.Sky
}

func (r *report) sorted() []Mistake {
	slices.SortStableFunc(r.mistakes, func(a, b Mistake) int {
		return cmp.Or(
			cmp.Compare(a.Filter, b.Filter),
			cmp.Compare(a.List, b.List),
			cmp.Compare(a.Definition, b.Definition),
			cmp.Compare(a.Annotation, b.Annotation),
			cmp.Compare(a.Clause, b.Clause),
			cmp.Compare(a.Offset, b.Offset),
		)
	})
	return r.mistakes
}
