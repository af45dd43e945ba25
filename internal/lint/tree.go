package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// module is this repository's own import path.
const module = "github.com/skysift/skysift"

// GoFile is one parsed Go file, whatever its build tags.
type GoFile struct {
	Path      string
	Test      bool
	Generated bool
	AST       *ast.File

	positions *token.FileSet
}

// Dir is the file's folder, "" for the repository's root.
func (f *GoFile) Dir() string { return strings.TrimPrefix(path.Dir(f.Path), ".") }

// Line is the line of a position in the file.
func (f *GoFile) Line(at token.Pos) int { return f.positions.Position(at).Line }

func (f *GoFile) finding(at token.Pos, text string) Finding {
	return Finding{Path: f.Path, Line: f.Line(at), Text: text}
}

// Tree is the repository: its Go files parsed, and every text file's bytes.
// Folders named testdata and hidden ones (but .ci) are no part of it.
type Tree struct {
	Go    []*GoFile
	Texts map[string]string
}

// Load reads the repository.
func Load(root fs.FS) (*Tree, error) {
	t := &Tree{Texts: map[string]string{}}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case entry.IsDir() || !isText(name):
			return nil
		}
		return t.add(root, name)
	})
	return t, err
}

func (t *Tree) add(root fs.FS, name string) error {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	t.Texts[name] = string(source)
	if path.Ext(name) != ".go" {
		return nil
	}
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.Go = append(t.Go, &GoFile{
		Path:      name,
		Test:      strings.HasSuffix(name, "_test.go"),
		Generated: ast.IsGenerated(file),
		AST:       file,
		positions: positions,
	})
	return nil
}

// packages groups the files by folder; test files only where they are asked for.
func (t *Tree) packages(tests bool) map[string][]*GoFile {
	packages := map[string][]*GoFile{}
	for _, file := range t.Go {
		if tests || !file.Test {
			packages[file.Dir()] = append(packages[file.Dir()], file)
		}
	}
	return packages
}

func skipped(dir string) bool {
	base := path.Base(dir)
	hidden := strings.HasPrefix(base, ".") && base != "." && base != ".ci"
	return hidden || base == "testdata" || dir == "bin"
}

func isText(name string) bool {
	texts := []string{".go", ".md", ".mod", ".yaml", ".yml", ".sh", ".py", ".toml", ".txt", ".proto", ".json", ".avsc", ""}
	return slices.Contains(texts, path.Ext(name))
}
