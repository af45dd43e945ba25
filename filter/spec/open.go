package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Bounds of what is read at all. They are far above what people write, and
// far below what would hurt.
const (
	maxFile   = 1 << 20
	maxFolder = 64 << 20
)

// filesAt returns the files of filters at a path: the path itself, or a
// folder's *.yaml and *.yml in lexical order. Hidden files are editors', and
// *_test.yaml are tests beside the filters.
func filesAt(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, absent(err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	var files []string
	for _, entry := range entries {
		if isFilterFile(entry.Name()) {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, errors.New("the folder has no filters: it needs a file that ends in .yaml")
	}
	return files, nil
}

func isFilterFile(name string) bool {
	ext := filepath.Ext(name)
	if ext != ".yaml" && ext != ".yml" || strings.HasPrefix(name, ".") {
		return false
	}
	return !strings.HasSuffix(strings.TrimSuffix(name, ext), "_test")
}

// readFile returns the bytes of a file of filters.
func readFile(path string) ([]byte, error) {
	data, err := readUpTo(path, maxFile)
	var other irregular
	switch {
	case errors.As(err, &other):
		return nil, fmt.Errorf("%w: give a file of filters, or a folder of them", other)
	case errors.Is(err, errTooLong):
		return nil, fmt.Errorf("the file is over %d KiB: split it into several in one folder", maxFile>>10)
	case err != nil:
		return nil, absent(err)
	}
	return data, nil
}

var errTooLong = errors.New("the file is too long")

// irregular is the error of what is no regular file.
type irregular struct{ kind string }

func (i irregular) Error() string { return "this is " + i.kind + ", not a regular file" }

// readUpTo returns a regular file's bytes. A pipe or a device is refused
// without waiting for a writer, and a file that grows too long is not read on.
func readUpTo(path string, most int) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, irregular{kindOf(info.Mode())}
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(data) > most {
		return nil, errTooLong
	}
	return data, nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}

// absent puts the commonest failures of opening into words.
func absent(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no such file or folder: skysift demo --print-filters writes a first one%w", quiet{err})
	case errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("this is not a regular file: give a file of filters, or a folder of them%w", quiet{err})
	}
	return withoutPath(err)
}

// withoutPath takes the path out of err: the mistake has it already.
func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// quiet keeps an error's kind for errors.Is and adds no words.
type quiet struct{ err error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.err }
