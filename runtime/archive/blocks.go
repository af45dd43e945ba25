package archive

import (
	"fmt"
	"io"

	"github.com/skysift/skysift/internal/container"
)

// readBlocks makes a record of each block of a container, framed as one of
// its own. What is damaged ends it: the file is an archive in itself.
func (r *reader) readBlocks(name string, in io.Reader) error {
	blocks, err := container.NewStream(in, 0)
	if err != nil {
		return fmt.Errorf("more than %d MiB can only be read of an Avro container: %w", maxWhole>>20, err)
	}
	for first := int64(0); ; {
		block, objects, err := blocks.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("damaged after alert %d: %w; what comes before it was read", first-1, err)
		}
		value, err := r.gather.keep(block)
		if err != nil {
			return err
		}
		if err := r.gather.add(name, first, value); err != nil {
			return err
		}
		first += int64(objects)
	}
}
