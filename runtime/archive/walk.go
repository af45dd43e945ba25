package archive

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// found is one file of a walk, or a place that could not be looked at.
type found struct {
	path string
	// skip says that the file is not read: its name promises no alerts, or it
	// is a pipe or device.
	skip bool
	err  error
}

// walk yields path itself, or where it is a folder the files below it in
// lexical order. readable says which of them are named as ones to be read.
func walk(path string, readable func(name string) bool) iter.Seq[found] {
	return func(yield func(found) bool) {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			yield(found{path: path, err: err})
			return
		}
		w := walker{yield: yield, readable: readable}
		w.folder(path, info)
	}
}

// walker walks one folder. It remembers the folders it has been in: symbolic
// links can lead in circles.
type walker struct {
	yield    func(found) bool
	readable func(name string) bool
	seen     []fs.FileInfo
}

// folder yields what is below path and reports whether to go on.
func (w *walker) folder(path string, info fs.FileInfo) bool {
	for _, before := range w.seen {
		if os.SameFile(before, info) {
			return true
		}
	}
	w.seen = append(w.seen, info)
	entries, err := os.ReadDir(path)
	if err != nil && !w.yield(found{path: path, err: err}) {
		return false
	}
	for _, entry := range entries {
		if !w.entry(filepath.Join(path, entry.Name()), entry.Type()) {
			return false
		}
	}
	return true
}

func (w *walker) entry(path string, mode fs.FileMode) bool {
	if mode&fs.ModeSymlink == 0 && !mode.IsDir() {
		return w.yield(found{path: path, skip: !mode.IsRegular() || !w.readable(path)})
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && !w.readable(path):
		return w.yield(found{path: path, skip: true})
	case err != nil:
		return w.yield(found{path: path, err: err})
	case info.IsDir():
		return w.folder(path, info)
	}
	return w.yield(found{path: path, skip: !info.Mode().IsRegular() || !w.readable(path)})
}
