//go:build race

package container_test

// raced says that the race detector runs, under which slices grow by way of a
// temporary one.
const raced = true
