package compile

import (
	"cmp"
	"slices"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
)

// Load reads the filters at path, a file or a folder, and compiles them
// against the schema that schemaOf returns for the survey they name ("" if
// they name none). Every mistake of reading, survey and expressions is in the
// report; the set is nil if there is one.
func Load(path string, env func(string) (string, bool), schemaOf func(survey string) (*filter.Schema, error)) (*spec.Document, *filter.Set, Report) {
	doc, mistakes := spec.Read(path, env)
	schema, err := schemaOf(doc.Stream.Survey)
	if err != nil {
		mistakes = append(mistakes, doc.SurveyMistake(err))
	}
	set, found := Set(doc, schema)
	report := Report{
		Mistakes: append(mistakes, found.Mistakes...),
		Warnings: append(doc.Warnings, found.Warnings...),
	}
	slices.SortStableFunc(report.Mistakes, inOrderOfText)
	slices.SortStableFunc(report.Warnings, inOrderOfText)
	if len(report.Mistakes) > 0 {
		return doc, nil, report
	}
	return doc, set, report
}

func inOrderOfText(a, b *spec.Error) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
