package docscheck

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// CheckLinks returns the links between the documents that lead nowhere. What
// lies on the web is not asked for.
func CheckLinks(root fs.FS, documents []Document) []Problem {
	byPath := map[string]Document{}
	for _, d := range documents {
		byPath[d.Path] = d
	}
	var problems []Problem
	for _, d := range documents {
		for _, link := range d.Links {
			if text := deadLink(root, byPath, d.Path, link.Target); text != "" {
				problems = append(problems, Problem{d.Path, link.Line, text})
			}
		}
	}
	return problems
}

// deadLink returns why the target cannot be reached, "" where it can.
func deadLink(root fs.FS, documents map[string]Document, from, target string) string {
	if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
		return ""
	}
	file, fragment, _ := strings.Cut(target, "#")
	if file == "" {
		file = from
	} else {
		file = path.Join(path.Dir(from), file)
	}
	if _, err := fs.Stat(root, file); err != nil {
		return fmt.Sprintf("the link %s leads nowhere: there is no %s", target, file)
	}
	document, ok := documents[file]
	if fragment != "" && ok && !slices.Contains(document.Anchors, fragment) {
		return fmt.Sprintf("the link %s leads nowhere: %s has no heading #%s", target, file, fragment)
	}
	return ""
}
