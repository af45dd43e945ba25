package lint

import (
	"fmt"
	"go/ast"
	"go/token"
)

// writesTo returns the places in the file's functions that change one of the
// package's variables.
func writesTo(file *GoFile, globals map[string]bool) []Finding {
	var found []Finding
	for _, declaration := range file.AST.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		local := localNames(f)
		ast.Inspect(f, func(node ast.Node) bool {
			for _, written := range writtenBy(node) {
				name := rootName(written)
				if globals[name] && !local[name] {
					found = append(found, file.finding(node.Pos(), fmt.Sprintf("changes the package-level %s: make it a field of the type that uses it", name)))
				}
			}
			return true
		})
	}
	return found
}

// writtenBy returns what the node writes to.
func writtenBy(node ast.Node) []ast.Expr {
	switch node := node.(type) {
	case *ast.AssignStmt:
		if node.Tok != token.DEFINE {
			return node.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{node.X}
	case *ast.RangeStmt:
		if node.Tok == token.ASSIGN {
			return []ast.Expr{node.Key, node.Value}
		}
	case *ast.UnaryExpr:
		if name, ok := node.X.(*ast.Ident); ok && node.Op == token.AND {
			return []ast.Expr{name}
		}
	case *ast.CallExpr:
		called, ok := node.Fun.(*ast.Ident)
		if ok && len(node.Args) > 0 && (called.Name == "delete" || called.Name == "clear" || called.Name == "copy") {
			return node.Args[:1]
		}
	}
	return nil
}

// rootName is the variable that an expression reaches into: x of x.f[i].
func rootName(e ast.Expr) string {
	for {
		switch inner := e.(type) {
		case *ast.Ident:
			return inner.Name
		case *ast.IndexExpr:
			e = inner.X
		case *ast.SelectorExpr:
			e = inner.X
		case *ast.StarExpr:
			e = inner.X
		case *ast.ParenExpr:
			e = inner.X
		case *ast.SliceExpr:
			e = inner.X
		default:
			return ""
		}
	}
}

// localNames are all names that the function declares anywhere inside.
func localNames(f *ast.FuncDecl) map[string]bool {
	local := map[string]bool{}
	note := func(e ast.Expr) {
		if name, ok := e.(*ast.Ident); ok {
			local[name.Name] = true
		}
	}
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Field:
			for _, name := range node.Names {
				note(name)
			}
		case *ast.ValueSpec:
			for _, name := range node.Names {
				note(name)
			}
		case *ast.AssignStmt:
			if node.Tok == token.DEFINE {
				for _, name := range node.Lhs {
					note(name)
				}
			}
		case *ast.RangeStmt:
			if node.Tok == token.DEFINE {
				note(node.Key)
				note(node.Value)
			}
		}
		return true
	})
	return local
}
