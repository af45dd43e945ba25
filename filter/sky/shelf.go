package sky

import (
	"fmt"
	"io/fs"
	"os"
	"sync"
	"weak"
)

// Shelf reads files, and keeps in mind which it has read: one that has not
// changed since is not read again while anyone still uses what was in it. Its
// zero value is an empty shelf; any number of goroutines use it.
type Shelf struct {
	mu         sync.Mutex
	catalogues map[string]kept[Catalogue]
	regions    map[string]kept[Region]
}

// kept is what was read of a file, for as long as others hold it.
type kept[T any] struct {
	file    fs.FileInfo
	content weak.Pointer[T]
}

// Catalogue is LoadCatalogue, unless the file has not changed.
func (s *Shelf) Catalogue(source CatalogueSource) (*Catalogue, []*Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catalogues == nil {
		s.catalogues = map[string]kept[Catalogue]{}
	}
	return take(s.catalogues, source.Path, source.key(), func() (*Catalogue, []*Error) { return LoadCatalogue(source) })
}

// Region is LoadRegion, unless the file has not changed.
func (s *Shelf) Region(source RegionSource) (*Region, []*Error) {
	if source.Path == "" {
		return LoadRegion(source)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.regions == nil {
		s.regions = map[string]kept[Region]{}
	}
	return take(s.regions, source.Path, fmt.Sprint(source.Probability), func() (*Region, []*Error) { return LoadRegion(source) })
}

// take returns what is kept of a file, or loads it.
func take[T any](shelf map[string]kept[T], path, key string, load func() (*T, []*Error)) (*T, []*Error) {
	key = path + "\n" + key
	before, err := os.Stat(path)
	if err == nil {
		if old, ok := shelf[key]; ok && unchanged(old.file, before) {
			if content := old.content.Value(); content != nil {
				return content, nil
			}
		}
	}
	content, found := load()
	delete(shelf, key)
	if err != nil || len(found) > 0 {
		return nil, found
	}
	if after, err := os.Stat(path); err == nil && unchanged(before, after) {
		shelf[key] = kept[T]{before, weak.Make(content)}
	}
	return content, nil
}

// unchanged reports whether two looks at a path saw the same file in the same
// state.
func unchanged(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
