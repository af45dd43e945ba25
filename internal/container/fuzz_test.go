package container_test

import (
	"bytes"
	"reflect"
	"testing"
)

// FuzzContainer holds reading in memory and from a stream against each other
// on any bytes.
func FuzzContainer(f *testing.F) {
	for _, seed := range []string{
		"", "Obj\x01", header("null"), header("null") + block(1, "datum"),
		header("null") + block(1, "datum") + block(2, "more"),
		header("deflate") + block(1, deflated("datum")), header("snappy") + block(1, snapped("datum")),
		"version https://git-lfs.github.com/spec/v1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		const limit = 1 << 20
		want, wantErr := readAll(value, limit)
		got, gotErr := streamAll(bytes.NewReader(value), limit)
		if wantErr == nil && (gotErr != nil || !reflect.DeepEqual(got, want)) {
			t.Errorf("in memory %d blocks, streamed %d, %v", len(want), len(got), gotErr)
		}
		if wantErr != nil && gotErr == nil {
			t.Errorf("in memory %v, streamed without an error", wantErr)
		}
	})
}
