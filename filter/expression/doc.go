// Package expression is the filter language: it turns the sources that
// scientists write into one compiled set that judges alerts.
//
// The way of a source through the package, in the order of the files:
//
//	parse      text → syntax tree (expr-lang's parser, with limits and help)
//	check      syntax tree → graph of typed nodes; every mistake is collected
//	graph      equal nodes are one node, constants are folded
//	emit       nodes → Go closures over the alert's slots
//	evaluator  clauses, each at most once an alert, cheap ones first
//
// There is one evaluator, so there is one semantics. What language.md
// promises about missing values is kept in arithmetic.go and compare.go.
package expression
