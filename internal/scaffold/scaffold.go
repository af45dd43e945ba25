// Package scaffold makes the files of a new plug-in filter: one that builds,
// with a test and a filters.yaml that uses it, for its author to change.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed all:templates
var templates embed.FS

// suffix is what template files end in, so that no tool takes them for what
// they become.
const suffix = ".tmpl"

// Plugin is a plug-in to be.
type Plugin struct {
	Language string // one of Languages
	Name     string
	SDK      SDK
}

// Languages are those that there are templates for.
func Languages() []string { return []string{"go", "python"} }

// SDK is where the plug-in gets the SDK from: a checkout of Skysift or, where
// Checkout is "", the release Version ("v1.2.3").
type SDK struct{ Checkout, Version string }

// Python is the requirement that pip installs the SDK by.
func (s SDK) Python() string {
	if s.Checkout != "" {
		return "skysift-plugin @ file://" + filepath.ToSlash(filepath.Join(s.Checkout, "examples", "plugins", "python"))
	}
	return "skysift-plugin @ git+https://github.com/skysift/skysift@" + s.Version + "#subdirectory=examples/plugins/python"
}

// Class is the name as classes are named: "fast-risers" is FastRisers.
func (p Plugin) Class() string {
	class := ""
	for _, word := range strings.FieldsFunc(p.Name, func(r rune) bool { return r == '-' || r == '_' }) {
		class += strings.ToUpper(word[:1]) + word[1:]
	}
	return class
}

// Check returns an error unless the plug-in can be made.
func (p Plugin) Check() error {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`).MatchString(p.Name) || len(p.Name) > 64 {
		return fmt.Errorf("%q cannot be a plug-in's name: it is 1 to 64 lower-case letters, digits, - and _, a letter first: fast-risers", p.Name)
	}
	if class := p.Class(); class == "AlertFilter" || class == "Verdict" {
		return fmt.Errorf("%q cannot be the plug-in's name: the SDK has a class %s; choose another", p.Name, class)
	}
	if slices.Contains(Languages(), p.Language) {
		return nil
	}
	return fmt.Errorf("there is no template for the language %q: there are go and python", p.Language)
}

// Write makes the plug-in's folder, which must not be there, and returns the
// names of the files in it.
func (p Plugin) Write(folder string) ([]string, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%s is there already, and nothing is overwritten: remove it, or choose another name", folder)
		}
		return nil, err
	}
	root := "templates/" + p.Language
	entries, err := templates.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), suffix)
		if err := p.writeFile(filepath.Join(folder, name), root+"/"+entry.Name()); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

func (p Plugin) writeFile(path, source string) error {
	t, err := template.New(filepath.Base(source)).Option("missingkey=error").ParseFS(templates, source)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := t.Execute(&text, p); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if strings.HasPrefix(text.String(), "#!") {
		mode = 0o755
	}
	return os.WriteFile(path, []byte(text.String()), mode)
}
