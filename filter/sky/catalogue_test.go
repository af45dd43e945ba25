package sky

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
)

func nan() float64 { return math.NaN() }

const arcsec = 1.0 / 3600

func read(t testing.TB, source CatalogueSource, text string) *Catalogue {
	t.Helper()
	source.Path = "list.csv"
	c, found := ReadCatalogue(source, strings.NewReader(text))
	if len(found) > 0 {
		t.Fatalf("%v\n%s", found[0], text)
	}
	return c
}

// watchlist is a source whose rows without a radius have 3 arcsec.
func watchlist() CatalogueSource {
	return CatalogueSource{Watchlist: true, Radius: 3 * arcsec, Unit: arcsec}
}

func near(c *Catalogue, ra, dec, radius float64) []Match {
	found, _ := c.Near(nil, ra, dec, radius, math.MaxInt)
	return found
}

// rowsOf returns all rows as JSON in the order of RA, without separations.
func rowsOf(c *Catalogue) string {
	rows := make([]Match, c.Len())
	for i := range rows {
		rows[i].Row = uint32(i)
	}
	slices.SortFunc(rows, func(a, b Match) int { return int(math.Copysign(1, c.ra[a.Row]-c.ra[b.Row])) })
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.ReplaceAll(string(c.AppendJSON(nil, row)), `"separation":0,`, ""))
	}
	return strings.Join(lines, "\n")
}

