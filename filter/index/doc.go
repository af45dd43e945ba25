// Package index tells, from an alert's values, which of thousands of filters
// are still possible, without looking at them one by one.
//
// A clause that compares one attribute with constants passes on a part of that
// attribute's axis: a PassSet. All filters' thresholds on an attribute divide
// its axis into segments, and each segment has the set of filters that it does
// not rule out. To judge an alert is to find the segment of each attribute and
// to intersect the sets, most selective first, until nothing is left.
//
// The idea is that of the predicate indexes of publish/subscribe systems
// (Fabret et al., SIGMOD 2001; Whang et al., VLDB 2009), with bit sets in
// place of counters.
package index
