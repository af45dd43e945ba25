package schemas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// At returns the fields that one version of a survey's schema has. Unlike
// Load it takes no "" for a name.
func At(name, version string) (*filter.Schema, error) {
	if !slices.Contains(Known(), name) {
		return nil, fmt.Errorf("unknown survey %q: known are %s", name, strings.Join(Known(), ", "))
	}
	s, err := readSurvey(data, name)
	if err != nil {
		return nil, fmt.Errorf("survey %s: %w", name, err)
	}
	if !slices.Contains(s.Versions, version) {
		return nil, fmt.Errorf("survey %s has no version %q: known are %s", name, version, strings.Join(s.Versions, ", "))
	}
	whole, err := Load(name)
	if err != nil {
		return nil, err
	}
	whole.Fields = slices.DeleteFunc(slices.Clone(whole.Fields), func(f filter.SchemaField) bool {
		return f.Versions != nil && !slices.Contains(f.Versions, version)
	})
	return whole, nil
}
