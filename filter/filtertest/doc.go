// Package filtertest reads and runs the tests that stand beside filters: an
// alert of a file or set by hand, the verdict that each filter must come to,
// the clause that it must fail on, and what it must add.
package filtertest
