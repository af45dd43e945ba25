package spec

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/skysift/skysift/filter"
)

// JSONSchema returns the JSON Schema (draft-07) of a file of filters, by which
// editors complete keys, explain them and mark what is wrong. It accepts every
// file that Read finds right. What takes more than the file's shape to see, such
// as an expression's mistakes, it accepts too.
//
// A test holds its keys against those that the reader takes, so that a new key
// of the file is added here as well.
//
//go:generate go test -run ^TestTheSchemaFileIsTheSchema$ -update
func JSONSchema() []byte {
	text, _ := json.MarshalIndent(fileShape(), "", "  ") // texts, numbers and booleans can always be written
	return append(text, '\n')
}

// shape is a JSON Schema, or a part of one.
type shape map[string]any

// described gives a shape the words that an editor shows.
func described(s shape, doc string) shape {
	s["description"] = doc
	return s
}

// object is a mapping with known keys. An empty one is as good as none.
func object(doc string, required []string, keys shape) shape {
	s := shape{"type": []string{"object", "null"}, "additionalProperties": false, "properties": keys}
	if len(required) > 0 {
		s["type"], s["required"] = "object", required
	}
	return described(s, doc)
}

// textOf is a line of text of a pattern, or one with a variable in it.
func textOf(pattern, doc string) shape {
	return described(shape{"type": "string", "pattern": `^\s*(` + pattern + `)\s*$|\$\{`}, doc)
}

// textsOf is a list of texts of a pattern, or one text with commas.
func textsOf(pattern, doc string) shape {
	listed := `(` + pattern + `)?`
	one := shape{"type": "string", "pattern": `^\s*` + listed + `\s*(,\s*` + listed + `\s*)*$|\$\{`}
	return described(shape{"oneOf": []shape{one, {"type": "array", "minItems": 1, "items": one}}}, doc)
}

const (
	anyText    = `\S.*`
	topicShape = `[A-Za-z0-9._-]{1,249}`
)

func fileShape() shape {
	s := object("Filters of telescope alerts, for skysift.", []string{"version"}, shape{
		"version": described(shape{"enum": []any{1, "1"}}, "The version of this format: 1."),
		"stream":  streamShape(),
		"output":  outputShape(),
		"lists": described(shape{
			"type": []string{"object", "null"}, "propertyNames": nameShape(), "additionalProperties": listShape(),
		}, "Names for lists of texts or numbers that filters look things up in, as in: candidate.fid in bands. A list is seen by the filters and definitions of its own file."),
		"define": described(shape{
			"type":                 []string{"object", "null"},
			"propertyNames":        nameShape(),
			"additionalProperties": expressionShape("The expression that the name stands for."),
		}, "Names for expressions that several filters need, in any order. A definition is seen by the filters and definitions of its own file."),
		"watchlists":      skyShape(catalogueShape("watchlist"), "Sources that watch(name, ra, dec) looks for around an alert, each with a radius."),
		"catalogues":      skyShape(catalogueShape("catalogue"), "Sources that near(name, ra, dec, radius) looks for around an alert, with their columns."),
		"regions":         skyShape(regionShape(), "Parts of the sky that in_region(ra, dec, name) asks about."),
		"ignore_warnings": ignoredShape("the file, and about all its filters,", filter.FileWarnings()),
		"filters":         described(shape{"type": []string{"array", "null"}, "items": filterShape()}, "The filters. Names are unique over all files of a folder."),
	})
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "filters.yaml"
	s["$comment"] = "Generated from filter/spec by make generate. Do not edit."
	return s
}

func filterShape() shape {
	s := object("One filter: its name, the class that its alerts go to, and what they must be.", []string{"name", "class"}, shape{
		"name": described(shape{"type": "string", "pattern": fmt.Sprintf(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,%d}$`, maxName-1)},
			"The filter's name, in the headers of what it passes and in metrics: letters, digits, '.', '_' and '-'."),
		"class": described(shape{"type": "string", "pattern": `^[A-Za-z0-9._-]{1,200}$`, "not": shape{"enum": []string{".", ".."}}},
			"What the filter finds. Its alerts go to the topic of this class; several filters may share one."),
		"topics":      textsOf(`[^,]+`, "The topics whose alerts the filter judges, by name or pattern: * any characters, ? one, [ab] a or b. All if nothing is said."),
		"description": described(shape{"type": []string{"string", "number", "boolean", "null"}}, "For people."),
		"where": described(shape{"oneOf": []shape{conditionShape("The test that an alert must pass."), {
			"type": "array", "minItems": 1, "items": conditionShape("One of the tests that an alert must pass."),
		}}}, "What an alert must be: one expression, or a list of clauses that must all hold. A comparison with a missing value is false."),
		"annotate": described(shape{
			"type":                 []string{"object", "null"},
			"propertyNames":        nameShape(),
			"additionalProperties": expressionShape("The expression whose value is added."),
		}, "Named values that go with the alerts the filter passes, in their headers."),
		"max_pass_rate": described(shape{"oneOf": []shape{
			{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "string", "pattern": `^[0-9.eE+-]+$`},
		}}, "The largest share of alerts that the filter may pass, above 0 and up to 1; skysift replay and test fail above it."),
		"budget": described(shape{"type": "string", "pattern": `^\+?([0-9.]+(ns|us|µs|μs|ms|s|m|h))+$`},
			fmt.Sprintf("CPU time that the filter may take per alert, from %v to %v, such as 200us; skysift run suspends it above that.", leastBudget, time.Duration(mostBudget))),
		"ignore_warnings": ignoredShape("the filter", filter.Warnings()),
		"plugin":          pluginShape(),
	})
	s["anyOf"] = []shape{{"required": []string{"where"}}, {"required": []string{"plugin"}}}
	return s
}

// listShape is a list of texts or numbers, or the file that it is in.
func listShape() shape {
	items := func(kind string) shape {
		return shape{"type": "array", "minItems": 1, "maxItems": maxItems, "items": shape{"type": kind}}
	}
	file := object("A file with one item a line.", []string{"file"}, shape{
		"file": described(shape{"type": "string", "minLength": 1}, "The file's path, seen from the file of filters."),
		"as":   textOf("text|numbers", "What the items are; numbers if all of them look so."),
	})
	return shape{"oneOf": []shape{items("string"), items("number"), file}}
}

// nameShape is a name of the expression language.
func nameShape() shape {
	return shape{"pattern": `^[A-Za-z_][A-Za-z0-9_]*$`, "maxLength": maxName, "not": shape{"enum": reserved}}
}

// conditionShape is an expression that is true or false of an alert.
func conditionShape(doc string) shape {
	return described(shape{"type": "string", "pattern": `\S`}, doc)
}

// expressionShape is any expression; YAML reads the shortest as numbers and
// booleans.
func expressionShape(doc string) shape {
	return described(shape{"type": []string{"string", "number", "boolean"}, "pattern": `\S`}, doc)
}
