package expression

import (
	"strconv"

	"github.com/skysift/skysift/filter"
)

// kind is what is known of a value before any alert is seen.
type kind uint8

const (
	anyKind kind = iota // known only when the alert is there
	badKind             // a mistake was reported here: say no more
	nilKind
	boolKind
	intKind
	floatKind
	numberKind // int or float
	stringKind
	bytesKind
	listKind
	mapKind
	recordKind
)

var kindWords = [...]string{
	"a value", "a mistake", "nil", "true or false", "an integer", "a number", "a number",
	"text", "bytes", "a list", "a map", "a record",
}

// typ is a kind with what it holds.
type typ struct {
	kind kind
	elem *typ // of a list or map
	// rows says where a record's fields are found; also of a value that may
	// turn out to be a record.
	rows []row
	// pair marks the two-item lists that pairs() makes.
	pair bool
}

// row is one origin of a record: the base it is an item of, and the path of
// its fields without their last name ("prv_candidates[]").
type row struct {
	base int
	path string
}

func (t typ) words() string {
	if t.kind == listKind && t.elem != nil {
		switch {
		case t.elem.kind == recordKind:
			return "a list of records"
		case t.elem.isNumber():
			return "a list of numbers"
		}
	}
	return kindWords[t.kind]
}

func (t typ) isNumber() bool {
	return t.kind == intKind || t.kind == floatKind || t.kind == numberKind
}

func (t typ) maybeNumber() bool { return t.isNumber() || t.unknown() }
func (t typ) maybeList() bool   { return t.kind == listKind || t.unknown() }

// unknown types pass every check: the alert decides, or a mistake was
// reported already, or the value is always missing.
func (t typ) unknown() bool {
	return t.kind == anyKind || t.kind == badKind || t.kind == nilKind
}

// item returns the type of a list's items.
func (t typ) item() typ {
	if t.kind == listKind && t.elem != nil {
		return *t.elem
	}
	if t.kind == badKind {
		return t
	}
	return typ{kind: anyKind, rows: t.rows}
}

func listOf(elem typ) typ { return typ{kind: listKind, elem: &elem} }

// join returns the type of a value that is either a or b.
func join(a, b typ) typ {
	switch {
	case a.kind == badKind || b.kind == badKind:
		return typ{kind: badKind}
	case a.kind == nilKind:
		return b
	case b.kind == nilKind:
		return a
	case a.kind == listKind && b.kind == listKind:
		joined := listOf(join(a.item(), b.item()))
		joined.pair = a.pair && b.pair
		return joined
	case a.kind == mapKind && b.kind == mapKind:
		return typ{kind: mapKind, elem: &typ{}}
	}
	joined := typ{kind: anyKind, rows: joinRows(a.rows, b.rows)}
	switch {
	case a.kind == b.kind:
		joined.kind = a.kind
	case a.isNumber() && b.isNumber():
		joined.kind = numberKind
	}
	return joined
}

func joinRows(a, b []row) []row {
	joined := append([]row(nil), a...)
	for _, r := range b {
		found := false
		for _, old := range a {
			found = found || old == r
		}
		if !found {
			joined = append(joined, r)
		}
	}
	return joined
}

// kindOf translates the model's kinds; a schema's Missing is an unknown kind.
func kindOf(k filter.Kind) kind {
	switch k {
	case filter.Bool:
		return boolKind
	case filter.Int:
		return intKind
	case filter.Float:
		return floatKind
	case filter.String:
		return stringKind
	case filter.Bytes:
		return bytesKind
	case filter.List, filter.Array:
		return listKind
	case filter.Map:
		return mapKind
	case filter.Record:
		return recordKind
	}
	return anyKind
}

// nativeKind is the kind of a scalar of a declared kind; Missing where there are
// several.
func nativeKind(declared kind) filter.Kind {
	switch declared {
	case boolKind:
		return filter.Bool
	case intKind:
		return filter.Int
	case floatKind:
		return filter.Float
	case stringKind:
		return filter.String
	}
	return filter.Missing
}

// text spells a type with all that tells it from others.
func (t typ) text() string {
	s := strconv.Itoa(int(t.kind))
	for _, r := range t.rows {
		s += " " + strconv.Itoa(r.base) + ":" + r.path
	}
	if t.pair {
		s += " pair"
	}
	if t.elem != nil {
		s += " of (" + t.elem.text() + ")"
	}
	return s
}
