package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/skysift/skysift/runtime"
)

// tarVolume is a tar archive with a file for each alert, named as a Folder
// names it.
type tarVolume struct {
	path string
	tar  *tar.Writer
	zip  *gzip.Writer // nil: not compressed
	used map[string]int
}

func newTarVolume(n *Night, class string, form Form) (*tarVolume, error) {
	p, err := n.create(class + "." + string(form))
	if err != nil {
		return nil, err
	}
	v := &tarVolume{path: p.path, used: map[string]int{}}
	var out io.Writer = p
	if form == FormTarGz {
		// Cutouts are compressed already: more effort saves nothing.
		if v.zip, err = gzip.NewWriterLevel(p, gzip.BestSpeed); err != nil {
			return nil, err
		}
		out = v.zip
	}
	v.tar = tar.NewWriter(out)
	return v, nil
}

func (v *tarVolume) add(output *runtime.Output) error {
	name := v.unique(fileName(output), ending(output))
	if err := v.file(name, output.Value, output.Time); err != nil {
		return err
	}
	if output.Rejection == nil {
		return nil
	}
	return v.file(name+".error.txt", []byte(output.Rejection.Err.Error()+"\n"), output.Time)
}

func (v *tarVolume) file(name string, content []byte, at time.Time) error {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	err := v.tar.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, ModTime: at.Truncate(time.Second)})
	if err == nil {
		_, err = v.tar.Write(content)
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", v.path, cause(err))
	}
	return nil
}

// unique returns a name that the archive does not have yet; as in a Folder,
// the second alert of a name is <name>-2. Case does not tell names apart.
func (v *tarVolume) unique(name, ending string) string {
	for {
		key := strings.ToLower(name)
		v.used[key]++
		n := v.used[key]
		if n == 1 {
			return name + ending
		}
		name = fmt.Sprintf("%s-%d", name, n)
	}
}

func (v *tarVolume) finish() error {
	err := v.tar.Close()
	if v.zip != nil {
		err = errors.Join(err, v.zip.Close())
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", v.path, cause(err))
	}
	return nil
}
