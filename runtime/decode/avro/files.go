package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// schemaFile is how the name of a file with a schema ends.
const schemaFile = ".avsc"

// ReadSchema reads the schema at path, as one text that needs no other file:
// an .avsc file, or a folder of them as surveys publish their schemas. What a
// file names and does not define is taken from the files beside it. Of a
// folder, the schema is that of the one record that no other file refers to.
// Errors say in which file the mistake is.
func ReadSchema(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	folder := path
	if !info.IsDir() {
		folder = filepath.Dir(path)
	}
	f, err := readFiles(folder, path)
	if err != nil {
		return nil, err
	}
	root := path
	if info.IsDir() {
		if root, err = f.root(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	text, err := json.Marshal(f.inlined(f.trees[root], ""))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	if _, err := parse(text, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	return text, nil
}

// files are the schemas of one folder.
type files struct {
	paths []string // sorted
	trees map[string]any
	// defined has each file's outermost type by its name in full.
	defined map[string]definition
	placed  map[string]bool // the types that stand in the text already
}

type definition struct {
	path string
	tree any
}

// readFiles reads the folder's schemas. Of a file that was asked for by name
// every mistake counts; those beside it may be of any kind.
func readFiles(folder, wanted string) (*files, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, errors.Unwrap(err))
	}
	f := &files{trees: map[string]any{}, defined: map[string]definition{}, placed: map[string]bool{}}
	paths := []string{wanted}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if filepath.Ext(path) == schemaFile && !entry.IsDir() && filepath.Clean(wanted) != path {
			paths = append(paths, path)
		}
	}
	if wanted == folder {
		paths = paths[1:]
	}
	for _, path := range paths {
		if err := f.read(path); err != nil && (wanted == folder || wanted == path) {
			return nil, err
		}
	}
	if len(f.paths) == 0 {
		return nil, fmt.Errorf("%s: no %s file is in the folder", folder, schemaFile)
	}
	slices.Sort(f.paths)
	return f, nil
}

func (f *files) read(path string) error {
	text, err := readBounded(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return fmt.Errorf("%s: it is no JSON: %w", path, err)
	}
	f.paths, f.trees[path] = append(f.paths, path), tree
	if name := definedName(tree); name != "" {
		if other, twice := f.defined[name]; twice {
			return fmt.Errorf("%s: %s is defined in %s already", path, clip(name), other.path)
		}
		f.defined[name] = definition{path, tree}
	}
	return nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSchema+1))
	if err == nil && len(text) > maxSchema {
		err = fmt.Errorf("it is too large for a schema: at most %d bytes are read", maxSchema)
	}
	return text, err
}

// definedName is the name in full of the type that a file defines; "" where it
// defines none.
func definedName(tree any) string {
	o, _ := tree.(map[string]any)
	kind, _ := o["type"].(string)
	full, _, err := fullName(kind, o, "")
	if err != nil {
		return ""
	}
	return full
}

// root returns the file of the record that is none of the others' parts. Of
// several such it is the one that has parts, or the one named alert.
func (f *files) root() (string, error) {
	part, whole := map[string]bool{}, map[string]bool{}
	for _, path := range f.paths {
		for _, name := range f.references(f.trees[path], "") {
			part[f.defined[name].path], whole[path] = true, true
		}
	}
	tops := slices.DeleteFunc(slices.Clone(f.paths), func(path string) bool { return part[path] })
	for _, better := range []func(path string) bool{
		func(path string) bool { return whole[path] },
		func(path string) bool { return lastName(definedName(f.trees[path])) == "alert" },
	} {
		kept := slices.DeleteFunc(slices.Clone(tops), func(path string) bool { return !better(path) })
		if len(kept) > 0 {
			tops = kept
		}
	}
	switch len(tops) {
	case 0:
		return "", errors.New("each of its schemas is a part of another: name the file of the alert's record")
	case 1:
		return tops[0], nil
	}
	for i := range tops {
		tops[i] = filepath.Base(tops[i])
	}
	return "", fmt.Errorf("which schema is the alert's? Name one of its files: %s", clip(strings.Join(tops, ", ")))
}

func lastName(full string) string { return full[strings.LastIndexByte(full, '.')+1:] }
