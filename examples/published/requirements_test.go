package published

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/filtertest"
	"github.com/skysift/skysift/schemas"
)

// What is written of each filter's requirements as tests: alerts that it passes,
// one that each clause is the first to keep out, and one with a value missing.
func TestEachFilterIsTestedToPassToFailOnEachClauseAndWithoutAValue(t *testing.T) {
	filters := 0
	for _, path := range filterFiles(t) {
		tests := strings.TrimSuffix(path, ".yaml") + "_test.yaml"
		file, mistakes := filtertest.Read(tests)
		_, set, report := compile.Load(path, nil, schemas.Load)
		if len(mistakes) > 0 || set == nil {
			t.Fatalf("%s: %v %v", path, mistakes, report.Mistakes)
		}
		missing := withoutAValue(t, tests)
		for _, f := range set.Filters {
			filters++
			passed, failedOn := tried(f, file.Tests)
			if !passed {
				t.Errorf("%s: no test of %s passes it", tests, f.Name)
			}
			for i, clause := range f.Clauses {
				if !failedOn[i] {
					t.Errorf("%s: no test of %s fails on clause %d: %s", tests, f.Name, i+1, clause)
				}
			}
			if !missing[f.Name] {
				t.Errorf("%s: no test of %s sets a value to null", tests, f.Name)
			}
		}
	}
	if filters < 25 {
		t.Errorf("only %d filters", filters)
	}
}

// tried says whether a test passes the filter, and on which clauses tests expect
// it to fail.
func tried(f filter.Filter, tests []filtertest.Test) (passed bool, failedOn map[int]bool) {
	failedOn = map[int]bool{}
	for _, test := range tests {
		for _, e := range test.Expect {
			switch {
			case e.Filter != f.Name:
			case e.Verdict == filtertest.Pass:
				passed = true
			case len(f.Clauses) == 1:
				failedOn[0] = true
			default:
				failedOn[clauseNamed(f.Clauses, e.Clause)] = true
			}
		}
	}
	return passed, failedOn
}

// clauseNamed returns the index of the clause that a test names by its number or
// its text; -1 where it names something in it.
func clauseNamed(clauses []string, name string) int {
	if n, err := strconv.Atoi(name); err == nil {
		return n - 1
	}
	return slices.IndexFunc(clauses, func(text string) bool { return slices.Equal(strings.Fields(text), strings.Fields(name)) })
}

// withoutAValue are the filters of which a test sets a value to null.
func withoutAValue(t *testing.T, path string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tests []struct {
			Fields yaml.Node
			Expect map[string]any
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, test := range file.Tests {
		for name := range test.Expect {
			tested[name] = tested[name] || hasNull(&test.Fields)
		}
	}
	return tested
}

func hasNull(node *yaml.Node) bool {
	return node.Tag == "!!null" || slices.ContainsFunc(node.Content, hasNull)
}
