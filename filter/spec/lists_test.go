package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
)

// listOf reads a file with one list, and a file beside it that it may name.
func listOf(t *testing.T, list, beside string) (spec.List, []*spec.Error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "filters.yaml")
	text := "version: 1\nlists:\n  x: " + list + "\nfilters:\n  - {name: a, class: b, where: candidate.fid in x}\n"
	for name, content := range map[string]string{path: text, filepath.Join(dir, "beside.txt"): beside} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	doc, mistakes := spec.Read(path, nil)
	if len(doc.Files[0].Lists) == 0 {
		return spec.List{}, mistakes
	}
	return doc.Files[0].Lists[0], mistakes
}

func TestAListIsTextsOrNumbers(t *testing.T) {
	for _, test := range []struct{ list, beside, want string }{
		{`["SN", NT, "5", 2024-01-01, no]`, "", `["SN","NT","5","2024-01-01","no"]`},
		{`[1, 2.5, -3, 1_000, 0x10, 9223372036854775807]`, "", `[1,2.5,-3,1000,16,9223372036854775807]`},
		{"\n    - SN # supernova\n    - NT\n", "", `["SN","NT"]`},
		{`{file: beside.txt}`, "# hosts\nSN\n\n  NT \r\nwith blank # inside\n", `["SN","NT","with blank # inside"]`},
		{`{file: beside.txt}`, "\ufeff12\n-7\n9223372036854775807\n1.5", `[12,-7,9223372036854775807,1.5]`},
		{`{file: beside.txt}`, "12\n007\nNaN\n", `["12","007","NaN"]`},
		{`{file: beside.txt}`, "010\n9\n", `[10,9]`},
		{`{file: beside.txt, as: text}`, "12\n13\n", `["12","13"]`},
		{`{file: beside.txt, as: numbers}`, "12\n1e3\n", `[12,1000]`},
	} {
		list, mistakes := listOf(t, test.list, test.beside)
		if got := string(filter.ListOf(list.Items).AppendJSON(nil)); got != test.want || len(mistakes) > 0 {
			t.Errorf("%s with %q: %s, %v; want %s", test.list, test.beside, got, mistakes, test.want)
		}
	}
}

func TestAFileOfFiltersSaysWhichFilesItsListsName(t *testing.T) {
	dir := t.TempDir()
	text := "version: 1\nlists:\n  x: {file: x.txt}\n  y: {file: nothing.txt}\n  z: [1]\nfilters:\n  - {name: a, class: b, where: candidate.fid in x}\n"
	for name, content := range map[string]string{"filters.yaml": text, "x.txt": "1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	doc, _ := spec.Read(filepath.Join(dir, "filters.yaml"), nil)
	files := doc.Files[0].ListFiles
	if len(files) != 2 || files[0].Path != filepath.Join(dir, "x.txt") || files[0].Was.Size() != 2 || files[1].Path != filepath.Join(dir, "nothing.txt") || files[1].Was != nil {
		t.Errorf("%+v", files)
	}
}

func TestAListsFileIsBounded(t *testing.T) {
	for beside, want := range map[string]string{
		strings.Repeat("a\n", 100_001):                            "line 100001 of beside.txt: the list may have 100000 items",
		strings.Repeat("a", 9<<20):                                "beside.txt: the file is over 8 MiB",
		strings.Repeat("1\n", 3) + "x" + strings.Repeat("y", 300): `line 4 of beside.txt: "xyyy`,
	} {
		_, mistakes := listOf(t, "{file: beside.txt, as: numbers}", beside)
		if len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), want) || mistakes[0].Line != 3 || len(mistakes[0].Error()) > 300 {
			t.Errorf("%v; want %s", mistakes, want)
		}
	}
}

// A use of a list that could not be read is no news.
func TestAnUnreadListIsToldOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "filters.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nlists:\n  x: 5\nfilters:\n  - {name: a, class: b, where: candidate.fid in x}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	doc, mistakes := spec.Read(path, nil)
	if len(mistakes) != 1 || len(doc.Files[0].Unread) != 1 || doc.Files[0].Unread[0] != "x" {
		t.Errorf("%v, unread %v", mistakes, doc.Files[0].Unread)
	}
}
