package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/sky"
)

// catalogue reads what is said of a watchlist or catalogue: its file alone, or
// keys.
func (r *reader) catalogue(name string, isWatchlist bool, places marks, node *yaml.Node) Catalogue {
	c := Catalogue{Name: name, Source: sky.CatalogueSource{Watchlist: isWatchlist}, marks: places}
	what, before := c.what(), len(r.mistakes)
	if node.Kind == yaml.ScalarNode {
		c.Source.Path = r.dataFile(node, what, places)
	} else {
		r.mapping(node, what, []key{
			{"file", func(n *yaml.Node) { c.Source.Path = r.dataFile(n, "file", places) }},
			{"radius", func(n *yaml.Node) {
				places["radius"] = mark{r.source, aliased(n)}
				c.Source.Radius, c.Source.Unit = r.radius(aliased(n))
			}},
			{"columns", func(n *yaml.Node) {
				places["columns"] = mark{r.source, aliased(n)}
				c.Source.Roles, c.Source.Names = r.columns(aliased(n))
			}},
		})
		r.needs(node, what, "file", "file: and the path of a CSV file")
	}
	if len(r.mistakes) > before {
		c.Source.Path = "" // what its file has is told when this is mended
	}
	return c
}

// needs complains of a key that is not there.
func (r *reader) needs(node *yaml.Node, what, key, suggestion string) {
	if node.Kind == yaml.MappingNode && lookup(node, key) == nil {
		r.fail(node, "%s has no %s", what, key).Suggestion = "write " + suggestion
	}
}

// dataFile reads the name of a file, and notes where it stands.
func (r *reader) dataFile(node *yaml.Node, what string, places marks) string {
	places["file"] = mark{r.source, aliased(node)}
	path := r.path(node, what)
	if IsURL(path) {
		r.fail(node, "%s is an address, and files are read from disk", what).Suggestion = "fetch it, and name the file"
	}
	return path
}

const radiusHelp = "write a number with its unit: 3 arcsec, 0.5 arcmin, 1.2 deg"

// radius reads a radius with its unit, both in degrees.
func (r *reader) radius(node *yaml.Node) (radius, unit float64) {
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		r.fail(node, "radius is a number with its unit, and this is %s", describe(node)).Suggestion = radiusHelp
		return 0, 0
	}
	value, unit := sky.ParseRadius(node.Value)
	switch radius = value * unit; {
	case unit == 0:
		r.fail(node, "radius is a number with its unit, and this is %s", quoted(node.Value)).Suggestion = radiusHelp
	case radius <= 0 || radius > 180:
		r.fail(node, "radius is %s degrees: it goes from above 0 to 180", strconv.FormatFloat(radius, 'g', 6, 64))
	default:
		return radius, unit
	}
	return 0, 0
}

// columns reads the names of a file's columns, or which of them have the roles.
func (r *reader) columns(node *yaml.Node) (roles map[string]string, names []string) {
	if node.Kind == yaml.SequenceNode {
		return nil, r.columnNames(node)
	}
	roles = map[string]string{}
	keys := make([]key, 0, len(sky.Roles()))
	for _, role := range sky.Roles() {
		keys = append(keys, key{role, func(n *yaml.Node) {
			if t, ok := r.text(n, role); ok {
				roles[role] = t.value
			}
		}})
	}
	r.mapping(node, "columns", keys)
	taken := map[string]string{}
	for _, role := range sky.Roles() {
		column, said := roles[role]
		if other := taken[column]; said && other != "" {
			r.fail(node, "columns gives %s and %s the same column %s", other, role, quoted(column))
		}
		taken[column] = role
	}
	return roles, nil
}

func (r *reader) columnNames(node *yaml.Node) []string {
	var names []string
	for _, item := range node.Content {
		t, ok := r.text(item, "a column's name")
		switch {
		case ok && slices.Contains(names, t.value):
			r.fail(item, "columns has the name %s twice", quoted(t.value))
		case ok:
			names = append(names, t.value)
		}
	}
	if len(node.Content) < 2 {
		r.fail(node, "columns names each column of a file without a header, ra and dec among them")
	}
	return names
}

