package samples_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/samples"
	"github.com/skysift/skysift/runtime/decode/json"
)

func TestFieldsOfSeveralSamples(t *testing.T) {
	var seen samples.Tree
	for _, sample := range []string{
		`{"ra": 1.5, "id": 1, "x": 1, "mirror": [{"cell": 1, "temp": 2}, {"cell": 2}], "tags": ["a"], "scores": {"SN": 0.5}, "odd": 1, "empty": {}}`,
		`{"ra": 2, "id": 2, "x": 1.5, "mirror": [], "tags": [], "scores": null, "odd": "text", "late": null}`,
		`["start", {"name": "primary", "id": 3, "ra": 0, "odd": 0, "tags": [], "mirror": [], "x": 0}]`,
	} {
		if err := json.New().Gather([]byte(sample), &seen); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for _, field := range seen.Schema().Fields {
		lines = append(lines, fmt.Sprintf("%s %s %v", field.Path, field.Kind, field.Nullable))
	}
	want := `ra float false
id int false
x float false
mirror[].cell int false
mirror[].temp int true
tags list false
scores.SN float true
odd missing false
empty map true
late missing true
name string true
document.name string true`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
