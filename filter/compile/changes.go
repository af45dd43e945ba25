package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/spec"
)

// changes returns what a schema that has arrived means for the document's
// filters, which were compiled against known (nil: no names were checked, and
// nothing can be said).
//
// A filter is broken where it would not compile against what is known once the
// schema's word holds for its own fields: one that the filter uses is of another
// kind there (a number is now text, a record a list).
//
// A field that the schema lacks is missing, as the language has it. Where the
// version is none of the known ones, and the newest of these has the field, that is
// worth knowing; and the filter is broken if it can be proved that it passes nothing
// without it.
//
// A schema with nothing of what the filters read, and every known version has, is
// another survey's: all of them are broken, version or no version.
func changes(doc *spec.Document, known, arrived *filter.Schema) []filter.Change {
	if known == nil {
		return nil
	}
	m := meeting{known: known, arrived: arrived, together: together(known, arrived)}
	m.noteNewest()
	if !m.matters(doc) {
		return nil
	}
	var found []filter.Change
	position := 0
	for _, file := range doc.Files {
		for _, f := range file.Filters {
			if change := m.of(file, f); change.Reason != "" {
				change.Filter = position
				found = append(found, change)
			}
			position++
		}
	}
	return found
}

// meeting is what was known and what has arrived.
type meeting struct {
	known, arrived *filter.Schema
	// together has both schemas' fields, the arrived one's where they differ.
	together *filter.Schema
	// newest has what the newest known version has; nil where the arrived one is
	// known itself, or that cannot be told.
	newest *filter.Schema
	// foreign says that the schema is of another survey.
	foreign bool
}

func (m *meeting) noteNewest() {
	versions := m.known.Versions
	if m.arrived.Version == "" || len(versions) == 0 || slices.Contains(versions, m.arrived.Version) {
		return
	}
	m.newest = newestOf(m.known)
}

// newestOf returns what the newest known version has; the schema itself where it
// is of no versions.
func newestOf(known *filter.Schema) *filter.Schema {
	if len(known.Versions) == 0 {
		return known
	}
	newest := &filter.Schema{}
	for _, f := range known.Fields {
		if f.Versions == nil || slices.Contains(f.Versions, known.Versions[len(known.Versions)-1]) {
			newest.Fields = append(newest.Fields, f)
		}
	}
	return newest
}

// matters reports whether anything changes for any filter. Mostly nothing
// does, and to look at all of them at once is cheap.
func (m *meeting) matters(doc *spec.Document) bool {
	matters, read := false, map[string]bool{}
	for _, file := range doc.Files {
		p := newProgram(m.together, file)
		set, mistakes := expression.Compile(p.Program)
		if set == nil || slices.ContainsFunc(mistakes, isBreak) || m.lacks(set) != nil {
			matters = true
		}
		if set != nil {
			for _, field := range set.Fields {
				read[root(field.Path)] = true
			}
		}
	}
	m.foreign = m.isForeign(read)
	return matters || m.foreign
}

// isForeign reports whether some of the roots that are read are in every known
// version, and none of these is in the schema.
func (m *meeting) isForeign(read map[string]bool) bool {
	lasting := map[string]bool{}
	for _, f := range m.known.Fields {
		if f.Versions == nil && read[root(f.Path)] {
			lasting[root(f.Path)] = true
		}
	}
	return len(lasting) > 0 && !slices.ContainsFunc(m.arrived.Fields, func(f filter.SchemaField) bool { return lasting[root(f.Path)] })
}

// root is the field of the alert itself that a path begins with.
func root(path string) string { return path[:len(path)-len(strings.TrimLeftFunc(path, isOfName))] }

func isOfName(r rune) bool { return r != '.' && r != '[' }

func isBreak(m expression.Mistake) bool { return !m.Warning && !m.Across }

// of returns what changes for one filter; without a reason where nothing does.
func (m *meeting) of(file *spec.File, f spec.Filter) filter.Change {
	alone := *file
	alone.Filters, alone.Definitions = []spec.Filter{f}, usedBy(f, file.Definitions)
	p := newProgram(m.together, &alone)
	set, mistakes := expression.Compile(p.Program)
	for _, mistake := range mistakes {
		if !isBreak(mistake) {
			continue
		}
		if placed := p.place(mistake); placed != nil {
			return filter.Change{Breaks: true, Reason: placed.Error()}
		}
	}
	if set == nil {
		return filter.Change{}
	}
	if m.foreign && len(set.Fields) > 0 {
		return filter.Change{Breaks: true, Reason: fmt.Sprintf("it has nothing that filters of the survey %s read: say whose alerts these are with --survey, SKYSIFT_SURVEY or stream.survey", m.known.Survey)}
	}
	lacks := m.lacks(set)
	if lacks == nil {
		return filter.Change{}
	}
	for _, loss := range expression.Without(p.Program, func(path string) bool { return slices.Contains(lacks, path) }) {
		if loss.Fate == expression.AlwaysFalse {
			return filter.Change{Breaks: true, Reason: fmt.Sprintf("clause %d is always false there, as it lacks %s", loss.Clause+1, strings.Join(loss.Fields, ", "))}
		}
	}
	return filter.Change{Reason: "missing there: " + strings.Join(lacks, ", ")}
}

// lacks returns the fields of a set that the newest known version has and the
// arrived one, which is not known, has not.
func (m *meeting) lacks(set *filter.Set) (paths []string) {
	if m.newest == nil {
		return nil
	}
	for _, field := range set.Fields {
		_, had := m.newest.KindAt(field.Path)
		if _, has := m.arrived.KindAt(field.Path); had && !has {
			paths = append(paths, field.Path)
		}
	}
	return paths
}

// word is what may be the name of a definition.
var word = regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9]*`)

// usedBy returns the definitions that a filter names, and those that they
// name: a mistake in another one is not this filter's.
func usedBy(f spec.Filter, definitions []spec.Definition) []spec.Definition {
	used := map[string]bool{}
	var open []string
	for _, clause := range f.Where {
		open = append(open, clause.Source)
	}
	for _, a := range f.Annotate {
		open = append(open, a.Expression.Source)
	}
	for len(open) > 0 {
		names := word.FindAllString(open[0], -1)
		open = open[1:]
		for _, d := range definitions {
			if !used[d.Name] && slices.Contains(names, d.Name) {
				used[d.Name] = true
				open = append(open, d.Expression.Source)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(definitions), func(d spec.Definition) bool { return !used[d.Name] })
}

// together returns the fields of both schemas. Where they differ in a field's
// kind the arrived one has its word, unless the kind was never known: then the
// filters were written for any.
func together(known, arrived *filter.Schema) *filter.Schema {
	both := *known
	both.Fields = nil
	open := map[string]bool{}
	for _, f := range known.Fields {
		kind, there := arrived.KindAt(f.Path)
		switch {
		case f.Kind == filter.Missing:
			open[f.Path] = true
			both.Fields = append(both.Fields, f)
		case there && kind == f.Kind, !there && !moved(arrived, f.Path):
			both.Fields = append(both.Fields, f)
		}
	}
	for _, f := range arrived.Fields {
		if !open[f.Path] {
			both.Fields = append(both.Fields, f)
		}
	}
	return &both
}

// moved reports whether what a known field lies in is something else in the
// schema: its record is a list there, or a value itself.
func moved(arrived *filter.Schema, path string) bool {
	for i, c := range path {
		wanted := filter.Record
		switch {
		case c == '[':
			wanted = filter.List
		case c != '.':
			continue
		}
		if kind, there := arrived.KindAt(path[:i]); there && kind != wanted {
			return true
		}
	}
	return false
}
