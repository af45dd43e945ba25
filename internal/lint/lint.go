// Package lint holds the repository to the rules of docs/house.md: which room
// may import what, no state in package-level variables, no init, and the
// habits that keep a file readable. Its test is the check.
package lint

import (
	"cmp"
	"fmt"
	"slices"
)

// Finding is one place that breaks a rule.
type Finding struct {
	Path string // slash-separated, from the repository's root
	Line int    // 0: the file or folder as a whole
	Text string // what is wrong, and what to do
}

func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.Path, f.Text)
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Text)
}

// Check returns all findings of all rules, by path and line.
func (t *Tree) Check() []Finding {
	rules := []func(*Tree) []Finding{
		checkImports,
		checkHouse,
		checkPackages,
		checkGlobals,
		checkSizes,
		checkBuildTags,
		checkMachinePaths,
	}
	var found []Finding
	for _, rule := range rules {
		found = append(found, rule(t)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return found
}
