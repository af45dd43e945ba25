package sky

import (
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/skysift/skysift/filter"
)

const (
	// maxMistakes is how many mistakes of one file are told.
	maxMistakes = 10
	// maxCells bounds the memory of a catalogue, which is at most 8 bytes a cell
	// and the texts.
	maxCells = 64 << 20
)

// LoadCatalogue reads a catalogue's file. Every mistake in it is told, up to a
// bound; then the catalogue is nil.
func LoadCatalogue(source CatalogueSource) (*Catalogue, []*Error) {
	file, _, err := open(source.Path)
	if err != nil {
		return nil, in(source.Path, []*Error{asError(err)})
	}
	defer file.Close()
	return ReadCatalogue(source, file)
}

// ReadCatalogue reads a catalogue from what its source's file holds. It is read
// twice: first for the kinds of its columns, then for the rows.
func ReadCatalogue(source CatalogueSource, file io.ReadSeeker) (*Catalogue, []*Error) {
	c, found := readCatalogue(source, file)
	if len(found) > 0 {
		return nil, in(source.Path, found)
	}
	return c, nil
}

func readCatalogue(source CatalogueSource, file io.ReadSeeker) (*Catalogue, []*Error) {
	head, err := headOf(file, peekSize)
	if err != nil {
		return nil, []*Error{asError(err)}
	}
	f, err := formOf(head)
	if err != nil {
		return nil, []*Error{asError(err)}
	}
	l, err := source.layoutOf(f)
	if err != nil {
		return nil, []*Error{asError(err)}
	}
	seen, err := survey(l, f, file)
	if err != nil {
		return nil, []*Error{asError(err)}
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return nil, []*Error{asError(err)}
	}
	loading := newLoading(source, l, seen)
	if found := loading.rows(newRecords(f, file)); len(found) > 0 {
		return nil, found
	}
	return loading.catalogue(seen.digest), nil
}

// surveyed is what the first reading finds out.
type surveyed struct {
	rows   int
	kinds  []filter.Kind // of each column
	digest []byte
}

// survey reads a file for the kinds of its columns.
func survey(l layout, f form, file io.Reader) (surveyed, error) {
	sum := sha256.New()
	all := io.TeeReader(file, sum)
	seen := surveyed{kinds: make([]filter.Kind, len(l.names))}
	r := newRecords(f, all)
	for {
		record, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return seen, err
		}
		if seen.rows++; seen.rows > maxCells/len(l.names) {
			return seen, mistake(r.line, "leave out columns or rows that no filter needs", "the file has more than %d rows of %d columns", seen.rows-1, len(l.names))
		}
		if seen.rows == 1 && l.header {
			continue
		}
		for i, cell := range record[:min(len(record), len(l.names))] {
			seen.kinds[i] = widen(seen.kinds[i], cell)
		}
	}
	if l.header {
		seen.rows--
	}
	_, err := io.Copy(io.Discard, all)
	seen.digest = sum.Sum(nil)
	return seen, err
}

// loading is a catalogue whose rows are being read.
type loading struct {
	layout
	source CatalogueSource
	made   *Catalogue
	seen   surveyed
	found  []*Error
}

func newLoading(source CatalogueSource, l layout, seen surveyed) *loading {
	c := &Catalogue{names: map[string]int{}, id: l.id, radius: source.Radius}
	c.ra, c.dec = make([]float64, 0, seen.rows), make([]float64, 0, seen.rows)
	if l.radius >= 0 {
		c.own = make([]float64, 0, seen.rows)
	}
	for i, name := range l.names {
		made := column{name: name, kind: seen.kinds[i]}
		switch {
		case i == l.ra || i == l.dec || i == l.radius:
			made.kind = filter.Float // filled from what is matched
		case made.kind == filter.Float:
			made.numbers = make([]float64, 0, seen.rows)
		case made.kind == filter.String:
			made.ends = make([]uint32, 0, seen.rows)
		case made.kind == filter.Int || made.kind == filter.Bool:
			made.integers = make([]int64, 0, seen.rows)
		}
		c.columns = append(c.columns, made)
		if i != l.radius { // whose unit is the file's: degrees are under its role
			c.names[name] = i
		}
	}
	for role, at := range map[string]int{roleRA: l.ra, roleDec: l.dec, roleID: l.id, roleRadius: l.radius} {
		if at >= 0 {
			c.names[role] = at
			c.columns[at].name = role
		}
	}
	return &loading{layout: l, source: source, made: c, seen: seen}
}

