package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// part is a file in the making: it has its name only once it is whole.
type part struct {
	*bufio.Writer
	file *os.File
	path string // when it is whole
	kept bool
}

func newPart(dir, name string) (*part, error) {
	file, err := os.OpenFile(filepath.Join(dir, "."+name+".part"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &part{Writer: bufio.NewWriterSize(file, 256<<10), file: file, path: filepath.Join(dir, name)}, nil
}

// keep makes the file durable and gives it its name.
func (p *part) keep() error {
	err := errors.Join(p.Flush(), p.file.Sync(), p.file.Close())
	if err == nil {
		err = os.Rename(p.file.Name(), p.path)
	}
	if err != nil {
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
