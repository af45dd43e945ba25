package expression

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// condition is a Condition before an alert is there.
type condition struct {
	text, source string
	join         string // opAnd, opOr, opNot; "" where there are no parts
	node         *node
	parts        []*condition
	values       []*named
	// conjuncts are what a filter's clause demands, definitions unfolded: one
	// that is false outweighs one before it that fails.
	conjuncts []*condition

	value   valueFunc
	missing testFunc // is a missing value why it is false?
}

// emit makes the condition's closures, and those of its parts.
func (c *condition) emit(e *emitter) {
	if c.value != nil {
		return // a definition's, emitted for another clause
	}
	c.value, c.missing = e.value(c.node), e.missing(c.node)
	for _, part := range slices.Concat(c.conjuncts, c.parts) {
		part.emit(e)
	}
	for _, v := range c.values {
		v.emit(e)
	}
}

func (n *named) emit(e *emitter) {
	n.value = e.value(n.node)
	for _, part := range n.parts {
		part.emit(e)
	}
}

// judge returns the condition's outcome, and why it failed.
func (c *condition) judge(m *machine) (Outcome, error) {
	if len(c.conjuncts) == 0 {
		return c.judgeAlone(m)
	}
	joined, why := True, error(nil)
	for _, conjunct := range c.conjuncts {
		outcome, failure := conjunct.judgeAlone(m)
		switch {
		case outcome == False || outcome == MissingValue:
			return outcome, nil
		case outcome == Failed && joined == True:
			joined, why = Failed, failure
		}
	}
	return joined, why
}

func (c *condition) judgeAlone(m *machine) (Outcome, error) {
	v, failure := m.safely(c.value)
	switch {
	case failure != nil:
		return Failed, failure
	case v.True():
		return True, nil
	}
	because, failure := m.safely(func(m *machine) filter.Value { return filter.BoolOf(c.missing(m)) })
	if failure == nil && because.True() {
		return MissingValue, nil
	}
	return False, nil
}

// tell explains the condition and its parts.
func (c *condition) tell(m *machine) Condition {
	outcome, failure := c.judge(m)
	told := Condition{Text: c.text, Source: c.source, Outcome: outcome, join: c.join}
	if failure != nil {
		told.Error = failure.Error()
	}
	for _, part := range c.parts {
		told.Parts = append(told.Parts, part.tell(m))
	}
	told.Values = tellValues(c.values, m)
	return told
}

func tellValues(values []*named, m *machine) []Named {
	var told []Named
	for _, v := range values {
		found, failure := m.safely(v.value)
		if failure != nil {
			found = filter.Value{}
		}
		told = append(told, Named{Text: v.text, Source: v.source, Value: m.sized(found), Values: tellValues(v.parts, m)})
	}
	return told
}

// missing returns a test of a condition that is false: is it so because a
// value it is about is missing? Of conditions that must all hold the first
// that is false decides, of others any. What is the opposite of something, and
// what asks for a missing value, is never missing itself.
func (e *emitter) missing(n *node) testFunc {
	switch n.op {
	case opAnd:
		tests, why := e.tests(n.args, 0), e.missings(n.args)
		return func(m *machine) bool {
			for i, test := range tests {
				if !test(m) {
					return why[i](m)
				}
			}
			return false
		}
	case opOr:
		return anyOf(e.missings(n.args))
	case opNot, opMissing, opConst:
		return func(*machine) bool { return false }
	case opCompare, opText, opBetween:
		return anyMissing(e.values(n.args, 0))
	case opIn, opMatches:
		return anyMissing(e.values(n.args[:1], 0))
	}
	return anyMissing([]valueFunc{e.value(n)})
}

func (e *emitter) missings(nodes []*node) []testFunc {
	made := make([]testFunc, len(nodes))
	for i, n := range nodes {
		made[i] = e.missing(n)
	}
	return made
}

func anyMissing(values []valueFunc) testFunc {
	return func(m *machine) bool {
		for _, value := range values {
			if value(m).IsMissing() {
				return true
			}
		}
		return false
	}
}
