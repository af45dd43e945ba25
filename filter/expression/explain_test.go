package expression

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// TestExplanationsAgreeWithVerdicts: what is explained is what the set says,
// on the same alert.
func TestExplanationsAgreeWithVerdicts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	passed, failed := 0, 0
	for range 40 {
		p := Program{Schema: randomSchema(), Definitions: randomDefinitions()}
		for i := range 10 {
			w := &writer{Rand: r, depth: 2}
			f := Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{w.condition(), "common or " + w.condition()}}
			f.Annotate = []Annotation{{"a", w.number()}}
			if set, _ := Compile(Program{Schema: p.Schema, Definitions: p.Definitions, Filters: []Filter{f}}); set != nil {
				p.Filters = append(p.Filters, f)
			}
		}
		set := compiled(t, p)
		x, err := NewExplainer(p)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			root := randomAlert(r)
			var a filter.Alert
			fill(&a, x.Fields(), root)
			verdicts, _ := set.NewEvaluator().Evaluate(&a)
			var want, got []string
			for _, v := range verdicts {
				want = append(want, spell(v, v.Filter))
			}
			for i := range p.Filters {
				got = append(got, verdictOf(t, x, &a, i)...)
			}
			passed += len(got)
			failed += len(p.Filters) - len(got)
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Fatalf("explained %q\nverdicts %q\n%v", got, want, p.Filters)
			}
		}
	}
	if passed == 0 || failed == 0 {
		t.Errorf("%d verdicts and %d filters without: one of them was not tried", passed, failed)
	}
}

// verdictOf spells the verdict that an explanation comes to.
func verdictOf(t *testing.T, x *Explainer, a *filter.Alert, i int) []string {
	t.Helper()
	e, err := x.Explain(a, i)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := x.Outcomes(nil, a, i)
	if err != nil {
		t.Fatal(err)
	}
	broken := -1
	for j, c := range e.Clauses {
		if c.Outcome != outcomes[j] {
			t.Errorf("clause %q is explained as %v and counted as %v", c.Text, c.Outcome, outcomes[j])
		}
		checkParts(t, c)
		switch {
		case c.Outcome == False || c.Outcome == MissingValue:
			return nil
		case c.Outcome == Failed && broken < 0:
			broken = j
		}
	}
	if broken >= 0 {
		return []string{fmt.Sprintf("%d filter %q, clause %d: %s", i, fmt.Sprint(i), broken+1, e.Clauses[broken].Error)}
	}
	annotations, err := x.Annotations(a, i)
	if err != nil {
		t.Fatal(err)
	}
	return []string{spell(filter.Verdict{Annotations: annotations}, i)}
}

// checkParts holds a condition against its parts.
func checkParts(t *testing.T, c Condition) {
	t.Helper()
	holding, broken := 0, false
	for _, part := range c.Parts {
		checkParts(t, part)
		broken = broken || part.Outcome == Failed
		if part.Outcome == True {
			holding++
		}
	}
	if broken || c.Outcome == Failed || len(c.Parts) == 0 {
		return
	}
	want := map[string]bool{opAnd: holding == len(c.Parts), opOr: holding > 0, opNot: holding == 0}[c.join]
	if want != (c.Outcome == True) {
		t.Errorf("%s of %+v is %v", c.join, c.Parts, c.Outcome)
	}
}

// draw writes conditions one a line.
func draw(b *strings.Builder, indent string, conditions []Condition) {
	for _, c := range conditions {
		fmt.Fprintf(b, "%s%v %s", indent, c.Outcome, c.Text)
		if c.Source != "" {
			b.WriteString(" := " + c.Source)
		}
		b.WriteString("\n")
		draw(b, indent+"  ", c.Parts)
		drawNamed(b, indent+"  ", c.Values)
	}
}

func drawNamed(b *strings.Builder, indent string, values []Named) {
	for _, v := range values {
		fmt.Fprintf(b, "%s%s = %s", indent, v.Text, v.Value)
		if v.Source != "" {
			b.WriteString(" := " + v.Source)
		}
		b.WriteString("\n")
		drawNamed(b, indent+"  ", v.Values)
	}
}

