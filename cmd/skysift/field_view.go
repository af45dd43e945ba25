package main

import (
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// viewFields are the values of alert.* as fields among others.
func viewFields(known *filter.Schema) []filter.SchemaField {
	if known == nil {
		return nil
	}
	var fields []filter.SchemaField
	for _, v := range known.View {
		fields = append(fields, filter.SchemaField{
			Path: v.Path, Kind: v.Kind, Unit: v.Unit, Doc: v.Doc + ": " + v.Expression, Nullable: true,
		})
	}
	return fields
}

// viewSet is a set of which each filter adds one value of the view, and which
// filter adds which; a value that the sample's fields do not give has none.
func viewSet(sample *filter.Schema) (set *filter.Set, paths []string) {
	together := expression.Program{Schema: sample}
	for _, v := range sample.View {
		one := expression.Filter{
			Name: v.Path, Class: "view", Where: []string{"true"},
			Annotate: []expression.Annotation{{Name: "value", Source: writtenAs(v.Path)}},
		}
		if alone, _ := expression.Compile(expression.Program{Schema: sample, Filters: []expression.Filter{one}}); alone != nil {
			together.Filters, paths = append(together.Filters, one), append(paths, v.Path)
		}
	}
	set, _ = expression.Compile(together)
	return set, paths
}

// writtenAs is how a filter writes a path as a value: one below a list is the
// list of its values, and a list of records is told by how many times it has.
func writtenAs(path string) string {
	if path == "alert.history" {
		path += "[].jd"
	}
	if list, name, isColumn := strings.Cut(path, "[]."); isColumn {
		return "map(" + list + ", ." + name + ")"
	}
	return path
}

// viewValues returns the view's values in one alert as JSON, in the order of the
// sample's view.
func viewValues(set *filter.Set, paths []string, sample *filter.Schema, alert *filter.Alert) ([]string, error) {
	verdicts, err := set.NewEvaluator().Evaluate(alert)
	if err != nil {
		return nil, err
	}
	byPath := map[string]string{}
	for _, verdict := range verdicts {
		for _, a := range verdict.Annotations {
			byPath[paths[verdict.Filter]] = shown(a.Value)
		}
	}
	values := make([]string, len(sample.View))
	for i, v := range sample.View {
		values[i] = "null"
		if value, ok := byPath[v.Path]; ok {
			values[i] = value
		}
	}
	return values, nil
}
