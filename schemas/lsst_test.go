package schemas_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
)

// publishedLSST returns the fields of each published schema of Rubin's alerts
// by version.
func publishedLSST(t *testing.T) map[string]map[string]avroField {
	t.Helper()
	root := filepath.Join(testdata.Dir(t), "lsst")
	folders := []string{filepath.Join(root, "pittgoogle_schema", "11", "1")}
	for _, pattern := range []string{"?", "??"} {
		more, err := filepath.Glob(filepath.Join(root, "alert_packet_schema", pattern, "?"))
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, more...)
	}
	all := map[string]map[string]avroField{}
	for _, folder := range folders {
		version := filepath.Base(filepath.Dir(folder)) + "." + filepath.Base(folder)
		all[version] = parseAvro(t, schemasOf(t, folder)...)
	}
	if len(all) != 16 {
		t.Fatalf("%d published versions", len(all))
	}
	return all
}

// schemasOf returns the schemas of one version, that of the alert last. One
// version was only ever published within a sample.
func schemasOf(t *testing.T, folder string) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.avsc"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		return [][]byte{writerSchema(t, filepath.Join(folder, "sample_data", "fakeAlert.avro"))}
	}
	isAlert := func(file string) bool { return strings.HasSuffix(file, ".alert.avsc") }
	slices.SortStableFunc(files, func(a, b string) int {
		switch {
		case isAlert(a) == isAlert(b):
			return 0
		case isAlert(a):
			return 1
		}
		return -1
	})
	var texts [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

func TestLSSTHasEachFieldOfEachPublishedVersion(t *testing.T) {
	agrees(t, load(t, "lsst"), publishedLSST(t))
}

// Fink writes Rubin's alerts with fields and types of its own: what it took
// over must be known.
func TestLSSTKnowsWhatFinkTakesOverFromIt(t *testing.T) {
	schema := load(t, "lsst")
	for _, file := range testdata.Files(t, ".avro", "lsst/fink_spark") {
		known := 0
		for path, field := range parseAvro(t, writerSchema(t, file)) {
			if of, ok := schema.Lookup(path); ok && of.Kind.String() == field.kind {
				known++
			}
		}
		if known < 200 {
			t.Errorf("%s: %d fields are known", filepath.Base(file), known)
		}
	}
}
