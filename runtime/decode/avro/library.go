package avro

import (
	"encoding/json"
	"fmt"
)

// library has the JSON of named types by their names in full.
type library map[string]any

func newLibrary(named [][]byte) (library, error) {
	l := library{}
	for _, raw := range named {
		if _, err := l.add(raw); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// add adds the named type whose JSON is raw and returns its name in full.
func (l library) add(raw []byte) (string, error) {
	tree, err := parseTree(raw)
	if err != nil {
		return "", err
	}
	o, ok := tree.(map[string]any)
	kind, _ := o["type"].(string)
	if !ok || kind == "" {
		return "", fmt.Errorf("it is no record, enum or fixed, so that it has no name to be referred to by")
	}
	full, _, err := fullName(kind, o, "")
	if err != nil {
		return "", err
	}
	if _, twice := l[full]; twice {
		return "", fmt.Errorf("type %s is there twice", clip(full))
	}
	l[full] = tree
	return full, nil
}

// complete returns a schema with the library's types in the places where it
// first names them.
func (l library) complete(raw []byte) (string, error) {
	tree, err := parseTree(raw)
	if err != nil {
		return "", err
	}
	f := &files{defined: map[string]definition{}, placed: map[string]bool{}}
	for name, tree := range l {
		f.defined[name] = definition{tree: tree}
	}
	text, err := json.Marshal(f.inlined(tree, ""))
	return string(text), err
}
