package lint

import (
	"fmt"
	"go/ast"
)

const (
	maxFileLines     = 500
	maxFunctionLines = 80
)

// checkSizes looks at what people write for people: neither tests, whose
// tables may be long, nor generated files.
func checkSizes(t *Tree) []Finding {
	var found []Finding
	for _, file := range t.Go {
		if file.Test || file.Generated {
			continue
		}
		if lines := file.Line(file.AST.FileEnd); lines > maxFileLines {
			found = append(found, Finding{Path: file.Path, Text: fmt.Sprintf("has %d lines, over %d: let each file hold one thing", lines, maxFileLines)})
		}
		for _, declaration := range file.AST.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := file.Line(f.End()) - file.Line(f.Pos()) + 1; lines > maxFunctionLines {
				found = append(found, file.finding(f.Pos(), fmt.Sprintf("function %s has %d lines, over %d: name its parts", f.Name.Name, lines, maxFunctionLines)))
			}
		}
	}
	return found
}
