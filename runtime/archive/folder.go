package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/skysift/skysift/runtime"
)

// RejectedFolder is where a Folder puts what was rejected. A class of that
// name would mix with it.
const RejectedFolder = "rejected"

// Folder is a runtime.Sink that writes each output to a file of its own,
// DIR/<class>/<id>.avro, byte for byte; without an identifier the file is
// named after the output's origin. What came from a file of another ending
// (.json) keeps that. Rejected records go to DIR/rejected, each
// with its reason beside it in <name>.error.txt.
//
// Invariants:
//   - A file has its final name only when it is whole.
//   - No file is overwritten: of alerts with one name the second is called
//     <name>-2.
//
// A file outlives the process once Write has returned, not a power cut: what
// was read from files can be read again.
type Folder struct {
	dir  string
	mu   sync.Mutex
	made map[string]bool
	used map[string]int
}

// NewFolder returns a sink on dir, which it makes where it is not there. A
// folder that has anything in it is refused: the results of two runs would mix.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("%s: cannot be made: %w", dir, cause(err))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", dir, cause(err))
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%s: is not empty (it holds %s): give a new folder, so that two results do not mix", dir, entries[0].Name())
	}
	return &Folder{dir: dir, made: map[string]bool{}, used: map[string]int{}}, nil
}

// Write writes the outputs in order and stops at the first that fails.
func (f *Folder) Write(ctx context.Context, outputs []runtime.Output) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range outputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.write(&outputs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) write(output *runtime.Output) error {
	if output.Rejection == nil {
		if err := output.Class.Check(); err != nil {
			return err
		}
		return f.create(string(output.Class), fileName(output), ending(output), output.Value)
	}
	name := fileName(output)
	if err := f.create(RejectedFolder, name, ending(output), output.Value); err != nil {
		return err
	}
	return f.create(RejectedFolder, name, ".error.txt", []byte(output.Rejection.Err.Error()+"\n"))
}

// create writes a new file below folder whose name starts with name.
func (f *Folder) create(folder, name, ending string, content []byte) error {
	if !f.made[folder] {
		if err := os.MkdirAll(filepath.Join(f.dir, folder), 0o777); err != nil {
			return fmt.Errorf("%s: cannot be made: %w", filepath.Join(f.dir, folder), cause(err))
		}
		f.made[folder] = true
	}
	path := filepath.Join(f.dir, folder, f.unique(folder, name, ending))
	if err := writeWhole(path, content); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, cause(err))
	}
	return nil
}

// unique returns a file name that this sink has not given out before. Names
// are compared without case, as some file systems do.
func (f *Folder) unique(folder, name, ending string) string {
	for {
		key := strings.ToLower(folder + "/" + name + ending)
		f.used[key]++
		n := f.used[key]
		if n == 1 {
			return name + ending
		}
		name = fmt.Sprintf("%s-%d", name, n)
	}
}

// writeWhole writes a file that is there whole or not at all. It is not synced:
// after a crash of the machine a replay is done again, from files that are still there.
func writeWhole(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".skysift-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		if gone := os.Remove(file.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// ending is what the file is called that an output came from, or .avro.
func ending(output *runtime.Output) string {
	name, _, isFile := strings.Cut(output.Origin, "#")
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	ext := filepath.Ext(name)
	if !isFile || len(ext) < 2 || len(ext) > 10 || ext == ".tar" || ext == ".tgz" || strings.Contains(ext, "/") {
		return ".avro"
	}
	return ext
}

// maxName leaves room for endings within the 255 bytes of a file's name.
const maxName = 180

// fileName is the output's identifier or origin with only such characters as
// every file system takes and no folder can hide behind.
func fileName(output *runtime.Output) string {
	name := output.ID
	if name == "" {
		name = strings.TrimSuffix(output.Origin, "#0")
		name = strings.ReplaceAll(name, ending(output)+"#", "#")
		name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ending(output))
	}
	name = strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
			return c
		}
		return '_'
	}, name)
	name = strings.TrimLeft(name, "._-")
	if name == "" {
		return "alert"
	}
	return name[max(0, len(name)-maxName):]
}
