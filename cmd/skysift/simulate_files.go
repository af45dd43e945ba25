package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/simulate"
)

// openDestination opens what the flags name, with its truth beside it.
func openDestination(ctx context.Context, f *simulateFlags) (destination, error) {
	to, err := openAlerts(ctx, f)
	if err != nil {
		return nil, err
	}
	if f.truth == "" {
		return to, nil
	}
	file, err := create(f.truth)
	if err != nil {
		_ = to.close()
		if _, ok := to.(folder); !ok && f.out != "" {
			_ = os.Remove(f.out) // there was no such file before
		}
		return nil, err
	}
	return &withTruth{destination: to, file: file, truth: simulate.NewTruthWriter(file)}, nil
}

// openAlerts opens what the alerts go to, and says where the truth goes where
// the flags do not.
func openAlerts(ctx context.Context, f *simulateFlags) (destination, error) {
	if f.topic != "" {
		return openTopic(ctx, f)
	}
	for _, ending := range []string{".avro", ".tar.gz", ".tgz"} {
		name, found := strings.CutSuffix(f.out, ending)
		if !found {
			continue
		}
		if f.truth == "" {
			f.truth = name + ".truth.csv"
		}
		file, err := create(f.out)
		if err != nil {
			return nil, err
		}
		if ending == ".avro" {
			return newAvroFile(file, file), nil
		}
		return newTarball(file), nil
	}
	if f.truth == "" {
		f.truth = filepath.Join(f.out, "truth.csv")
	}
	return openFolder(f.out)
}

// create creates a file that must not exist.
func create(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, wrong("%s exists and is not overwritten: remove it, or name another file", path)
	}
	return file, asWrong(err)
}

// folder has a file for each alert.
type folder struct{ path string }

func openFolder(path string) (destination, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, asWrong(err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, asWrong(err)
	}
	if len(entries) > 0 {
		return nil, wrong("%s is not empty (it holds %s) and is not overwritten: remove it, or name another folder", path, entries[0].Name())
	}
	return folder{path}, nil
}

func (f folder) write(_ context.Context, alert simulate.Alert) error {
	return os.WriteFile(filepath.Join(f.path, alertFile(alert)), alert.Value, 0o644)
}

func (folder) flush(context.Context) error { return nil }
func (folder) close() error                { return nil }

// alertFile is an alert's name as a file.
func alertFile(alert simulate.Alert) string { return strconv.FormatInt(alert.Candid, 10) + ".avro" }

// avroFile is one container of all alerts.
type avroFile struct {
	file  io.Closer // nil: there is nothing to close
	out   *bufio.Writer
	begun bool
}

func newAvroFile(file io.Closer, to io.Writer) *avroFile {
	return &avroFile{file: file, out: bufio.NewWriter(to)}
}

// write appends the alert's block. All alerts of a night have the same header,
// so the first one's serves for all.
func (a *avroFile) write(_ context.Context, alert simulate.Alert) error {
	value := alert.Value
	if a.begun {
		header, err := container.ParseHeader(value)
		if err != nil {
			return fmt.Errorf("simulated alert %d: %w", alert.Candid, err)
		}
		value = value[header.Size:]
	}
	a.begun = true
	_, err := a.out.Write(value)
	return err
}

func (a *avroFile) flush(context.Context) error { return a.out.Flush() }
func (a *avroFile) close() error                { return errors.Join(a.out.Flush(), a.file.Close()) }

// tarball is a night's archive.
type tarball struct {
	file   *os.File
	zipped *gzip.Writer
	tar    *tar.Writer
}

func newTarball(file *os.File) *tarball {
	// Cutouts are most of it and are compressed already.
	zipped, _ := gzip.NewWriterLevel(file, gzip.BestSpeed) // the level is known to be one
	return &tarball{file: file, zipped: zipped, tar: tar.NewWriter(zipped)}
}

func (t *tarball) write(_ context.Context, alert simulate.Alert) error {
	const unixEpoch = 2440587.5 // [JD]
	header := &tar.Header{
		Name: alertFile(alert), Mode: 0o644, Size: int64(len(alert.Value)),
		ModTime: time.Unix(int64((alert.JD-unixEpoch)*86400), 0),
	}
	if err := t.tar.WriteHeader(header); err != nil {
		return err
	}
	_, err := t.tar.Write(alert.Value)
	return err
}

func (*tarball) flush(context.Context) error { return nil }
func (t *tarball) close() error              { return errors.Join(t.tar.Close(), t.zipped.Close(), t.file.Close()) }

// withTruth writes the truth of each alert that its destination took.
type withTruth struct {
	destination
	file  *os.File
	truth *simulate.TruthWriter
}

func (w *withTruth) write(ctx context.Context, alert simulate.Alert) error {
	if err := w.destination.write(ctx, alert); err != nil {
		return err
	}
	w.truth.Write(alert.Truth)
	return nil
}

func (w *withTruth) close() error {
	return errors.Join(w.destination.close(), w.truth.Flush(), w.file.Close())
}