func TestFormsThatPeopleHave(t *testing.T) {
	want := `{"id":"A","radius":0.001,"ra":10.5,"dec":-20.25}
{"id":"B 2","radius":0.0008333333333333334,"ra":83.63308333333333,"dec":22.0145}`
	commas := "ra,dec,id,radius\n10.5,-20.25,A,3.6\n83.63308333333333,22.0145,B 2,\n"
	for name, text := range map[string]string{
		"commas":              commas,
		"bars":                strings.ReplaceAll(commas, ",", " | "),
		"tabs":                strings.ReplaceAll(commas, ",", "\t"),
		"semicolons":          strings.ReplaceAll(commas, ",", "; "),
		"CRLF":                strings.ReplaceAll(commas, "\n", "\r\n"),
		"byte-order mark":     byteOrderMark + commas,
		"no end of line":      strings.TrimRight(commas, "\n"),
		"blank lines":         "\n\n" + strings.ReplaceAll(commas, "\n", "\n\n"),
		"comments":            "# made by hand\n" + commas + "# the end\n",
		"a column of nothing": strings.ReplaceAll(commas, "\n", ",\n"),
		"no header":           "10.5,-20.25,A,3.6\n83.63308333333333,22.0145,B 2,\n",
		"rows of two lengths": "83.63308333333333,22.0145,B 2\n10.5,-20.25,A,3.6\n",
		"header as a comment": "# ra,dec,id,radius\n10.5,-20.25,A,3.6\n83.63308333333333,22.0145,B 2,\n",
		"another order":       "Radius (arcsec),Name,DEJ2000,RAJ2000\n3.6,A,-20.25,10.5\n,B 2,22.0145,83.63308333333333\n",
		"sexagesimal":         "RA,Dec,id,radius\n00:42:00,-20:15:00,A,3.6\n05h34m31.94s,+22 00 52.2,B 2,nan\n",
		"quotes":              "\"ra\",\"dec\",\"id\",\"radius\"\n\"10.5\",\"-20.25\",\"A\",\"3.6\"\n\"83.63308333333333\",\"22.0145\",\"B 2\",\"\"\n",
		"rows of nothing":     strings.ReplaceAll(commas, "\n", "\n,,,\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got := rowsOf(read(t, watchlist(), text))
			want := want
			if strings.Contains(text, "Name") {
				want = strings.ReplaceAll(want, `"ra":10.5,"dec":-20.25`, `"dec":-20.25,"ra":10.5`)
				want = strings.ReplaceAll(want, `"ra":83.63308333333333,"dec":22.0145`, `"dec":22.0145,"ra":83.63308333333333`)
			}
			if name == "sexagesimal" {
				got = strings.ReplaceAll(got, "83.63308333333334", "83.63308333333333")
				got = strings.ReplaceAll(got, "22.014499999999998", "22.0145")
			}
			if got != want {
				t.Errorf("rows\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestKindsOfColumns(t *testing.T) {
	c := read(t, CatalogueSource{}, `ra,dec,n,x,mixed,flag,code,big,empty,name,word
1,2,5,1,1,true,007,9007199254740993,,NGC 1,1
3,4,,1e-3,x,False,12,-1,nan,,two
5,6,-7,nan,2.5,,3,99999999999,null,M 31,3
`)
	for name, want := range map[string]filter.Kind{
		"n": filter.Int, "x": filter.Float, "mixed": filter.String, "flag": filter.Bool, "code": filter.String, "big": filter.Int,
		"empty": filter.Missing, "name": filter.String, "word": filter.String, "ra": filter.Float, "dec": filter.Float, "id": filter.String, "separation": filter.Float,
	} {
		if _, kind, ok := c.Column(name); !ok || kind != want {
			t.Errorf("%s is %v, %v; want %v", name, kind, ok, want)
		}
	}
	if _, _, ok := c.Column("radius"); ok {
		t.Error("a catalogue without radii has a radius")
	}
	want := `{"id":"NGC 1","ra":1,"dec":2,"n":5,"x":1,"mixed":"1","flag":true,"code":"007","big":9007199254740993,"empty":null,"word":"1"}
{"id":null,"ra":3,"dec":4,"n":null,"x":0.001,"mixed":"x","flag":false,"code":"12","big":-1,"empty":null,"word":"two"}
{"id":"M 31","ra":5,"dec":6,"n":-7,"x":null,"mixed":"2.5","flag":null,"code":"3","big":99999999999,"empty":null,"word":"3"}`
	if got := rowsOf(c); got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
}

// haversine is another formula of the same angle, in degrees.
func haversine(ra1, dec1, ra2, dec2 float64) float64 {
	square := func(x float64) float64 { return x * x }
	h := square(math.Sin(radians(dec2-dec1)/2)) + math.Cos(radians(dec1))*math.Cos(radians(dec2))*square(math.Sin(radians(ra2-ra1)/2))
	return degrees(2 * math.Asin(min(1, math.Sqrt(h))))
}

type simulated struct{ ra, dec, own float64 }

// scattered makes rows all over the sky, many near the poles and the meridian,
// with radii from arcseconds to beyond 90 degrees, or none.
func scattered(r *rand.Rand, n int) []simulated {
	rows := make([]simulated, n)
	for i := range rows {
		s := &rows[i]
		s.ra, s.dec = r.Float64()*360, degrees(math.Asin(2*r.Float64()-1))
		switch r.IntN(6) {
		case 0:
			s.dec = math.Copysign(90-r.Float64()*0.02, s.dec)
		case 1:
			s.ra = math.Mod(360+r.NormFloat64()*0.01, 360)
		}
		s.own = nan()
		if r.IntN(3) > 0 {
			s.own = min(180, math.Exp(r.Float64()*14-9)*2)
		}
	}
	return rows
}

// TestMatchesAreThoseOfBruteForce, around directions close to rows, to the poles
// and to the meridian.
func TestMatchesAreThoseOfBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	matched := 0
	for range 30 {
		rows := scattered(r, 1+r.IntN(400))
		var b strings.Builder
		b.WriteString("ra,dec,id,radius_deg\n")
		for i, s := range rows {
			fmt.Fprintf(&b, "%v,%v,%d,%v\n", s.ra, s.dec, i, s.own)
		}
		c := read(t, CatalogueSource{Watchlist: true, Radius: 0.7}, b.String())
		for range 200 {
			at := rows[r.IntN(len(rows))]
			ra, dec := at.ra+r.NormFloat64()*0.1, max(-90, min(90, at.dec+r.NormFloat64()*0.1))
			if r.IntN(4) == 0 {
				ra, dec = r.Float64()*900-300, math.Copysign(90-r.Float64()*r.Float64(), r.Float64()-0.5)
			}
			radius := []float64{0, 3 * arcsec, 0.3, 20, 95, 180}[r.IntN(6)]
			matched += compareNear(t, c, rows, ra, dec, radius)
		}
	}
	if matched < 10000 {
		t.Errorf("only %d matches were compared", matched)
	}
}

// TestCrowdedMatchesAreThoseOfBruteForce, where most rows are in one field, and
// their radii go from an arcsecond to degrees: cells there are far finer than
// rows over the whole sky ask for, and a wide cone is noted in many.
func TestCrowdedMatchesAreThoseOfBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, field := range []struct{ name, ra, dec string }{
		{"equator", "180", "0"}, {"meridian", "0", "41.3"}, {"pole", "77", "89.99"}, {"south pole", "0", "-90"},
	} {
		t.Run(field.name, func(t *testing.T) {
			ra0, _ := parseRA(field.ra)
			dec0, _ := parseDec(field.dec)
			around := func() (ra, dec float64) {
				return onCircle(ra0 + r.NormFloat64()*0.02), max(-90, min(90, dec0+r.NormFloat64()*0.02))
			}
			rows := scattered(r, 50)
			var b strings.Builder
			b.WriteString("ra,dec,id,radius_deg\n")
			for range 3000 {
				ra, dec := around()
				rows = append(rows, simulated{ra: ra, dec: dec, own: arcsec * math.Exp(r.Float64()*r.Float64()*math.Log(10000))})
			}
			for i, s := range rows {
				fmt.Fprintf(&b, "%v,%v,%d,%v\n", s.ra, s.dec, i, s.own)
			}
			c := read(t, CatalogueSource{Watchlist: true, Radius: 0.7}, b.String())
			if finest := c.cones[0].height; finest > 0.1 {
				t.Errorf("cells are %v degrees high: the field is not crowded", finest)
			}
			matched := 0
			for range 300 {
				ra, dec := around()
				matched += compareNear(t, c, rows, ra, dec, 0)
			}
			if matched < 1000 {
				t.Errorf("only %d matches were compared", matched)
			}
		})
	}
}

// TestRowsAreNotNotedTooOften, whatever their radii: it is what bounds memory.
func TestRowsAreNotNotedTooOften(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, radius := range map[string]func() float64{
		"a point":        func() float64 { return 1e-9 },
		"3 arcsec":       func() float64 { return 3 * arcsec },
		"a degree":       func() float64 { return 1 },
		"half the sky":   func() float64 { return 90 },
		"all of the sky": func() float64 { return 180 },
		"all kinds":      func() float64 { return math.Exp(math.Log(arcsec) + r.Float64()*math.Log(180*3600)) },
		"few wide ones": func() float64 {
			if r.IntN(1000) == 0 {
				return 30
			}
			return arcsec
		},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 20_000
			c := read(t, CatalogueSource{Watchlist: true, Unit: 1}, string(list(r, n, func() float64 { return radius() / arcsec })))
			notes := 0
			for i := range c.cones {
				notes += len(c.cones[i].notes)
			}
			if most := 4 * n; notes > most {
				t.Errorf("%d notes of %d rows, and at most %d are due", notes, n, most)
			}
		})
	}
}

