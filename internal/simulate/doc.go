// Package simulate makes synthetic nights of alerts in the shape of ZTF's
// schema 4.02, of which the truth is known: what each alert shows, and for a
// supernova or a variable star the numbers behind its light curve.
//
// A night is planned first: fields, the exposures of tonight and of the month
// before, and the sources in them, each with a light curve. An alert is then
// rendered on its own, from its source and its exposure. Every random number
// comes from a stream named by the seed, the source and the exposure, so one
// measurement reads the same in the alert that it caused and in the history
// of a later one, and the cutouts change nothing else.
//
// Nothing in an alert was observed. Its publisher, object names and schema
// say so.
package simulate
