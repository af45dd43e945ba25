package expression

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

// callee checks the call of a plain name, and explains the ways to call that
// other languages have.
func (c *checker) callee(n *ast.CallNode) *node {
	switch callee := n.Callee.(type) {
	case *ast.IdentifierNode:
		return c.call(n, callee.Value, n.Arguments)
	case *ast.MemberNode:
		name, _ := callee.Property.(*ast.StringNode)
		if name == nil {
			break
		}
		if _, known := c.functions[name.Value]; known {
			help := "write " + name.Value + "(x)"
			if module, ok := callee.Node.(*ast.IdentifierNode); ok && isModule(module.Value) {
				help = "write " + name.Value + "(…)"
			}
			return c.wrong(c.whole(callee), "functions stand alone, without a dot", help)
		}
		if help := habitCall(name.Value); help != "" {
			return c.wrong(c.at(callee.Property), "unknown function "+name.Value, help)
		}
		return c.wrong(c.at(callee.Property), "unknown function "+name.Value, c.nearestFunction(name.Value))
	}
	return c.wrong(c.whole(n), "this cannot be called", "")
}

func isModule(name string) bool {
	switch name {
	case "math", "np", "numpy", "scipy", "Math":
		return true
	}
	return false
}

func (c *checker) nearestFunction(name string) string {
	var all []string
	for known := range c.functions {
		all = append(all, known)
	}
	sortStrings(all)
	if near := spelling.Nearest(name, all); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// call checks the call of a function by its name.
func (c *checker) call(n ast.Node, name string, args []ast.Node) *node {
	if real, ok := c.source.disguised[n.Location().From]; ok {
		name = real
	}
	fn, ok := c.functions[name]
	if !ok {
		for _, arg := range args {
			c.argument(arg)
		}
		if help := habitCall(name); help != "" {
			return c.wrong(c.at(n), "unknown function "+name, help)
		}
		return c.wrong(c.at(n), "unknown function "+name, c.nearestFunction(name))
	}
	if !fn.accepts(len(args)) {
		return c.wrong(c.at(n), fmt.Sprintf("%s is given %s", name, arguments(len(args))), "write "+fn.Signature())
	}
	if fn.loop {
		return c.loop(fn, n, args)
	}
	nodes, good := make([]*node, len(args)), true
	for i, arg := range args {
		nodes[i] = c.passed(fn, i, arg)
		good = good && !nodes[i].isBad()
	}
	if !good {
		return c.graph.bad()
	}
	if name == "cone" {
		if r := nodes[4]; r.isConst() && r.value.IsNumber() && !(r.value.Float() >= 0 && r.value.Float() <= 180) {
			return c.wrong(c.whole(args[4]), "cone is given a radius of "+string(r.value.AppendJSON(nil))+" degrees", "it goes from 0 to 180; 5 arcsec are 5/3600")
		}
	}
	if fn.build != nil {
		return fn.build(c, c.at(n), nodes)
	}
	return c.graph.add(node{op: opCall, text: name, fn: fn, args: nodes, typ: fn.result(nodes)})
}

// argument checks an argument of which nothing is known, for its own mistakes.
func (c *checker) argument(arg ast.Node) {
	if _, isPredicate := arg.(*ast.PredicateNode); !isPredicate {
		c.value(arg)
	}
}

func (f *Function) accepts(n int) bool {
	return n >= len(f.Params)-f.Optional && (n <= len(f.Params) || f.Repeats)
}

func arguments(n int) string {
	switch n {
	case 0:
		return "no arguments"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// passed checks one argument against what its function wants.
func (c *checker) passed(fn *Function, i int, arg ast.Node) *node {
	v, want := c.value(arg), fn.param(i)
	if want == wantNumbers || want == wantList || want == wantSeries && v.op == opField {
		if want == wantList || v.typ.kind == listKind {
			v = c.asItems(v)
		}
	}
	if want >= wantWatchlist {
		return c.placeArgument(fn, want, v, c.whole(arg))
	}
	if problem, help := refusal(v.typ, want); problem != "" {
		return c.wrong(c.whole(arg), fmt.Sprintf("%s wants %s, and this is %s", fn.Name, problem, v.typ.words()), help)
	}
	return v
}

// refusal says what was wanted where a type does not fit.
func refusal(t typ, w want) (problem, help string) {
	if t.unknown() {
		return "", ""
	}
	numbers := t.kind == listKind && t.item().maybeNumber()
	switch {
	case w == wantNumber && !t.isNumber():
		return "a number", numberHelp(t)
	case w == wantText && t.kind != stringKind:
		return "text", "string(x) makes text of a value"
	case w == wantNumbers && !numbers, w == wantSeries && !numbers && !t.isNumber():
		if t.kind == listKind && t.item().kind == recordKind {
			return "numbers", "write map(list, .field)"
		}
		return "a list of numbers", ""
	case w == wantList && t.kind != listKind:
		return "a list", ""
	case w == wantMap && t.kind != mapKind:
		return "a map", ""
	}
	return "", ""
}

// habitCall returns what to write instead of a function that this language
// does not have.
func habitCall(name string) string {
	switch name {
	case "now", "date", "duration", "timezone", "time", "today", "getdate", "jdnow", "mjdnow", "utcnow", "unix_timestamp":
		return "there is no wall clock, so that a replay gives the same verdicts: use the alert's own jd"
	case "reduce":
		return "write sum, count, min, max, mean, or any"
	case "groupBy", "toPairs", "fromPairs", "keys", "values":
		return "write filter(list, .field == value) for each value"
	case "replace", "repeat", "join", "split", "splitAfter", "toJSON", "fromJSON", "toBase64", "fromBase64", "indexOf", "lastIndexOf":
		return "text is only compared: contains, startsWith, endsWith, matches"
	case "log":
		return "write ln for base e, log10 for base 10"
	case "length", "size", "lenght":
		return "write len"
	case "std", "stdev", "sigma":
		return "write stddev"
	case "avg", "average", "nanmean":
		return "write mean"
	case "startswith", "hasPrefix":
		return "write text startsWith part"
	case "endswith", "hasSuffix":
		return "write text endsWith part"
	case "sort":
		return "write sortBy(list, #)"
	case "isnan", "isNaN", "isnull", "isna":
		return "write x == nil"
	case "COALESCE", "ifnull", "IFNULL", "nvl":
		return "write a ?? b"
	case "get":
		return "write map[key] or list[index]"
	case "power":
		return "write pow(x, y) or x ** y"
	case "crossmatch", "xmatch", "catsHTM", "in_catalogue":
		return `write near("catalogue", ra, dec, radius)`
	case "watchlist", "in_watchlist":
		return `write watch("watchlist", ra, dec)`
	case "exists":
		return "write any(list, condition)"
	}
	if lower := strings.ToLower(name); lower != name && lower != "" {
		return habitCall(lower)
	}
	return ""
}

// constantText returns a constant argument's text.
func (n *node) constantText() (string, bool) {
	if !n.isConst() || n.value.Kind() != filter.String {
		return "", false
	}
	return n.value.Text(), true
}
