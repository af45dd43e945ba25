package expression

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// update is a flag of the test binary: flags have to be package-level.
var update = flag.Bool("update", false, "write generated pages and the gallery anew")

func sampleAlert(t testing.TB) tree {
	root := parseTree(t, SampleAlert)
	root["scores"] = tree{"map": root["scores"]}
	return root
}

// TestExamplesOfTheFunctionTable evaluates every row's example.
func TestExamplesOfTheFunctionTable(t *testing.T) {
	root := sampleAlert(t)
	seen := map[string]bool{}
	for _, f := range Functions() {
		if seen[f.Name] {
			t.Errorf("two rows for %s", f.Name)
		}
		seen[f.Name] = true
		if f.Doc == "" || f.Example == "" || f.Gives == "" {
			t.Errorf("%s: a row needs a text, an example and its value", f.Name)
			continue
		}
		if got := string(valueOf(t, schemaOf(root), f.Example, root).AppendJSON(nil)); got != f.Gives {
			t.Errorf("%s is %s, the table says %s", f.Example, got, f.Gives)
		}
	}
}

// TestReferencePage holds docs/reference-functions.md against the table; with
// -update it writes the page.
func TestReferencePage(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "reference-functions.md")
	if *update {
		if err := os.WriteFile(page, []byte(Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := os.ReadFile(page)
	if err != nil || string(found) != Reference() {
		t.Errorf("%s is not what the function table gives (%v): run go test ./filter/expression -run TestReferencePage -update", page, err)
	}
}
