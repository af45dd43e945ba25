// Package e2e tests the skysift command from outside: the built binary, a real
// Apache Kafka, and another client than ours to write its input and read its
// output. All its tests have the build tag kafka.
package e2e
