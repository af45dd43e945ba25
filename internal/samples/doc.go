// Package samples tells what filters can ask about messages that no schema
// comes with: from samples of them, or from a JSON Schema.
package samples
