package expression

import (
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
	"github.com/skysift/skysift/internal/spelling"
)

// Rough costs in nanoseconds, of a catalogue of a million rows that is in
// nobody's cache: late among a filter's clauses.
const (
	nearPrice   = 1500
	regionPrice = 250
)

func catalogueFunctions() []Function {
	const group = "catalogues and regions"
	rows := "It can stand as a condition: it holds where there is a row."
	return []Function{
		{Name: "watch", Group: group, Params: []Param{{"name", wantWatchlist}, {"ra", wantNumber}, {"dec", wantNumber}}, Units: "degrees",
			Doc:     "The rows of a watchlist whose radius a direction is in, nearest first, each with its columns, its `radius` and its `separation`. " + rows,
			Example: `map(watch("sample", 10.0005, 20), .id)`, Gives: `["N1"]`, price: nearPrice, build: buildWatch},
		{Name: "near", Group: group, Params: []Param{{"name", wantCatalogue}, {"ra", wantNumber}, {"dec", wantNumber}, {"radius", wantNumber}}, Optional: 1, Units: "degrees",
			Doc:     "The rows of a catalogue no farther from a direction than a radius, nearest first, each with its columns and its `separation`. A row's own radius, where the catalogue has some, takes the radius' place; without it, the catalogue's is meant. " + rows,
			Example: `first(near("sample", 10, 20, 0.01)).z`, Gives: "0.03", price: nearPrice, build: buildNear},
		{Name: "in_region", Group: group, Params: []Param{{"ra", wantNumber}, {"dec", wantNumber}, {"name", wantRegion}}, Units: "degrees", price: regionPrice,
			Doc:    "Whether a direction is in a region of the file: a MOC, the credible part of a sky map, or polygons.",
			Source: "nested HEALPix of order 29, Górski et al. 2005; polygons have great circles for edges", Example: `in_region(10, 20, "sample")`, Gives: "true",
			result: gives(boolKind), build: buildRegion},
	}
}

// placeArgument checks the name of a watchlist, catalogue or region, which must
// be written out: what is read from files is known before any alert is.
func (c *checker) placeArgument(fn *Function, w want, v *node, at span) *node {
	kind, other := "watchlist", "catalogue"
	known, elsewhere := has(c.program.Watchlists), has(c.program.Catalogues)
	names := namesOf(c.program.Watchlists)
	help := "near"
	switch w {
	case wantCatalogue:
		kind, other, help = other, kind, "watch"
		known, elsewhere, names = elsewhere, known, namesOf(c.program.Catalogues)
	case wantRegion:
		kind, known, names = "region", has(c.program.Regions), namesOf(c.program.Regions)
		elsewhere = func(string) bool { return false }
	}
	name, ok := v.constantText()
	switch {
	case v.isBad():
		return v
	case !ok:
		return c.wrong(at, fn.Name+" wants the name of a "+kind+", written out in quotes", "write "+fn.Signature())
	case known(name):
		c.places[kind+" "+name] = true
		return v
	case elsewhere(name):
		return c.wrong(at, name+" is a "+other, "write "+help+"("+strconv.Quote(name)+", ra, dec)")
	}
	return c.wrong(at, "no "+kind+" is named "+name, whichNames(name, names, kind))
}

// whichNames says what may have been meant, or what there is.
func whichNames(name string, names []string, kind string) string {
	if near := spelling.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	if len(names) == 0 {
		return "the file of filters names none under " + kind + "s:"
	}
	return "there are " + strings.Join(names, ", ")
}

func has[T any](named map[string]T) func(string) bool {
	return func(name string) bool {
		_, ok := named[name]
		return ok
	}
}

func namesOf[T any](named map[string]T) []string {
	var names []string
	for name := range named {
		names = append(names, name)
	}
	sortStrings(names)
	return names
}

func buildWatch(c *checker, _ span, args []*node) *node {
	name, _ := args[0].constantText()
	return c.found("watch", name, c.program.Watchlists[name], args[1:])
}

func buildNear(c *checker, at span, args []*node) *node {
	name, _ := args[0].constantText()
	catalogue := c.program.Catalogues[name]
	switch {
	case catalogue == nil:
		return c.graph.bad()
	case len(args) == 3 && !catalogue.HasRadii():
		return c.wrong(at, "near needs a radius: the catalogue "+name+" has none", "write near("+strconv.Quote(name)+", ra, dec, 5/3600)")
	case len(args) == 4 && args[3].isConst() && args[3].value.IsNumber():
		if r := args[3].value.Float(); r <= 0 || r > 180 {
			return c.wrong(at, "near is given a radius of "+string(filter.FloatOf(r).AppendJSON(nil))+" degrees", "it goes from above 0 to 180; 5 arcsec are 5/3600")
		}
	}
	return c.found("near", name, catalogue, args[1:])
}

// found returns the node of the rows that a search finds. One of a file that
// could not be read is bad: the file has been complained of.
func (c *checker) found(function, name string, catalogue *sky.Catalogue, args []*node) *node {
	if catalogue == nil {
		return c.graph.bad()
	}
	kind := map[string]string{"watch": "watchlist ", "near": "catalogue "}[function]
	base := c.graph.catalogueBase(kind+name, catalogue)
	item := typ{kind: recordKind, rows: []row{{base, c.graph.bases[base].path + "[]"}}}
	return c.graph.add(node{op: opRows, text: function, name: name, base: base, fn: c.functions[function], args: args, digest: catalogue.Digest(), typ: listOf(item)})
}

func buildRegion(c *checker, _ span, args []*node) *node {
	name, _ := args[2].constantText()
	region := c.program.Regions[name]
	if region == nil {
		return c.graph.bad()
	}
	return c.graph.add(node{op: opRegion, text: "in_region", name: name, region: region, fn: c.functions["in_region"], args: args[:2], digest: region.Digest(), typ: boolean()})
}
