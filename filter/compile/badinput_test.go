package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/schemas"
)

// oneClause is a file with one filter of one clause, which stands in line 6.
func oneClause(where string) string {
	return "version: 1\nfilters:\n  - name: a\n    class: b\n    where:\n      - '" + strings.ReplaceAll(where, "'", "''") + "'\n"
}

// Expressions that are wrong, or that nobody could afford to run. The numbers
// are those of the project's list of bad inputs.
func TestBadInputOfExpressionsIsRefusedInItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ where, want string }{
		"43 unknown field":       {"candidate.magpfs < 19", "6:20: filter \"a\", clause 1: unknown field candidate.magpfs (did you mean magpsf?)"},
		"44 not a boolean":       {"candidate.magpsf", "6:10: filter \"a\", clause 1: this is a number, not true or false (compare it with something"},
		"45 over 8 KiB":          {strings.Repeat("candidate.rb > 1 or ", 500) + "true", "6:10: filter \"a\", clause 1: the expression has 10004 bytes and may have 8192 (move parts of it into define:)"},
		"46 brackets":            {strings.Repeat("(", 4000) + "true" + strings.Repeat(")", 4000), "brackets are nested more than 64 deep"},
		"46 minus signs":         {strings.Repeat("-", 8000) + "1 > 0", "nested more than 64 deep"},
		"46 lists":               {strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + " == nil", "nested more than 64 deep"},
		"47 bad pattern":         {`objectId matches "ZTF(18"`, "6:27: filter \"a\", clause 1: bad pattern: missing closing )"},
		"47 no constant pattern": {"objectId matches objectId", "6:27: filter \"a\", clause 1: the pattern of matches must be a constant"},
		"48 of a field":          {"candid % 0 == 1", "division by zero"},
		"48 of constants":        {"1 % 0 == 1", "division by zero"},
		"51 text that doubles":   {`reduce(1..60, #acc + #acc, "x") == ""`, "unknown function reduce"},
		"52 replace":             {`replace(objectId, "Z", objectId) == ""`, "unknown function replace (text is only compared"},
		"52 join":                {`join(map(1..100000, objectId), objectId) == ""`, "unknown function join (text is only compared"},
		"53 loops in loops":      {"any(prv_candidates, any(prv_candidates, any(prv_candidates, any(prv_candidates, .jd > 1))))", "this is too expensive: loops inside loops inside loops"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(t, file(t, t.TempDir(), "filters.yaml", oneClause(c.where))); !strings.Contains(got, c.want) {
				t.Errorf("told %.300q, want %s", got, c.want)
			}
		})
	}
}

func TestBadInput49DefinitionsInACircle(t *testing.T) {
	text := strings.Replace(oneClause("p"), "filters:", "define:\n  p: q or candidate.rb > 1\n  q: not p\nfilters:", 1)
	if got := told(t, file(t, t.TempDir(), "filters.yaml", text)); !strings.Contains(got, "the definitions go round in a circle: p → q → p") {
		t.Errorf("told %s", got)
	}
}

func TestBadInput50AClauseThatIsAlwaysFalseIsAWarning(t *testing.T) {
	for _, where := range []string{"false", "candidate.rb > 1 and candidate.rb < 0", "1 > 2"} {
		_, set, report := compile.Load(file(t, t.TempDir(), "filters.yaml", oneClause(where)), nil, schemas.Load)
		if set == nil || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0].Error(), "6:10: filter \"a\", clause 1: the clause is always false") {
			t.Errorf("%s: a set: %v, warnings %v", where, set != nil, report.Warnings)
		}
	}
}

func TestBadInput51DefinitionsThatDoubleText(t *testing.T) {
	text := strings.Replace(oneClause("len(d29) > 1"), "filters:", "define:\n  d0: objectId + objectId\n", 1)
	for i := 1; i < 30; i++ {
		text = strings.Replace(text, "  - name: a", fmt.Sprintf("  d%d: d%d + d%d\n  - name: a", i, i-1, i-1), 1)
	}
	text = strings.Replace(text, "  - name: a", "filters:\n  - name: a", 1)
	if got := told(t, file(t, t.TempDir(), "filters.yaml", text)); !strings.Contains(got, `filter "a", clause 1: this is too expensive`) {
		t.Errorf("told %s", got)
	}
}

// TestBadInput53ALoopThatIsTooLong cannot be told before the alert is there: it
// ends as a failure of its filter.
func TestBadInput53ALoopThatIsTooLong(t *testing.T) {
	for _, list := range []string{"1..1000000000", "1..candidate.candid"} {
		failsAlone(t, "any("+list+", # + candidate.rb < 0)")
	}
}

// TestBadInput54AnIndexOutOfRange is a failure of that filter, which is counted
// and passes nothing; the other filters judge the alert.
func TestBadInput54AnIndexOutOfRange(t *testing.T) {
	failsAlone(t, "prv_candidates[5].jd > 1")
}

