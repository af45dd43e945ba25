package expression

import (
	"errors"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/skysift/skysift/filter"
)

// oracle is the language again, as slow and plain as can be: it walks the
// syntax tree of each source over the alert's JSON tree, knows no types, slots or
// sharing, and compares and adds numbers with math/big. Differential tests
// hold the compiled set against it.
type oracle struct {
	root        tree
	definitions map[string]string
	lists       map[string][]any
	lets        map[string]any
	item        any
	index       int
}

// absent is a missing value.
type absent struct{}

var errOutOfRange = errors.New("out of range")

func (o oracle) source(text string) any {
	node, err := parser.Parse(text)
	if err != nil {
		panic(err)
	}
	return o.eval(node.Node)
}

func (o oracle) truth(n ast.Node) bool {
	b, _ := o.eval(n).(bool)
	return b
}

func (o oracle) eval(n ast.Node) any {
	switch n := n.(type) {
	case *ast.NilNode:
		return absent{}
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		return int64(n.Value)
	case *ast.FloatNode:
		return n.Value
	case *ast.StringNode:
		return n.Value
	case *ast.IdentifierNode:
		return o.identifier(n.Value)
	case *ast.PointerNode:
		if n.Name == "index" {
			return int64(o.index)
		}
		return o.item
	case *ast.ChainNode:
		return o.eval(n.Node)
	case *ast.MemberNode:
		return o.member(n)
	case *ast.UnaryNode:
		if n.Operator == "-" {
			return o.arith("-", int64(0), o.eval(n.Node), true)
		}
		return !o.truth(n.Node)
	case *ast.BinaryNode:
		return o.binary(n)
	case *ast.ConditionalNode:
		if o.truth(n.Cond) {
			return o.eval(n.Exp1)
		}
		return o.eval(n.Exp2)
	case *ast.ArrayNode:
		list := []any{}
		for _, item := range n.Nodes {
			list = append(list, o.eval(item))
		}
		return list
	case *ast.VariableDeclaratorNode:
		inner := o
		inner.lets = map[string]any{n.Name: o.eval(n.Value)}
		for name, v := range o.lets {
			if name != n.Name {
				inner.lets[name] = v
			}
		}
		return inner.eval(n.Expr)
	case *ast.BuiltinNode:
		return o.call(n.Name, n.Arguments)
	case *ast.CallNode:
		return o.call(n.Callee.(*ast.IdentifierNode).Value, n.Arguments)
	}
	panic(n)
}

func (o oracle) identifier(name string) any {
	if v, ok := o.lets[name]; ok {
		return v
	}
	if text, ok := o.definitions[name]; ok {
		return oracle{root: o.root, definitions: o.definitions, lists: o.lists}.source(text)
	}
	if list, ok := o.lists[name]; ok {
		return list
	}
	if name == "alert" {
		return o.view()
	}
	return plainValue(o.root[name])
}

// view is what randomView says, in plain Go.
func (o oracle) view() tree {
	candidate := o.root["candidate"].(tree)
	mag := plainValue(candidate["mag"])
	if _, missing := mag.(absent); missing {
		mag = plainValue(candidate["score"])
	}
	prv, _ := o.root["prv"].([]any)
	history := []any{}
	for _, item := range timeline(append(slices.Clone(prv), candidate)) {
		row := item.(tree)
		history = append(history, tree{"jd": row["jd"], "mag": o.arith("*", plainValue(row["mag"]), int64(2), false), "fid": row["fid"]})
	}
	return tree{"mag": mag, "jd": candidate["jd"], "history": history}
}

// timeline returns the records that have a jd, in its order.
func timeline(list []any) []any {
	var kept []any
	for _, item := range list {
		row, _ := item.(tree)
		if _, missing := plainValue(row["jd"]).(absent); !missing {
			kept = append(kept, item)
		}
	}
	slices.SortStableFunc(kept, func(a, b any) int {
		sign, _ := oracleOrder(a.(tree)["jd"], b.(tree)["jd"])
		return sign
	})
	return kept
}

// plainScalar is the oracle's value of a constant.
func plainScalar(v filter.Value) any {
	switch v.Kind() {
	case filter.Int:
		return v.Int()
	case filter.Float:
		return v.Float()
	}
	return v.Text()
}

