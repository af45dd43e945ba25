package spec

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// where reads one expression, or a list of clauses.
func (r *reader) where(node *yaml.Node) []Expression {
	defer func() { r.owner.Clause = 0 }()
	if node.Kind != yaml.SequenceNode {
		r.owner.Clause = 1
		return r.clause(node)
	}
	if len(node.Content) == 0 {
		r.fail(node, "where is an empty list: write the test an alert must pass")
	}
	var clauses []Expression
	open := 0 // brackets of a clause that YAML split at its commas
	for i, child := range node.Content {
		r.owner.Clause = i + 1
		wasOpen := open
		if node.Style&yaml.FlowStyle != 0 {
			open = max(0, open+openBrackets(child))
		}
		switch {
		case wasOpen > 0: // a piece of that clause
			clauses = append(clauses, Expression{mark: mark{r.source, child}})
		case open > 0 && i+1 < len(node.Content):
			r.fail(child, "YAML ends this clause at the comma, before its bracket is closed").Suggestion =
				"put '…' around each clause, or write them below each other, each after a dash"
			clauses = append(clauses, Expression{mark: mark{r.source, child}})
		default:
			clauses = append(clauses, r.clause(aliased(child))...)
		}
	}
	return clauses
}

// inQuotes is a text of the language, to its end where YAML split it.
var inQuotes = regexp.MustCompile(`"(\\.|[^"\\])*("|$)|'(\\.|[^'\\])*('|$)`)

// openBrackets is how many more brackets an expression opens than it closes,
// those in its texts left out; none of one in YAML's quotes, which YAML does not
// split.
func openBrackets(node *yaml.Node) int {
	if node.Kind != yaml.ScalarNode || node.Style != 0 {
		return 0
	}
	bare := inQuotes.ReplaceAllString(node.Value, "")
	return strings.Count(bare, "(") - strings.Count(bare, ")")
}

// clause reads an expression that is true or false of an alert. One that
// cannot be read keeps its place in the list, empty, so that the clauses after
// it keep their numbers.
func (r *reader) clause(node *yaml.Node) []Expression {
	unread := []Expression{{mark: mark{r.source, node}}}
	switch node.Tag {
	case "!!bool":
		result := map[bool]string{true: "every", false: "no"}[strings.EqualFold(node.Value, "true")]
		r.fail(node, "%s tests nothing: %s alert would pass", node.Value, result).Suggestion =
			"write a test, such as candidate.magpsf < 19, or \"" + node.Value + "\" in quotes if you mean it"
		return unread
	case "!!int", "!!float":
		r.fail(node, "%s is a number, and a clause is true or false", clipped(node.Value)).Suggestion =
			"compare with it, such as candidate.magpsf < " + node.Value
		return unread
	}
	if e, ok := r.expression(node); ok {
		return []Expression{e}
	}
	return unread
}

// expression reads an expression, which may be a plain number or boolean.
func (r *reader) expression(node *yaml.Node) (Expression, bool) {
	const quote = "put the whole expression in '…', or on a line of its own after |"
	switch {
	case node.Kind == yaml.MappingNode:
		r.fail(node, "YAML reads this as key: value because of its \": \" or {, and it should be an expression").Suggestion = quote
	case node.Kind == yaml.SequenceNode:
		r.fail(node, "YAML reads this as a list because of its [ or \"- \", and it should be an expression").Suggestion = quote
	case strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!"):
		r.fail(node, "YAML reads an expression that begins with ! as a tag").Suggestion = "write not instead of !, or " + quote
	case node.Tag == "!!null", strings.TrimSpace(node.Value) == "":
		r.fail(node, "the expression is empty").Suggestion = "write a test, such as candidate.magpsf < 19"
	case !slices.Contains([]string{"!!str", "!!int", "!!float", "!!bool"}, node.Tag):
		r.fail(node, "YAML reads this as %s", describe(node)).Suggestion = quote
	default:
		return expressionOf(r.source, node), true
	}
	return Expression{}, false
}

func (r *reader) define(node *yaml.Node) {
	r.pairs(node, "define", func(name string, at, value *yaml.Node) {
		r.owner.Definition = name
		defer func() { r.owner.Definition = "" }()
		named := r.identifier(at, "a definition")
		e, ok := r.expression(aliased(value))
		if !ok || !named {
			r.file.Unread = append(r.file.Unread, name)
			return
		}
		r.file.Definitions = append(r.file.Definitions, Definition{name, e})
	})
}

func (r *reader) annotate(node *yaml.Node) []Annotation {
	var all []Annotation
	r.pairs(node, "annotate", func(name string, at, value *yaml.Node) {
		r.owner.Annotation = name
		defer func() { r.owner.Annotation = "" }()
		named := r.identifier(at, "an annotation")
		if e, ok := r.expression(aliased(value)); ok && named {
			all = append(all, Annotation{name, e})
		}
	})
	return all
}

// reserved are the words that the language has a meaning for.
var reserved = []string{
	"and", "or", "not", "in", "let", "if", "else", "true", "false", "nil",
	"matches", "contains", "startsWith", "endsWith", "alert",
}

// identifier reports whether a key can be written as a name in an expression.
func (r *reader) identifier(at *yaml.Node, what string) bool {
	if !isVariable(at.Value) || len(at.Value) > maxName {
		r.fail(at, "%s cannot name %s: a name has letters, digits and _, with no digit first", quoted(at.Value), what)
		return false
	}
	if slices.Contains(reserved, at.Value) {
		r.fail(at, "%s cannot name %s: the word has a meaning in expressions", quoted(at.Value), what)
		return false
	}
	return true
}
