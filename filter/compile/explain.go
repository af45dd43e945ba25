package compile

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/spec"
)

// Explainer compiles the document's filters to explain their verdicts; filter
// i is the one at i in the Filters of the set that Set makes. The document
// must be one that Set made a set of.
func Explainer(doc *spec.Document, schema *filter.Schema) (*expression.Explainer, error) {
	return expression.NewExplainer(newProgram(schema, doc.Files...).Program)
}
