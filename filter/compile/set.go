package compile

import (
	"slices"
	"sync"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/sky"
	"github.com/skysift/skysift/filter/spec"
)

// Report is what was found in the files. Warnings do not keep a set from
// being used.
type Report struct {
	Mistakes []*spec.Error
	Warnings []*spec.Error
}

// Set compiles the document's filters against the fields of a schema; nil
// leaves names unchecked. The set is nil if there are mistakes. A document that
// was read with mistakes can be compiled to find more of them, but such a set
// lacks what could not be read.
//
// Files that the document names and that no Loader has read are read now.
// Plug-ins are not started: filters that have one are mistakes.
func Set(doc *spec.Document, schema *filter.Schema) (*filter.Set, Report) {
	return SetWith(doc, schema, nil)
}

// SetWith is Set with the filters' plug-ins started. They are up when it
// returns, also where the set is nil.
func SetWith(doc *spec.Document, schema *filter.Schema, plugins Plugins) (*filter.Set, Report) {
	var report Report
	for _, file := range doc.Files {
		if !file.Sky.Loaded {
			report.fill(&file.Sky, new(sky.Shelf))
		}
	}
	report.Mistakes = slices.Concat(report.Mistakes, clashes(doc.Files), skyClashes(doc.Files))
	checked := len(doc.Files) > 1 && slices.ContainsFunc(doc.Files, defines)
	if checked {
		report.checkEach(doc, schema)
	}
	if len(report.Mistakes) > 0 || len(doc.Files) == 0 {
		return nil, report
	}
	together := newProgram(schema, doc.Files...)
	set, mistakes := expression.Compile(together.Program)
	if set != nil && checked {
		mistakes = slices.DeleteFunc(mistakes, func(m expression.Mistake) bool { return !m.Across })
	}
	report.add(together, mistakes)
	report.checkBound(doc, schema)
	if len(report.Mistakes) > 0 {
		return nil, report
	}
	if set == nil { // what could not be read is complained of elsewhere
		return nil, report
	}
	set.Changes = func(arrived *filter.Schema) []filter.Change { return changes(doc, schema, arrived) }
	report.openAll(set, together, plugins)
	if len(report.Mistakes) > 0 {
		return nil, report
	}
	return set, report
}

func defines(f *spec.File) bool {
	return len(f.Definitions)+len(f.Lists)+len(f.Unread) > 0 || !f.Sky.IsEmpty()
}

// checkEach checks each file by itself: what is defined in another does not
// count.
func (r *Report) checkEach(doc *spec.Document, schema *filter.Schema) {
	programs := make([]program, len(doc.Files))
	mistakes := make([][]expression.Mistake, len(doc.Files))
	var done sync.WaitGroup
	for i, file := range doc.Files {
		programs[i] = newProgram(schema, file)
		done.Go(func() { mistakes[i] = expression.Check(programs[i].Program) })
	}
	done.Wait()
	for i := range programs {
		r.add(programs[i], slices.DeleteFunc(mistakes[i], func(m expression.Mistake) bool { return m.Across }))
	}
}

// maxFound bounds the mistakes that are placed in one file: a file for another
// survey has one in each clause.
const maxFound = 100

func (r *Report) add(p program, mistakes []expression.Mistake) {
	for _, m := range mistakes[:min(len(mistakes), maxFound)] {
		placed := p.place(m)
		if placed != nil && placed.Suggestion == "" {
			placed.Suggestion = p.otherSurvey(m)
		}
		switch {
		case placed == nil:
		case m.Warning:
			r.Warnings = append(r.Warnings, placed)
		default:
			r.Mistakes = append(r.Mistakes, placed)
		}
	}
}
