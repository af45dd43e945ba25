package avro_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// folderOf writes files into a new folder.
func folderOf(t *testing.T, texts map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// pathsOf reads the schema at path and returns the paths of its fields.
func pathsOf(t *testing.T, path string) string {
	t.Helper()
	text, err := avro.ReadSchema(path)
	if err != nil {
		t.Fatal(err)
	}
	format, err := avro.NewBare(text)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := format.Describe(nil)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range schema.Fields {
		paths = append(paths, f.Path)
	}
	return strings.Join(paths, " ")
}

func named(name, space string, fields ...string) string {
	return `{"type":"record","name":"` + name + `","namespace":"` + space + `","fields":[` + strings.Join(fields, ",") + `]}`
}

func TestASchemaIsPutTogetherFromTheFilesOfItsFolder(t *testing.T) {
	x, y := field("x", `"int"`), field("y", `"int"`)
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"one file": {map[string]string{"a.avsc": record(x), "readme.txt": "no schema"}, "x"},
		"parts named in full": {map[string]string{
			"a_part.avsc": named("part", "s", x),
			"whole.avsc":  named("whole", "s", field("p", `"s.part"`), field("l", `["null",{"type":"array","items":"s.part"}]`)),
		}, "p.x l[].x"},
		"parts named within their namespace": {map[string]string{
			"part.avsc": named("part", "s", x), "whole.avsc": named("whole", "s", field("p", `"part"`)),
		}, "p.x"},
		"a part of another namespace, with a part beside it": {map[string]string{
			"inner.avsc": named("inner", "s.z", y), "part.avsc": named("part", "s.z", x, field("i", `"inner"`)),
			"whole.avsc": named("whole", "s", field("p", `"s.z.part"`), field("q", `{"type":"s.z.part"}`)),
		}, "p.x p.i.y q.x q.i.y"},
		"parts without a namespace": {map[string]string{
			"part.avsc":  `{"type":"record","name":"part","fields":[` + x + `]}`,
			"whole.avsc": named("whole", "s", field("p", `"part"`), field("m", `["null","part"]`)),
		}, "p.x m.x"},
		"a schema that nothing refers to beside one of parts": {map[string]string{
			"part.avsc": named("part", "s", x), "stray.avsc": named("stray", "s", y), "whole.avsc": named("whole", "s", field("p", `"part"`)),
		}, "p.x"},
		"several without parts, one named alert": {map[string]string{
			"a.avsc": named("alert", "s", x), "b.avsc": named("other", "s", y),
		}, "x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := pathsOf(t, folderOf(t, test.files)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAFileTakesWhatItNamesFromTheFilesBesideIt(t *testing.T) {
	folder := folderOf(t, map[string]string{
		"part.avsc": named("part", "s", field("x", `"int"`)), "whole.avsc": named("whole", "s", field("p", `"part"`)), "broken.avsc": "{",
	})
	for file, want := range map[string]string{"whole.avsc": "p.x", "part.avsc": "x"} {
		if got := pathsOf(t, filepath.Join(folder, file)); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestWhyAFolderIsNoSchemaIsSaidWithTheFile(t *testing.T) {
	x := field("x", `"int"`)
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"no file":           {nil, "no .avsc file is in the folder"},
		"no JSON":           {map[string]string{"a.avsc": "{", "b.avsc": record(x)}, "a.avsc: it is no JSON"},
		"a part is missing": {map[string]string{"a.avsc": record(field("p", `"s.part"`))}, "a.avsc: schema: record t: field 1: p: unknown type s.part"},
		"two of a name":     {map[string]string{"a.avsc": record(x), "b.avsc": record(x)}, "b.avsc: t is defined in "},
		"two wholes":        {map[string]string{"a.avsc": named("p", "s", x), "b.avsc": named("q", "s", x)}, "which schema is the alert's? Name one of its files: a.avsc, b.avsc"},
		"a circle":          {map[string]string{"a.avsc": named("p", "s", field("q", `"q"`)), "b.avsc": named("q", "s", field("p", `"p"`))}, "each of its schemas is a part of another"},
		"large":             {map[string]string{"a.avsc": strings.Repeat(" ", 1<<20+1)}, "a.avsc: it is too large for a schema"},
		"a list":            {map[string]string{"a.avsc": "[]"}, "a.avsc: schema: a union has no branches"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := avro.ReadSchema(folderOf(t, test.files))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	circle := folderOf(t, tests["a circle"].files)
	if _, err := avro.ReadSchema(filepath.Join(circle, "a.avsc")); err == nil || !strings.Contains(err.Error(), "contains itself") {
		t.Errorf("a file of a circle: %v", err)
	}
	if _, err := avro.ReadSchema(filepath.Join(circle, "nowhere")); err == nil || !strings.HasSuffix(err.Error(), "nowhere: no such file or directory") {
		t.Errorf("no such path: %v", err)
	}
}

// The alert of Rubin's schema names six types that other files define, and the
// folder has one more that it does not.
func TestRubinsFoldersAreReadAsTheyArePublished(t *testing.T) {
	folder := filepath.Join(testdata.Dir(t), "lsst", "alert_packet_schema", "10", "0")
	whole := pathsOf(t, folder)
	if got := pathsOf(t, filepath.Join(folder, "lsst.v10_0.alert.avsc")); got != whole {
		t.Errorf("the file of the alert gives other fields than its folder:\n%s\n%s", got, whole)
	}
	for _, path := range []string{"diaSourceId", "diaSource.psfFlux", "prvDiaSources[].psfFlux", "prvDiaForcedSources[].psfFlux", "diaObject.ra", "ssSource.ssObjectId", "mpc_orbits.a"} {
		if !strings.Contains(" "+whole+" ", " "+path+" ") {
			t.Errorf("%s is not among the fields", path)
		}
	}
}

func TestEachPublishedFolderIsASchema(t *testing.T) {
	read := map[string]bool{}
	for _, file := range testdata.Files(t, ".avsc", "ztf_schemas", "lsst/alert_packet_schema", "lsst/pittgoogle_schema") {
		folder := filepath.Dir(file)
		if filepath.Base(folder) == "examples" || read[folder] {
			continue
		}
		read[folder] = true
		if _, err := avro.ReadSchema(folder); err != nil {
			t.Error(err)
		}
	}
	if len(read) < 20 {
		t.Errorf("only %d folders", len(read))
	}
}
