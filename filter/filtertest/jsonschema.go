package filtertest

import "encoding/json"

// JSONSchema returns the JSON Schema (draft-07) of a file of tests, by which
// editors complete keys, explain them and mark what is wrong. It accepts every
// file that Read finds right. Names of fields, filters and clauses are any text
// to it.
//
// A test holds its keys against those that the reader takes, so that a new key
// of the file is added here as well.
//
//go:generate go test -run ^TestTheSchemaFileIsTheSchema$ -update
func JSONSchema() []byte {
	text, _ := json.MarshalIndent(fileShape(), "", "  ") // texts and numbers can always be written
	return append(text, '\n')
}

// shape is a JSON Schema, or a part of one.
type shape map[string]any

// described gives a shape the words that an editor shows.
func described(s shape, doc string) shape {
	s["description"] = doc
	return s
}

// object is a mapping with known keys.
func object(doc string, required []string, keys shape) shape {
	return shape{"type": "object", "additionalProperties": false, "required": required, "properties": keys, "description": doc}
}

func text(doc string) shape { return shape{"type": "string", "pattern": `\S`, "description": doc} }

func fileShape() shape {
	s := object("Tests of filters of telescope alerts, for skysift test.", []string{"version", "tests"}, shape{
		"version": described(shape{"enum": []any{1, "1"}}, "The version of this format: 1."),
		"filters": text("The file or folder of filters that are tested, seen from this file. Without it, the file of this one's name without _test."),
		"alerts":  text("A file of alerts over which no filter may pass more than its max_pass_rate, seen from this file."),
		"tests":   described(shape{"type": "array", "items": testShape()}, "The tests, each an alert and what must come of it."),
	})
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "filters_test.yaml"
	s["$comment"] = "Generated from filter/filtertest by make generate. Do not edit."
	return s
}

func testShape() shape {
	s := object("An alert, of a file or set by hand or both, and what each filter must make of it.", []string{"name", "expect"}, shape{
		"name":  text("What the test shows. Later tests may be like: it."),
		"alert": text("A file of alerts, seen from this file; index says which of them."),
		"topic": text("The topic that the alert came from, for filters that judge some topics alone. Without it, the folder that the alert's file is in."),
		"index": described(shape{"oneOf": []shape{{"type": "integer", "minimum": 0}, {"type": "string", "pattern": `^\+?[0-9]+$`}}},
			"The alert's position in its file: 0 is the first."),
		"like": text("The name of a test before this one, whose alert this test begins from."),
		"fields": described(shape{"type": []string{"object", "null"}},
			"Values of the alert's fields, over those that it has; all others of an alert without a file are missing. Names may be paths: candidate.magpsf. null is a missing value."),
		"expect": expectShape(),
	})
	s["allOf"] = []shape{
		{"anyOf": []shape{{"required": []string{"alert"}}, {"required": []string{"fields"}}, {"required": []string{"like"}}}},
		{"not": shape{"required": []string{"alert", "like"}}},
	}
	s["dependencies"] = shape{"index": shape{"anyOf": []shape{{"required": []string{"alert"}}, {"required": []string{"like"}}}}}
	return s
}

// expectShape is what is expected of each filter: a verdict, or more.
func expectShape() shape {
	verdict := shape{"enum": []Verdict{Pass, Fail, Err}}
	more := object("More than a verdict: the clause that the filter fails on, or what it adds.", []string{}, shape{
		"verdict": described(shape{"enum": []Verdict{Pass, Fail, Err}}, "pass, fail or error. A clause says fail, annotations say pass."),
		"clause": described(shape{"type": []string{"string", "number", "boolean"}, "pattern": "."},
			"What the filter must fail on: a clause's number from 1 on, its text, or the name of a definition in it."),
		"annotations": described(shape{"type": []string{"object", "null"}}, "What the filter must add, by name; null is a missing value."),
	})
	more["anyOf"] = []shape{{"required": []string{"verdict"}}, {"required": []string{"clause"}}, {"required": []string{"annotations"}}}
	return described(shape{
		"type": "object", "minProperties": 1,
		"additionalProperties": shape{"oneOf": []shape{verdict, more}},
	}, "What each filter must come to: pass, fail or error, or {clause: …} or {annotations: …}. Filters that are not named may do as they like.")
}
