package filter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestTheSchemaOfSomeTopics(t *testing.T) {
	schema := &filter.Schema{Survey: "s", Topics: []filter.TopicFields{
		{Topic: "night.weather", Fields: []filter.SchemaField{{Path: "at", Kind: filter.Int}, {Path: "wind.gust", Kind: filter.Float}, {Path: "id", Kind: filter.Int}}},
		{Topic: "night.state", Fields: []filter.SchemaField{{Path: "at", Kind: filter.Float}, {Path: "id", Kind: filter.String, Nullable: true}}},
		{Topic: "", Fields: []filter.SchemaField{{Path: "site", Kind: filter.String}}},
	}}
	for topics, want := range map[string]string{
		"night.weather":             "at int, wind.gust float, id int, site string",
		"night.*":                   "at float, wind.gust float, id missing, site string",
		"night.state night.weather": "at float, id missing, wind.gust float, site string",
		"night.state":               "at float, id string, site string",
		"night.state night.unknown": "unknown",
		"":                          "unknown",
	} {
		got := "unknown"
		if own := schema.Of(strings.Fields(topics)); own != nil {
			var fields []string
			for _, f := range own.Fields {
				fields = append(fields, fmt.Sprint(f.Path, " ", f.Kind))
			}
			got = strings.Join(fields, ", ")
		}
		if got != want {
			t.Errorf("of %q: %s, want %s", topics, got, want)
		}
	}
	if got := schema.TopicsWith("wind"); !slices.Equal(got, []string{"night.weather"}) {
		t.Errorf("wind is in %v", got)
	}
	if got := schema.TopicsWith("site"); got != nil {
		t.Errorf("what any topic may have is in %v", got)
	}
}
