// Package kafkatest starts real Apache Kafka clusters for tests. Brokers run
// from Maven Central's jars, kept in a cache between runs, in KRaft mode on
// free ports of the loopback, and end with the test that started them even
// where it is killed. What the package reads and writes goes through franz-go,
// so that a test which checks our own client does not check it by itself.
package kafkatest