// region reads what is said of a region: its file alone, or keys.
func (r *reader) region(name string, places marks, node *yaml.Node) Region {
	region := Region{Name: name, marks: places}
	what, before := region.what(), len(r.mistakes)
	if node.Kind == yaml.ScalarNode {
		region.Source.Path = r.dataFile(node, what, places)
	} else {
		r.mapping(node, what, []key{
			{"file", func(n *yaml.Node) { region.Source.Path = r.dataFile(n, "file", places) }},
			{"probability", func(n *yaml.Node) {
				places["probability"] = mark{r.source, aliased(n)}
				region.Source.Probability = r.probability(aliased(n))
			}},
			{"polygon", func(n *yaml.Node) {
				places["polygon"] = mark{r.source, aliased(n)}
				region.Source.Polygons = append(region.Source.Polygons, r.polygon(aliased(n)))
			}},
			{"polygons", func(n *yaml.Node) {
				places["polygon"] = mark{r.source, aliased(n)}
				region.Source.Polygons = append(region.Source.Polygons, r.polygons(aliased(n))...)
			}},
		})
		r.checkRegion(node, what, region.Source)
	}
	if len(r.mistakes) > before {
		region.Source = sky.RegionSource{}
	}
	return region
}

func (r *reader) checkRegion(node *yaml.Node, what string, source sky.RegionSource) {
	hasFile, hasPolygon := lookup(node, "file") != nil, lookup(node, "polygon") != nil || lookup(node, "polygons") != nil
	switch {
	case node.Kind != yaml.MappingNode:
	case hasFile && hasPolygon:
		r.fail(node, "%s is a file or polygons, and this is both", what).Suggestion = "make two regions, and write in_region(…) or in_region(…)"
	case !hasFile && !hasPolygon:
		r.fail(node, "%s has no file and no polygon", what).Suggestion = "write file: and the path of a MOC, or polygon: [[ra, dec], …]"
	case source.Probability != 0 && !hasFile:
		r.fail(node, "%s has a probability, and no sky map", what).Suggestion = "leave probability out"
	}
}

// probability reads the share of a sky map.
func (r *reader) probability(node *yaml.Node) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(node.Value), 64)
	if node.Kind != yaml.ScalarNode || err != nil || !(v > 0 && v < 1) {
		r.fail(node, "probability is a number above 0 and below 1, such as 0.9")
		return 0
	}
	return v
}

func (r *reader) polygons(node *yaml.Node) [][][2]float64 {
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		r.fail(node, "polygons is a list of polygons, and this is %s", describe(node))
		return nil
	}
	var all [][][2]float64
	for _, item := range node.Content {
		all = append(all, r.polygon(aliased(item)))
	}
	return all
}

// polygon reads corners: [[ra, dec], …] in degrees.
func (r *reader) polygon(node *yaml.Node) [][2]float64 {
	if node.Kind != yaml.SequenceNode {
		r.fail(node, "a polygon is a list of corners, and this is %s", describe(node)).Suggestion = "write [[ra, dec], [ra, dec], [ra, dec]]"
		return nil
	}
	corners := make([][2]float64, 0, len(node.Content))
	for i, item := range node.Content {
		corner, err := cornerOf(aliased(item))
		if err != nil {
			r.fail(item, "corner %d of the polygon: %w", i+1, err).Suggestion = "write [ra, dec], in degrees"
			return nil
		}
		corners = append(corners, corner)
	}
	return corners
}

func cornerOf(node *yaml.Node) (corner [2]float64, err error) {
	switch {
	case node.Kind == yaml.SequenceNode && len(node.Content) != len(corner):
		return corner, fmt.Errorf("a corner is an RA and a Dec, and this has %d numbers", len(node.Content))
	case node.Kind != yaml.SequenceNode:
		return corner, fmt.Errorf("a corner is an RA and a Dec, and this is %s", describe(node))
	}
	for i, item := range node.Content {
		item = aliased(item)
		corner[i], err = strconv.ParseFloat(item.Value, 64)
		if item.Kind != yaml.ScalarNode || err != nil {
			return corner, fmt.Errorf("%s is no number", quoted(item.Value))
		}
	}
	return corner, nil
}