// rows reads all rows, and returns what is wrong with them.
func (l *loading) rows(r *records) []*Error {
	for first := true; ; first = false {
		record, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return append(l.found, asError(err))
		}
		if first && l.header {
			continue
		}
		if wrong := l.row(record); wrong != nil {
			wrong.Line = r.line
			l.found = append(l.found, wrong)
			if len(l.found) == maxMistakes || wrong.Key != "" { // or what is to be mended is elsewhere
				return l.found
			}
		}
	}
	if len(l.found) == 0 && len(l.made.ra) != l.seen.rows {
		return []*Error{mistake(0, "try again", "the file changed while it was read")}
	}
	return l.found
}

// row adds one row.
func (l *loading) row(record []string) *Error {
	if wrong := l.checkWidth(record); wrong != nil {
		return wrong
	}
	cell := func(i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return record[i]
	}
	ra, dec := cell(l.ra), cell(l.dec)
	raValue, raOK := parseRA(ra)
	decValue, decOK := parseDec(dec)
	own, wrong := l.ownRadius(cell(l.radius))
	switch {
	case isAbsent(ra) || isAbsent(dec):
		return mistake(0, "give the row a place, or take it out", "the row has no place: its RA is %q and its Dec %q", ra, dec)
	case !raOK:
		return mistake(0, "write degrees, or hours as 05:34:31.9", "the RA %q cannot be read", shown(ra))
	case !decOK:
		return mistake(0, "write degrees, or +22:00:52", "the Dec %q cannot be read", shown(dec))
	case raValue < -180 || raValue > 360:
		return mistake(0, "it is in degrees, from 0 to 360", "the RA %s is out of range", shown(ra))
	case decValue < -90 || decValue > 90:
		return mistake(0, "it is in degrees, from -90 to 90", "the Dec %s is out of range", shown(dec))
	case wrong != nil:
		return wrong
	}
	c, row := l.made, len(l.made.ra)
	c.ra, c.dec = append(c.ra, onCircle(raValue)), append(c.dec, decValue)
	if l.radius >= 0 {
		c.own = append(c.own, own)
	}
	for i := range c.columns {
		if i != l.ra && i != l.dec && i != l.radius {
			c.columns[i].grow(row, cell(i))
		}
	}
	return nil
}

// checkWidth holds a row against the columns. Empty cells at its end are as
// good as none; where the file names its columns, a row that lacks some is cut
// off.
func (l *loading) checkWidth(record []string) *Error {
	width := len(record)
	for width > len(l.names) && record[width-1] == "" {
		width--
	}
	short := len(record) < len(l.names) && l.header
	if short {
		return mistake(0, "is the row cut off? A cell that is not known stays empty, between separators", "the row has %d columns, and %d are named", width, len(l.names))
	}
	if width > len(l.names) {
		return mistake(0, "put cells that hold the separator in quotes", "the row has %d columns, and %d are named", width, len(l.names))
	}
	return nil
}

// ownRadius reads a row's own radius, in degrees; NaN where it has none.
func (l *loading) ownRadius(cell string) (float64, *Error) {
	if isAbsent(cell) {
		if l.source.Watchlist && l.source.Radius == 0 {
			return 0, about("radius", "write radius: 3 arcsec for such rows", "a row has no radius of its own, and none is said for all")
		}
		return math.NaN(), nil
	}
	v, ok := parseNumber(cell)
	switch degrees := v * l.unit; {
	case l.unit == 0:
		return 0, about("radius", "write radius: 3 arcsec, for rows that have none; the others' are in the same unit", "the row has a radius, and nothing says its unit")
	case !ok:
		return 0, mistake(0, "write a number", "the radius %q cannot be read", shown(cell))
	case degrees <= 0:
		return 0, mistake(0, "", "the radius %s is not above 0", shown(cell))
	case degrees > 180:
		return 0, mistake(0, "is its unit right?", "the radius %s is %g degrees: the sky ends at 180", shown(cell), degrees)
	default:
		return degrees, nil
	}
}

// catalogue returns what was read, in its order.
func (l *loading) catalogue(content []byte) *Catalogue {
	c := l.made
	sum := sha256.New()
	_, _ = io.WriteString(sum, l.source.key()+"\n") // a hash takes everything
	_, _ = sum.Write(content)
	c.digest = hexadecimal(sum.Sum(nil))
	if l.radius >= 0 && !slices.ContainsFunc(c.own, func(own float64) bool { return own == own }) {
		c.own, c.columns[l.radius].kind = nil, filter.Missing
	}
	c.arrange()
	c.columns[l.ra].numbers, c.columns[l.dec].numbers = c.ra, c.dec
	if l.radius >= 0 {
		c.columns[l.radius].numbers = c.own
	}
	return c
}
