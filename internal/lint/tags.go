package lint

import (
	"fmt"
	"go/build/constraint"
	"slices"
)

// knownTags are the build tags that the Makefile's targets build with, and
// those that Go sets itself. A test behind any other would never run.
func knownTags() []string {
	return []string{
		"kafka", "interop", "registry", "chaos", "bench", "docs",
		"mutant_commit_first",
		"race", "unix", "linux", "darwin", "windows", "amd64", "arm64",
	}
}

func checkBuildTags(t *Tree) []Finding {
	var found []Finding
	for _, file := range t.Go {
		for _, group := range file.AST.Comments {
			for _, comment := range group.List {
				if !constraint.IsGoBuild(comment.Text) || comment.Pos() > file.AST.Package {
					continue
				}
				for _, tag := range unknownTags(comment.Text) {
					found = append(found, file.finding(comment.Pos(), fmt.Sprintf("the build tag %s is not one that the Makefile builds with", tag)))
				}
			}
		}
	}
	return found
}

func unknownTags(line string) []string {
	expression, err := constraint.Parse(line)
	if err != nil {
		return []string{err.Error()}
	}
	return slices.DeleteFunc(tagsOf(expression), func(tag string) bool {
		return slices.Contains(knownTags(), tag)
	})
}

func tagsOf(expression constraint.Expr) []string {
	switch x := expression.(type) {
	case *constraint.AndExpr:
		return append(tagsOf(x.X), tagsOf(x.Y)...)
	case *constraint.OrExpr:
		return append(tagsOf(x.X), tagsOf(x.Y)...)
	case *constraint.NotExpr:
		return tagsOf(x.X)
	case *constraint.TagExpr:
		return []string{x.Tag}
	}
	return nil
}