func compareNear(t *testing.T, c *Catalogue, rows []simulated, ra, dec, radius float64) int {
	t.Helper()
	got := map[int64]float64{}
	last := 0.0
	for _, m := range near(c, ra, dec, radius) {
		id, _, _ := c.Column("id")
		if _, twice := got[c.Value(m, id).Int()]; twice {
			t.Fatalf("row %v is found twice", c.Value(m, id))
		}
		got[c.Value(m, id).Int()] = m.Separation
		if m.Separation < last {
			t.Fatalf("%v before %v: not nearest first", last, m.Separation)
		}
		last = m.Separation
	}
	for i, s := range rows {
		limit := s.own
		if limit != limit {
			limit = radius
			if radius == 0 {
				limit = 0.7
			}
		}
		angle, found := haversine(ra, dec, s.ra, s.dec), false
		if separation, ok := got[int64(i)]; ok {
			found = true
			if math.Abs(separation-angle) > 1e-6 {
				t.Fatalf("separation %v, want %v", separation, angle)
			}
		}
		if found != (angle <= limit) && math.Abs(angle-limit) > 1e-6 {
			t.Fatalf("row at %v, %v with %v, at %v from %v, %v: found %v", s.ra, s.dec, limit, angle, ra, dec, found)
		}
	}
	return len(got)
}

