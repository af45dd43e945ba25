package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/spec"
)

// checkBound checks filters that are bound to topics against what is known of
// these topics' alerts: a field that only others have is missing in every alert
// that such a filter judges.
func (r *Report) checkBound(doc *spec.Document, schema *filter.Schema) {
	if schema == nil || len(schema.Topics) == 0 {
		return
	}
	for _, file := range doc.Files {
		for _, group := range byTopics(file.Filters) {
			if own := schema.Of(group[0].Topics); own != nil {
				r.checkGroup(file, group, schema, own)
			}
		}
	}
}

// byTopics puts filters together that are bound to the same topics.
func byTopics(filters []spec.Filter) [][]spec.Filter {
	var groups [][]spec.Filter
	at := map[string]int{}
	for _, f := range filters {
		if len(f.Topics) == 0 {
			continue
		}
		key := strings.Join(f.Topics, "\n")
		i, there := at[key]
		if !there {
			i = len(groups)
			at[key], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

// checkGroup checks filters of one binding; own is the schema of their topics.
func (r *Report) checkGroup(file *spec.File, group []spec.Filter, schema, own *filter.Schema) {
	users := usersOf(group, file.Definitions)
	alone := *file
	alone.Filters = group
	alone.Definitions = slices.DeleteFunc(slices.Clone(file.Definitions), func(d spec.Definition) bool { return users[d.Name] == "" })
	p := newProgram(own, &alone)
	mistakes := slices.DeleteFunc(expression.Check(p.Program), func(m expression.Mistake) bool { return !isBreak(m) })
	for _, m := range mistakes[:min(len(mistakes), maxFound)] {
		placed := p.place(m)
		if placed == nil {
			continue
		}
		placed.Err = fmt.Errorf("%w in alerts of %s", placed.Err, strings.Join(group[0].Topics, ", "))
		if m.Definition >= 0 {
			placed.Err = fmt.Errorf("%w, which filter %q judges", placed.Err, users[placed.Definition])
		}
		if others := schema.TopicsWith(m.Field); m.Field != "" && len(others) > 0 {
			placed.Suggestion = fmt.Sprintf("alerts of %s have it: add that to the filter's topics, or ask for it in a filter of its own", strings.Join(others, " and "))
		}
		r.replace(placed)
	}
}

// replace adds a mistake in place of one that stands where it does.
func (r *Report) replace(found *spec.Error) {
	for i, old := range r.Mistakes {
		if old.Path == found.Path && old.Line == found.Line && old.Column == found.Column {
			r.Mistakes[i] = found
			return
		}
	}
	r.Mistakes = append(r.Mistakes, found)
}

// usersOf returns, for each definition that one of the filters uses, itself or
// by way of others, the first of them.
func usersOf(filters []spec.Filter, definitions []spec.Definition) map[string]string {
	users := map[string]string{}
	for _, f := range filters {
		for _, d := range usedBy(f, definitions) {
			if users[d.Name] == "" {
				users[d.Name] = f.Name
			}
		}
	}
	return users
}
