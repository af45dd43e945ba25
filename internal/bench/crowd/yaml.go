package crowd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/skysift/skysift/filter/expression"
)

// perFile is how many filters a file has: below the limit of a file's size.
const perFile = 1000

// WriteYAML writes the filters into dir, in as many files as they need.
func WriteYAML(dir string, filters []expression.Filter) error {
	for first := 0; first < len(filters); first += perFile {
		var b strings.Builder
		b.WriteString("version: 1\nfilters:\n")
		for _, f := range filters[first:min(first+perFile, len(filters))] {
			fmt.Fprintf(&b, "  - name: %s\n    class: %s\n    where:\n", f.Name, f.Class)
			for _, clause := range f.Where {
				fmt.Fprintf(&b, "      - %s\n", clause)
			}
		}
		file := filepath.Join(dir, fmt.Sprintf("filters%02d.yaml", first/perFile))
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
