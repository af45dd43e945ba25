package scaffold

import (
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for name, class := range map[string]string{"risers": "Risers", "fast-risers": "FastRisers", "a_b2": "AB2"} {
		p := Plugin{Language: "go", Name: name}
		if err := p.Check(); err != nil || p.Class() != class {
			t.Errorf("%s: %v, class %s", name, err, p.Class())
		}
	}
	for _, name := range []string{"", "Risers", "2fast", "a b", "../up", "a/b", "-a", "a-", "a--b", "é", "verdict", "alert-filter", strings.Repeat("a", 65)} {
		if err := (Plugin{Language: "python", Name: name}).Check(); err == nil || !strings.Contains(err.Error(), "cannot be") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := (Plugin{Language: "cobol", Name: "a"}).Check(); err == nil || !strings.Contains(err.Error(), "go and python") {
		t.Errorf("cobol: %v", err)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "risers")
	p := Plugin{Language: "python", Name: "risers", SDK: SDK{Version: "v1.2.3"}}
	if _, err := p.Write(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "filter.py"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(folder); err == nil || !strings.Contains(err.Error(), "nothing is overwritten") {
		t.Errorf("written again: %v", err)
	}
	if text, _ := os.ReadFile(filepath.Join(folder, "filter.py")); string(text) != "mine" {
		t.Errorf("filter.py is now %q", text)
	}
}

// TestFilesAreFilledIn reads what is written; docs-check builds and runs it.
func TestFilesAreFilledIn(t *testing.T) {
	for _, sdk := range []SDK{{Version: "v1.2.3"}, {Checkout: "/src/skysift"}} {
		for _, language := range Languages() {
			folder := filepath.Join(t.TempDir(), "fast-risers")
			names, err := Plugin{Language: language, Name: "fast-risers", SDK: sdk}.Write(folder)
			if err != nil || !slices.Contains(names, "filters.yaml") {
				t.Fatal(names, err)
			}
			all := ""
			for _, name := range names {
				text, err := os.ReadFile(filepath.Join(folder, name))
				if err != nil || len(text) == 0 || strings.Contains(string(text), "{{") {
					t.Errorf("%s: %v\n%s", name, err, text)
				}
				if formatted, err := format.Source(text); strings.HasSuffix(name, ".go") && (err != nil || string(formatted) != string(text)) {
					t.Errorf("%s is not as gofmt writes it (%v)", name, err)
				}
				all += string(text)
			}
			if text, _ := os.ReadFile(filepath.Join(folder, "filters.yaml")); !strings.HasPrefix(string(text), "version: 1\n") {
				t.Errorf("filters.yaml does not say its version:\n%s", text)
			}
			if !strings.Contains(all, sdk.Version+sdk.Checkout) || strings.Contains(all, "replace ") != (language == "go" && sdk.Checkout != "") {
				t.Errorf("%s with %+v:\n%s", language, sdk, all)
			}
		}
	}
}

func TestWhereTheSDKIs(t *testing.T) {
	checkout, elsewhere := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(checkout, "go.mod"), []byte(module+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(checkout, "bin", "skysift")
	for _, test := range []struct {
		told, version, executable string
		want                      SDK
		fault                     string
	}{
		{checkout, "v1.2.3", "", SDK{Checkout: checkout}, ""},
		{elsewhere, "v1.2.3", "", SDK{}, "is no checkout of Skysift"},
		{"", "v1.2.3", built, SDK{Version: "v1.2.3"}, ""},
		{"", "v1.2.3-4-gabcdef", built, SDK{Checkout: checkout}, ""},
		{"", "", built, SDK{Checkout: checkout}, ""},
		{"", "devel", filepath.Join(elsewhere, "bin", "skysift"), SDK{}, "give the folder of a checkout with --sdk"},
	} {
		got, err := FindSDK(test.told, test.version, test.executable)
		if test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) || test.fault == "" && (err != nil || got != test.want) {
			t.Errorf("%+v: %v, %v", test, got, err)
		}
	}
}
