package lint

import (
	"fmt"
	"go/ast"
	"go/token"
)

// checkGlobals wants package-level variables to be constants in all but name.
// In files that are neither tests nor generated, a package-level variable
//   - is not assigned, incremented, deleted from, cleared, copied into or
//     pointed to by any function of its package (a function that declares
//     something of the same name is not looked into for it), and
//   - is not born to change: of a type of sync or sync/atomic, a channel, the
//     result of make or new, or a map or slice without items. sync.OnceValue
//     and its like are constants that are computed late, and allowed.
//
// Error values, compiled patterns, tables, embedded files and what the linker
// sets all pass.
func checkGlobals(t *Tree) []Finding {
	var found []Finding
	for _, files := range t.packages(false) {
		globals := map[string]bool{}
		for _, file := range files {
			if !file.Generated {
				found = append(found, bornToChange(file, globals)...)
			}
		}
		for _, file := range files {
			if !file.Generated {
				found = append(found, writesTo(file, globals)...)
			}
		}
	}
	return found
}

// bornToChange notes the file's package-level variables in globals and
// returns those that can only be meant to change.
func bornToChange(file *GoFile, globals map[string]bool) []Finding {
	var found []Finding
	for _, declaration := range file.AST.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			variable := spec.(*ast.ValueSpec)
			for _, name := range variable.Names {
				globals[name.Name] = name.Name != "_"
			}
			if isState(variable) {
				found = append(found, file.finding(variable.Pos(), fmt.Sprintf("package-level %s is state: make it a field of the type that uses it", variable.Names[0].Name)))
			}
		}
	}
	return found
}

func isState(variable *ast.ValueSpec) bool {
	if isStateType(variable.Type) {
		return true
	}
	for _, value := range variable.Values {
		if isStateValue(value) {
			return true
		}
	}
	return false
}

func isStateType(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.ChanType:
		return true
	case *ast.StarExpr:
		return isStateType(t.X)
	case *ast.IndexExpr: // atomic.Pointer[T]
		return isStateType(t.X)
	case *ast.SelectorExpr:
		from, ok := t.X.(*ast.Ident)
		return ok && (from.Name == "sync" || from.Name == "atomic")
	}
	return false
}

func isStateValue(value ast.Expr) bool {
	switch value := value.(type) {
	case *ast.UnaryExpr:
		return isStateValue(value.X)
	case *ast.CompositeLit:
		return isStateType(value.Type) || len(value.Elts) == 0 && isMapOrSlice(value.Type)
	case *ast.CallExpr:
		called, ok := value.Fun.(*ast.Ident)
		return ok && (called.Name == "make" || called.Name == "new")
	}
	return false
}

func isMapOrSlice(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.MapType:
		return true
	case *ast.ArrayType:
		return t.Len == nil
	}
	return false
}
