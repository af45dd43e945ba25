package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/skysift/skysift/filter/difference"
)

// studyCompare replaces the set of loaded by one that is compared with the
// filters at path.
func studyCompare(io streams, flags replayFlags, loaded *filters) (*difference.Difference, error) {
	old, err := loadFilters(flags.compare, flags.survey, flags.input, io)
	if err != nil {
		return nil, fmt.Errorf("--compare: %w", err)
	}
	var found *difference.Difference
	loaded.set, found = difference.Watch(loaded.set, old.set, loaded.idPath())
	return found, nil
}

// compared is one filter's part of the answer of replay --compare.
type compared struct {
	Filter string `json:"filter"`
	// Change is "same" where both versions mean the same, else "changed",
	// "added" or "removed".
	Change     string `json:"change"`
	Version    string `json:"version,omitempty"`
	OldVersion string `json:"old_version,omitempty"`
	// Before and Passed count the alerts that passed the old and the new filter.
	Before int64    `json:"passed_before"`
	Passed int64    `json:"passed"`
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
}

func comparedOf(pair difference.Pair) compared {
	c := compared{Before: pair.Before, Passed: pair.After, Gained: append([]string{}, pair.Gained...), Lost: append([]string{}, pair.Lost...)}
	if pair.Old != nil {
		c.Filter, c.OldVersion, c.Change = pair.Old.Name, pair.Old.Version, "removed"
	}
	if pair.New != nil {
		c.Filter, c.Version, c.Change = pair.New.Name, pair.New.Version, "added"
	}
	switch {
	case pair.New == nil || pair.Old == nil:
	case c.Version == c.OldVersion:
		c.Change = "same"
	default:
		c.Change = "changed"
	}
	return c
}

// tellCompared writes the difference: a line of JSON for each filter, or words.
func tellCompared(io streams, output *outputFlag, found *difference.Difference) error {
	for _, pair := range found.Pairs() {
		told := comparedOf(pair)
		if output.json() {
			if err := writeJSON(io.out, told); err != nil {
				return err
			}
			continue
		}
		if err := told.write(io.out); err != nil {
			return err
		}
	}
	return nil
}

func (c compared) write(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s (%s): %d passed before, %d pass now: %d gained, %d lost\n%s%s",
		c.Filter, c.Change, c.Before, c.Passed, len(c.Gained), len(c.Lost), someIDs("gained", c.Gained), someIDs("lost", c.Lost))
	return err
}

// mostIDs is how many alerts are named to people; JSON has them all.
const mostIDs = 10

func someIDs(word string, ids []string) string {
	if len(ids) == 0 || ids[0] == "" {
		return ""
	}
	text := fmt.Sprintf("    %-6s  %s", word, strings.Join(ids[:min(len(ids), mostIDs)], " "))
	if more := len(ids) - mostIDs; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "\n"
}