func TestARowsOwnRadiusCounts(t *testing.T) {
	text := "ra,dec,id,radius\n10,0,narrow,1\n10,0,wide,100\n10,0,usual,\n"
	c := read(t, watchlist(), text)
	name, _, _ := c.Column("id")
	radius, _, _ := c.Column("radius")
	for offset, want := range map[float64]string{
		0.5 * arcsec: "narrow 1 wide 100 usual 3", 2 * arcsec: "wide 100 usual 3", 50 * arcsec: "wide 100", 150 * arcsec: "",
	} {
		var found []string
		for _, m := range near(c, 10, offset, 0) {
			found = append(found, fmt.Sprintf("%s %.0f", c.Value(m, name).Text(), c.Value(m, radius).Float()*3600))
		}
		slices.SortFunc(found, func(a, b string) int { return strings.Index(want, a) - strings.Index(want, b) })
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%v degrees away: %s; want %s", offset, got, want)
		}
	}
	if found := near(c, 10, 5*arcsec, 10*arcsec); len(found) != 2 {
		t.Errorf("the radius of the search replaces those of rows: %v", found)
	}
}

func TestASearchGivesUpWhenItIsOutOfSteps(t *testing.T) {
	c := read(t, watchlist(), "1,2,a\n"+strings.Repeat("1,2,b\n", 999))
	if found, left := c.Near(nil, 1, 2, 0, 5000); len(found) != 1000 || left != 4000 {
		t.Errorf("%d rows, %d steps left", len(found), left)
	}
	if found, left := c.Near(nil, 1, 2, 0, 10); len(found) > 10 || left >= 0 {
		t.Errorf("%d rows, %d steps left", len(found), left)
	}
}

func TestSearchesAllocateNothing(t *testing.T) {
	c := read(t, watchlist(), "1,2,a\n1,2.0001,b\n300,-5,c\n")
	room := make([]Match, 0, 8)
	if n := testing.AllocsPerRun(100, func() { room, _ = c.Near(room[:0], 1, 2, 0, 1000) }); n != 0 || len(room) != 2 {
		t.Errorf("%v allocations, %d matches", n, len(room))
	}
}

func TestDigestCoversContentAndWhatIsSaidOfIt(t *testing.T) {
	text := "ra,dec,id,radius\n1,2,a,3\n"
	digests := map[string]bool{}
	for _, c := range []*Catalogue{
		read(t, watchlist(), text), read(t, watchlist(), text+" "), read(t, CatalogueSource{}, text),
		read(t, CatalogueSource{Watchlist: true, Radius: 4 * arcsec, Unit: arcsec}, text),
		read(t, CatalogueSource{Watchlist: true, Radius: 3 * arcsec, Unit: 1}, text),
		read(t, CatalogueSource{Roles: map[string]string{"id": "id"}}, text),
	} {
		digests[c.Digest()] = true
	}
	if again := read(t, watchlist(), text).Digest(); len(digests) != 6 || !digests[again] {
		t.Errorf("%d digests of 6; the same again: %v", len(digests), digests[again])
	}
}

