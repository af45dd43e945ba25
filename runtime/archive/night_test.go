package archive_test

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// asDatum takes a record for the bytes of a datum whose schema is a string.
type asDatum struct{}

func (asDatum) Datum(value []byte) (string, []byte, error) {
	if strings.HasPrefix(string(value), "{") {
		return "", nil, errors.New("no Avro")
	}
	return `"bytes"`, value, nil
}

func newNight(t *testing.T, dir string, form archive.Form) *archive.Night {
	t.Helper()
	night, err := archive.NewNight(dir, form, asDatum{})
	if err != nil {
		t.Fatal(err)
	}
	return night
}

func TestNightConforms(t *testing.T) {
	for _, form := range []archive.Form{archive.FormTar, archive.FormTarGz} {
		t.Run(string(form), func(t *testing.T) {
			dir := t.TempDir()
			night := newNight(t, dir, form)
			runtimetest.TestSink(t, runtimetest.SinkCase{Sink: night, Read: func(t *testing.T) (all []runtimetest.Written) {
				if err := night.Close(true); err != nil {
					t.Fatal(err)
				}
				for _, class := range []filter.Class{"first", "second", ""} {
					name := string(class) + "." + string(form)
					if class == "" {
						name = "rejected.tar"
					}
					for _, file := range untar(t, filepath.Join(dir, name)) {
						if id, ok := strings.CutSuffix(file.name, ".avro"); ok {
							n, _ := strconv.Atoi(id)
							all = append(all, runtimetest.Written{Class: class, Origin: fmt.Sprintf("night/%d/%d", n/1000, n%1000), Value: file.content})
						}
					}
				}
				return all
			}})
		})
	}
}

type tarred struct{ name, content string }

func untar(t *testing.T, path string) (files []tarred) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	for r := tar.NewReader(in); ; {
		head, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, tarred{head.Name, string(content)})
	}
}

func outputs(class filter.Class, values ...string) (all []runtime.Output) {
	for i, value := range values {
		all = append(all, runtime.Output{Class: class, Origin: fmt.Sprintf("night.tar/%d.avro#0", i), ID: fmt.Sprint(i), Value: []byte(value)})
	}
	return all
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestANightHasItsNamesOnlyWhenItIsWhole(t *testing.T) {
	for _, whole := range []bool{true, false} {
		for _, form := range []archive.Form{archive.FormTar, archive.FormTarGz, archive.FormAvro} {
			dir := t.TempDir()
			night := newNight(t, dir, form)
			if err := night.Write(context.Background(), outputs("a", "one", "two")); err != nil {
				t.Fatal(err)
			}
			if names := namesIn(t, dir); len(names) != 1 || names[0] != ".a."+string(form)+".part" {
				t.Errorf("%s: before its end there are %q", form, names)
			}
			if err := night.Close(whole); err != nil {
				t.Fatal(err)
			}
			want := []string{"a." + string(form)}
			if !whole {
				want = nil
			}
			if names := namesIn(t, dir); !slices.Equal(names, want) {
				t.Errorf("%s: at its end, whole %v, there are %q", form, whole, names)
			}
		}
	}
}

func TestANightOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.tar"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.NewNight(dir, archive.FormTar, nil); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("%v", err)
	}
}

func TestAlertsOfOneNameStandBesideEachOther(t *testing.T) {
	dir := t.TempDir()
	night := newNight(t, dir, archive.FormTar)
	same := outputs("a", "one", "two", "three")
	for i := range same {
		same[i].ID = "../x"
	}
	if err := errors.Join(night.Write(context.Background(), same), night.Close(true)); err != nil {
		t.Fatal(err)
	}
	want := []tarred{{"x.avro", "one"}, {"x-2.avro", "two"}, {"x-3.avro", "three"}}
	if got := untar(t, filepath.Join(dir, "a.tar")); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAContainerHasEveryDatumOfItsClass(t *testing.T) {
	dir := t.TempDir()
	night := newNight(t, dir, archive.FormAvro)
	var want []string
	for i := range 3000 { // several blocks
		want = append(want, fmt.Sprintf("%04d %s", i, strings.Repeat("x", 1000)))
	}
	if err := night.Write(context.Background(), outputs("a", want...)); err != nil {
		t.Fatal(err)
	}
	var failed *runtime.OutputError
	if err := night.Write(context.Background(), outputs("a", "last", `{"json": 1}`)); !errors.As(err, &failed) || len(failed.Failed) != 1 || failed.Failed[1] == nil {
		t.Errorf("what is no Avro: %v", err)
	}
	if err := night.Close(true); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "a.avro"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks container.Reader
	if err := blocks.Reset(content); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	count := 0
	for {
		block, err := blocks.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got.Write(block.Data)
		count += block.Objects
	}
	if got.String() != strings.Join(want, "")+"last" || count != 3001 || string(blocks.Schema) != `"bytes"` {
		t.Errorf("%d datums of %d bytes under the schema %s", count, got.Len(), blocks.Schema)
	}
}
