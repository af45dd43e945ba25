package avro

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxFolders is how many folders of schemas are read below one path.
const maxFolders = 1024

// Packet is the schema of one version of a survey's alerts.
type Packet struct {
	// Path is the folder, or the file, that it was read from.
	Path string
	// Major and Minor are its version; -1 where nothing says it.
	Major, Minor int
	Schema       *Schema
}

// ReadPackets reads the schemas at path, as Rubin's alert packet package lays
// them out: path, and each folder below it, is one version if it has .avsc
// files, which are read as by ReadSchema. The version is what the alert's
// namespace ends in (lsst.v9_0) or else the last two folders (9/0). Of several
// folders those that say none are left out. A path to one file is that alert.
//
// Packets come in the order of their versions.
func ReadPackets(path string) ([]Packet, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		one, err := readPacket(path, filepath.Dir(path))
		return []Packet{one}, err
	}
	folders, err := schemaFolders(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var packets []Packet
	for _, folder := range folders {
		one, err := readPacket(folder, folder)
		if one.Major < 0 && len(folders) > 1 {
			continue
		}
		if err != nil {
			return nil, err
		}
		packets = append(packets, one)
	}
	slices.SortStableFunc(packets, func(a, b Packet) int {
		return cmp.Or(a.Major-b.Major, a.Minor-b.Minor)
	})
	return packets, nil
}

// schemaFolders returns the folders from path on down that have schemas.
func schemaFolders(path string) (folders []string, err error) {
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != schemaFile {
			return err
		}
		folder := filepath.Dir(name)
		if len(folders) == 0 || folders[len(folders)-1] != folder {
			folders = append(folders, folder)
		}
		if len(folders) > maxFolders {
			return fmt.Errorf("more than %d folders of schemas: is this the right one?", maxFolders)
		}
		return nil
	})
	if err == nil && len(folders) == 0 {
		err = fmt.Errorf("no %s file is in it, nor below it", schemaFile)
	}
	slices.Sort(folders)
	return slices.Compact(folders), err
}

// Where a version stands: "lsst.v9_0" in a namespace, "9/0" in folders.
var (
	versionedSpace  = regexp.MustCompile(`\bv(\d{1,6})_(\d{1,6})$`)
	versionedFolder = regexp.MustCompile(`(?:^|/)(\d{1,6})/(\d{1,6})$`)
)

// readPacket reads the schema at path, which is in folder. After an error the
// version is what the folder says.
func readPacket(path, folder string) (Packet, error) {
	p := Packet{Path: path}
	p.Major, p.Minor = numbersIn(versionedFolder, filepath.ToSlash(folder))
	text, err := ReadSchema(path)
	if err != nil {
		return p, err
	}
	if p.Schema, err = ParseSchema(text); err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	name := p.Schema.roots()[0].name
	major, minor := numbersIn(versionedSpace, space(name))
	switch {
	case major < 0:
	case p.Major >= 0 && (major != p.Major || minor != p.Minor):
		return p, fmt.Errorf("%s: its alert, %s, is of version %d.%d: is it in the wrong folder?", path, clip(name), major, minor)
	default:
		p.Major, p.Minor = major, minor
	}
	return p, nil
}

// space is the namespace of a name in full.
func space(full string) string { return full[:max(strings.LastIndexByte(full, '.'), 0)] }

// numbersIn returns the two numbers that a pattern finds in text; -1 for none.
func numbersIn(pattern *regexp.Regexp, text string) (major, minor int) {
	found := pattern.FindStringSubmatch(text)
	if found == nil {
		return -1, -1
	}
	major, _ = strconv.Atoi(found[1]) // the patterns have up to six digits
	minor, _ = strconv.Atoi(found[2])
	return major, minor
}
