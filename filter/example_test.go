package filter_test

import (
	"fmt"
	"os"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/schemas"
)

// A set judges an alert whose fields are filled in by hand; usually a decoder
// does that.
func ExampleSet() {
	doc, _ := spec.Parse("filters.yaml", []byte(`
version: 1
filters:
  - name: bright
    class: transient
    where: candidate.magpsf <= 19 and candidate.drb > 0.5
    annotate: {excess: 19 - candidate.magpsf}
`), os.LookupEnv)
	schema, _ := schemas.Load("ztf")
	set, _ := compile.Set(doc, schema)

	known := map[string]filter.Value{"candidate.magpsf": filter.FloatOf(17.5), "candidate.drb": filter.FloatOf(0.9)}
	var alert filter.Alert
	alert.Reset(len(set.Fields))
	for slot, field := range set.Fields {
		alert.Values[slot] = known[field.Path]
	}

	verdicts, err := set.NewEvaluator().Evaluate(&alert)
	if err != nil {
		fmt.Println("the record cannot be decoded:", err)
		return
	}
	for _, verdict := range verdicts {
		f := set.Filters[verdict.Filter]
		fmt.Println(f.Name, "passes it to", f.Class)
		for _, a := range verdict.Annotations {
			fmt.Printf("%s = %s\n", a.Name, a.Value.AppendJSON(nil))
		}
	}
	// Output:
	// bright passes it to transient
	// excess = 1.5
}
