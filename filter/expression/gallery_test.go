package expression

import (
	"os"
	"strings"
	"testing"
)

const galleryAlert = `{"objectId": "ZTF18abc", "candid": 1048197683315009001,
 "candidate": {"jd": 2460000.5, "magpsf": 18.0, "fid": 1, "isdiffpos": "t", "drb": 0.9, "rb": 0.8, "distpsnr1": 1.5, "sgscore1": 0.5, "flag": true, "ssnamenr": "null", "ssdistnr": 2.0, "ra": 10.0, "dec": 20.0},
 "prv_candidates": [{"jd": 2459997.5, "magpsf": 19.5, "fid": 1, "isdiffpos": "t"}], "xs": [1.5], "scores": {"map": {"SN": 0.8}}}`

// TestGalleryOfMistakes compiles each program of testdata/mistakes.txt and
// compares what is drawn. A program is lines "define name: source", "where
// source" and "annotate name: source"; what follows up to the next empty line
// is drawn. With -update the drawings are written anew, to be read.
func TestGalleryOfMistakes(t *testing.T) {
	const file = "testdata/mistakes.txt"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rewritten strings.Builder
	for block := range strings.SplitSeq(strings.TrimRight(string(raw), "\n"), "\n\n") {
		rewritten.WriteString(redraw(t, block) + "\n")
	}
	made := strings.TrimRight(rewritten.String(), "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made != string(raw) {
		t.Errorf("the gallery has changed: run with -update and read the difference\n%s", firstDifference(made, string(raw)))
	}
}

// redraw returns a block of the gallery with what is drawn for it now.
func redraw(t *testing.T, block string) string {
	if strings.HasPrefix(block, "#") {
		return block + "\n"
	}
	p := Program{Schema: schemaOf(parseTree(t, galleryAlert)), Filters: []Filter{{Name: "f", Class: "c"}}}
	var kept strings.Builder
	f := &p.Filters[0]
	for line := range strings.SplitSeq(block, "\n") {
		name, text, _ := strings.Cut(line, ": ")
		source := strings.ReplaceAll(text, `\n`, "\n")
		switch {
		case strings.HasPrefix(line, "define "):
			p.Definitions = append(p.Definitions, Definition{name[len("define "):], source})
		case strings.HasPrefix(line, "annotate "):
			f.Annotate = append(f.Annotate, Annotation{name[len("annotate "):], source})
		case strings.HasPrefix(line, "where "):
			f.Where = append(f.Where, strings.ReplaceAll(line[len("where "):], `\n`, "\n"))
		default:
			continue
		}
		kept.WriteString(line + "\n")
	}
	set, mistakes := Compile(p)
	for _, m := range mistakes {
		kept.WriteString("! " + describe(p, m) + "\n")
		if !m.Warning && set != nil {
			t.Errorf("a set in spite of a mistake: %s", block)
		}
	}
	if len(mistakes) == 0 {
		t.Errorf("no mistake was found in\n%s", block)
	}
	return kept.String()
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			return "got  " + gotLines[i] + "\nwant " + wantLines[i]
		}
	}
	return "one is longer"
}
