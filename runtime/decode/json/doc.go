// Package json decodes JSON: a record is an object, which is one alert. It
// fills only the fields that are asked for, and still reads the whole record:
// one that is not JSON from its first byte to its last is rejected, whatever
// the filters ask for.
//
// A record may also be
//
//   - an array of objects, or objects one after another with white space
//     between them (JSON lines): an alert each;
//   - a name and a document, ["event", {…}], as a run engine writes them: one
//     alert, whose root names are the document's and "name" (see
//     projection.NewPair).
//
// What a value becomes:
//
//	true, false       Bool
//	a number          Int where it is written without fraction and exponent and
//	                  fits 64 bits, else the nearest Float (1e400 is infinite)
//	a string          String; a lone half of a surrogate pair is U+FFFD
//	an array          List
//	an object         Map where it is wanted itself, Record in an array
//	null, NaN         Missing
//	Infinity          an infinite Float, as -Infinity
//
// NaN and Infinity are no JSON, but Python's json writes them. Of equal keys the
// last counts. A byte-order mark is stepped over.
package json
