package compile_test

import (
	"fmt"
	"os"

	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/schemas"
)

// Every mistake of a file is told at once, with its place.
func ExampleSet() {
	text := `version: 1
filters:
  - name: bright
    class: transient
    where:
      - candidate.magpfs <= 19
      - candidate.fid
`
	doc, mistakes := spec.Parse("filters.yaml", []byte(text), os.LookupEnv)
	schema, err := schemas.Load(doc.Stream.Survey)
	if err != nil {
		mistakes = append(mistakes, doc.SurveyMistake(err))
	}
	_, report := compile.Set(doc, schema)
	for _, mistake := range append(mistakes, report.Mistakes...) {
		fmt.Println(mistake.Drawn())
	}
	// Output:
	// filters.yaml:6:19: filter "bright", clause 1: unknown field candidate.magpfs
	//     candidate.magpfs <= 19
	//               ^^^^^^ did you mean magpsf?
	// filters.yaml:7:9: filter "bright", clause 2: this is an integer, not true or false
	//     candidate.fid
	//     ^^^^^^^^^^^^^ compare it with something, or ask x != nil
}
