package avro

import "strings"

// references returns the other files' types that a tree names.
func (f *files) references(tree any, space string) []string {
	var found []string
	f.walk(tree, space, func(name string) any {
		found = append(found, name)
		return name
	})
	return found
}

// inlined returns the tree with each type of another file in the place where
// it is first named.
func (f *files) inlined(tree any, space string) any {
	if name := definedName(tree); name != "" && space == "" {
		f.placed[name] = true
	}
	return f.walk(tree, space, func(name string) any {
		if f.placed[name] {
			return name
		}
		f.placed[name] = true
		placed, _ := f.inlined(f.defined[name].tree, "").(map[string]any)
		if _, has := placed["namespace"]; !has && !strings.Contains(name, ".") {
			placed["namespace"] = "" // not the one of the type that it now stands in
		}
		return placed
	})
}

// walk copies a tree, with each name of another file's type replaced.
func (f *files) walk(tree any, space string, replace func(name string) any) any {
	switch t := tree.(type) {
	case string:
		for _, name := range []string{space + "." + t, t} {
			if _, other := f.defined[name]; other && primitive(t) == nil {
				return replace(name)
			}
		}
	case []any:
		branches := make([]any, len(t))
		for i, branch := range t {
			branches[i] = f.walk(branch, space, replace)
		}
		return branches
	case map[string]any:
		return f.walkType(t, space, replace)
	}
	return tree
}

// walkType copies a type that is written out.
func (f *files) walkType(o map[string]any, space string, replace func(name string) any) any {
	if kind, named := o["type"].(string); named {
		if _, inner, err := fullName(kind, o, space); err == nil {
			space = inner
		}
	}
	made := make(map[string]any, len(o))
	for key, value := range o {
		switch key {
		case "type", "items", "values":
			value = f.walk(value, space, replace)
		case "fields":
			if fields, ok := value.([]any); ok {
				value = f.walkFields(fields, space, replace)
			}
		}
		made[key] = value
	}
	return made
}

func (f *files) walkFields(fields []any, space string, replace func(name string) any) []any {
	made := make([]any, len(fields))
	for i, tree := range fields {
		made[i] = tree
		if field, ok := tree.(map[string]any); ok {
			made[i] = f.walkField(field, space, replace)
		}
	}
	return made
}

func (f *files) walkField(field map[string]any, space string, replace func(name string) any) map[string]any {
	made := make(map[string]any, len(field))
	for key, value := range field {
		made[key] = value
	}
	made["type"] = f.walk(field["type"], space, replace)
	return made
}