// failsAlone tests that a clause fails its own filter, and no other.
func failsAlone(t *testing.T, where string) {
	t.Helper()
	text := oneClause(where) + "  - {name: other, class: b, where: candidate.rb > 0.5}\n"
	set := load(t, new(compile.Loader), file(t, t.TempDir(), "filters.yaml", text))
	var alert filter.Alert
	alert.Reset(len(set.Fields))
	for slot, field := range set.Fields {
		alert.Values[slot] = map[string]filter.Value{
			"candidate.rb": filter.FloatOf(0.9), "candidate.candid": filter.IntOf(1 << 60), "prv_candidates[].jd": filter.ListOf([]filter.Value{filter.FloatOf(2)}),
			"prv_candidates": filter.ListOf([]filter.Value{filter.RecordOf()}),
		}[field.Path]
	}
	verdicts, err := set.NewEvaluator().Evaluate(&alert)
	if err != nil || len(verdicts) != 2 {
		t.Fatalf("%s: verdicts %v, %v", where, verdicts, err)
	}
	if failed, other := verdicts[0], verdicts[1]; failed.Err == nil || failed.Filter != 0 || other.Err != nil || other.Filter != 1 {
		t.Errorf("%s: verdicts %v", where, verdicts)
	}
}

// Catalogues and regions: the file of filters says where each is named, and the
// mistake where in it.
func TestBadInputOfCataloguesAndRegionsIsToldWithBothPlaces(t *testing.T) {
	moc, err := os.ReadFile(filepath.Join("..", "sky", "testdata", "survey.fits"))
	if err != nil {
		t.Fatal(err)
	}
	json, err := os.ReadFile(filepath.Join("..", "sky", "testdata", "survey.json"))
	if err != nil {
		t.Fatal(err)
	}
	watchlist, region := "watchlists: {w: {file: f, radius: 3 arcsec}}", "regions: {r: f}"
	for name, c := range map[string]struct{ keys, content, want string }{
		"no such file":               {"watchlists: {w: {file: none.csv, radius: 3 arcsec}}", "", `2:24: watchlist "w": none.csv: no such file (a path is relative to the folder of the file that names it)`},
		"a folder":                   {"watchlists: {w: {file: ., radius: 3 arcsec}}", "", "this is a folder (name a file in it)"},
		"no columns of a place":      {watchlist, "name,flux\nA,1\n", "the file has no columns that look like RA and Dec, but name, flux (say which they are"},
		"a column that is not there": {"watchlists: {w: {file: f, radius: 3 arcsec, columns: {ra: RAJ}}}", "ra,dec\n1,2\n", `the file has no column "RAJ" for ra (its columns are ra, dec)`},
		"NaN":                        {watchlist, "ra,dec\n1,2\nnan,3\n", `f:3: the row has no place: its RA is "nan" and its Dec "3" (give the row a place, or take it out)`},
		"a Dec beyond the pole":      {watchlist, "ra,dec\n1,95\n", "f:2: the Dec 95 is out of range (it is in degrees, from -90 to 90)"},
		"text for a number":          {watchlist, "ra,dec\n1,two\n", `f:2: the Dec "two" cannot be read (write degrees, or +22:00:52)`},
		"a row cut off":              {watchlist, "ra,dec,id,z\n1,2,a,3\n1,2\n", "f:3: the row has 2 columns, and 4 are named (is the row cut off?"},
		"a row with a cell more":     {watchlist, "ra,dec\n1,2,3\n", "f:2: the row has 3 columns, and 2 are named (put cells that hold the separator in quotes)"},
		"a radius of 400 degrees":    {"watchlists: {w: {file: f, radius: 400 deg}}", "ra,dec\n1,2\n", "2:35: radius is 400 degrees: it goes from above 0 to 180"},
		"a row's of 400 degrees":     {watchlist, "ra,dec,id,radius_deg\n1,2,a,400\n", "f:2: the radius 400 is 400 degrees: the sky ends at 180 (is its unit right?)"},
		"a radius without a unit":    {"watchlists: {w: {file: f, radius: 3}}", "ra,dec\n1,2\n", `radius is a number with its unit, and this is "3" (write a number with its unit: 3 arcsec`},
		"near 400 degrees":           {"catalogues: {c: f}", "ra,dec\n1,2\n", "near is given a radius of 400 degrees (it goes from above 0 to 180; 5 arcsec are 5/3600)"},
		"a MOC cut off":              {region, string(moc[:7000]), "f: the FITS file is cut off: its table has 652 rows, of which 155 are there"},
		"a MOC's header cut off":     {region, string(moc[:100]), "the FITS file is cut off (fetch it again)"},
		"a JSON MOC cut off":         {region, string(json[:60]), "the JSON is cut off (fetch it again)"},
		"a MOC that is no MOC":       {region, "ra,dec\n1,2\n", "this is neither FITS nor JSON"},
		"a corner beyond the pole":   {"regions: {r: {polygon: [[0, 95], [10, 80], [20, 80]]}}", "", "corner 1 is at RA 0, Dec 95 (RA goes from 0 to 360, Dec from -90 to 90 degrees)"},
	} {
		t.Run(name, func(t *testing.T) {
			where := map[string]string{"watchlists": `watch("w", candidate.ra, candidate.dec)`, "catalogues": `near("c", candidate.ra, candidate.dec, 400)`, "regions": `in_region(candidate.ra, candidate.dec, "r")`}
			kind, _, _ := strings.Cut(c.keys, ":")
			dir := t.TempDir()
			file(t, dir, "f", c.content)
			path := file(t, dir, "filters.yaml", strings.Replace(oneClause(where[kind]), "filters:", c.keys+"\nfilters:", 1))
			got := told(t, path)
			if !strings.Contains(got, c.want) || !strings.HasPrefix(got, "filters.yaml:") || strings.Contains(got, "\n") {
				t.Errorf("told %s, want %s", got, c.want)
			}
		})
	}
}
