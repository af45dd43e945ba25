package json_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/json"
)

// TestRealMessages reads every field of every real message as encoding/json
// does.
func TestRealMessages(t *testing.T) {
	root := testdata.Dir(t)
	var paths []string
	for _, pattern := range []string{"gcn_json/*.json", "json_alerts/*.json"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: nothing found: %v", pattern, err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		value, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		schema, err := json.New().Describe(value)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var fields []filter.Field
		for i, described := range schema.Fields {
			fields = append(fields, filter.Field{Path: described.Path, Lazy: i%2 == 1})
		}
		got, err := ours(t, value, fields)
		want, wantErr := oracle(value, fields)
		if err != nil || wantErr != nil || !slices.Equal(got, want) || len(fields) < 3 {
			t.Errorf("%s: %d fields\n%s\n%v\nwant\n%s\n%v", filepath.Base(path), len(fields), got, err, want, wantErr)
		}
	}
}
