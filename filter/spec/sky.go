package spec

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/sky"
)

// Sky is what a file names of the sky: watchlists, catalogues and regions. Like
// definitions, they are seen by the filters of their own file only.
type Sky struct {
	Watchlists, Catalogues []Catalogue
	Regions                []Region
	// Loaded says that the files were read, as far as they can be: Content is
	// set, but of those with mistakes.
	Loaded bool
}

// IsEmpty reports whether the file names nothing of the sky.
func (s Sky) IsEmpty() bool { return len(s.Watchlists)+len(s.Catalogues)+len(s.Regions) == 0 }

// Catalogue is a watchlist or catalogue as it is written.
type Catalogue struct {
	Name   string
	Source sky.CatalogueSource // without a path where that could not be read
	// Content is what its file holds; nil until it was read, and where it cannot
	// be.
	Content *sky.Catalogue

	marks marks
}

// Region is a region as it is written.
type Region struct {
	Name    string
	Source  sky.RegionSource // without a path and polygons where those could not be read
	Content *sky.Region

	marks marks
}

// Mistake gives a mistake of the catalogue's file its place.
func (c Catalogue) Mistake(err *sky.Error) *Error { return c.marks.mistake(c.what(), err) }

// Clash is the mistake that another file says something else under this name.
func (c Catalogue) Clash(path string) *Error { return c.marks.clash(c.what(), path) }

// Unused is the warning that nothing uses it.
func (c Catalogue) Unused(message, suggestion string) *Error {
	return c.marks.unused(message, suggestion)
}

func (c Catalogue) what() string {
	if c.Source.Watchlist {
		return fmt.Sprintf("watchlist %q", c.Name)
	}
	return fmt.Sprintf("catalogue %q", c.Name)
}

// Mistake gives a mistake of the region's file its place.
func (r Region) Mistake(err *sky.Error) *Error { return r.marks.mistake(r.what(), err) }

// Clash is the mistake that another file says something else under this name.
func (r Region) Clash(path string) *Error { return r.marks.clash(r.what(), path) }

// Unused is the warning that nothing uses it.
func (r Region) Unused(message, suggestion string) *Error { return r.marks.unused(message, suggestion) }

func (r Region) what() string { return fmt.Sprintf("region %q", r.Name) }

// marks are the places of what is said of a file, by key; "" is its name's.
type marks map[string]mark

// mistake gives a mistake the place of the key it is about, else that of the
// file's name.
func (m marks) mistake(what string, err *sky.Error) *Error {
	at, ok := m[err.Key]
	if file, written := m["file"]; written && (err.Key == "" || !ok) {
		at, ok = file, true
	}
	if !ok {
		at = m[""]
	}
	placed := at.mistake(fmt.Errorf("%s: %s%w", what, err.Where(), err.Err))
	placed.Suggestion = err.Suggestion
	return placed
}

func (m marks) clash(what, path string) *Error {
	placed := m[""].mistake(fmt.Errorf("%s: %s has another of this name: in one folder a name has one meaning", what, path))
	placed.Suggestion = "rename one of them, or make them alike"
	return placed
}

// unused is a warning about the name itself.
func (m marks) unused(message, suggestion string) *Error {
	placed := m[""].mistake(errors.New(message))
	placed.Suggestion = suggestion
	return placed
}

func (r *reader) watchlists(node *yaml.Node) {
	r.eachNamed(node, "watchlists", func(name string, places marks, value *yaml.Node) {
		r.file.Sky.Watchlists = append(r.file.Sky.Watchlists, r.catalogue(name, true, places, value))
	})
}

func (r *reader) catalogues(node *yaml.Node) {
	r.eachNamed(node, "catalogues", func(name string, places marks, value *yaml.Node) {
		r.file.Sky.Catalogues = append(r.file.Sky.Catalogues, r.catalogue(name, false, places, value))
	})
}

func (r *reader) regions(node *yaml.Node) {
	r.eachNamed(node, "regions", func(name string, places marks, value *yaml.Node) {
		r.file.Sky.Regions = append(r.file.Sky.Regions, r.region(name, places, value))
	})
}

// eachNamed reads a section of names, and of what is said of each.
func (r *reader) eachNamed(node *yaml.Node, section string, read func(string, marks, *yaml.Node)) {
	r.pairs(node, section, func(name string, at, value *yaml.Node) {
		if checkName(name) != nil {
			r.fail(at, "the name %s cannot be used: it has up to %d letters, digits, '.', '_' and '-', and begins with a letter or digit", quoted(name), maxName)
			return
		}
		read(name, marks{"": {r.source, at}}, aliased(value))
	})
}
