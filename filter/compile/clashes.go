package compile

import (
	"fmt"
	"slices"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
)

const oneMeaning = "%s has another %s of this name: in one folder a name has one meaning"

// clashes finds the names that two files define differently.
func clashes(files []*spec.File) []*spec.Error {
	type written struct {
		spec.Definition
		path string
	}
	first := map[string]written{}
	var found []*spec.Error
	for _, file := range files {
		for _, d := range file.Definitions {
			other, twice := first[d.Name]
			if !twice {
				first[d.Name] = written{d, file.Path}
				continue
			}
			if other.Expression.Source != d.Expression.Source {
				message := fmt.Sprintf(oneMeaning, other.path, "definition")
				mistake := d.Expression.Mistake(0, len(d.Expression.Source), message, "rename one of them, or make them alike")
				mistake.Definition = d.Name
				found = append(found, mistake)
			}
		}
	}
	return append(found, listClashes(files)...)
}

// listClashes finds the lists that two files give different items.
func listClashes(files []*spec.File) []*spec.Error {
	type written struct {
		spec.List
		path string
	}
	first := map[string]written{}
	var found []*spec.Error
	for _, file := range files {
		for _, l := range file.Lists {
			other, twice := first[l.Name]
			if !twice {
				first[l.Name] = written{l, file.Path}
				continue
			}
			if !slices.EqualFunc(other.Items, l.Items, sameItem) {
				mistake := l.Mistake(fmt.Errorf(oneMeaning, other.path, "list"))
				mistake.Suggestion = "rename one of them, or make them alike"
				found = append(found, mistake)
			}
		}
	}
	return found
}

func sameItem(a, b filter.Value) bool {
	return a.Kind() == b.Kind() && string(a.AppendJSON(nil)) == string(b.AppendJSON(nil))
}