// plainValue turns what the alert holds into the oracle's values.
func plainValue(v any) any {
	switch v := v.(type) {
	case nil:
		return absent{}
	case float64:
		if math.IsNaN(v) {
			return absent{}
		}
	case float32:
		return plainValue(float64(v))
	case int32:
		return int64(v)
	}
	return v
}

func (o oracle) member(n *ast.MemberNode) any {
	object, property := o.eval(n.Node), o.eval(n.Property)
	switch object := object.(type) {
	case tree:
		if scores, ok := object["map"].(tree); ok {
			object = scores
		}
		name, _ := property.(string)
		return plainValue(object[name])
	case []any, absent:
		list, _ := object.([]any)
		i, ok := property.(int64)
		if !ok {
			return absent{}
		}
		if i < 0 {
			i += int64(len(list))
		}
		if i < 0 || i >= int64(len(list)) {
			panic(errOutOfRange)
		}
		return plainValue(list[i])
	}
	return absent{}
}

func (o oracle) binary(n *ast.BinaryNode) any {
	switch n.Operator {
	case "and", "&&":
		return o.truth(n.Left) && o.truth(n.Right)
	case "or", "||":
		return o.truth(n.Left) || o.truth(n.Right)
	}
	a := o.eval(n.Left)
	if _, missing := a.(absent); n.Operator == "??" && !missing {
		return a
	}
	b := o.eval(n.Right)
	_, aMissing := a.(absent)
	_, bNil := n.Right.(*ast.NilNode)
	switch n.Operator {
	case "??":
		return b
	case "==":
		return oracleEqual(a, b) || bNil && aMissing
	case "!=":
		return !(oracleEqual(a, b) || bNil && aMissing)
	case "<", "<=", ">", ">=":
		sign, ok := oracleOrder(a, b)
		return ok && (sign < 0 && n.Operator[0] == '<' || sign > 0 && n.Operator[0] == '>' || sign == 0 && len(n.Operator) == 2)
	case "in":
		list, _ := b.([]any)
		return slices.ContainsFunc(list, func(item any) bool {
			_, missing := plainValue(item).(absent)
			return oracleEqual(a, plainValue(item)) || missing && aMissing
		})
	case "contains", "startsWith", "endsWith", "matches":
		text, ok1 := a.(string)
		part, ok2 := b.(string)
		return ok1 && ok2 && map[string]bool{
			"contains": strings.Contains(text, part), "startsWith": strings.HasPrefix(text, part), "endsWith": strings.HasSuffix(text, part),
			"matches": n.Operator == "matches" && regexp.MustCompile(part).MatchString(text),
		}[n.Operator]
	case "..":
		from, _ := a.(int64)
		to, _ := b.(int64)
		list := []any{}
		for i := from; i <= to; i++ {
			list = append(list, i)
		}
		return list
	}
	return o.arith(n.Operator, a, b, false)
}

func oracleNumber(v any) (*big.Float, bool) {
	switch v := v.(type) {
	case int64:
		return new(big.Float).SetPrec(200).SetInt64(v), true
	case float64:
		return new(big.Float).SetPrec(200).SetFloat64(v), !math.IsNaN(v)
	}
	return nil, false
}

func oracleOrder(a, b any) (int, bool) {
	x, ok1 := oracleNumber(a)
	y, ok2 := oracleNumber(b)
	if ok1 && ok2 {
		return x.Cmp(y), true
	}
	s, ok1 := a.(string)
	t, ok2 := b.(string)
	return strings.Compare(s, t), ok1 && ok2
}

func oracleEqual(a, b any) bool {
	if x, ok := a.(bool); ok {
		y, ok := b.(bool)
		return ok && x == y
	}
	sign, ok := oracleOrder(a, b)
	return ok && sign == 0
}

func (o oracle) arith(op string, a, b any, negation bool) any {
	i, aInt := a.(int64)
	j, bInt := b.(int64)
	if aInt && bInt && op != "/" && op != "**" {
		x, y, z := big.NewInt(i), big.NewInt(j), new(big.Int)
		switch op {
		case "+":
			z.Add(x, y)
		case "-":
			z.Sub(x, y)
		case "*":
			z.Mul(x, y)
		case "%":
			if j == 0 {
				return absent{}
			}
			z.Rem(x, y)
		}
		if !z.IsInt64() {
			return absent{}
		}
		return z.Int64()
	}
	x, y := oracleFloat(a), oracleFloat(b)
	if s, ok := a.(string); ok && op == "+" {
		if t, ok := b.(string); ok {
			return s + t
		}
	}
	if math.IsNaN(x) || math.IsNaN(y) || op == "%" {
		return absent{}
	}
	if negation {
		return plainValue(-y)
	}
	return plainValue(map[string]float64{"+": x + y, "-": x - y, "*": x * y, "/": x / y, "**": math.Pow(x, y)}[op])
}

