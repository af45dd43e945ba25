package archive

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
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
// lexical order.
func walk(path string) iter.Seq[found] {
	return func(yield func(found) bool) {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			yield(found{path: path, err: err})
			return
		}
		w := walker{yield: yield}
		w.folder(path, info)
	}
}

// walker walks one folder. It remembers the folders it has been in: symbolic
// links can lead in circles.
type walker struct {
	yield func(found) bool
	seen  []fs.FileInfo
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
		return w.yield(found{path: path, skip: !mode.IsRegular() || !readable(path)})
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && !readable(path):
		return w.yield(found{path: path, skip: true})
	case err != nil:
		return w.yield(found{path: path, err: err})
	case info.IsDir():
		return w.folder(path, info)
	}
	return w.yield(found{path: path, skip: !info.Mode().IsRegular() || !readable(path)})
}

// readable reports whether a file in a folder is named as one of alerts.
func readable(path string) bool {
	name := strings.ToLower(path)
	for _, ending := range []string{".avro", ".avro.gz", ".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// member reports whether a member of an archive is named as one of alerts.
func member(path string) bool {
	name := strings.ToLower(path)
	return strings.HasSuffix(name, ".avro") || strings.HasSuffix(name, ".avro.gz")
}
