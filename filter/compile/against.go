package compile

import (
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/spec"
)

// Effect is what another schema does to one filter.
type Effect struct {
	Filter spec.Filter
	// Gone are the fields that the filter reads and the schema does not have:
	// they are missing in every alert of it. Of those that the newest known
	// version already lacks, as the names that old versions had for what has
	// another now, only those are told without which a clause is always false.
	Gone []string
	// Kinds are the fields whose kind is another.
	Kinds []KindChange
	// Losses are the clauses and annotations that read what is gone.
	Losses []expression.Loss
	// Mistakes are what of the filter no longer fits the kinds, in its place.
	Mistakes []*spec.Error
}

// KindChange is a field whose kind is another than before.
type KindChange struct {
	Path    string
	Was, Is filter.Kind
}

// Breaks reports whether the filter passes nothing any more, or no longer
// compiles.
func (e Effect) Breaks() bool {
	for _, loss := range e.Losses {
		if loss.Fate == expression.AlwaysFalse {
			return true
		}
	}
	return len(e.Mistakes) > 0
}

// Changes reports whether anything of the filter is affected.
func (e Effect) Changes() bool { return len(e.Gone)+len(e.Kinds)+len(e.Mistakes) > 0 }

// Against says what becomes of each of a document's filters where alerts have
// the fields of another schema than was, which may be nil: names were not
// checked. The document must be one that Set made a set of.
func Against(doc *spec.Document, was, now *filter.Schema) []Effect {
	to := comparison{was: was, has: newHolding(now)}
	if was != nil {
		to.then, to.had = together(was, now), newHolding(newestOf(was))
	}
	var effects []Effect
	for _, file := range doc.Files {
		for _, f := range file.Filters {
			alone := *file
			alone.Filters = []spec.Filter{f}
			effects = append(effects, to.effect(&alone, f))
		}
	}
	return effects
}

// comparison is what was known of the alerts beside what another schema has.
type comparison struct {
	was *filter.Schema
	// then is both together, the other schema's word before what was known; had is
	// what the newest known version has. They are empty where nothing was known.
	then *filter.Schema
	had  holding
	has  holding
}

func (c comparison) effect(alone *spec.File, f spec.Filter) Effect {
	effect := Effect{Filter: f}
	before := newProgram(c.was, alone)
	set, _ := expression.Compile(before.Program)
	if set == nil {
		return effect
	}
	lost := c.losses(before)
	for _, field := range set.Fields {
		if !c.has.path(field.Path) {
			if c.isNew(field.Path) || breaks(lost, field.Path) {
				effect.Gone = append(effect.Gone, field.Path)
			}
		} else if change, other := kindChange(field.Path, c.was, c.has); other {
			effect.Kinds = append(effect.Kinds, change)
		}
	}
	effect.Losses = lost
	effect.Mistakes = newMistakes(before, newProgram(c.then, alone))
	return effect
}

// isNew reports whether that a field is missing would be new.
func (c comparison) isNew(path string) bool { return c.was == nil || c.had.path(path) }

// losses are the clauses and annotations that read what is gone, but for those
// of which nothing is new, unless nothing can pass them.
func (c comparison) losses(p program) []expression.Loss {
	lost := expression.Without(p.Program, func(path string) bool { return !c.has.path(path) })
	return slices.DeleteFunc(lost, func(l expression.Loss) bool {
		return l.Fate != expression.AlwaysFalse && !slices.ContainsFunc(l.Fields, c.isNew)
	})
}

// breaks reports whether a clause is always false that reads a field.
func breaks(lost []expression.Loss, path string) bool {
	return slices.ContainsFunc(lost, func(l expression.Loss) bool {
		return l.Fate == expression.AlwaysFalse && slices.Contains(l.Fields, path)
	})
}

// newMistakes are those that a filter has after, and in the definitions that it
// uses.
func newMistakes(before, after program) []*spec.Error {
	unused := map[int]bool{}
	before.Spares = false
	for _, m := range expression.Check(before.Program) {
		unused[m.Definition] = m.Warning && m.Definition >= 0
	}
	var found []*spec.Error
	for _, m := range expression.Check(after.Program) {
		if placed := after.place(m); placed != nil && !m.Warning && !unused[m.Definition] {
			found = append(found, placed)
		}
	}
	return found
}

func kindChange(path string, was *filter.Schema, has holding) (KindChange, bool) {
	if was == nil {
		return KindChange{}, false
	}
	old, known := was.Lookup(path)
	now := has.kinds[path]
	change := KindChange{Path: path, Was: old.Kind, Is: now}
	number := func(k filter.Kind) bool { return k == filter.Int || k == filter.Float }
	return change, known && old.Kind != now && old.Kind != filter.Missing && now != filter.Missing && !(number(old.Kind) && number(now))
}

// holding is what a schema has: its fields, and the records and lists that
// they lie in.
type holding struct {
	kinds map[string]filter.Kind
}

func newHolding(s *filter.Schema) holding {
	h := holding{kinds: map[string]filter.Kind{}}
	for _, f := range s.Fields {
		h.kinds[f.Path] = f.Kind
	}
	for _, f := range s.Fields {
		for path := f.Path; path != ""; {
			above, isItem := strings.CutSuffix(path, "[]")
			kind := filter.List
			if !isItem {
				above, kind = path[:max(strings.LastIndexByte(path, '.'), 0)], filter.Record
			}
			if _, known := h.kinds[above]; above != "" && !known && !strings.HasSuffix(above, "[]") {
				h.kinds[above] = kind
			}
			path = above
		}
	}
	return h
}

func (h holding) path(path string) bool {
	_, has := h.kinds[path]
	return has
}
