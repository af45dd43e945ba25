package archive

import (
	"errors"
	"fmt"
)

// maxDamage is how many unreadable files are named; the others are counted.
const maxDamage = 20

// damage gathers what could not be read.
type damage struct {
	errs  []error
	count int
}

func (d *damage) add(name string, err error) {
	d.count++
	if len(d.errs) < maxDamage {
		d.errs = append(d.errs, fmt.Errorf("%s: %w", name, cause(err)))
	}
}

func (d *damage) err() error {
	if d.count > len(d.errs) {
		return errors.Join(append(d.errs, fmt.Errorf("and %d more could not be read", d.count-len(d.errs)))...)
	}
	return errors.Join(d.errs...)
}
