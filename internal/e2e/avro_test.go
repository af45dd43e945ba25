//go:build kafka

package e2e

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

func readLong(t testing.TB, r *bytes.Reader) int64 {
	t.Helper()
	n, err := binary.ReadVarint(r)
	if err != nil {
		t.Fatalf("no container file: %v", err)
	}
	return n
}

func skip(t testing.TB, r *bytes.Reader, n int64) {
	t.Helper()
	if n < 0 || n > int64(r.Len()) {
		t.Fatalf("no container file: %d bytes asked, %d left", n, r.Len())
	}
	if _, err := r.Seek(n, io.SeekCurrent); err != nil {
		t.Fatal(err)
	}
}
