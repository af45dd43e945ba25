// Package runtimetest helps to test what works with package runtime: fakes of
// its interfaces with faults to order, and a conformance suite that every
// source, sink and decoder passes.
package runtimetest
