package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
)

const schema = `{"type": "record", "name": "alert", "fields": [{"name": "candid", "type": "long"}]}`

var sync16 = []byte("0123456789abcdef")

// oneAlert is a container of one datum.
func oneAlert(id int64) []byte {
	return container.AppendOne(nil, []byte(schema), sync16, binary.AppendVarint(nil, id))
}

// blocks is a container of count blocks of size bytes each, two datums a block.
func blocks(count, size int) []byte {
	whole := container.AppendOne(nil, []byte(schema), sync16, nil)
	header, err := container.ParseHeader(whole)
	if err != nil {
		panic(err)
	}
	file := whole[:header.Size]
	for i := range count {
		file = binary.AppendVarint(file, 2)
		file = binary.AppendVarint(file, int64(size))
		file = append(file, bytes.Repeat([]byte{byte(i)}, size)...)
		file = append(file, sync16...)
	}
	return file
}

// member is one entry of an archive made for a test.
type member struct {
	name string
	body []byte
}

func tarOf(t *testing.T, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.body)), Mode: 0o644, ModTime: time.Unix(1, 0)}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipOf(t *testing.T, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// put writes a file below dir and returns its path.
func put(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// read is what a source gave: "path#first: length" per record.
type read struct {
	records []string
	values  [][]byte
	err     error
}

// readSource runs a source on paths, whose common folder dir is left out of
// the records' names.
func readSource(t *testing.T, dir string, paths ...string) read {
	t.Helper()
	source, err := archive.NewSource(paths...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var got read
	got.err = source.Run(ctx, func(ctx context.Context, p runtime.Partition) error {
		return each(ctx, p, func(record runtime.Record) {
			name, _ := filepath.Rel(dir, record.Topic)
			got.records = append(got.records, fmt.Sprintf("%s#%d: %d", filepath.ToSlash(name), record.Offset, len(record.Value)))
			got.values = append(got.values, bytes.Clone(record.Value))
		})
	})
	if ctx.Err() != nil {
		t.Fatal("reading did not end")
	}
	return got
}

func each(ctx context.Context, p runtime.Partition, do func(runtime.Record)) error {
	for {
		batch, err := p.Fetch(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, record := range batch.Records {
			do(record)
		}
		batch.Release()
	}
}
