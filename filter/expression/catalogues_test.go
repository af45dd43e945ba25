package expression

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

const arcsec = 1.0 / 3600

func catalogueOf(t testing.TB, source sky.CatalogueSource, text string) *sky.Catalogue {
	t.Helper()
	source.Path = "sample.csv"
	c, found := sky.ReadCatalogue(source, strings.NewReader(text))
	if len(found) > 0 {
		t.Fatal(found[0])
	}
	return c
}

// withSamples adds the catalogues and regions of the function table's examples.
func withSamples(t testing.TB, p Program) Program {
	t.Helper()
	region, err := sky.ReadRegion(sky.RegionSource{Path: "sample.json"}, strings.NewReader(SampleRegion), int64(len(SampleRegion)))
	if err != nil {
		t.Fatal(err)
	}
	p.Watchlists = map[string]*sky.Catalogue{"sample": catalogueOf(t, sky.CatalogueSource{Watchlist: true, Radius: arcsec}, SampleCatalogue)}
	p.Catalogues = map[string]*sky.Catalogue{"sample": catalogueOf(t, sky.CatalogueSource{}, SampleCatalogue)}
	p.Regions = map[string]*sky.Region{"sample": region}
	return p
}

const directions = `{
  "ra": 10.0002, "dec": 20, "far": 100, "none": null,
  "prv": [{"ra": 10.0002, "dec": 20.0}, {"ra": 200.0, "dec": -30.005}, {"ra": null, "dec": 1.0}, {"ra": 50.0, "dec": 50.0}]
}`

func TestRowsOfCatalogues(t *testing.T) {
	root := parseTree(t, directions)
	for text, want := range map[string]string{
		`len(watch("sample", ra, dec))`:                                          "1",
		`len(watch("sample", far, dec))`:                                         "0",
		`len(watch("sample", none, dec))`:                                        "0",
		`len(watch("sample", ra, 91))`:                                           "0",
		`map(near("sample", ra, dec, 0.01), .id)`:                                `["N1","N2"]`,
		`map(near("sample", 10.0019, dec, 0.01), .id)`:                           `["N2","N1"]`,
		`map(near("sample", ra, dec, 0.01), .z)`:                                 "[0.03,0.3]",
		`map(near("sample", ra, dec, 0.01), round(.separation * 3600, 2))`:       "[0.68,6.09]",
		`map(near("sample", ra, dec, 0.01), #.ra)`:                               "[10,10.002]",
		`map(watch("sample", ra, dec), round(.radius * 3600, 6))`:                "[5]",
		`map(near("sample", ra, dec, 0.01), .radius_arcsec)`:                     "[5,2]",
		`first(watch("sample", ra, dec)).id`:                                     `"N1"`,
		`first(watch("sample", far, dec)).id`:                                    "null",
		`last(near("sample", ra, dec, 1)).separation > 0`:                        "true",
		`any(near("sample", ra, dec, 0.01), .z < 0.1)`:                           "true",
		`all(near("sample", ra, dec, 0.01), .z < 0.1)`:                           "false",
		`none(near("sample", ra, dec, none), .z < 0.1)`:                          "true",
		`len(near("sample", ra, dec, none))`:                                     "0",
		`len(near("sample", ra, dec, none ?? -1))`:                               "0",
		`len(near("sample", ra, dec, far * 4))`:                                  "3",
		`find(near("sample", ra, dec, 0.01), .z > 0.1).id`:                       `"N2"`,
		`minBy(near("sample", ra, dec, 180), .z).id`:                             `"N1"`,
		`maxBy(near("sample", ra, dec, 180), .separation).id`:                    `"N3"`,
		`count(near("sample", ra, dec, 180), .z == nil)`:                         "1",
		`near("sample", ra, dec, 0.01)[1].id`:                                    `"N2"`,
		`near("sample", ra, dec, 0.01)[-1]["id"]`:                                `"N2"`,
		`map(sortBy(near("sample", ra, dec, 180), .id, "desc"), .id)`:            `["N3","N2","N1"]`,
		`map(filter(prv, watch("sample", .ra, .dec)), .ra)`:                      "[10.0002,200]",
		`map(prv, first(watch("sample", .ra, .dec)).id)`:                         `["N1","N3",null,null]`,
		`map(prv, len(near("sample", .ra, .dec, 0.01)))`:                         "[2,1,0,0]",
		`let m = near("sample", ra, dec, 0.01); len(m) > 1 and m[0].z < 1`:       "true",
		`map(concat(watch("sample", ra, dec), watch("sample", ra, dec)), .id)`:   `["N1","N1"]`,
		`map(concat(watch("sample", ra, dec), near("sample", ra, dec, 1)), .id)`: `["N1","N1","N2"]`,
		`map(concat(prv[:1], near("sample", ra, dec, 1)), .dec)`:                 "[20,20,20]",
		`watch("sample", ra, dec) ? 1 : 2`:                                       "1",
		`watch("sample", far, dec) ? 1 : 2`:                                      "2",
		`in_region(ra, dec, "sample")`:                                           "true",
		`in_region(far, -dec, "sample")`:                                         "false",
		`in_region(none, dec, "sample")`:                                         "null",
		`in_region(ra, 91, "sample")`:                                            "null",
		`count(prv, in_region(.ra, .dec, "sample"))`:                             "1",
	} {
		for _, schema := range []*filter.Schema{schemaOf(root), nil} {
			if got := string(valueOf(t, schema, text, root).AppendJSON(nil)); got != want {
				t.Errorf("%s is %s, want %s (schema: %v)", text, got, want, schema != nil)
			}
		}
	}
}

