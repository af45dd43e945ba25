package msgpack

import (
	"errors"
	"fmt"
)

// fault is where and why a record is no message.
type fault struct {
	offset int
	path   string // of the field that it lies in, as far as it is known
	what   string
}

func (f *fault) Error() string {
	if f.path == "" {
		return fmt.Sprintf("byte %d: %s", f.offset, f.what)
	}
	return fmt.Sprintf("byte %d, field %q: %s", f.offset, f.path, f.what)
}

// maxShown is how much of somebody's text an error repeats.
const maxShown = 200

func (c *cursor) fault(offset int, what string) error { return &fault{offset: offset, what: what} }

// within adds the key under which a fault was met; "[]" for a list's item.
func within(err error, key []byte) error {
	var f *fault
	if !errors.As(err, &f) || len(f.path) > maxShown {
		return err
	}
	step := string(key[:min(len(key), maxShown)])
	if f.path == "" || f.path[0] == '[' {
		f.path = step + f.path
	} else {
		f.path = step + "." + f.path
	}
	return err
}

// item is the step of a path into a list.
var item = []byte("[]")
