package expression

import "github.com/skysift/skysift/filter"

// Outcome is what a condition gave for one alert.
type Outcome uint8

// The outcomes of a condition. One that is MissingValue is false to the
// filter; it is told apart because nothing was compared: the value that it is
// about is missing.
const (
	False Outcome = iota
	True
	MissingValue
	Failed
)

var outcomeNames = [...]string{"false", "true", "missing", "failed"}

// String returns "false", "true", "missing" or "failed".
func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText makes an outcome its word in JSON.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Explanation is why a filter passed one alert, or did not. It keeps nothing
// of the alert.
type Explanation struct {
	Passes bool `json:"passes"`
	// First is the index of the clause that decided: the first that is false,
	// else the first that failed; -1: the filter passes.
	First   int         `json:"-"`
	Clauses []Condition `json:"clauses"`
}

// Condition is one condition and what it gave: a clause, or a part of one.
type Condition struct {
	// Text is the condition as it is written.
	Text string `json:"text"`
	// Source is what the definition says, where Text is a definition's name.
	Source  string  `json:"source,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Error is why it could not be judged; "" where it could.
	Error string `json:"error,omitempty"`
	// Parts are the conditions that it joins: the operands of and, or, not, or
	// what a definition says.
	Parts []Condition `json:"parts,omitempty"`
	// Values are what it is about, where it has no parts.
	Values []Named `json:"values,omitempty"`

	join string
}

// Named is a value with the text that stands for it: a field's path, a
// definition's name, or an expression.
type Named struct {
	Text string `json:"text"`
	// Source is what the definition says, where Text is a definition's name.
	Source string `json:"source,omitempty"`
	Value  JSON   `json:"value"`
	// Values are what a definition's value was made of.
	Values []Named `json:"values,omitempty"`
}

// JSON is a value's JSON; null where it is missing.
type JSON string

// MarshalJSON returns the value as it is.
func (j JSON) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// Why returns the way from the clause that decided down to the condition that
// decided it, through definitions and what they join with and. It is empty where the filter passes.
func (e Explanation) Why() []Condition {
	if e.First < 0 {
		return nil
	}
	at := e.Clauses[e.First]
	way := []Condition{at}
	for at.join == opAnd {
		next := decisive(at.Parts)
		if next < 0 {
			break
		}
		at = at.Parts[next]
		way = append(way, at)
	}
	return way
}

// decisive returns which of the conditions that all must hold decides that they
// do not: the first that is false, else the first that failed; -1: they hold.
func decisive(all []Condition) int {
	failed := -1
	for i, c := range all {
		switch {
		case c.Outcome == False || c.Outcome == MissingValue:
			return i
		case c.Outcome == Failed && failed < 0:
			failed = i
		}
	}
	return failed
}

// sized is a value as JSON; of bytes and arrays, which may
// be an image, only how large they are.
func sized(v filter.Value) JSON {
	if v.Kind() == filter.Bytes {
		return JSON(filter.AppendJSONString(nil, byteCount(len(v.Bytes()))))
	}
	if n := v.Numbers(); n != nil && n.Len() > shownNumbers {
		return JSON(filter.AppendJSONString(nil, n.String()))
	}
	return JSON(v.AppendJSON(nil))
}

// shownNumbers is how many numbers of an array are shown.
const shownNumbers = 16
