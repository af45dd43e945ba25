package compile

import (
	"cmp"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
)

// Load is Loader.Load, once.
func Load(path string, env func(string) (string, bool), schemaOf func(survey string) (*filter.Schema, error)) (*spec.Document, *filter.Set, Report) {
	return new(Loader).Load(path, env, schemaOf)
}

func inOrderOfText(a, b *spec.Error) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