func TestMistakesOfCatalogues(t *testing.T) {
	for _, c := range []struct {
		name, text string
		source     CatalogueSource
		want       string
	}{
		{"only comments", "# nothing\n\n", watchlist(), "list.csv: the file has no rows"},
		{"NaN coordinates", "ra,dec\n1,2\nnan,3\n4,NaN\n", watchlist(), `list.csv:3: the row has no place: its RA is "nan" and its Dec "3"`},
		{"a Dec out of range", "ra,dec\n1,2\n1,95.2\n", watchlist(), "list.csv:3: the Dec 95.2 is out of range"},
		{"an RA out of range", "ra,dec\n361,2\n", watchlist(), "list.csv:2: the RA 361 is out of range"},
		{"an RA in hours that is none", "ra,dec\n25:00:00,2\n", watchlist(), "list.csv:2: the RA 25:00:00 is out of range"},
		{"61 seconds", "ra,dec\n05:34:61,2\n", watchlist(), `list.csv:2: the RA "05:34:61" cannot be read`},
		{"a word for a Dec", "ra,dec\n1,south\n", watchlist(), `list.csv:2: the Dec "south" cannot be read`},
		{"a radius of 400 degrees", "ra,dec,id,radius_deg\n1,2,a,400\n", watchlist(), "list.csv:2: the radius 400 is 400 degrees: the sky ends at 180 (is its unit right?)"},
		{"a negative radius", "ra,dec,id,radius\n1,2,a,-3\n", watchlist(), "list.csv:2: the radius -3 is not above 0"},
		{"a radius in words", "ra,dec,id,radius\n1,2,a,wide\n", watchlist(), `list.csv:2: the radius "wide" cannot be read`},
		{"radii without a unit", "ra,dec,id,radius\n1,2,a,3\n", CatalogueSource{Watchlist: true}, "list.csv:2: the row has a radius, and nothing says its unit"},
		{"no radius at all", "ra,dec\n1,2\n", CatalogueSource{Watchlist: true}, "no column of radii, and no radius is said"},
		{"a row without a radius", "ra,dec,radius_arcsec\n1,2,3\n1,2,\n", CatalogueSource{Watchlist: true}, "a row has no radius of its own"},
		{"a header twice", "ra,dec,id,z,z\n1,2,a,3,4\n", watchlist(), `list.csv:1: columns 4 and 5 are both named "z"`},
		{"a column without a name", "ra,dec,,z\n1,2,a,3\n", watchlist(), "list.csv:1: column 3 has no name"},
		{"a column named separation", "ra,dec,separation\n1,2,3\n", watchlist(), `list.csv:1: a column is named "separation"`},
		{"no such columns", "lon,lat,name\n1,2,a\n", watchlist(), "no columns that look like RA and Dec, but lon, lat, name"},
		{"a role without its column", "ra,dec\n1,2\n", CatalogueSource{Roles: map[string]string{"id": "nmae"}}, `the file has no column "nmae" for id (its columns are ra, dec)`},
		{"two columns for one role", "ra,dec,raj2000\n1,2,3\n", CatalogueSource{Roles: map[string]string{"ra": "raj2000"}}, `the file has a column "ra" beside the one that is its ra, "raj2000"`},
		{"no header", "1,2,a,3,4,5\n", watchlist(), "no header, and 6 columns (write columns: [ra, dec, …])"},
		{"a catalogue without a header", "1,2,0.5\n", CatalogueSource{}, "no header, and 3 columns"},
		{"one column", "1 2 a\n", watchlist(), `the first line has one column: "1 2 a" (columns are split by`},
		{"a row too many cells", "ra,dec,id\n1,2,a\n1,2,a,b\n", watchlist(), "list.csv:3: the row has 4 columns, and 3 are named"},
		{"a row cut off", "ra,dec,id\n1,2,a\n1,2", watchlist(), "list.csv:3: the row has 2 columns, and 3 are named"},
		{"FITS", "SIMPLE  =                    T", watchlist(), "this is a FITS file"},
		{"gzip", "\x1f\x8b\x08", watchlist(), "gunzip it first"},
		{"a spreadsheet", "PK\x03\x04", watchlist(), "save it as CSV"},
		{"a VOTable", "<?xml version='1.0'?>", watchlist(), "perhaps a VOTable"},
		{"UTF-16", "\xff\xfer\x00a\x00", watchlist(), "UTF-16"},
		{"binary", "ra,dec\n1,\x00\n", watchlist(), "not a file of text lines"},
		{"a quote that is not closed", "ra,dec,id\n1,2,\"a\n" + strings.Repeat("1,2,a\n", 400000), watchlist(), "is a quote not closed?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.source.Path = "list.csv"
			made, found := ReadCatalogue(c.source, strings.NewReader(c.text))
			if made != nil || len(found) == 0 || !strings.Contains(found[0].Error(), c.want) {
				t.Errorf("%v; want %q", found, c.want)
			}
		})
	}
}

