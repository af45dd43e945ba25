// Package projection says which parts of a message a set of filters needs,
// where the message itself names its fields (JSON, msgpack): a tree of names
// that a decoder goes down as it meets them.
package projection
