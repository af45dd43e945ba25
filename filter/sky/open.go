package sky

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxFile bounds the files that are read: far above a million rows, far below
// what would hurt.
const maxFile = 512 << 20

// open opens a regular file within the bounds. A pipe or a device is refused
// without waiting for a writer.
func open(path string) (*os.File, fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, mistake(0, "a path is relative to the folder of the file that names it", "no such file")
	case err != nil:
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = readable(info)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

func readable(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return mistake(0, "name a file in it", "this is a folder")
	case !info.Mode().IsRegular():
		return mistake(0, "", "this is not a regular file")
	case info.Size() == 0:
		return mistake(0, "", "the file is empty")
	case info.Size() > maxFile:
		return mistake(0, "leave out columns or rows that no filter needs", "the file has %d MiB, and at most %d MiB are read", info.Size()>>20, maxFile>>20)
	}
	return nil
}

// kinds of files that are not what was asked for, by how they begin.
func wrongKind(head []byte) error {
	for _, kind := range []struct{ magic, what, help string }{
		{"\x1f\x8b", "this is a gzip file", "gunzip it first"},
		{"BZh", "this is a bzip2 file", "bunzip2 it first"},
		{"PK\x03\x04", "this is a zip file or a spreadsheet", "save it as CSV"},
		{"%PDF", "this is a PDF", ""},
		{"\x89HDF", "this is an HDF5 file", "save it as CSV"},
		{"PAR1", "this is a Parquet file", "save it as CSV"},
		{"<", "this is XML or HTML, perhaps a VOTable", "save it as CSV"},
		{"\xff\xfe", "this is text in UTF-16", "save it as UTF-8"},
		{"\xfe\xff", "this is text in UTF-16", "save it as UTF-8"},
		{"version https://git-lfs", "this is a pointer of Git LFS, not the file", "git lfs pull"},
	} {
		if bytes.HasPrefix(head, []byte(kind.magic)) {
			return mistake(0, kind.help, "%s", kind.what)
		}
	}
	return nil
}

// isFITS reports whether a file begins as FITS files do.
func isFITS(head []byte) bool { return bytes.HasPrefix(head, []byte("SIMPLE  =")) }

// headOf returns how a file begins, and goes back to its start.
func headOf(file io.ReadSeeker, n int) ([]byte, error) {
	head := make([]byte, n)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	_, err = file.Seek(0, io.SeekStart)
	return head[:n], err
}
