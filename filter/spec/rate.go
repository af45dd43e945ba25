package spec

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// passRate reads the largest share of alerts that a filter may pass.
func (r *reader) passRate(node *yaml.Node) float64 {
	node = aliased(node)
	rate, err := strconv.ParseFloat(node.Value, 64)
	if node.Kind != yaml.ScalarNode || err != nil || !(rate > 0 && rate <= 1) {
		r.fail(node, "max_pass_rate is the largest share of alerts that the filter may pass, and this is %s", describe(node)).Suggestion =
			"write a number above 0 and up to 1, such as 0.001"
		return 0
	}
	return rate
}
