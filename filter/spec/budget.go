package spec

import (
	"time"

	"gopkg.in/yaml.v3"
)

// The budgets that make sense: less cannot be measured, and more is no limit.
const leastBudget, mostBudget = time.Microsecond, time.Second

// budget reads the CPU time that a filter may take per alert.
func (r *reader) budget(node *yaml.Node) time.Duration {
	const suggestion = "write a time between 1us and 1s, such as budget: 200us"
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		r.fail(node, "budget is a time, and this is %s", describe(node)).Suggestion = suggestion
		return 0
	}
	budget, err := time.ParseDuration(node.Value)
	if err != nil {
		r.fail(node, "budget is a time with its unit, and this is %s", quoted(node.Value)).Suggestion = suggestion
		return 0
	}
	if budget < leastBudget || budget > mostBudget {
		r.fail(node, "a budget of %s per alert makes no sense", clipped(node.Value)).Suggestion = suggestion
		return 0
	}
	return budget
}
