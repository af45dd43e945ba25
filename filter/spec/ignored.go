package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

// ignored reads which of the known warnings an author means, one or a list.
func (r *reader) ignored(node *yaml.Node, known []filter.Warning) []filter.Warning {
	node = aliased(node)
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		items = node.Content
	}
	var all []filter.Warning
	for _, item := range items {
		item = aliased(item)
		if !r.isText(item, "a warning") {
			continue
		}
		for name := range strings.SplitSeq(item.Value, ",") {
			if w, ok := r.warning(item, strings.TrimSpace(name), known); ok {
				all = append(all, w)
			}
		}
	}
	return all
}

func (r *reader) warning(node *yaml.Node, name string, known []filter.Warning) (filter.Warning, bool) {
	if slices.Contains(known, filter.Warning(name)) {
		return filter.Warning(name), true
	}
	mistake := r.fail(node, "no warning is named %s", quoted(name))
	mistake.Suggestion = "there are " + listed(known)
	if slices.Contains(filter.FileWarnings(), filter.Warning(name)) {
		mistake.Err = fmt.Errorf("no warning about a filter is named %s", quoted(name))
		mistake.Suggestion = "it is about the file: write ignore_warnings: " + name + " below version: 1, beside filters:"
		return "", false
	}
	if near := spelling.Nearest(name, namesOf(known)); near != "" {
		mistake.Suggestion = "did you mean " + near + "?"
	}
	return "", false
}

func namesOf(warnings []filter.Warning) []string {
	var names []string
	for _, w := range warnings {
		names = append(names, string(w))
	}
	return names
}

// listed are names in a row: a, b and c.
func listed(warnings []filter.Warning) string {
	names := namesOf(warnings)
	return fmt.Sprintf("%s and %s", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}

// ignoredShape is one warning's name, several with commas, or a list.
func ignoredShape(about string, known []filter.Warning) shape {
	name := `\s*(` + strings.Join(namesOf(known), "|") + `)\s*`
	one := shape{"type": "string", "pattern": `^` + name + `(,` + name + `)*$`}
	return described(shape{"oneOf": []shape{one, {"type": "array", "items": one}}},
		"Warnings about "+about+" that are not told, as what they warn of is meant: "+listed(known)+".")
}
