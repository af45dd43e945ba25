// Package spec reads filters.yaml, one file or a folder of them, into typed
// Go. It finds every mistake at once and says where each one stands: file,
// line, column, filter and clause, with the line of the file and what to write
// instead.
//
// Expressions are only text here; package compile gives them a meaning and
// finds the place of a language error through Expression.Mistake.
package spec