func oracleFloat(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// call evaluates the functions that the random expressions use.
func (o oracle) call(name string, args []ast.Node) any {
	first := o.eval(args[0])
	switch name {
	case "abs":
		if f, ok := first.(float64); ok {
			return math.Abs(f)
		}
		if sign, ok := oracleOrder(first, int64(0)); ok && sign < 0 {
			return o.arith("-", int64(0), first, true)
		} else if ok {
			return first
		}
		return absent{}
	case "nullif":
		if oracleEqual(first, o.eval(args[1])) {
			return absent{}
		}
		return first
	case "lower":
		if text, ok := first.(string); ok {
			return strings.ToLower(text)
		}
		return absent{}
	}
	list, _ := first.([]any)
	switch name {
	case "len":
		return int64(len(list))
	case "first", "last":
		if len(list) == 0 {
			return absent{}
		}
		return plainValue(list[map[string]int{"first": 0, "last": len(list) - 1}[name]])
	case "concat":
		joined := slices.Clone(list)
		for _, arg := range args[1:] {
			more, _ := o.eval(arg).([]any)
			joined = append(joined, more...)
		}
		return joined
	case "max", "min":
		return oracleExtreme(list, name)
	case "pairs":
		pairs := []any{}
		ordered := timeline(list)
		for i := 1; i < len(ordered); i++ {
			pairs = append(pairs, tree{"earlier": ordered[i-1], "later": ordered[i]})
		}
		return pairs
	case "latest":
		ordered := timeline(list)
		if len(ordered) == 0 {
			return absent{}
		}
		return ordered[len(ordered)-1]
	}
	return o.loop(name, list, args[1].(*ast.PredicateNode).Node)
}

func oracleExtreme(list []any, name string) any {
	var best any = absent{}
	for _, item := range list {
		item = plainValue(item)
		if _, isNumber := oracleNumber(item); !isNumber {
			continue
		}
		if sign, ok := oracleOrder(item, best); !ok || sign > 0 && name == "max" || sign < 0 && name == "min" {
			best = item
		}
	}
	return best
}

func (o oracle) loop(name string, list []any, body ast.Node) any {
	count, sum := 0, any(int64(0))
	mapped, kept := []any{}, []any{}
	at := o
	for i, item := range list {
		at.item, at.index = plainValue(item), i
		v := at.eval(body)
		if holds, _ := v.(bool); holds {
			count++
			kept = append(kept, item)
		}
		if _, ok := oracleNumber(v); ok && name == "sum" {
			sum = o.arith("+", sum, v, false)
		}
		mapped = append(mapped, v)
		// A loop that stops early evaluates no later item, whose failure
		// would be the clause's.
		if name == "any" && count == 1 || name == "none" && count == 1 || name == "all" && count != i+1 || name == "one" && count == 2 || name == "find" && count == 1 {
			break
		}
	}
	switch name {
	case "any":
		return count > 0
	case "none":
		return count == 0
	case "all":
		return count == len(list)
	case "one":
		return count == 1
	case "count":
		return int64(count)
	case "filter":
		return kept
	case "map":
		return mapped
	case "sum":
		return sum
	case "find":
		if count == 0 {
			return absent{}
		}
		return plainValue(kept[0])
	}
	panic(name)
}

// json renders a value of the oracle's as Value.AppendJSON would.
func oracleJSON(v any) string {
	return string(scalarOfOracle(v).AppendJSON(nil))
}

func scalarOfOracle(v any) filter.Value {
	switch v := v.(type) {
	case absent:
		return filter.Value{}
	case []any:
		items := make([]filter.Value, len(v))
		for i := range v {
			items[i] = scalarOfOracle(plainValue(v[i]))
		}
		return filter.ListOf(items)
	}
	return scalar(v)
}
