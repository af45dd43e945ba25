package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// part is a file in the making: it has its name only once it is whole.
type part struct {
	*bufio.Writer
	file *os.File
	path string // when it is whole
	kept bool
}

// partOf is how the part of a file is called.
func partOf(name string) string { return "." + name + ".part" }

// wholeOf is how the file is called of which something is a part; "" where it
// is none.
func wholeOf(part string) string {
	name, isPart := strings.CutSuffix(part, ".part")
	name, isHidden := strings.CutPrefix(name, ".")
	if !isPart || !isHidden {
		return ""
	}
	return name
}

func newPart(dir, name string) (*part, error) {
	file, err := os.OpenFile(filepath.Join(dir, partOf(name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &part{Writer: bufio.NewWriterSize(file, 256<<10), file: file, path: filepath.Join(dir, name)}, nil
}

// finish makes the file durable.
func (p *part) finish() error {
	if err := errors.Join(p.Flush(), p.file.Sync(), p.file.Close()); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", p.path, cause(err))
	}
	return nil
}

// keep gives a finished file its name.
func (p *part) keep() error {
	if err := os.Rename(p.file.Name(), p.path); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", p.path, cause(err))
	}
	p.kept = true
	return nil
}

// drop removes the file unless it was kept.
func (p *part) drop() error {
	if p.kept {
		return nil
	}
	_ = p.file.Close() // it may be closed already
	if err := os.Remove(p.file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
