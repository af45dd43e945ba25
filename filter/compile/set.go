package compile

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
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
func Set(doc *spec.Document, schema *filter.Schema) (*filter.Set, Report) {
	var report Report
	var set *filter.Set
	for _, file := range doc.Files {
		alone := newProgram(schema, file)
		compiled, mistakes := expression.Compile(alone.Program)
		report.add(alone, mistakes)
		set = compiled
	}
	report.Mistakes = append(report.Mistakes, clashes(doc.Files)...)
	if len(report.Mistakes) > 0 || len(doc.Files) == 0 {
		return nil, report
	}
	if len(doc.Files) == 1 {
		return set, report
	}
	together := newProgram(schema, doc.Files...)
	set, mistakes := expression.Compile(together.Program)
	if set == nil {
		report.add(together, mistakes)
	}
	return set, report
}

// maxFound bounds the mistakes that are placed in one file: a file for another
// survey has one in each clause.
const maxFound = 100

func (r *Report) add(p program, mistakes []expression.Mistake) {
	for _, m := range mistakes[:min(len(mistakes), maxFound)] {
		placed := p.place(m)
		switch {
		case placed == nil:
		case m.Warning:
			r.Warnings = append(r.Warnings, placed)
		default:
			r.Mistakes = append(r.Mistakes, placed)
		}
	}
}
