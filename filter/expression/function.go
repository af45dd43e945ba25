package expression

import (
	"strings"

	"github.com/skysift/skysift/filter"
)

// want is what a function takes as an argument.
type want uint8

const (
	wantAny       want = iota
	wantNumber         // a number
	wantText           // text
	wantNumbers        // a list of numbers
	wantSeries         // a list of numbers, or a number
	wantList           // any list
	wantMap            // a map
	wantBody           // an expression on each item, with .field and #
	wantCondition      // a condition on each item
	wantWatchlist      // the name of a watchlist
	wantCatalogue      // of a catalogue
	wantRegion         // of a region
)

// Param is one argument of a function.
type Param struct {
	Name string
	want want
}

// Function is one row of the language's function table, from which the
// compiler and the reference page are both made.
type Function struct {
	Name   string
	Group  string
	Params []Param
	// Optional is how many of the last parameters may be left out.
	Optional int
	// Repeats says that the last parameter may stand any number of times.
	Repeats bool
	// Units of what goes in and what comes out.
	Units string
	// Doc says what the function gives, and when that is missing.
	Doc string
	// Source is where the formula comes from.
	Source string
	// Example is an expression, and Gives its value as JSON.
	Example, Gives string

	result func(args []*node) typ
	// call computes the result; a missing argument never reaches it, but
	// lists may be empty and hold missing items.
	call func(m *machine, args []filter.Value) filter.Value
	// float is the function, where it is one of a number alone; call is made of it.
	float func(float64) float64
	// price is the rough cost in nanoseconds; 0: that of simple arithmetic.
	price float64
	// build, where it is set, makes the node instead of a plain call.
	build func(c *checker, s span, args []*node) *node
	// loop marks functions that evaluate their second argument on each item.
	loop bool
	// absent marks functions that are given missing arguments too.
	absent bool
	// numbers marks functions that are given arrays as they are; all others are
	// given lists.
	numbers bool
}

// Signature returns how the function is called: "slope(xs, ys[, errs])".
func (f *Function) Signature() string {
	var b strings.Builder
	b.WriteString(f.Name + "(")
	for i, p := range f.Params {
		optional := i >= len(f.Params)-f.Optional
		switch {
		case optional && i > 0:
			b.WriteString("[, " + p.Name + "]")
		case i > 0:
			b.WriteString(", " + p.Name)
		default:
			b.WriteString(p.Name)
		}
	}
	if f.Repeats {
		b.WriteString(", …")
	}
	return b.String() + ")"
}

func (f *Function) cost() float64 {
	if f.price == 0 {
		return 15
	}
	return f.price
}

// mayFail reports whether a call can fail. What takes numbers alone cannot:
// its time and its result are bounded, and its errors are missing results.
func (f *Function) mayFail() bool {
	if f.absent {
		return true
	}
	for _, p := range f.Params {
		if p.want != wantNumber {
			return true
		}
	}
	return false
}

// param returns what argument i must be.
func (f *Function) param(i int) want {
	if i >= len(f.Params) {
		return f.Params[len(f.Params)-1].want
	}
	return f.Params[i].want
}

// apply keeps what language.md says of functions: a missing argument gives a
// missing result, a missing list is an empty list, and an argument of the
// wrong kind, which only an alert that departs from its schema can bring,
// gives a missing result too.
func (f *Function) apply(m *machine, args []filter.Value) filter.Value {
	for i, arg := range args {
		if arg.Kind() == filter.Array && !f.numbers {
			arg = m.listed(arg)
			args[i] = arg
		}
		if f.param(i) >= wantNumbers && arg.Kind() == filter.List {
			m.charge(len(arg.List()))
		}
		if !f.absent && !fits(arg, f.param(i)) {
			return filter.Value{}
		}
	}
	if m.failure != nil {
		return filter.Value{}
	}
	return f.call(m, args)
}

func fits(arg filter.Value, w want) bool {
	switch w {
	case wantNumber:
		return arg.IsNumber()
	case wantText:
		return arg.Kind() == filter.String
	case wantNumbers, wantList:
		return arg.Kind() == filter.List || arg.Kind() == filter.Array || arg.IsMissing()
	case wantSeries:
		return arg.Kind() == filter.List || arg.Kind() == filter.Array || arg.IsNumber()
	case wantMap:
		return arg.Kind() == filter.Map
	}
	return !arg.IsMissing()
}

// Functions returns the whole function table.
func Functions() []Function {
	var table []Function
	for _, group := range [][]Function{
		skyFunctions(), catalogueFunctions(), photometryFunctions(), timeFunctions(), lightCurveFunctions(), statisticsFunctions(),
		mathsFunctions(), trigonometryFunctions(), listFunctions(), loopFunctions(), textFunctions(), otherFunctions(),
	} {
		table = append(table, group...)
	}
	return table
}

func functionsByName() map[string]*Function {
	table := Functions()
	byName := make(map[string]*Function, len(table))
	for i := range table {
		if f := table[i].float; f != nil {
			table[i].call = onFloat(f)
		}
		byName[table[i].Name] = &table[i]
	}
	return byName
}

// gives returns a result type that does not depend on the arguments.
func gives(k kind) func([]*node) typ {
	return func([]*node) typ { return typ{kind: k} }
}

func number(names ...string) []Param { return params(wantNumber, names) }

func params(w want, names []string) []Param {
	made := make([]Param, len(names))
	for i, name := range names {
		made[i] = Param{name, w}
	}
	return made
}

// onFloat lifts a function of one number, onTwo one of two.
func onFloat(f func(float64) float64) func(*machine, []filter.Value) filter.Value {
	return func(_ *machine, a []filter.Value) filter.Value { return filter.FloatOf(f(a[0].Float())) }
}

func onTwo(f func(a, b float64) float64) func(*machine, []filter.Value) filter.Value {
	return func(_ *machine, a []filter.Value) filter.Value {
		return filter.FloatOf(f(a[0].Float(), a[1].Float()))
	}
}
