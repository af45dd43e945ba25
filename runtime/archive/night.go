package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// Form is what a Night writes.
type Form string

// The forms: a tar archive of files, the same compressed, or an Avro container.
const (
	FormTar   Form = "tar"
	FormTarGz Form = "tar.gz"
	FormAvro  Form = "avro"
)

// Datums takes the datum and its schema out of a record of one alert in Avro.
// The bytes are valid until the next call.
type Datums interface {
	Datum(value []byte) (schema string, datum []byte, err error)
}

// Night is a runtime.Sink that writes one archive for each class,
// DIR/<class>.tar, .tar.gz or .avro, and one of what was rejected,
// DIR/rejected.tar, each record with its reason beside it.
//
// Invariants:
//   - No archive has its final name before all of them are whole and on the disk,
//     which is when Close returns. Until then, and for ever where the process is killed,
//     each is a file .<name>.part, which nobody takes for an archive.
//   - Nothing is overwritten: DIR must be new or empty. What a night that was cut off
//     left there is told, and is the user's to remove: it may be under way elsewhere.
//   - Memory does not grow with the alerts, but for a name each in a tar.
//
// It breaks the contract of runtime.Sink in one thing: what Write has taken is
// durable only after Close. Who replays files has nothing to commit.
type Night struct {
	dir    string
	form   Form
	datums Datums

	mu      sync.Mutex
	volumes map[filter.Class]volume
	open    []*part // in order of their making
}

// unfinished returns an error where a night in dir was cut off: its process was
// killed, or the machine failed. There is no going on from where it was: what an
// archive ends with is lost.
func unfinished(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // NewFolder makes it, or says what is wrong
	}
	var parts, whole []string
	for _, entry := range entries {
		if name := wholeOf(entry.Name()); name != "" {
			parts = append(parts, entry.Name())
		} else {
			whole = append(whole, entry.Name())
		}
	}
	switch {
	case len(parts) == 0:
		return nil
	case len(whole) > 0:
		return fmt.Errorf("%s: another replay still writes there, or was cut off while it gave its archives their names: %s is whole, of another there is only %s. Give a new folder, or empty this one, and replay the night again", dir, whole[0], parts[0])
	}
	return fmt.Errorf("%s: another replay still writes there, or was cut off before it had an archive: %s is the beginning of one, and cannot be gone on with. Remove it, or give a new folder, and replay the night again", dir, parts[0])
}

// volume is the archive of one class.
type volume interface {
	add(output *runtime.Output) error
	finish() error
}

// NewNight returns a sink on dir, which it makes where it is not there. datums
// is for FormAvro.
func NewNight(dir string, form Form, datums Datums) (*Night, error) {
	if err := unfinished(dir); err != nil {
		return nil, err
	}
	if _, err := NewFolder(dir); err != nil { // the same demands on dir
		return nil, err
	}
	return &Night{dir: dir, form: form, datums: datums, volumes: map[filter.Class]volume{}}, nil
}

// Write adds the outputs in order. Those that the form cannot take, as records
// without an Avro schema in FormAvro, are named by a *runtime.OutputError.
func (n *Night) Write(ctx context.Context, outputs []runtime.Output) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	failed := map[int]error{}
	for i := range outputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := n.add(&outputs[i])
		if unfit := (*unfitError)(nil); errors.As(err, &unfit) {
			failed[i] = unfit.err
		} else if err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return &runtime.OutputError{Failed: failed}
	}
	return nil
}

// unfitError is why a form cannot take an output.
type unfitError struct{ err error }

func (e *unfitError) Error() string { return e.err.Error() }

func (n *Night) add(output *runtime.Output) error {
	class := output.Class
	if output.Rejection == nil {
		if err := class.Check(); err != nil {
			return err
		}
	}
	v := n.volumes[class]
	if v == nil {
		var err error
		if v, err = n.begin(class); err != nil {
			return err
		}
		n.volumes[class] = v
	}
	return v.add(output)
}

// begin makes the archive of a class; of rejects for "".
func (n *Night) begin(class filter.Class) (volume, error) {
	switch {
	case class == "":
		return newTarVolume(n, RejectedFolder, FormTar)
	case n.form == FormAvro:
		return &avroVolume{night: n, name: string(class), bySchema: map[string]*avroFile{}}, nil
	}
	return newTarVolume(n, string(class), n.form)
}

// Close gives the archives their names, or where the night is not whole drops
// them.
func (n *Night) Close(whole bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if whole {
		for _, v := range n.volumes {
			if err := v.finish(); err != nil {
				return errors.Join(err, n.drop())
			}
		}
	}
	if !whole {
		return n.drop()
	}
	for _, p := range n.open {
		if err := p.finish(); err != nil {
			return errors.Join(err, n.drop())
		}
	}
	for _, p := range n.open {
		if err := p.keep(); err != nil {
			return errors.Join(err, n.drop())
		}
	}
	n.open = nil
	return syncFolder(n.dir)
}

func (n *Night) drop() error {
	var errs []error
	for _, p := range n.open {
		errs = append(errs, p.drop())
	}
	n.open = nil
	return errors.Join(errs...)
}

// create makes the part of an archive.
func (n *Night) create(name string) (*part, error) {
	p, err := newPart(n.dir, name)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be made: %w", filepath.Join(n.dir, name), cause(err))
	}
	n.open = append(n.open, p)
	return p, nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
