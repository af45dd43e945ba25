package filter_test

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestClassMustBeLegalInATopicName(t *testing.T) {
	for class, legal := range map[filter.Class]bool{
		"transient": true, "SN.Ia_2026-a": true, "": false, ".": false, "..": false,
		"super nova": false, "kilonova!": false, "é": false, "a/b": false,
		filter.Class(strings.Repeat("x", 200)): true, filter.Class(strings.Repeat("x", 201)): false,
	} {
		if err := class.Check(); (err == nil) != legal {
			t.Errorf("class %q: %v", class, err)
		}
	}
}
