package expression

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/skysift/skysift/filter"
)

// writer writes random expressions that are well typed for the alerts that
// viewDefinition can only be had where there is a view.
func viewDefinition() Definition { return Definition{"late", "filter(alert.history, .jd > 2)"} }

// randomView is computed once more, in plain Go, by oracle.view.
func randomView() []filter.ViewField {
	return []filter.ViewField{
		{Path: "alert.mag", Kind: filter.Float, Expression: "candidate.mag ?? candidate.score"},
		{Path: "alert.jd", Kind: filter.Float, Expression: "candidate.jd"},
		{Path: "alert.history", Kind: filter.List, Expression: "concat(prv, [candidate])"},
		{Path: "alert.history[].jd", Kind: filter.Float, Expression: "item.jd"},
		{Path: "alert.history[].mag", Kind: filter.Float, Expression: "let m = item.mag; m * 2"},
		{Path: "alert.history[].fid", Kind: filter.Int, Expression: "item.fid"},
	}
}

func randomLists() []List {
	list := func(name string, items ...any) List {
		l := List{Name: name}
		for _, item := range items {
			l.Items = append(l.Items, scalar(item))
		}
		return l
	}
	many := []any{int64(9007199254740993), int64(math.MaxInt64), 1e300, 9007199254740992.0, 18.5, 2.0}
	manyNames := []any{"t", "SN Ia"}
	for i := range int64(12) {
		many, manyNames = append(many, i*i), append(manyNames, fmt.Sprint("name ", i))
	}
	return []List{list("few", int64(1), 18.5, -1.0), list("many", many...), list("names", "t", "x"), list("manyNames", manyNames...)}
}

// randomAlert makes.
type writer struct {
	*rand.Rand
	row   bool // inside a loop over prv
	view  bool // alert.* may be named: names are checked
	item  bool // inside a loop over xs
	depth int
}

func (w *writer) pick(choices ...string) string { return choices[w.IntN(len(choices))] }

func (w *writer) deeper() writer {
	d := *w
	d.depth--
	return d
}

func (w *writer) number() string {
	d := w.deeper()
	if w.depth <= 0 {
		if w.row && w.IntN(2) == 0 {
			return w.pick(".jd", ".mag", ".fid", "#index")
		}
		if w.item && w.IntN(2) == 0 {
			return "#"
		}
		if w.view && w.IntN(6) == 0 {
			return w.pick("alert.mag", "alert.jd", "alert?.mag", `alert["mag"]`)
		}
		return w.pick("candidate.mag", "candidate.score", "candidate.fid", "candid", "candidate.never", "18", "2.5", "-1", "0", "9007199254740993", "9223372036854775807", "twice")
	}
	switch w.IntN(14) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", d.number(), w.pick("+", "-", "*", "/", "**"), d.number())
	case 2:
		return fmt.Sprintf("(%s %% %s)", w.pick("candid", "candidate.fid", "7"), w.pick("candidate.fid", "113", "-2"))
	case 3:
		return fmt.Sprintf("(%s ?? %s)", d.number(), d.number())
	case 4:
		return fmt.Sprintf("abs(%s)", d.number())
	case 5:
		return fmt.Sprintf("nullif(%s, %s)", d.number(), d.number())
	case 6:
		return fmt.Sprintf("(%s ? %s : %s)", d.condition(), d.number(), d.number())
	case 7:
		return "(-" + d.number() + ")"
	case 8, 9:
		return w.overList(d)
	case 10:
		return fmt.Sprintf("(let v = %s; v + v)", d.number())
	}
	w.depth = 0
	return w.number()
}

func (w *writer) overList(d writer) string {
	switch w.IntN(8) {
	case 6:
		return fmt.Sprintf("count(pairs(%s), .later.%s %s .earlier.%s)", d.rows(), w.pick("jd", "mag"), w.pick("<", ">=", "=="), w.pick("jd", "mag"))
	case 7:
		return fmt.Sprintf("latest(%s).%s", d.rows(), w.pick("mag", "jd", "fid"))
	case 0:
		if w.view && w.IntN(3) == 0 {
			return w.pick("len(alert.history)", "last(alert.history).mag", "alert.history[0].jd", "max(map(alert.history, .mag))", "max(map(alert.history, .fid))", "len(map(alert.history, .jd))")
		}
		return w.pick("len(prv)", "len(xs)", "first(xs)", "last(prv).mag", "max(xs)", "min(map(prv, .mag))", "xs[1]", "prv[-1].mag", `scores["SN"]`)
	case 1:
		return fmt.Sprintf("sum(%s, %s)", d.rows(), d.inRow().number())
	case 2:
		return fmt.Sprintf("count(%s, %s)", d.rows(), d.inRow().condition())
	case 3:
		return fmt.Sprintf("find(%s, %s).%s", d.rows(), d.inRow().condition(), w.pick("mag", "jd", "fid"))
	case 4:
		return fmt.Sprintf("max(map(%s, %s))", d.rows(), d.inRow().number())
	}
	return fmt.Sprintf("len(filter(xs, %s))", d.inItem().condition())
}

