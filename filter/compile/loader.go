package compile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
	"github.com/skysift/skysift/filter/spec"
)

// Loader loads filters again and again. What their catalogues and regions hold
// is read once, and shared with later sets while the files do not change. Its
// zero value is ready; any number of goroutines use it.
type Loader struct {
	shelf sky.Shelf

	mu     sync.Mutex
	stamps map[string]string // of the files of the last load, whether it succeeded or not
}

// Load reads the filters at path, a file or a folder, and compiles them
// against the schema that schemaOf returns for the survey they name ("" if
// they name none). Every mistake of reading, survey, catalogues and expressions is
// in the report; the set is nil if there is one. Plug-ins are not started:
// filters that have one are mistakes.
func (l *Loader) Load(path string, env func(string) (string, bool), schemaOf func(survey string) (*filter.Schema, error)) (*spec.Document, *filter.Set, Report) {
	return l.LoadWith(path, env, schemaOf, nil)
}

// LoadWith is Load with the filters' plug-ins started, if the files have no
// mistake that shows without them. They are up when it returns, also where the
// set is nil.
func (l *Loader) LoadWith(path string, env func(string) (string, bool), schemaOf func(survey string) (*filter.Schema, error), plugins Plugins) (*spec.Document, *filter.Set, Report) {
	doc, mistakes := spec.Read(path, env)
	schema, err := schemaOf(doc.Stream.Survey)
	if err != nil {
		mistakes = append(mistakes, doc.SurveyMistake(err))
	}
	report := l.fill(doc)
	if len(mistakes)+len(report.Mistakes) > 0 && plugins != nil {
		plugins = unopened{}
	}
	set, found := SetWith(doc, schema, plugins)
	report.Mistakes = slices.Concat(mistakes, report.Mistakes, found.Mistakes)
	report.Warnings = slices.Concat(doc.Warnings, report.Warnings, found.Warnings)
	slices.SortStableFunc(report.Mistakes, inOrderOfText)
	slices.SortStableFunc(report.Warnings, inOrderOfText)
	if len(report.Mistakes) > 0 {
		return doc, nil, report
	}
	return doc, set, report
}

// Files returns the files beside the filters that the last load was of.
func (l *Loader) Files() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	files := make([]string, 0, len(l.stamps))
	for path := range l.stamps {
		files = append(files, path)
	}
	slices.Sort(files)
	return files
}

// Changed reports whether one of Files is no longer what it was when the last
// load began.
func (l *Loader) Changed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for path, before := range l.stamps {
		if stamp(path) != before {
			return true
		}
	}
	return false
}

// stamp tells the states of a file apart without reading it.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "none"
	}
	return stampOf(info)
}

func stampOf(info fs.FileInfo) string {
	if info == nil {
		return "none"
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// fill reads the files that a document names, and notes their stamps as they
// were before.
func (l *Loader) fill(doc *spec.Document) Report {
	stamps := map[string]string{}
	for _, file := range doc.Files {
		for _, path := range pathsOf(file.Sky) {
			stamps[path] = stamp(path)
		}
		for _, list := range file.ListFiles {
			stamps[list.Path] = stampOf(list.Was)
		}
		for _, f := range file.Filters {
			if f.Plugin != nil && f.Plugin.Path != "" {
				for _, path := range append([]string{f.Plugin.Path}, f.Plugin.Files...) {
					stamps[path] = stamp(path)
				}
			}
		}
	}
	l.mu.Lock()
	l.stamps = stamps
	l.mu.Unlock()
	var report Report
	for _, file := range doc.Files {
		report.fill(&file.Sky, &l.shelf)
	}
	return report
}

func pathsOf(s spec.Sky) []string {
	var paths []string
	for _, c := range slices.Concat(s.Watchlists, s.Catalogues) {
		paths = append(paths, c.Source.Path)
	}
	for _, r := range s.Regions {
		paths = append(paths, r.Source.Path)
	}
	return slices.DeleteFunc(paths, func(path string) bool { return path == "" })
}

// fill reads what one file of filters names of the sky.
func (r *Report) fill(s *spec.Sky, shelf *sky.Shelf) {
	for _, list := range [][]spec.Catalogue{s.Watchlists, s.Catalogues} {
		for i := range list {
			r.fillCatalogue(&list[i], shelf)
		}
	}
	for i := range s.Regions {
		r.fillRegion(&s.Regions[i], shelf)
	}
	s.Loaded = true
}

func (r *Report) fillCatalogue(c *spec.Catalogue, shelf *sky.Shelf) {
	if c.Source.Path == "" {
		return // its mistakes are told
	}
	var found []*sky.Error
	c.Content, found = shelf.Catalogue(c.Source)
	for _, err := range found {
		r.Mistakes = append(r.Mistakes, c.Mistake(err))
	}
	if c.Content != nil && c.Content.Len() == 0 {
		r.Warnings = append(r.Warnings, c.Mistake(&sky.Error{Path: c.Source.Path, Err: errors.New("the file has no rows: it matches nothing")}))
	}
}

func (r *Report) fillRegion(region *spec.Region, shelf *sky.Shelf) {
	if region.Source.Path == "" && len(region.Source.Polygons) == 0 {
		return // its mistakes are told
	}
	var found []*sky.Error
	region.Content, found = shelf.Region(region.Source)
	for _, err := range found {
		r.Mistakes = append(r.Mistakes, region.Mistake(err))
	}
	if region.Content != nil && region.Content.IsEmpty() {
		r.Warnings = append(r.Warnings, region.Mistake(&sky.Error{Path: region.Source.Path, Err: errors.New("the region is empty: nothing is in it")}))
	}
}
