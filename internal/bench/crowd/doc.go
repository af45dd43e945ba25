// Package crowd makes the filters of a broker with hundreds of users: as many
// as wanted, no two alike, of 3 to 8 clauses each, a third of them with tests
// of the history or the sky, and each passing 0.1 to 1 % of a simulated night.
// Thresholds are drawn from the night's own values, not from a grid.
package crowd
