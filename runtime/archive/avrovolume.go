package archive

import (
	"crypto/rand"
	"fmt"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime"
)

// maxSchemas bounds the containers of one class; a survey's night has one or
// two.
const maxSchemas = 64

// avroVolume is an Avro container of a class's alerts. A container has one
// schema: where a night has several, the second's is <class>-2.avro.
type avroVolume struct {
	night    *Night
	name     string
	bySchema map[string]*avroFile
}

type avroFile struct {
	path   string
	writer *container.Writer
}

func (v *avroVolume) add(output *runtime.Output) error {
	schema, datum, err := v.night.datums.Datum(output.Value)
	if err != nil {
		return &unfitError{err}
	}
	f := v.bySchema[schema]
	if f == nil && len(v.bySchema) >= maxSchemas {
		return &unfitError{fmt.Errorf("the class's alerts have more than %d schemas, each of which takes a container of its own", maxSchemas)}
	}
	if f == nil {
		if f, err = v.begin(schema); err != nil {
			return err
		}
		v.bySchema[schema] = f
	}
	return f.told(f.writer.Append(datum))
}

func (v *avroVolume) begin(schema string) (*avroFile, error) {
	name := v.name
	if n := len(v.bySchema); n > 0 {
		name = fmt.Sprintf("%s-%d", name, n+1)
	}
	p, err := v.night.create(name + ".avro")
	if err != nil {
		return nil, err
	}
	var sync [container.SyncSize]byte
	_, _ = rand.Read(sync[:]) // never fails
	f := &avroFile{path: p.path}
	f.writer, err = container.NewWriter(p, []byte(schema), sync)
	return f, f.told(err)
}

func (v *avroVolume) finish() error {
	for _, f := range v.bySchema {
		if err := f.told(f.writer.Flush()); err != nil {
			return err
		}
	}
	return nil
}

// told names the file of an error.
func (f *avroFile) told(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: cannot be written: %w", f.path, cause(err))
}
