// Package kafka is a runtime.Source and a runtime.Sink on a Kafka cluster.
//
// The source is a member of a consumer group. Group membership is kafka-go's
// ConsumerGroup; everything on the path of a record is our own, on connections
// that kafka-go's Transport opens and authenticates:
//
//	cluster    where each partition's leader is, and requests to it
//	fetch      one request per partition, read once into a pooled buffer
//	batches    record batches checked and parsed where they lie in that buffer
//	partition  what runtime.Partition promises, one fetch ahead
//	committer  the only place that commits, for one generation
//	generation workers of one assignment, drained before it ends
//	source     topics by name or pattern, generations one after another
//
// The sink writes record batches of its own making, each value taken from
// where it lies:
//
//	records    record batches encoded around the outputs' bytes
//	lane       one output partition: one batch in flight, in order, sent again
//	           with the same bytes until it is acknowledged
//	topic      output topics, created as the input topics are
package kafka
