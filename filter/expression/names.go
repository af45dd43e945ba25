package expression

import (
	"sort"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

// names are the fields that a filter may use. Without a schema every name
// may be used, and its kind is the alert's affair.
type names struct {
	open  bool
	kinds map[string]kind
	// children holds the names below each path, sorted; "" is the root.
	children map[string][]string
	// places holds the paths at which a last name occurs.
	places map[string][]string
}

func newNames(s *filter.Schema) *names {
	n := &names{open: s == nil, kinds: map[string]kind{}, children: map[string][]string{}, places: map[string][]string{}}
	if s == nil {
		return n
	}
	for _, field := range s.Fields {
		n.add(field.Path, kindOf(field.Kind))
	}
	for _, field := range s.View {
		n.add(field.Path, kindOf(field.Kind))
	}
	for _, list := range n.children {
		sort.Strings(list)
	}
	for _, list := range n.places {
		sort.Strings(list)
	}
	return n
}

// add enters a path, and the records and lists that it lies in.
func (n *names) add(path string, k kind) {
	old, known := n.kinds[path]
	if known && (old != anyKind || k == anyKind) {
		return
	}
	n.kinds[path] = k
	if known {
		return
	}
	if list, isItem := strings.CutSuffix(path, "[]"); isItem {
		n.add(list, listKind)
		n.kinds[list] = listKind
		return
	}
	parent, name := splitPath(path)
	n.children[parent] = append(n.children[parent], name)
	n.places[name] = append(n.places[name], path)
	if parent != "" {
		n.add(parent, recordKind)
		n.kinds[parent] = recordKind
	}
}

func splitPath(path string) (parent, name string) {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return "", path
	}
	return path[:dot], path[dot+1:]
}

func joinPath(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}

// lookup returns a field's kind.
func (n *names) lookup(path string) (kind, bool) {
	k, ok := n.kinds[path]
	return k, ok || n.open
}

// suggest returns what may have been meant by an unknown name below parent:
// a sibling spelt nearly so, or a field of that name elsewhere.
func (n *names) suggest(parent, name string) string {
	if elsewhere := n.elsewhere(parent, name); elsewhere == name && parent != "" {
		return "write " + name + " by itself: it is the alert's own, and not in " + strings.ReplaceAll(parent, "[]", "")
	} else if elsewhere != "" {
		return "did you mean " + elsewhere + "?"
	}
	if near := spelling.Nearest(name, n.children[parent]); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// elsewhere returns a path with the same last name, the shallowest first.
func (n *names) elsewhere(parent, name string) string {
	best := ""
	for _, path := range n.places[name] {
		if best == "" || rank(path) < rank(best) {
			best = path
		}
	}
	if list, field, isColumn := strings.Cut(best, "[]."); isColumn {
		return "map(" + list + ", ." + field + ")"
	}
	return best
}

// rank puts the survey's own fields before those of the view.
func rank(path string) int {
	rank := 10*strings.Count(path, "[]") + strings.Count(path, ".")
	if strings.HasPrefix(path, viewRoot+".") {
		rank += 100
	}
	return rank
}
