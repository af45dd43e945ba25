package compile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/pluginhost"
	"github.com/skysift/skysift/schemas"
)

// programs are plug-ins that are looked at as the host does, and not started:
// each asks for fields.
type programs struct {
	fields []string
	script bool
}

// Open implements compile.Plugins.
func (p programs) Open(f spec.Filter) (compile.Plugin, error) {
	sum, err := pluginhost.Digest(f.Plugin.Path, f.Plugin.Files...)
	if err != nil {
		return nil, err
	}
	if want := f.Plugin.SHA256; want != "" && want != sum {
		return nil, &pluginhost.ChecksumError{Path: f.Plugin.Path, Want: want, Got: sum}
	}
	return program{fields: p.fields, sum: sum, script: p.script}, nil
}

// program is a plug-in that is up.
type program struct {
	filter.Asker
	fields []string
	sum    string
	script bool
}

func (p program) Fields() []string { return p.fields }
func (program) Raw() bool          { return false }
func (program) Source() bool       { return false }
func (p program) Digest() string   { return p.sum }
func (p program) Sum() string      { return p.sum }
func (p program) Script() bool     { return p.script }

// The sha256 of "#!/bin/sh\n", and one of another file.
const (
	shellSum = "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf"
	otherSum = "abababababababababababababababababababababababababababababababab"
)

// withPlugin loads a filter, of the lines under it, beside the file "program".
func withPlugin(t *testing.T, mode os.FileMode, lines string, fields ...string) (*filter.Set, compile.Report) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "program"), []byte("#!/bin/sh\n"), mode); err != nil {
		t.Fatal(err)
	}
	path := file(t, folder, "filters.yaml", "version: 1\nfilters:\n  - name: lens\n    class: c\n"+lines)
	_, set, report := new(compile.Loader).LoadWith(path, nil, schemas.Load, programs{fields: fields})
	return set, report
}

func TestAPluginsMistakesStandWhereTheyAreInTheFile(t *testing.T) {
	const where = "    where: candidate.magpsf < 18\n"
	for name, test := range map[string]struct {
		mode       os.FileMode
		lines      string
		fields     []string
		told       string // of the mistake, its place first
		suggestion string
	}{
		"no such file": {0o755, where + "    plugin:\n      path: ./porgram\n", nil,
			`filters.yaml:7:13: filter "lens": the plug-in cannot be used: no such file or directory`, ""},
		"not executable": {0o644, where + "    plugin:\n      path: ./program\n", nil,
			`filters.yaml:7:13: filter "lens": the plug-in cannot be used: it is not executable: chmod +x makes it so`, ""},
		"a folder": {0o755, where + "    plugin: {path: .}\n", nil,
			`filters.yaml:6:20: filter "lens": the plug-in cannot be used: it is a folder: name the program in it`, ""},
		"another digest": {0o755, where + "    plugin:\n      path: ./program\n      sha256: " + otherSum + "\n", nil,
			`filters.yaml:8:15: filter "lens": the plug-in cannot be used: the file's sha256 is ` + shellSum + `, and not the ` + otherSum + ` that is pinned`,
			"if you trust this file, write sha256: " + shellSum},
		"a field misspelt": {0o755, where + "    plugin:\n      path: ./program\n", []string{"candidate.jd", "candidate.magpfs"},
			`filters.yaml:7:13: filter "lens": the plug-in asks for candidate.magpfs, which alerts of this survey do not have`, "it may mean candidate.magpsf"},
		"a field that is a record": {0o755, where + "    plugin:\n      path: ./program\n", []string{"candidate"},
			`filters.yaml:7:13: filter "lens": the plug-in asks for candidate, which is a record: it must ask for the fields in it`, ""},
		"without where": {0o644, "    plugin:\n      path: ./program\n", nil,
			`filters.yaml:6:13: filter "lens": the plug-in cannot be used: it is not executable: chmod +x makes it so`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			set, report := withPlugin(t, test.mode, test.lines, test.fields...)
			if set != nil || len(report.Mistakes) != 1 {
				t.Fatalf("a set: %v, mistakes %v", set != nil, report.Mistakes)
			}
			m := report.Mistakes[0]
			if got := strings.TrimPrefix(m.Error(), filepath.Dir(m.Path)+"/"); !strings.HasPrefix(got, test.told) || !strings.Contains(got, test.suggestion) {
				t.Errorf("got  %s\nwant %s (%s)", got, test.told, test.suggestion)
			}
		})
	}
}

func TestAPluginThatIsNotPinnedIsWarnedOfWithItsDigest(t *testing.T) {
	set, report := withPlugin(t, 0o755, "    plugin:\n      path: ./program\n")
	if set == nil || len(report.Warnings) != 1 {
		t.Fatalf("a set: %v, warnings %v", set != nil, report.Warnings)
	}
	w := report.Warnings[0]
	if w.Line != 6 || w.Suggestion != "write sha256: "+shellSum {
		t.Errorf("line %d: %s", w.Line, w.Suggestion)
	}
	if set, report := withPlugin(t, 0o755, "    plugin:\n      path: ./program\n      sha256: "+shellSum+"\n"); set == nil || len(report.Warnings) > 0 {
		t.Errorf("pinned: %v", report.Warnings)
	}
}

func TestAPluginWhoseCodeIsInOtherFilesIsWarnedOf(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "program"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	file(t, folder, "filter.py", "pass\n")
	files := func(names ...string) string {
		for i, name := range names {
			names[i] = filepath.Join(folder, name)
		}
		sum, err := pluginhost.Digest(filepath.Join(folder, "program"), names...)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	for _, test := range []struct {
		keys   string
		script bool
		warned string
	}{
		{"", true, "name that in files"},
		{", sha256: " + files(), true, "name that in files"},
		{", args: [./filter.py]", false, "name that in files"},
		{", args: [-m, runs, ./filter.py:Filter]", false, "name that in files"},
		{", args: [-v, now, ., ./gone.py]", false, "write sha256: " + files()},
		{", files: [filter.py]", true, "write sha256: " + files("filter.py")},
		{", args: [./filter.py], files: filter.py, sha256: " + files("filter.py"), true, ""},
	} {
		path := file(t, folder, "filters.yaml", "version: 1\nfilters:\n  - name: lens\n    class: c\n    plugin: {path: ./program"+test.keys+"}\n")
		_, set, report := new(compile.Loader).LoadWith(path, nil, schemas.Load, programs{script: test.script})
		warned := ""
		for _, w := range report.Warnings {
			warned += w.Suggestion
		}
		if set == nil || !strings.HasPrefix(warned, test.warned) || (test.warned == "") != (warned == "") {
			t.Errorf("%s: warned %q, want %q; mistakes %v", test.keys, warned, test.warned, report.Mistakes)
		}
	}
}

func TestAPluginWithoutWhereIsAskedAboutEachAlert(t *testing.T) {
	set, report := withPlugin(t, 0o755, "    plugin: {path: ./program, sha256: "+shellSum+"}\n", "candidate.jd", "candidate.magpsf")
	if set == nil {
		t.Fatal(report.Mistakes)
	}
	if len(set.Asked) != 1 || set.Asked[0] == nil {
		t.Fatalf("asked: %v", set.Asked)
	}
	for _, f := range set.Fields {
		if !f.Lazy {
			t.Errorf("%s is read of alerts which the plug-in is not asked about", f.Path)
		}
	}
	if len(set.Fields) != 2 {
		t.Errorf("fields %v", set.Fields)
	}
}
