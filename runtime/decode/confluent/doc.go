// Package confluent decodes Avro in Confluent's framing: a zero byte, the
// number of the writer's schema in 4 bytes (big-endian), and the bare datum.
// Rubin's alerts come so.
//
// The schema of a number comes from Schemas: a Registry, asked over Confluent's
// REST API, or a Folder of .avsc files as Rubin's alert packet package lays
// them out. Each is parsed once. What a record's own fault is (a framing that is
// damaged, a number that no schema has) is an error of Decode; a registry that
// does not answer is runtime.ErrUnavailable: the record waits.
package confluent