func (w *writer) rows() string {
	if w.view && w.IntN(3) == 0 {
		return w.pick("alert.history", "alert.history", "filter(alert.history, .mag != nil)", "concat(alert.history, prv)", "late")
	}
	return w.pick("prv", "prv", "filter(prv, .mag != nil)", "concat(prv, [candidate])", "concat(prv, prv)", "bright")
}

func (w writer) inRow() *writer  { w.row, w.item = true, false; return &w }
func (w writer) inItem() *writer { w.row, w.item = false, true; return &w }

func (w *writer) text() string {
	return w.pick("candidate.name", `"t"`, `"SN"`, "lower(candidate.name)", "candidate.name + candidate.name")
}

func (w *writer) condition() string {
	d := w.deeper()
	if w.depth <= 0 {
		return w.pick("candidate.flag", "true", "false", "candidate.mag < 19", "candidate.score == nil", "common", "seen", `candidate.name in ["t", nil]`)
	}
	switch w.IntN(14) {
	case 0, 1, 2:
		return fmt.Sprintf("%s %s %s", d.number(), w.pick("<", "<=", ">", ">=", "==", "!="), d.number())
	case 3:
		return fmt.Sprintf("(%s %s %s)", d.condition(), w.pick("and", "or", "&&", "||"), d.condition())
	case 4:
		return fmt.Sprintf("not (%s)", d.condition())
	case 5:
		return fmt.Sprintf("%s %s nil", d.number(), w.pick("==", "!="))
	case 13:
		if w.IntN(2) == 0 {
			return fmt.Sprintf("%s %s %s", d.text(), w.pick("in", "not in"), w.pick("names", "manyNames"))
		}
		return fmt.Sprintf("%s %s %s", d.number(), w.pick("in", "not in"), w.pick("few", "many"))
	case 6:
		return fmt.Sprintf("%s %s [%s, %s, nil]", d.number(), w.pick("in", "not in"), d.number(), d.number())
	case 7:
		return fmt.Sprintf("%s %s %s", d.text(), w.pick("==", "!=", "<", "contains", "startsWith", "endsWith"), d.text())
	case 8:
		return fmt.Sprintf(`%s matches "^[tS]"`, d.text())
	case 9:
		return fmt.Sprintf("%s(%s, %s)", w.pick("any", "all", "none", "one"), d.rows(), d.inRow().condition())
	case 10:
		return fmt.Sprintf("%s(xs, %s)", w.pick("any", "all", "none", "one"), d.inItem().condition())
	case 11:
		return fmt.Sprintf("candidate.fid in %s..3", w.pick("0", "1", "2"))
	}
	return fmt.Sprintf("any(prv, let p = #; any(prv, .jd > p.jd and %s))", d.inRow().condition())
}

func randomDefinitions() []Definition {
	return []Definition{
		{"common", "candidate.mag < 19 and candidate.fid == 1"},
		{"bright", "filter(prv, .mag < 19)"},
		{"twice", "candidate.mag * 2"},
		{"seen", "any(prv, .mag > 18.2)"},
	}
}

// randomAlert makes alerts full of missing values and numbers at the edge.
func randomAlert(r *rand.Rand) tree {
	number := func() any {
		choices := []any{nil, math.NaN(), 18.0, 18.5, 19.25, 2.5, 0.0, -1.0, 9007199254740992.0, 1e300}
		return choices[r.IntN(len(choices))]
	}
	integer := func() any {
		choices := []any{nil, int64(0), int64(1), int64(2), int64(9007199254740993), int64(math.MaxInt64), int64(math.MinInt64)}
		return choices[r.IntN(len(choices))]
	}
	maybe := func(v any) any {
		if r.IntN(4) == 0 {
			return nil
		}
		return v
	}
	root := tree{
		"candid":    integer(),
		"candidate": tree{"mag": number(), "score": number(), "fid": integer(), "flag": maybe(r.IntN(2) == 0), "name": maybe([]string{"t", "SN Ia", "x"}[r.IntN(3)]), "jd": number(), "never": nil},
		"scores":    tree{"map": tree{"SN": number(), "AGN": 0.5}},
	}
	var prv, xs []any
	for range r.IntN(5) {
		prv = append(prv, maybe(tree{"jd": number(), "mag": number(), "fid": integer()}))
		xs = append(xs, number())
	}
	root["prv"], root["xs"] = maybe(prv), maybe(xs)
	return root
}

func randomSchema() *filter.Schema {
	s := &filter.Schema{Survey: "test", View: randomView()}
	for path, kind := range map[string]filter.Kind{
		"candid": filter.Int, "candidate": filter.Record, "candidate.mag": filter.Float, "candidate.score": filter.Float, "candidate.fid": filter.Int,
		"candidate.flag": filter.Bool, "candidate.name": filter.String, "candidate.jd": filter.Float, "candidate.never": filter.Float, "scores": filter.Map,
		"prv": filter.List, "prv[].jd": filter.Float, "prv[].mag": filter.Float, "prv[].fid": filter.Int, "xs": filter.List, "xs[]": filter.Float,
	} {
		s.Fields = append(s.Fields, filter.SchemaField{Path: path, Kind: kind, Nullable: true})
	}
	return s
}

