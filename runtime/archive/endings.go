package archive

import (
	"path/filepath"
	"slices"
	"strings"
)

// endings are how the files are named that hold alerts (".avro"). Names are
// compared without case.
type endings []string

// member reports whether a file, or a member of an archive, is named as one of
// alerts, compressed or not.
func (e endings) member(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	return slices.Contains(e, filepath.Ext(name))
}

// readable reports whether a file in a folder is named as one of alerts or as
// an archive.
func (e endings) readable(name string) bool {
	name = strings.ToLower(name)
	return e.member(name) || strings.HasSuffix(name, ".tar") || strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz")
}

// String is ".avro, .bin or .json".
func (e endings) String() string {
	last := len(e) - 1
	if last < 1 {
		return strings.Join(e, "")
	}
	return strings.Join(e[:last], ", ") + " or " + e[last]
}
