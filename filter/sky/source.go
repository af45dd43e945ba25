package sky

import (
	"fmt"
	"slices"
	"strings"
)

// CatalogueSource is a file of rows on the sky and what is said of it.
type CatalogueSource struct {
	Path string
	// Watchlist says that each row has a radius, of its own or Radius.
	Watchlist bool
	// Radius, in degrees, is that of the rows that have none of their own; 0: none.
	Radius float64
	// Unit is how many degrees the unit of the rows' own radii has; 0: the
	// column's name says so.
	Unit float64
	// Roles tell which columns have ra, dec, id and radius; of a role that is not
	// among them, the column is found by its name.
	Roles map[string]string
	// Names are the columns' of a file without a header.
	Names []string
}

// The roles that a column may have.
const (
	roleRA     = "ra"
	roleDec    = "dec"
	roleID     = "id"
	roleRadius = "radius"
)

// Roles are the columns that the language knows by these names, whatever the
// file calls them.
func Roles() []string { return []string{roleRA, roleDec, roleID, roleRadius} }

// separation is the name of what a match adds to its row's columns.
const separation = "separation"

// key spells all that decides, beside the file's bytes, what the rows are.
func (s CatalogueSource) key() string {
	roles := make([]string, 0, len(s.Roles))
	for role, column := range s.Roles {
		roles = append(roles, fmt.Sprintf("%q: %q", role, column))
	}
	slices.Sort(roles)
	return fmt.Sprintf("%v %v %v %q %q", s.Watchlist, s.Radius, s.Unit, roles, s.Names)
}

// layout says which column of a file is which.
//
// Invariant: ra and dec are columns; id and radius are -1 where the file has
// none.
type layout struct {
	names               []string
	header              bool // the first record is the header
	ra, dec, id, radius int
	unit                float64 // degrees of the unit of the radius column; 0: nothing says it
}

// layoutOf finds the columns' names and roles.
func (s CatalogueSource) layoutOf(f form) (layout, error) {
	l := layout{names: s.Names, header: isHeader(f.first)}
	switch {
	case len(f.first) < 2:
		return l, mistake(1, "columns are split by commas, bars, semicolons or tabs", "the first line has one column: %q", shown(f.first[0]))
	case len(s.Names) > 0:
	case l.header:
		l.names = slices.Clone(f.first)
	case isHeader(f.above) && len(f.above) == len(f.first):
		l.names = slices.Clone(f.above)
	case s.Watchlist && len(f.first) >= 2 && len(f.first) <= len(Roles()):
		l.names = Roles()
	default:
		return l, about("columns", "write columns: [ra, dec, …]", "the file has no header, and %d columns", len(f.first))
	}
	for len(l.names) > 1 && l.names[len(l.names)-1] == "" {
		l.names = l.names[:len(l.names)-1] // each line ends in a comma
	}
	if err := l.checkNames(); err != nil {
		return l, err
	}
	return l, s.assign(&l)
}

// isHeader reports whether a record can be no row: none of its cells is a
// number or an angle.
func isHeader(record []string) bool {
	named := false
	for _, cell := range record {
		if _, ok := parseRA(cell); ok {
			return false
		}
		if _, ok := parseDec(cell); ok {
			return false
		}
		named = named || !isAbsent(cell)
	}
	return named
}

func (l *layout) checkNames() error {
	seen := map[string]int{}
	for i, name := range l.names {
		first, twice := seen[name]
		switch {
		case name == "":
			return mistake(1, "name every column", "column %d has no name", i+1)
		case twice:
			return mistake(1, "rename one of them", "columns %d and %d are both named %q", first+1, i+1, shown(name))
		case name == separation:
			return mistake(1, "rename it: a match has its distance under this name", "a column is named %q", name)
		}
		seen[name] = i
	}
	return nil
}

// assign finds the column of each role.
func (s CatalogueSource) assign(l *layout) error {
	for role, column := range s.Roles {
		if !slices.Contains(l.names, column) {
			return about("columns", "its columns are "+listed(l.names), "the file has no column %q for %s", shown(column), role)
		}
	}
	l.ra, l.dec = s.find(l, roleRA), s.find(l, roleDec)
	l.id, l.radius = s.find(l, roleID), -1
	if s.Watchlist || s.Roles[roleRadius] != "" {
		l.radius = s.find(l, roleRadius)
	}
	if l.ra < 0 || l.dec < 0 {
		return about("columns", "say which they are: columns: {ra: …, dec: …}", "the file has no columns that look like RA and Dec, but %s", listed(l.names))
	}
	for role, at := range map[string]int{roleRA: l.ra, roleDec: l.dec, roleID: l.id, roleRadius: l.radius} {
		if other := slices.Index(l.names, role); other >= 0 && at >= 0 && other != at {
			return about("columns", "rename it in the file", "the file has a column %q beside the one that is its %s, %q", role, role, l.names[at])
		}
	}
	if l.radius >= 0 {
		if l.unit = unitOf(l.names[l.radius]); l.unit == 0 {
			l.unit = s.Unit
		}
	}
	if s.Watchlist && l.radius < 0 && s.Radius == 0 {
		return about("radius", "write radius: 3 arcsec", "the file has no column of radii, and no radius is said")
	}
	return nil
}

// find returns the column of a role, -1 where there is none: the one that is
// said, else the first of the usual names that is there.
func (s CatalogueSource) find(l *layout, role string) int {
	if named := s.Roles[role]; named != "" {
		return slices.Index(l.names, named)
	}
	for _, usual := range usualNames(role) {
		for i, name := range l.names {
			if plainName(name) == usual {
				return i
			}
		}
	}
	return -1
}

// plainName is a column's name without its unit, signs and case.
func plainName(name string) string {
	name = strings.ToLower(name)
	if at := strings.IndexAny(name, "(["); at > 0 {
		name = name[:at]
	}
	name = strings.Trim(name, " _")
	for _, unit := range []string{"_degrees", "_deg", "_arcsec", "_arcmin"} {
		name = strings.TrimSuffix(name, unit)
	}
	return strings.NewReplacer("_", "", " ", "", "-", "").Replace(name)
}

func usualNames(role string) []string {
	switch role {
	case roleRA:
		return []string{"ra", "raj2000", "raicrs", "rightascension", "rameandeg", "ramean", "meanra", "alpha", "alphaj2000", "targetra", "rag"}
	case roleDec:
		return []string{"dec", "decl", "dej2000", "decj2000", "deicrs", "decicrs", "declination", "decmean", "meandec", "delta", "deltaj2000", "targetdec"}
	case roleID:
		return []string{"id", "objectid", "objid", "sourceid", "name", "source", "designation", "object", "target", "mainid", "ident"}
	}
	return []string{"radius", "rad", "coneradius", "searchradius", "matchradius"}
}

// unitOf returns the unit that a column's name says: "radius (arcsec)",
// "radius_deg".
func unitOf(name string) float64 {
	if at := strings.IndexAny(name, "(["); at >= 0 {
		return unitNamed(strings.TrimRight(name[at+1:], ")] "))
	}
	if at := strings.LastIndexAny(name, "_ "); at >= 0 {
		return unitNamed(name[at+1:])
	}
	return 0
}

// listed are names in a row, not too many.
func listed(names []string) string {
	const most = 12
	all := make([]string, 0, most)
	for _, name := range names[:min(len(names), most)] {
		all = append(all, shown(name))
	}
	if len(names) > most {
		all = append(all, "…")
	}
	return strings.Join(all, ", ")
}
