// Package secure opens connections to Kafka brokers: encrypted by TLS, and
// logged in by SASL. What kafka-go does with a connection begins after that,
// so that its Dialer and its Transport are secured alike and what goes wrong
// is told by one piece of code, in words that say what to do.
//
// Certificates and secrets are read anew for each connection: what is renewed
// on disk is used from the next connection on.
package secure
