package main

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is how long files must be quiet: editors write in steps.
	settleTime = 250 * time.Millisecond
	// settleLimit is how long they are waited for: other files of the folder
	// may never be quiet.
	settleLimit = 2 * time.Second
	// lookAnyway is how often the files are looked at even when nothing was
	// heard of them: network file systems tell nothing, and a folder that was
	// replaced is no longer watched.
	lookAnyway = 10 * time.Second
	// maxWatched bounds what is read of one file to tell whether it changed.
	maxWatched = 2 << 20
)

// beside are the files that filters name, such as catalogues: they may be large,
// and are not read to tell whether they have changed.
type beside interface {
	Files() []string
	Changed() bool
}

// watchFiles sends each time when what is at path, a file or a folder, has
// another content than before, or a file beside it has changed, until ctx ends.
// before is the fingerprint of what the caller knows already.
//
// The folder is watched rather than the file: editors put a new file in the
// old one's place, and Kubernetes switches a symbolic link beside it.
func watchFiles(ctx context.Context, path string, others beside, before [sha256.Size]byte, log *slog.Logger) <-chan struct{} {
	changed := make(chan struct{})
	go func() {
		quiet := time.NewTimer(settleTime) // for what changed before we listened
		defer quiet.Stop()
		heard := listen(ctx, path, others, log)
		var since time.Time // of the first that was heard since the last look
		for {
			select {
			case <-ctx.Done():
				return
			case <-heard:
				if since.IsZero() {
					since = time.Now()
				}
				quiet.Reset(min(settleTime, max(0, settleLimit-time.Since(since))))
				continue
			case <-quiet.C:
			}
			since = time.Time{}
			quiet.Reset(lookAnyway)
			now := fingerprint(path)
			if now == before && !others.Changed() {
				continue
			}
			before = now
			select {
			case changed <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return changed
}

// listen sends when something happens in the folders of path and of the files
// beside it, until ctx ends.
func listen(ctx context.Context, path string, others beside, log *slog.Logger) <-chan struct{} {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("changes of the filters are noticed late", "after", lookAnyway, "error", err)
		return nil
	}
	heard := make(chan struct{}, 1)
	watchFolders(watcher, path, others)
	go func() {
		defer watcher.Close()
		again := time.NewTicker(lookAnyway)
		defer again.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-again.C: // a folder may be another by now
				watchFolders(watcher, path, others)
				continue
			case <-watcher.Events:
				watchFolders(watcher, path, others)
			case <-watcher.Errors: // more than could be told: look
			}
			select {
			case heard <- struct{}{}:
			default:
			}
		}
	}()
	return heard
}

// watchFolders watches the folder that path is or is in, those of the files
// beside it, and the ones that they lead to.
func watchFolders(watcher *fsnotify.Watcher, path string, others beside) {
	places := append(others.Files(), path)
	for _, place := range places {
		if real, err := filepath.EvalSymlinks(place); err == nil {
			places = append(places, real)
		}
	}
	for _, place := range places {
		if info, err := os.Stat(place); err != nil || !info.IsDir() {
			place = filepath.Dir(place)
		}
		_ = watcher.Add(place) // looked at anyway
	}
}

// fingerprint tells whether a file, or the files of a folder, have changed.
func fingerprint(path string) [sha256.Size]byte {
	sum := sha256.New()
	files := []string{path}
	if entries, err := os.ReadDir(path); err == nil {
		for _, entry := range entries {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			continue
		}
		_, _ = io.WriteString(sum, name+"\x00")
		_, _ = io.Copy(sum, io.LimitReader(file, maxWatched)) // what cannot be read is as good as gone
		_ = file.Close()
	}
	return [sha256.Size]byte(sum.Sum(nil))
}
