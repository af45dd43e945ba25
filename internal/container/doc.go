// Package container reads and writes the framing of Avro object container
// files: a header with the writer's schema, then blocks of datums, each closed
// by the file's sync marker. It knows nothing of what a datum holds.
//
// The format is that of the Avro 1.11 specification, "Object Container Files",
// with the codecs null, deflate and snappy. Every length and count is held
// against the bytes that are there before anything is read or allocated by it.
package container