func newOracle(root tree) oracle {
	o := oracle{root: root, definitions: map[string]string{}, lists: map[string][]any{}}
	for _, d := range append(randomDefinitions(), viewDefinition()) {
		o.definitions[d.Name] = d.Source
	}
	for _, l := range randomLists() {
		for _, item := range l.Items {
			o.lists[l.Name] = append(o.lists[l.Name], plainScalar(item))
		}
	}
	return o
}

// valueByOracle evaluates an annotation, which is missing where it fails.
func valueByOracle(t *testing.T, text string, root tree) (value string) {
	defer func() {
		if v := recover(); v != nil {
			value = "null"
			if failure, ok := v.(error); !ok || !errors.Is(failure, errOutOfRange) {
				panic(v)
			}
		}
	}()
	return oracleJSON(newOracle(root).source(text))
}

// judgeByOracle evaluates a filter's condition by the oracle: conjunct by
// conjunct, for a false one outweighs one that fails.
func judgeByOracle(t *testing.T, text string, root tree) (holds bool, err error) {
	o := newOracle(root)
	node, err := parser.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, conjunct := range o.conjuncts(node.Node) {
		holds, failure := o.judge(conjunct)
		if failure != nil {
			err = failure
		} else if !holds {
			return false, nil
		}
	}
	return err == nil, err
}

func (o oracle) conjuncts(n ast.Node) []ast.Node {
	if binary, ok := n.(*ast.BinaryNode); ok && (binary.Operator == "and" || binary.Operator == "&&") {
		return append(o.conjuncts(binary.Left), o.conjuncts(binary.Right)...)
	}
	return []ast.Node{n}
}

func (o oracle) judge(n ast.Node) (holds bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			failure, ok := v.(error)
			if !ok || !errors.Is(failure, errOutOfRange) {
				panic(v)
			}
			err = failure
		}
	}()
	return o.truth(n), nil
}

func checkAgainstOracle(t *testing.T, seed uint64, rounds int) {
	r := rand.New(rand.NewPCG(seed, 1))
	for range rounds {
		p := Program{Definitions: randomDefinitions(), Lists: randomLists()}
		if r.IntN(3) > 0 {
			p.Schema = randomSchema()
			p.Definitions = append(p.Definitions, viewDefinition())
		}
		for i := range 12 {
			w := &writer{Rand: r, depth: 1 + r.IntN(4), view: p.Schema != nil}
			p.Filters = append(p.Filters, Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{w.condition()}, Annotate: []Annotation{{"value", w.number()}}})
		}
		set, mistakes := Compile(p)
		if set == nil {
			for _, m := range mistakes {
				if !m.Warning && !strings.Contains(m.Message, "division by zero") && !strings.Contains(m.Message, "expensive") && !strings.Contains(m.Message, "nested more") {
					t.Errorf("seed %d: %s", seed, describe(p, m))
				}
			}
			continue
		}
		compareWithOracle(t, r, p, set)
	}
}

func compareWithOracle(t *testing.T, r *rand.Rand, p Program, set *filter.Set) {
	evaluator := set.NewEvaluator()
	var a filter.Alert
	for range 8 {
		root := randomAlert(r)
		fill(&a, set.Fields, root)
		verdicts, err := evaluator.Evaluate(&a)
		if err != nil {
			t.Fatal(err)
		}
		found := map[int]string{}
		for _, v := range verdicts {
			found[v.Filter] = "passes"
			if v.Err != nil {
				found[v.Filter] = "fails"
			}
		}
		for i, f := range p.Filters {
			want := ""
			if holds, err := judgeByOracle(t, f.Where[0], root); err != nil {
				want = "fails"
			} else if holds {
				want = "passes"
			}
			if found[i] != want {
				t.Fatalf("%s\non %v\nis %q, want %q (schema: %v)", f.Where[0], root, found[i], want, p.Schema != nil)
			}
		}
		for _, v := range verdicts {
			text := p.Filters[v.Filter].Annotate[0].Source
			if want := valueByOracle(t, text, root); v.Err == nil && string(v.Annotations[0].Value.AppendJSON(nil)) != want {
				t.Fatalf("%s\non %v\nis %s, want %s (schema: %v)", text, root, v.Annotations[0].Value.AppendJSON(nil), want, p.Schema != nil)
			}
		}
	}
}

// TestRandomExpressionsAgainstOracle compares compiled filters with the
// tree-walking oracle on random alerts.
func TestRandomExpressionsAgainstOracle(t *testing.T) {
	for seed := range uint64(20) {
		checkAgainstOracle(t, seed, 10)
	}
}

// FuzzRandomExpressions is the same for as long as it is let. An input is 24
// filters over eight alerts each, by two evaluators.
//
//fuzz:weight 40
func FuzzRandomExpressions(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(99))
	f.Fuzz(func(t *testing.T, seed uint64) { checkAgainstOracle(t, seed, 2) })
}
