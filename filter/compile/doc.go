// Package compile makes a *filter.Set of the filters that package spec has
// read. Mistakes in expressions get their places in the YAML, and are found in
// all files at once.
//
// A definition belongs to its file. The filters of a folder are compiled
// together all the same, so that they share what they have in common; where
// two files define one name, they must define it alike.
package compile
