package lint

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// checkPackages wants a comment on every package, a name that says what it is
// for, and no init: what a package needs, its user hands to it.
func checkPackages(t *Tree) []Finding {
	var found []Finding
	for dir, files := range t.packages(false) {
		found = append(found, checkPackageName(dir, files)...)
		if !slices.ContainsFunc(files, hasPackageComment) {
			found = append(found, Finding{Path: dir, Text: "no file of the package says above its package clause what the package is for"})
		}
	}
	for _, file := range t.Go {
		if file.Generated {
			continue // protoc's registers its messages in one
		}
		for _, declaration := range file.AST.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				found = append(found, file.finding(f.Pos(), "has an init function: make what it sets up where it is used"))
			}
		}
	}
	return found
}

func hasPackageComment(file *GoFile) bool {
	doc := file.AST.Doc.Text()
	return strings.HasPrefix(doc, "Package "+file.AST.Name.Name+" ") || strings.HasPrefix(doc, "Command ")
}

func checkPackageName(dir string, files []*GoFile) []Finding {
	meaningless := []string{"util", "utils", "common", "manager", "base", "helper", "helpers", "misc", "shared"}
	for _, file := range files {
		if name := file.AST.Name.Name; slices.Contains(meaningless, name) {
			return []Finding{{Path: dir, Text: fmt.Sprintf("a package named %s says nothing of what it holds", name)}}
		}
	}
	return nil
}