func TestAListOfRowsIsACondition(t *testing.T) {
	root := parseTree(t, directions)
	for clause, want := range map[string]bool{
		`watch("sample", ra, dec)`:                                           true,
		`watch("sample", far, dec)`:                                          false,
		`not watch("sample", ra, dec)`:                                       false,
		`not watch("sample", far, dec)`:                                      true,
		`not watch("sample", none, dec)`:                                     true,
		`watch("sample", far, dec) or near("sample", ra, dec, 0.001)`:        true,
		`filter(near("sample", ra, dec, 0.01), .z > 0.1)`:                    true,
		`filter(near("sample", ra, dec, 0.01), .z > 5)`:                      false,
		`in_region(ra, dec, "sample") and not in_region(far, dec, "sample")`: true,
	} {
		p := withSamples(t, one(clause))
		set := compiled(t, p)
		x, err := NewExplainer(p)
		if err != nil {
			t.Fatal(err)
		}
		var a filter.Alert
		fill(&a, x.Fields(), root)
		verdicts, err := set.NewEvaluator().Evaluate(&a)
		if err != nil || (len(verdicts) == 1) != want {
			t.Errorf("%s: %v, %v; want %v", clause, verdicts, err, want)
		}
		if e, err := x.Explain(&a, 0); err != nil || e.Passes != want {
			t.Errorf("%s is explained as %v, %v; want %v", clause, e, err, want)
		}
	}
}

func TestMistakesWithCataloguesAndRegions(t *testing.T) {
	for _, c := range []struct{ clause, word, want, help string }{
		{`watch("sampel", ra, dec)`, `"sampel"`, "no watchlist is named sampel", "did you mean sample?"},
		{`watch("wholly_different", ra, dec)`, `"wholly_different"`, "no watchlist is named wholly_different", "there are lonely, sample"},
		{`near("lonely", ra, dec, 1)`, `"lonely"`, "lonely is a watchlist", `write watch("lonely", ra, dec)`},
		{`in_region(ra, dec, "plane")`, `"plane"`, "no region is named plane", "there are sample"},
		{`watch(name, ra, dec)`, "name", "watch wants the name of a watchlist, written out in quotes", `write watch(name, ra, dec)`},
		{`watch("sample", ra)`, "watch", "watch is given 2 arguments", "write watch(name, ra, dec)"},
		{`watch("sample", "x", dec)`, `"x"`, "watch wants a number, and this is text", ""},
		{`near("sample", ra, dec)`, "near", "near needs a radius: the catalogue sample has none", ""},
		{`near("sample", ra, dec, 400)`, "near", "near is given a radius of 400 degrees", "it goes from above 0 to 180"},
		{`near("sample", ra, dec, -1)`, "near", "near is given a radius of -1 degrees", ""},
		{`any(near("sample", ra, dec, 1), .zed > 1)`, "zed", "catalogue sample has no column zed", "there are dec, id, ra, radius_arcsec"},
		{`first(watch("sample", ra, dec)).redshift > 1`, "redshift", "watchlist sample has no column redshift", "there are dec, id, ra, radius, separation, z"},
		{`any(near("sample", ra, dec, 1), .id > 1)`, ".id > 1", "text is compared with an integer", ""},
		{`watch("sample", ra, dec).id == "N1"`, "id", "a list has no field id", "last(list).id"},
		{`watch("sample", ra, dec) != nil`, `watch("sample", ra, dec) != nil`, "a list of rows is never nil", "len(…) > 0"},
		{`watch("sample", ra, dec) > 0`, `watch("sample", ra, dec`, "a list of records cannot be compared", "len(x)"},
		{`first(watch("sample", ra, dec))`, `first(watch("sample", ra, dec))`, "this is a record, not true or false", "x != nil"},
		{`crossmatch("sample", ra, dec)`, "crossmatch", "unknown function crossmatch", `write near("catalogue", ra, dec, radius)`},
	} {
		p := withSamples(t, one(c.clause))
		p.Watchlists["lonely"], p.Spares = p.Watchlists["sample"], true
		set, mistakes := Compile(p)
		if set != nil || len(mistakes) == 0 {
			t.Errorf("%s is no mistake", c.clause)
			continue
		}
		m := mistakes[0]
		word := c.clause[m.Offset:min(m.Offset+m.Length, len(c.clause))]
		if !strings.Contains(m.Message, c.want) || !strings.Contains(m.Suggestion, c.help) || word != c.word {
			t.Errorf("%s: %q at %q, %q; want %q at %q, %q", c.clause, m.Message, word, m.Suggestion, c.want, c.word, c.help)
		}
	}
}

