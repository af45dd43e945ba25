// Package registry asks schema registries with Confluent's REST API, and keeps
// what is to be done while one does not answer: it is asked again with growing
// pauses, records wait, and an alarm says why.
package registry
