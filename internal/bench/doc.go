// Package bench measures whole runs on a real Kafka against bare consumption
// and against a Python worker, all in one go. `make bench` runs it; its tests
// have the build tag bench.
package bench
