package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/skysift/skysift/runtime"
)

// Source is a runtime.Source on files, as one partition that ends.
//
// A path may be an Avro container of any number of alerts, such a file
// compressed with gzip, a tar archive, compressed or not, or a folder. Which
// of them it is its content says. In folders and archives only what is named
// .avro, or as Accept says, is read (and, in folders, archives too); a path named
// by the caller always is. A file that is no container is one record. Folders are read in lexical order and to any depth; a folder that
// symbolic links reach twice is read once.
//
// Invariants:
//   - The order of the records depends on the paths' content alone.
//   - Memory is bounded: a container above maxWhole is read block by block.
//   - Each batch's bytes are read while the batch before it is judged.
//   - What cannot be read costs only itself: the rest is read, and Run ends
//     with an error that names it.
type Source struct {
	paths   []string
	endings endings
	done    atomic.Int64
	files   atomic.Int64
	skipped atomic.Int64
}

// NewSource returns a source on paths. Its error names every path that is not
// there or is neither file nor folder.
func NewSource(paths ...string) (*Source, error) {
	var wrong []error
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", path, cause(err)))
		} else if mode := info.Mode(); !mode.IsDir() && !mode.IsRegular() {
			wrong = append(wrong, fmt.Errorf("%s: is %s; alerts are read from files and folders", path, describe(mode)))
		}
	}
	return &Source{paths: paths, endings: endings{".avro"}}, errors.Join(wrong...)
}

// Accept says how the files in folders and archives are named that hold alerts
// (".json"), in lower case, instead of .avro alone. It is called before Run.
func (s *Source) Accept(names ...string) { s.endings = names }

// Endings are how the files are named that are read: ".avro or .json".
func (s *Source) Endings() string { return s.endings.String() }

// Size is the number of bytes on disk that Run will read, for a progress bar.
func (s *Source) Size() int64 {
	var total int64
	for _, path := range s.paths {
		for entry := range walk(path, s.endings.readable) {
			if info, err := os.Stat(entry.path); err == nil && entry.err == nil {
				total += info.Size()
			}
		}
	}
	return total
}

// Done is the number of bytes on disk that have been read.
func (s *Source) Done() int64 { return s.done.Load() }

// Files is the number of files of alerts that were found, in archives too.
func (s *Source) Files() int64 { return s.files.Load() }

// Skipped is the number of files in folders and archives that by their names
// hold no alerts.
func (s *Source) Skipped() int64 { return s.skipped.Load() }

// Run gives work the one partition that there is. An error of work's ends it:
// files do not change, so trying again would fail again.
func (s *Source) Run(ctx context.Context, work func(context.Context, runtime.Partition) error) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	gather := newGatherer(reading)
	reader := &reader{source: s, gather: gather}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		defer close(gather.out)
		reader.readAll(s.paths)
	}()
	err := work(ctx, &partition{batches: gather.out})
	stop()
	<-finished
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	return reader.damage.err()
}

// partition gives out what a gatherer has gathered.
type partition struct {
	batches <-chan runtime.Batch
}

func (p *partition) Topic() string { return "files" }
func (p *partition) Number() int   { return 0 }

func (p *partition) Fetch(ctx context.Context) (runtime.Batch, error) {
	if err := ctx.Err(); err != nil {
		return runtime.Batch{}, err
	}
	select {
	case batch, open := <-p.batches:
		if !open {
			return runtime.Batch{}, io.EOF
		}
		return batch, nil
	case <-ctx.Done():
		return runtime.Batch{}, ctx.Err()
	}
}

// Commit has nothing to remember: files stay where they are.
func (p *partition) Commit(int64) error          { return nil }
func (p *partition) Flush(context.Context) error { return nil }

// cause is err without the operation and path that the os package adds.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func describe(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}
