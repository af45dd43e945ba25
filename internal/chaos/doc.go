// Package chaos checks that nothing is lost. It makes numbered alerts, knows by
// itself which class each belongs to, and compares what came out with that.
//
// What came out is right when, over all output topics:
//
//   - none is lost: each alert that a class should have is in its topic;
//   - none is invented: nothing else is there, and each output's bytes, key,
//     source, class and filters are those of the alert it claims to be;
//   - order is kept: in each output partition the alerts of one input partition
//     appear for the first time in the order of their input. What has
//     appeared before may appear again anywhere (a worker that takes over
//     repeats what its predecessor wrote but had not committed); it counts as a
//     duplicate, and says nothing about order.
//
// How many duplicates are right depends on what was done to the workers; the
// checker only counts them.
package chaos
