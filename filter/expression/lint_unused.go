package expression

import "github.com/skysift/skysift/filter"

const unusedHelp = "use it, or leave it out; if it is meant, write ignore_warnings: unused beside filters:"

// warnUnused warns of what the file names and nothing uses.
func (c *compilation) warnUnused() {
	if c.program.Spares {
		return
	}
	for _, d := range c.definitions {
		if !d.used {
			c.warnSpare(d.source.place, span{0, len(d.source.text)}, "the definition "+d.name)
		}
	}
	for _, l := range c.lists {
		if !l.used {
			c.warnSpare(l.source.place, span{}, "the list "+l.name)
		}
	}
	warnSparePlaces(c, "watchlist", c.program.Watchlists)
	warnSparePlaces(c, "catalogue", c.program.Catalogues)
	warnSparePlaces(c, "region", c.program.Regions)
}

// warnSparePlaces warns of what was read and is not used: what could not be
// read has been complained of.
func warnSparePlaces[T any](c *compilation, kind string, named map[string]*T) {
	for _, name := range namesOf(named) {
		if what := kind + " " + name; named[name] != nil && !c.places[what] {
			c.warnSpare(Mistake{Filter: -1, Definition: -1, Clause: -1, Annotation: -1, List: -1, Sky: what}, span{}, "the "+what)
		}
	}
}

func (c *compilation) warnSpare(place Mistake, at span, what string) {
	place.Kind = filter.WarnUnused
	c.warn(&source{place: place}, at, what+" is not used", unusedHelp)
}
