// Package interop tests that what Skysift writes is read by the Python clients
// that people use: confluent-kafka with fastavro, hop-client, astropy. The
// Python programs only read and tell; what they tell is judged in Go. All its
// tests have the build tag interop.
package interop
