// Package encode makes of alerts what other clients read without a schema of
// their own, or with one from a registry:
//
//	json       the whole alert as one JSON object
//	confluent  a zero byte, the schema's number in 4 bytes, the bare datum
//	fink       the bare datum, with the schema as the record's key
//
// Alerts in Avro, in containers, in Confluent's framing or bare, go into each of
// them; alerts in JSON stay as they are under json, and those in MessagePack can
// become JSON. The datum's own bytes are
// never changed.
package encode
