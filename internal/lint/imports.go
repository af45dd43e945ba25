package lint

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// checkImports holds every import against the house's table. Tests may import
// all rooms but commands, and every dependency.
func checkImports(t *Tree) []Finding {
	c := importCheck{rooms: t.house(), modules: t.modules()}
	var found []Finding
	for dir, files := range t.packages(true) {
		home, ok := roomOf(c.rooms, dir)
		if !ok {
			found = append(found, Finding{Path: dir, Text: "lies in no room: add a row to the table of docs/house.md"})
			continue
		}
		for _, file := range files {
			for _, spec := range file.AST.Imports {
				if text := c.refusal(file, home, spec); text != "" {
					found = append(found, file.finding(spec.Pos(), text))
				}
			}
		}
	}
	return found
}

type importCheck struct {
	rooms   []room
	modules []string
}

// refusal returns why the file may not have the import, "" where it may.
func (c importCheck) refusal(file *GoFile, home room, spec *ast.ImportSpec) string {
	imported, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return err.Error()
	}
	own, isOwn := strings.CutPrefix(imported, module+"/")
	switch {
	case imported == "runtime" && (spec.Name == nil || spec.Name.Name != "goruntime"):
		return "Go's own runtime is imported as goruntime: runtime is a room of this house"
	case imported == "testing" && !file.Test && !slices.Contains(home.may, "testing"):
		return "imports testing outside a test"
	case isOwn:
		return c.refusalOfRoom(file, home, own)
	case strings.Contains(strings.Split(imported, "/")[0], ".") && !file.Test && !c.allowsModule(home, imported):
		return fmt.Sprintf("%s may not import %s: the table of docs/house.md says where it lives", home.path, imported)
	}
	return ""
}

func (c importCheck) refusalOfRoom(file *GoFile, home room, dir string) string {
	target, ok := roomOf(c.rooms, dir)
	allows := func(name string) bool { return coversRoom(name, target.path) }
	switch {
	case !ok:
		return fmt.Sprintf("imports %s, which is no room of docs/house.md", dir)
	case target.path == home.path:
		return ""
	case strings.HasPrefix(target.path, "cmd/"):
		return fmt.Sprintf("imports %s: a command is imported by none", dir)
	case file.Test, home.all, slices.ContainsFunc(home.may, allows):
		return ""
	}
	return fmt.Sprintf("%s may not import %s: the table of docs/house.md says what it may", home.path, dir)
}

func (c importCheck) allowsModule(home room, imported string) bool {
	if home.all {
		return true
	}
	return slices.ContainsFunc(c.modules, func(m string) bool {
		return (imported == m || strings.HasPrefix(imported, m+"/")) &&
			slices.ContainsFunc(home.may, func(name string) bool { return namesModule(name, m) })
	})
}
