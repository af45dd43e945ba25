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
	"strings"
)

// A ChecksumError says that a plug-in's file is not the one that was pinned.
type ChecksumError struct{ Path, Want, Got string }

func (e *ChecksumError) Error() string {
	return fmt.Sprintf("the file's sha256 is %s, and not the %s that is pinned", e.Got, e.Want)
}

// Sum is what the file's digest is.
func (e *ChecksumError) Sum() string { return e.Got }

// Digest returns the sha256 of a plug-in's file in hexadecimal. The error says
// what keeps the file from being a program.
func Digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", withoutPath(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return "", withoutPath(err)
	case info.IsDir():
		return "", errors.New("it is a folder: name the program in it")
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	case info.Mode().Perm()&0o111 == 0:
		return "", errors.New("it is not executable: chmod +x makes it so")
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", withoutPath(err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// verify returns the digest of the program, and an error unless it is the one
// that was pinned.
func (c Config) verify() (string, error) {
	digest, err := Digest(c.Path)
	if err == nil && c.SHA256 != "" && !strings.EqualFold(digest, c.SHA256) {
		err = &ChecksumError{Path: c.Path, Want: c.SHA256, Got: digest}
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
