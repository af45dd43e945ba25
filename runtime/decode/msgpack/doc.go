// Package msgpack decodes MessagePack: a record is a map, which is one alert,
// or a name and a document, ["event", {…}], as bluesky-kafka writes them: one
// alert, whose root names are the document's and "name" (see
// projection.NewPair). It fills only the fields that are asked for, and steps
// over all others by their lengths; the whole record is still held to be
// MessagePack, whatever the filters ask for.
//
// A record may also be an array of maps, or messages one after another: an
// alert each.
//
// What a value becomes:
//
//	true, false             Bool
//	an integer              Int; beyond 63 bits the nearest Float
//	float 32, float 64      Float; NaN is Missing
//	str, bin                String, Bytes; a str is not checked to be UTF-8
//	array                   List
//	map                     Map where it is wanted itself, Record in an array
//	nil                     Missing
//	timestamp               Float: seconds since 1970
//	any other extension     Missing: what it means is its writer's affair
//
// Arrays and numbers of numpy are read as msgpack-numpy writes them, {nd, type,
// kind, shape, data}: an array becomes an Array that shares the record's bytes, a
// number a Bool, Int or Float. Booleans, integers of 8 to 64 bits and floats of
// 16, 32 and 64 are read, of either byte order; complex numbers, texts, times and
// structures are Missing. An array of Python objects is a pickle: it is never
// opened, and the record is rejected.
//
// The keys of a map are str or bin; of equal keys the last counts.
package msgpack