func TestExplanationUnfoldsDefinitionsDownToFields(t *testing.T) {
	p := Program{
		Definitions: []Definition{
			{"real", "(c.drb ?? c.rb) > 0.65 and c.nbad == 0"},
			{"near_star", "ps1 < 1.5 and c.sg > 0.7"},
			{"ps1", "nullif(c.dist, -999)"},
			{"good", "real"},
		},
		Filters: []Filter{{Name: "f", Class: "c", Where: []string{
			"good and not near_star",
			"abs(c.lat + 1) > 7",
			"any(prv, .mag != nil and .jd < c.jd)",
			"c.fid in [1, 2] || c.flag",
			"let ps1 = c.jd; ps1 > 0",
			`c.name startsWith "a(" or (c.rb > 1 and not (c.rb > 2))`,
			"true or c.unread > 1",
		}}},
	}
	x, err := NewExplainer(p)
	if err != nil {
		t.Fatal(err)
	}
	var a filter.Alert
	fill(&a, x.Fields(), parseTree(t, `{
		"c": {"drb": null, "rb": 0.5, "nbad": 0, "dist": -999.0, "sg": 0.9, "lat": -3.0, "jd": 10.0, "fid": 3, "name": "b"},
		"prv": [{"jd": 9.0, "mag": null}, {"jd": 8.0, "mag": 19.5}]
	}`))
	e, err := x.Explain(&a, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	draw(&b, "", e.Clauses)
	want := `false good and not near_star
  false good := real
    false real := (c.drb ?? c.rb) > 0.65 and c.nbad == 0
      false (c.drb ?? c.rb) > 0.65
        c.drb ?? c.rb = 0.5
        c.drb = null
        c.rb = 0.5
      true c.nbad == 0
        c.nbad = 0
  true not near_star
    missing near_star := ps1 < 1.5 and c.sg > 0.7
      missing ps1 < 1.5
        ps1 = null := nullif(c.dist, -999)
          c.dist = -999
      true c.sg > 0.7
        c.sg = 0.9
false abs(c.lat + 1) > 7
  abs(c.lat + 1) = 2
  c.lat = -3
true any(prv, .mag != nil and .jd < c.jd)
  prv[].mag = [null,19.5]
  prv[].jd = [9,8]
  c.jd = 10
missing c.fid in [1, 2] || c.flag
  false c.fid in [1, 2]
    c.fid = 3
  missing c.flag
    c.flag = null
true let ps1 = c.jd; ps1 > 0
  c.jd = 10
false c.name startsWith "a(" or (c.rb > 1 and not (c.rb > 2))
  false c.name startsWith "a("
    c.name = "b"
  false c.rb > 1 and not (c.rb > 2)
    false c.rb > 1
      c.rb = 0.5
    true not (c.rb > 2)
      false c.rb > 2
        c.rb = 0.5
true true or c.unread > 1
  true true
  missing c.unread > 1
    c.unread = null
`
	if b.String() != want {
		t.Errorf("explained as\n%s\nwant\n%s", b.String(), want)
	}
	var why []string
	for _, c := range e.Why() {
		why = append(why, c.Text)
	}
	if got := strings.Join(why, " → "); e.Passes || got != "good and not near_star → good → real → (c.drb ?? c.rb) > 0.65" {
		t.Errorf("passes: %v, because of %s", e.Passes, got)
	}
}

func TestAFalseConditionOutweighsOneThatFails(t *testing.T) {
	p := one("[1, 2][x] > 0 and x < 5", "x < 1")
	p.Filters = append(p.Filters, one("[1, 2][x] > 0", "x > 1").Filters...)
	x, err := NewExplainer(p)
	if err != nil {
		t.Fatal(err)
	}
	var a filter.Alert
	fill(&a, x.Fields(), parseTree(t, `{"x": 9}`))
	for i, want := range []string{"false x < 5", "failed [1, 2][x] > 0"} {
		e, err := x.Explain(&a, i)
		if err != nil {
			t.Fatal(err)
		}
		why := e.Why()
		if last := why[len(why)-1]; last.Outcome.String()+" "+last.Text != want {
			t.Errorf("filter %d: %v %s, want %s", i, last.Outcome, last.Text, want)
		}
	}
}

func TestOutcomesDoNotAllocate(t *testing.T) {
	x, err := NewExplainer(one("x > 1 and x < 5", "x != 7"))
	if err != nil {
		t.Fatal(err)
	}
	var a filter.Alert
	fill(&a, x.Fields(), parseTree(t, `{"x": 9}`))
	room := make([]Outcome, 0, 2)
	if n := testing.AllocsPerRun(100, func() { _, _ = x.Outcomes(room, &a, 0) }); n != 0 {
		t.Errorf("%v allocations an alert, want 0", n)
	}
}
