package main

import (
	"fmt"
	"slices"

	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime/encode"
)

// checkOutput holds the encodings of a document's classes against what is read:
// mistakes are of those that cannot be for the input's format, warnings of those
// for which run must still be told where schemas get their numbers.
func checkOutput(io streams, document *spec.Document, in *input) (mistakes, warnings []*spec.Error) {
	registry, _ := io.env(variable("output-registry"))
	numbered := registry != "" || document.Output.Registry != ""
	for _, class := range document.Classes() {
		encoding, schemaID := document.Output.EncodingOf(class)
		if encoding == "" || !slices.Contains(encode.Names(), encoding) {
			continue // nothing is chosen, or it is a mistake already
		}
		told := func(err error) *spec.Error {
			return document.EncodingMistake(class, fmt.Errorf("class %q: %w", class, err))
		}
		choice := encode.Choice{Encoding: encoding, Numbers: encode.Fixed(1)}
		if err := choice.Check(in.encoding); err != nil {
			mistakes = append(mistakes, told(err))
			continue
		}
		if numbered || schemaID != 0 {
			continue
		}
		choice.Numbers = nil
		if err := choice.Check(in.encoding); err != nil {
			warnings = append(warnings, told(err))
		}
	}
	return mistakes, warnings
}
