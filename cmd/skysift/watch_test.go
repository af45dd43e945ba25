package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/skysift/skysift/filter/compile"
)

// expectChange waits for the next change.
func expectChange(t *testing.T, changes <-chan struct{}) {
	t.Helper()
	select {
	case <-changes:
	case <-time.After(testPatience):
		t.Fatal("the change was not noticed")
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAChangeBetweenLoadingAndWatchingIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "filters.yaml")
	write(t, path, "old")
	before := fingerprint(path)
	write(t, path, "new")
	expectChange(t, watchFiles(t.Context(), path, new(compile.Loader), before, slog.New(slog.DiscardHandler)))
}

func TestAChangeIsNoticedInAFolderThatIsNeverQuiet(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "filters.yaml")
	write(t, path, "old")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := watchFiles(ctx, path, new(compile.Loader), fingerprint(path), slog.New(slog.DiscardHandler))
	noise := make(chan struct{})
	go func() {
		defer close(noise)
		for i := 0; ctx.Err() == nil; i++ {
			_ = os.WriteFile(filepath.Join(dir, "log"), []byte(strconv.Itoa(i)), 0o644)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	write(t, path, "new")
	expectChange(t, changes)
	cancel()
	<-noise
}

func TestAFolderOfFiltersIsWatched(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "a")
	changes := watchFiles(t.Context(), dir, new(compile.Loader), fingerprint(dir), slog.New(slog.DiscardHandler))
	write(t, filepath.Join(dir, "b.yaml"), "b")
	expectChange(t, changes)
	if err := os.Remove(filepath.Join(dir, "a.yaml")); err != nil {
		t.Fatal(err)
	}
	expectChange(t, changes)
}