func TestAllMistakesAreToldUpToABound(t *testing.T) {
	_, found := ReadCatalogue(watchlist(), strings.NewReader("ra,dec\n"+strings.Repeat("1,2\n1,92\n", 100)))
	if len(found) != maxMistakes || found[3].Line != 9 {
		t.Errorf("%v", found)
	}
}

func TestAFileWithAHeaderAloneMatchesNothing(t *testing.T) {
	c := read(t, watchlist(), "ra,dec,id\n")
	if c.Len() != 0 || len(near(c, 1, 2, 0)) != 0 {
		t.Errorf("%d rows", c.Len())
	}
}

func TestFilesThatAreNoneAreRefused(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.csv")
	if err := os.WriteFile(huge, []byte("ra,dec\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, 2<<30); err != nil { // it has holes, and takes no room
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.csv")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		huge: "the file has 2048 MiB, and at most 512 MiB are read", empty: "the file is empty", dir: "this is a folder",
		filepath.Join(dir, "none.csv"): "no such file", "/dev/zero": "this is not a regular file",
	} {
		_, found := LoadCatalogue(CatalogueSource{Path: path})
		if len(found) != 1 || !strings.HasPrefix(found[0].Error(), path+": "+want) {
			t.Errorf("%v; want %q", found, want)
		}
	}
}

func TestAShelfReadsAFileAgainOnlyWhenItHasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	write := func(text string, at time.Time) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	write("1,2,a\n", long)
	var shelf Shelf
	source := watchlist()
	source.Path = path
	first, _ := shelf.Catalogue(source)
	if again, _ := shelf.Catalogue(source); again != first {
		t.Error("a file that has not changed was read again")
	}
	source.Radius *= 2
	if other, _ := shelf.Catalogue(source); other == first {
		t.Error("another radius gave the same catalogue")
	}
	source.Radius /= 2
	write("1,2,b\n", long.Add(time.Second))
	if changed, _ := shelf.Catalogue(source); changed == first || changed.Digest() == first.Digest() {
		t.Error("a changed file was not read")
	}
	write("1,2,\n92,92,b\n", long.Add(2*time.Second))
	if broken, found := shelf.Catalogue(source); broken != nil || len(found) != 1 {
		t.Error("a broken file is no mistake")
	}
}

// FuzzCatalogue: whatever a file holds, it is read or refused, and what was read
// can be matched.
func FuzzCatalogue(f *testing.F) {
	for _, text := range []string{
		"ra,dec,id,radius\n10.5,-20.25,A,3.6\n83.6,22.0,B 2,\n", "10.5|-20|a\n", "# ra,dec\n1,2\n",
		byteOrderMark + "RA (deg);Dec\r\n1;2\r\n", "ra,dec\n05:34:31.9,+22:00:52\n", "ra,dec,\"id\n", "a,b\n1,2\n", "ra,dec,n\n1,2,007\n3,4,9\n",
	} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, isWatchlist bool) {
		source := CatalogueSource{Watchlist: isWatchlist, Radius: 1, Unit: 1}
		c, found := ReadCatalogue(source, strings.NewReader(text))
		if (c == nil) == (len(found) == 0) {
			t.Fatalf("%v, %v", c, found)
		}
		if c == nil {
			return
		}
		for row := range uint32(c.Len()) {
			matches := near(c, c.ra[row], c.dec[row], 1)
			if !slices.ContainsFunc(matches, func(m Match) bool { return m.Row == row }) {
				t.Fatalf("row %d at %v, %v is not found where it is", row, c.ra[row], c.dec[row])
			}
			c.AppendJSON(nil, matches[0])
		}
	})
}
