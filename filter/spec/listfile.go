package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
)

// maxListFile bounds the file of one named list.
const maxListFile = 8 << 20

// listFile reads {file: PATH, as: text or numbers}.
func (r *reader) listFile(l *List, node *yaml.Node) {
	var place *yaml.Node
	before := len(r.mistakes)
	path, as := "", ""
	r.mapping(node, "the list "+l.Name, []key{
		{"file", func(n *yaml.Node) {
			if n = aliased(n); r.isText(n, "file") {
				place, path = n, n.Value
			}
		}},
		{"as", func(n *yaml.Node) { as = r.word(n, "as", checkAs) }},
	})
	if path == "" {
		if len(r.mistakes) == before {
			r.fail(node, "the list %s names no file", l.Name).Suggestion = "write file: and its path, seen from this file"
		}
		return
	}
	file := ListFile{Path: path}
	if !filepath.IsAbs(path) {
		file.Path = filepath.Join(filepath.Dir(r.source.path), path)
	}
	file.Was, _ = os.Stat(file.Path) // to read it tells what is wrong
	r.file.ListFiles = append(r.file.ListFiles, file)
	err := l.read(file.Path, as)
	var at *lineError
	switch {
	case errors.As(err, &at):
		r.fail(place, "line %d of %s: %s", at.line, clipped(path), at.problem)
	case err != nil:
		r.fail(place, "%s: %w", clipped(path), err)
	}
}

func checkAs(as string) error {
	if as != "text" && as != "numbers" {
		return &ruleError{"as is " + quoted(as), "write as: text or as: numbers"}
	}
	return nil
}

// lineError is a mistake in a line of a list's file.
type lineError struct {
	line    int
	problem string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.problem) }

// read reads a file with one item a line. Blank lines and those that
// begin with # are skipped.
func (l *List) read(path, as string) error {
	data, err := readUpTo(path, maxListFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("no such file: its path is seen from the file of filters")
	case errors.Is(err, errTooLong):
		return fmt.Errorf("the file is over %d MiB: that is too much for a list", maxListFile>>20)
	case err != nil:
		return withoutPath(err)
	}
	words, err := wordsOf(string(data))
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return errors.New("the file has no items: write one a line")
	}
	l.Items, err = itemsOf(words, as)
	return err
}

// itemsOf makes numbers of the words if all of them look so, or as says.
func itemsOf(words []word, as string) ([]filter.Value, error) {
	numbers := make([]filter.Value, len(words))
	for i, word := range words {
		if numbers[i] = numberOf(word.text, 10); !numbers[i].IsMissing() || as == "text" {
			continue
		}
		if as == "numbers" {
			return nil, &lineError{word.line, quoted(word.text) + " is no number"}
		}
		as = "text"
	}
	if as != "text" {
		return numbers, nil
	}
	for i, word := range words {
		numbers[i] = filter.StringOf(word.text)
	}
	return numbers, nil
}

type word struct {
	line int
	text string
}

func wordsOf(text string) ([]word, error) {
	var words []word
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl):
			return nil, &lineError{number, "this is no text: the file has one item a line"}
		case len(words) == maxItems:
			return nil, &lineError{number, fmt.Sprintf("the list may have %d items, and there are more", maxItems)}
		}
		words = append(words, word{number, line})
	}
	return words, nil
}
