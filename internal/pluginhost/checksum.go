package pluginhost

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A ChecksumError says that a plug-in's file, or its files, are not those that were pinned.
type ChecksumError struct {
	Path, Want, Got string
	Files           int // besides
}

func (e *ChecksumError) Error() string {
	if e.Files > 0 {
		return fmt.Sprintf("the sha256 of it and its files is %s, and not the %s that is pinned", e.Got, e.Want)
	}
	return fmt.Sprintf("the file's sha256 is %s, and not the %s that is pinned", e.Got, e.Want)
}

// Sum is what the file's digest is.
func (e *ChecksumError) Sum() string { return e.Got }

// Digest returns the sha256 of a plug-in's file in hexadecimal. Where there are other
// files it is that of a list with a line for each, the program first, as sha256sum prints
// it in the program's folder:
//
//	sha256sum plugin filter.py | sha256sum
//
// The error says which file cannot be used, and why.
func Digest(path string, files ...string) (string, error) {
	program, err := digestOfFile(path, true)
	if err != nil || len(files) == 0 {
		return program, err
	}
	all := sha256.New()
	fmt.Fprintf(all, "%s  %s\n", program, filepath.Base(path))
	for _, file := range files {
		digest, err := digestOfFile(file, false)
		if err != nil {
			return "", fmt.Errorf("files: %s: %w", file, err)
		}
		name, err := filepath.Rel(filepath.Dir(path), file)
		if err != nil {
			return "", fmt.Errorf("files: %w", err)
		}
		fmt.Fprintf(all, "%s  %s\n", digest, name)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

func digestOfFile(path string, program bool) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", withoutPath(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return "", withoutPath(err)
	case info.IsDir() && program:
		return "", errors.New("it is a folder: name the program in it")
	case info.IsDir():
		return "", errors.New("it is a folder: name the files in it")
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	case program && info.Mode().Perm()&0o111 == 0:
		return "", errors.New("it is not executable: chmod +x makes it so")
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", withoutPath(err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// isScript reports whether a program names its interpreter in its first line.
func isScript(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var begin [2]byte
	_, err = io.ReadFull(file, begin[:])
	return err == nil && string(begin[:]) == "#!"
}

// verify returns the digest of the program and its files, and an error unless it is the
// one that was pinned.
func (c Config) verify() (string, error) {
	digest, err := Digest(c.Path, c.Files...)
	if err == nil && c.SHA256 != "" && !strings.EqualFold(digest, c.SHA256) {
		err = &ChecksumError{Path: c.Path, Want: c.SHA256, Got: digest, Files: len(c.Files)}
	}
	return digest, err
}

// speaksTLS reports whether a program was built with go-plugin for Go, which
// knows how to agree on certificates. Others are spoken to in plain text,
// through a socket in a folder that nobody else can enter.
func speaksTLS(path string) bool {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return false
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/hashicorp/go-plugin" {
			return true
		}
	}
	return false
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
