// Package cache keeps between runs what tests fetch: jars, Python packages.
package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder returns the folder of that name (such as "kafka/4.1.1") below
// $SKYSIFT_CACHE, else below the user's cache. Where it is missing, fill fills
// it first. A fill that fails, or dies, leaves nothing that would be taken for
// whole, and a lock keeps test binaries that run side by side from filling it
// twice.
func Folder(name string, fill func(dir string) error) (string, error) {
	root, err := root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(whole(dir)); !errors.Is(err, fs.ErrNotExist) {
		return dir, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	if err := fill(dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(whole(dir), nil, 0o644)
}

// whole is the file that says that a folder is filled.
func whole(dir string) string { return filepath.Join(dir, ".whole") }

func root() (string, error) {
	if dir := os.Getenv("SKYSIFT_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep downloads in: set SKYSIFT_CACHE: %w", err)
	}
	return filepath.Join(dir, "skysift"), nil
}

func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { _ = file.Close() }, nil
}