func TestNoMoreIsSaidOfAFileThatCouldNotBeRead(t *testing.T) {
	p := one(`watch("w", ra, dec)`, `any(near("c", ra, dec, 1), .x > 1)`, `in_region(ra, dec, "r")`)
	p.Watchlists = map[string]*sky.Catalogue{"w": nil}
	p.Catalogues = map[string]*sky.Catalogue{"c": nil}
	p.Regions = map[string]*sky.Region{"r": nil}
	if mistakes := Check(p); len(mistakes) != 0 {
		t.Errorf("%v", mistakes)
	}
}

// TestVersionsCoverWhatIsInCatalogues, and not what they are called.
func TestVersionsCoverWhatIsInCatalogues(t *testing.T) {
	version := func(list, name string, clause string) string {
		p := one(fmt.Sprintf(clause, name))
		p.Watchlists = map[string]*sky.Catalogue{
			"other": catalogueOf(t, sky.CatalogueSource{Watchlist: true, Radius: 1}, "5,5,x\n"),
			name:    catalogueOf(t, sky.CatalogueSource{Watchlist: true, Radius: 1}, list),
		}
		return compiled(t, p).Filters[0].Version
	}
	for _, clause := range []string{`watch("%s", ra, dec)`, `any(watch("%s", ra, dec), .id == "a")`} {
		a, b := version("1,2,a\n", "mine", clause), version("1,2,b\n", "mine", clause)
		if renamed := version("1,2,a\n", "yours", clause); a == b || a != renamed {
			t.Errorf("%s: versions %s, with other rows %s, with another name %s", clause, a, b, renamed)
		}
	}
}

func TestFiltersShareASearch(t *testing.T) {
	p := withSamples(t, one(`any(near("sample", ra, dec, 0.01), .z < 0.1)`, "ra > 1"))
	p.Filters = append(p.Filters, one(`any(near("sample", ra, dec, 0.01), .z > 0.1)`, "dec > 1").Filters...)
	set := compiled(t, p)
	shared := set.Plan().Shared
	if len(shared) != 1 || shared[0].Expression != `near("sample", ra, dec, 0.01)` || shared[0].Filters != 2 {
		t.Errorf("shared: %+v", shared)
	}
	for _, f := range set.Plan().Filters {
		if last := f.Rest[len(f.Rest)-1]; !strings.Contains(last.Expression, "near") {
			t.Errorf("the search does not come last: %+v", f.Rest)
		}
	}
}

func TestMatchingAllocatesNothing(t *testing.T) {
	root := parseTree(t, directions)
	set := compiled(t, withSamples(t, one(`any(near("sample", ra, dec, 0.01), .z < 0.1 and .id startsWith "N")`, `watch("sample", ra, dec)`, `in_region(ra, dec, "sample")`)))
	var a filter.Alert
	fill(&a, set.Fields, root)
	evaluator := set.NewEvaluator()
	passed := 0
	evaluate := func() {
		verdicts, _ := evaluator.Evaluate(&a)
		passed += len(verdicts)
	}
	evaluate()
	if n := testing.AllocsPerRun(100, evaluate); n != 0 || passed < 100 {
		t.Errorf("%v allocations an alert, %d passed", n, passed)
	}
}

func TestTooManyMatchesFailTheClauseAlone(t *testing.T) {
	p := one(`watch("crowd", ra, dec)`)
	p.Filters = append(p.Filters, one("ra > 1").Filters...)
	p.Watchlists = map[string]*sky.Catalogue{
		"crowd": catalogueOf(t, sky.CatalogueSource{Watchlist: true, Radius: 1}, strings.Repeat("10,20,a\n", maxTicks+1)),
	}
	set := compiled(t, p)
	var a filter.Alert
	fill(&a, set.Fields, parseTree(t, directions))
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	if err != nil || len(verdicts) != 2 || !errors.Is(verdicts[0].Err, ErrBudget) || verdicts[1].Err != nil {
		t.Errorf("%v, %v", verdicts, err)
	}
}

func TestExplanationShowsTheRowsMatched(t *testing.T) {
	p := withSamples(t, one(`watch("sample", ra, dec)`, `any(near("sample", ra, dec, 0.01), .z > 0.5)`, `in_region(far, dec, "sample")`))
	x, err := NewExplainer(p)
	if err != nil {
		t.Fatal(err)
	}
	var a filter.Alert
	fill(&a, x.Fields(), parseTree(t, directions))
	e, err := x.Explain(&a, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	draw(&b, "", e.Clauses)
	want := `true watch("sample", ra, dec)
  watch("sample", ra, dec) = [{"id":"N1","separation":0.00018793852415756,"ra":10,"dec":20,"radius":0.001388888888888889,"z":0.03}]
  ra = 10.0002
  dec = 20
`
	if got := b.String(); !strings.HasPrefix(got, want[:60]) || !strings.Contains(got, `[{"id":"N1","separation":0.00018`) ||
		!strings.Contains(got, `"z":0.03},{"id":"N2"`) || !strings.Contains(got, "false in_region") {
		t.Errorf("explained as\n%s\nwant\n%s…", got, want)
	}
}
