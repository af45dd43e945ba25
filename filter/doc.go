// Package filter is the model that every other package speaks in: alerts and
// their values, filters, verdicts, and the immutable Set that judges an alert
// by all filters at once. It imports the standard library only.
package filter
