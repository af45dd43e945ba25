package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// reader reads paths, one after another, into a gatherer.
type reader struct {
	source *Source
	gather *gatherer
	damage damage
}

// readAll reads every path until the gatherer's context ends.
func (r *reader) readAll(paths []string) {
	for _, path := range paths {
		if !r.readPath(path) {
			return
		}
	}
	_ = r.gather.flush() // fails when the context has ended, and then nobody waits for it
}

// readPath reports whether to go on: only the end of the context stops it.
func (r *reader) readPath(path string) bool {
	files, skipped, damaged := r.source.files.Load(), r.source.skipped.Load(), r.damage.count
	for file := range walk(path, r.source.endings.readable) {
		switch {
		case file.err != nil:
			r.damage.add(file.path, file.err)
		case file.skip:
			r.source.skipped.Add(1)
		default:
			if err := r.readFile(file.path); err != nil && r.gather.ctx.Err() == nil {
				r.damage.add(file.path, err)
			}
		}
		if r.gather.ctx.Err() != nil {
			return false
		}
	}
	if r.source.files.Load() == files && r.damage.count == damaged {
		r.damage.add(path, fmt.Errorf("holds no %v file (files of other names: %d)", r.source.endings, r.source.skipped.Load()-skipped))
	}
	return true
}

// readFile reads a file from disk: an archive, or alerts.
func (r *reader) readFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, tarBlock)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	in := &countingReader{in: file, done: &r.source.done}
	switch {
	case isGzip(head[:n]):
		return r.readGzip(path, in, true)
	case r.isTar(path, head[:n]):
		return r.readTar(path, bufio.NewReaderSize(in, readSize))
	}
	return r.readAlerts(path, info.Size(), in)
}

// readGzip reads what is compressed: alerts or, outside archives, an archive.
func (r *reader) readGzip(name string, in io.Reader, archives bool) error {
	inflated, err := gzip.NewReader(bufio.NewReaderSize(in, readSize))
	if err != nil {
		return err
	}
	defer inflated.Close()
	buffered := bufio.NewReaderSize(inflated, readSize)
	if head, _ := buffered.Peek(tarBlock); archives && r.isTar(name, head) {
		return r.readTar(name, buffered)
	}
	return r.readAlerts(name, -1, buffered)
}

// readTar reads the members of a tar archive.
func (r *reader) readTar(name string, in io.Reader) error {
	members := tar.NewReader(in)
	for last := "its start"; ; {
		header, err := members.Next()
		if err == io.EOF {
			return r.drain(in)
		}
		if err != nil {
			return fmt.Errorf("damaged after %s: %w; what comes before it was read", last, err)
		}
		last = header.Name
		if header.Typeflag == tar.TypeDir {
			continue
		}
		if header.Typeflag != tar.TypeReg || !r.source.endings.member(header.Name) {
			r.source.skipped.Add(1)
			continue
		}
		if err := r.readMember(name+"/"+header.Name, header.Size, members); err != nil {
			return fmt.Errorf("damaged within %s: %w; what comes before it was read", last, err)
		}
	}
}

// drain reads what follows an archive's last member, so that a compressed
// one's checksum is verified.
func (r *reader) drain(in io.Reader) error {
	_, err := io.Copy(io.Discard, in)
	return err
}

// readMember returns only the errors of the archive; a member that is damaged
// itself is a rejected record or is named as unreadable.
func (r *reader) readMember(name string, size int64, in io.Reader) error {
	under := &faultReader{in: in}
	var err error
	head := bufio.NewReaderSize(under, 16)
	if magic, _ := head.Peek(2); isGzip(magic) {
		err = r.readGzip(name, head, false)
	} else {
		err = r.readAlerts(name, size, head)
	}
	if under.err != nil {
		return under.err
	}
	if err != nil && r.gather.ctx.Err() == nil {
		r.damage.add(name, err)
		return nil
	}
	return err
}

// readAlerts makes a record of the whole of in or, where it is too large for
// one, of each block of the container that it is.
func (r *reader) readAlerts(name string, size int64, in io.Reader) error {
	r.source.files.Add(1)
	value, err := r.gather.read(in, size)
	switch {
	case errors.Is(err, errLarge):
		r.gather.detach()
		return r.readBlocks(name, io.MultiReader(bytes.NewReader(value), in))
	case err != nil:
		return err
	}
	return r.gather.add(name, 0, value)
}
