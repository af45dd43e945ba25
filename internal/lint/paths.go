package lint

import (
	"fmt"
	"regexp"
	"strings"
)

// A path that exists on one machine only: an absolute one into a home, a
// workspace or a folder for temporary files.
var machinePath = regexp.MustCompile(`(?:^|[\s"'` + "`" + `(=:,])(/(?:work|tmp|root|home|Users)(?:/[\w.-]*|\b))`)

// checkMachinePaths reads every text file but tests.
func checkMachinePaths(t *Tree) []Finding {
	var found []Finding
	for name, text := range t.Texts {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if match := machinePath.FindStringSubmatch(line); match != nil {
				found = append(found, Finding{Path: name, Line: i + 1, Text: fmt.Sprintf("%s is a path of one machine", match[1])})
			}
		}
	}
	return found
}
