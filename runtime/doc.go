// Package runtime runs a set of filters over a stream: it fetches records,
// decodes and judges the alerts in them, writes each match to its class, and
// commits what is settled. It knows neither Kafka nor Avro; Source, Decoder
// and Sink are what it needs of them.
package runtime
