package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skysift/skysift/filter/spec"
)

// FuzzParse reads any text: it must not crash, and each mistake must have
// words, a place in the text, and no variable's value.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(whole))
	for _, plugin := range []string{"", " {}", " {path: p}", " {address: localhost:1}"} {
		f.Add([]byte("version: 1\nfilters:\n  - name: a\n    class: b\n    plugin:" + plugin))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, mistakes := spec.Parse("filters.yaml", text, environment)
		for _, m := range append(mistakes, doc.Warnings...) {
			hold(t, m, text)
		}
		if len(mistakes) > 0 {
			return
		}
		for _, filter := range doc.Filters() {
			if filter.Name == "" || filter.Class.Check() != nil || len(filter.Where) == 0 && (filter.Plugin == nil || filter.Plugin.Path+filter.Plugin.Address == "") {
				t.Fatalf("read as right: %+v", filter)
			}
			for _, clause := range filter.Where {
				for offset := range len(clause.Source) + 1 {
					hold(t, clause.Mistake(offset, 3, "wrong", ""), text)
				}
			}
		}
	})
}

func hold(t *testing.T, m *spec.Error, text []byte) {
	t.Helper()
	if m.Err == nil || m.Err.Error() == "" || m.Path != "filters.yaml" {
		t.Fatalf("mistake without words or path: %+v", m)
	}
	drawn := m.Drawn()
	if strings.Contains(drawn, secretValue) && !strings.Contains(string(text), secretValue) {
		t.Fatalf("a variable's value in %s", drawn)
	}
	if m.Line < 0 || m.Line > len(text)+1 || m.Column < 0 || m.Column > len(text)+2 || m.Length < 0 {
		t.Fatalf("place %d:%d+%d", m.Line, m.Column, m.Length)
	}
	if utf8.Valid(text) && !utf8.ValidString(drawn) {
		t.Fatalf("half a character in %q", drawn)
	}
}
