package compile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/spec"
)

// program is what the language compiles, and where each part of it stands:
// definitions[i] and filters[i] are those of Program's index i.
type program struct {
	expression.Program
	lists       []spec.List
	definitions []spec.Definition
	filters     []placedFilter
	files       []*spec.File
}

// placedFilter is a filter and which of its clauses are in the program: a
// clause that could not be read is left out.
type placedFilter struct {
	spec.Filter
	clauses []int
}

func newProgram(schema *filter.Schema, files ...*spec.File) program {
	p := program{files: files}
	p.Schema = schema
	known, listed := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		p.Spares = p.Spares || slices.Contains(file.Ignore, filter.WarnUnused)
		p.addSky(file.Sky)
		for _, l := range file.Lists {
			if listed[l.Name] {
				continue
			}
			listed[l.Name] = true
			p.lists = append(p.lists, l)
			p.Lists = append(p.Lists, expression.List{Name: l.Name, Items: l.Items})
		}
		for _, d := range file.Definitions {
			if known[d.Name] {
				continue
			}
			known[d.Name] = true
			p.definitions = append(p.definitions, d)
			p.Definitions = append(p.Definitions, expression.Definition{Name: d.Name, Source: d.Expression.Source})
		}
		for _, f := range file.Filters {
			p.addFilter(file, f)
		}
	}
	return p
}

func (p *program) addFilter(file *spec.File, f spec.Filter) {
	placed := placedFilter{Filter: f}
	source := expression.Filter{Name: f.Name, Class: f.Class, Description: f.Description, Topics: f.Topics, File: file.Path, Guarded: f.Guarded, Bounded: f.Budget > 0, Ignore: slices.Concat(f.Ignore, file.Ignore)}
	for i, clause := range f.Where {
		if clause.Source != "" {
			placed.clauses = append(placed.clauses, i)
			source.Where = append(source.Where, clause.Source)
		}
	}
	if len(source.Where) == 0 {
		// Its missing test is complained of already; its annotations are not.
		placed.clauses = []int{unread}
		source.Where = []string{"true"}
	}
	for _, a := range f.Annotate {
		source.Annotate = append(source.Annotate, expression.Annotation{Name: a.Name, Source: a.Expression.Source})
	}
	p.filters = append(p.filters, placed)
	p.Filters = append(p.Filters, source)
}

// unread stands for a clause that is not in the file.
const unread = -1

// otherSurvey is what to do about a name that is like none of the survey's:
// where nothing is said, alerts are taken for ZTF's.
func (p program) otherSurvey(m expression.Mistake) string {
	if m.Field == "" || strings.Contains(m.Field, ".") || p.Schema == nil || p.Schema.Survey == "" {
		return ""
	}
	return fmt.Sprintf("alerts of the survey %s have no such field: name another as stream.survey, or say stream.format: json or msgpack for messages of your own", p.Schema.Survey)
}

// place gives a mistake its place in its file; nil if it is no news.
func (p program) place(m expression.Mistake) *spec.Error {
	switch {
	case m.Definition >= 0:
		d := p.definitions[m.Definition]
		found := p.within(d.Expression, m)
		if found != nil {
			found.Definition = d.Name
		}
		return found
	case m.Filter >= 0:
		return p.placeInFilter(p.filters[m.Filter], m)
	case m.List >= 0 && m.List < len(p.lists):
		found := p.lists[m.List].Mistake(errors.New(m.Message))
		found.Suggestion = m.Suggestion
		return found
	case m.Sky != "":
		return p.placeInSky(m)
	}
	found := p.files[0].Mistake(errors.New(m.Message))
	found.Suggestion = m.Suggestion
	return found
}

func (p program) placeInFilter(f placedFilter, m expression.Mistake) *spec.Error {
	var found *spec.Error
	switch {
	case m.Clause >= 0:
		clause := f.clauses[m.Clause]
		if clause == unread {
			return nil
		}
		if found = p.within(f.Where[clause], m); found != nil {
			found.Clause = clause + 1
		}
	case m.Annotation >= 0:
		if found = p.within(f.Annotate[m.Annotation].Expression, m); found != nil {
			found.Annotation = f.Annotate[m.Annotation].Name
		}
	default:
		found = f.Mistake(errors.New(m.Message))
		found.Suggestion = m.Suggestion
	}
	if found != nil {
		found.Filter = f.Name
	}
	return found
}

// within places a mistake in an expression; nil where the expression only
// uses a definition that could not be read.
func (p program) within(e spec.Expression, m expression.Mistake) *spec.Error {
	start := min(max(m.Offset, 0), len(e.Source))
	word := e.Source[start:min(max(start+m.Length, start), len(e.Source))]
	if slices.ContainsFunc(p.files, func(f *spec.File) bool { return slices.Contains(f.Unread, word) }) {
		return nil
	}
	return e.Mistake(m.Offset, m.Length, m.Message, m.Suggestion)
}
