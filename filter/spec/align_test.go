package spec

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// TestAnOffsetIsFoundInTheFile looks for the word HERE of each expression by
// its offset in the value, and in the file by the place that comes of it.
func TestAnOffsetIsFoundInTheFile(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                    "where: candidate.magpsf < HERE\n",
		"plain in a list":          "where:\n  -   a\n  -   b and HERE # it\n",
		"plain over lines":         "where: a and\n  b and\n\n  c   and HERE\n  and d\n",
		"plain after wide letters": "where: μ星 == x and HERE\n",
		"plain in a flow list":     "where: [a, b and HERE, c]\n",
		"single quotes":            "where: '  a and HERE'\n",
		"single quotes, doubled":   "where: 'it''s == ''x'' and HERE'\n",
		"single quotes over lines": "where: 'a and\n\n   b\n  and HERE\n  '\n",
		"double quotes":            "where: \"a and HERE\"\n",
		"double quotes, escapes":   "where: \"\\\"t\\\" \\u00b5 \\x41 \\\\d \\t HERE\"\n",
		"escape of two letters":    "where: \"\\U0001F52D \\n \\e HERE\"\n",
		"double quotes over lines": "where: \"a and\n   b \\\n   and HERE\"\n",
		"literal":                  "where: |\n    a and\n      b and HERE\n    and c\n",
		"literal, first line":      "where: |\n  HERE and\n  b\n",
		"literal, blank lines":     "where: |\n\n\n  a and\n\n  HERE\n",
		"literal, stripped":        "where: |-\n  a and\n  HERE\n",
		"literal, kept":            "where: |+\n  a and\n  HERE\n\n\n",
		"literal, own indentation": "where: |2\n    a and\n  HERE\n",
		"literal with a comment":   "where: | # tests\n  a and\n  HERE\n",
		"folded":                   "where: >\n  a and\n  b and HERE\n  and c\n",
		"folded, blank lines":      "where: >\n  a and\n\n\n  b and\n  HERE\n",
		"folded, deeper lines":     "where: >-\n  a and\n    deeper\n    HERE\n  and c\n",
		"with an anchor":           "where: &test a and HERE\n",
		"with a tag":               "where: !!str  HERE\n",
		"CRLF":                     "where: |\r\n  a and\r\n  HERE\r\n",
		"CRLF, folded":             "where: >\r\n  a and\r\n  HERE\r\n",
		"CRLF, plain":              "where: a and\r\n  HERE\r\n",
		"no break at the end":      "where: |\n  a and\n  HERE",
		"unicode breaks":           "# a\u2028# b\u0085# c\nwhere: HERE\n",
	} {
		t.Run(name, func(t *testing.T) {
			src, node := scalarWith(t, text, "HERE")
			offset := strings.Index(node.Value, "HERE")
			got := mark{src, node}.within(offset, len("HERE"), nil)
			at := position{got.Line, len(string([]rune(src.line(got.Line))[:got.Column-1]))}
			if rest := src.line(at.line)[at.offset:]; !strings.HasPrefix(rest, "HERE") || got.Length != 4 {
				t.Errorf("place %d:%d, length %d: %q", got.Line, got.Column, got.Length, rest)
			}
		})
	}
}

// scalarWith returns the first scalar of a YAML text that has a word in it.
func scalarWith(t *testing.T, text, word string) (*source, *yaml.Node) {
	t.Helper()
	src, root, mistake := parse("filters.yaml", []byte(text))
	if mistake != nil {
		t.Fatal(mistake.Drawn())
	}
	for node := range scalars(root) {
		if strings.Contains(node.Value, word) {
			return src, node
		}
	}
	t.Fatalf("no scalar has %s", word)
	return nil, nil
}

// scalars yields the scalars of a tree without its aliases.
func scalars(node *yaml.Node) func(func(*yaml.Node) bool) {
	return func(yield func(*yaml.Node) bool) {
		if node.Kind == yaml.ScalarNode && !yield(node) {
			return
		}
		for _, child := range node.Content {
			for n := range scalars(child) {
				if !yield(n) {
					return
				}
			}
		}
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	src, node := scalarWith(t, "where: x == '星星' or HERE\n", "HERE")
	got := mark{src, node}.within(strings.Index(node.Value, "HERE"), 4, nil)
	if got.Column != 21 {
		t.Errorf("column %d", got.Column)
	}
}

func TestAnOffsetOutsideTheExpressionIsItsEnd(t *testing.T) {
	src, node := scalarWith(t, "where: HERE\n", "HERE")
	for offset, column := range map[int]int{-5: 8, 4: 12, 400: 12} {
		if got := (mark{src, node}).within(offset, 9, nil); got.Column != column {
			t.Errorf("offset %d is in column %d", offset, got.Column)
		}
	}
}

// FuzzAlign holds each place that align gives against the character there.
func FuzzAlign(f *testing.F) {
	for _, seed := range []string{
		"a: b c\n", "a: |\n  b\n\n   c\n", "a: >-\n  b\n  c\n\n    d\n e: f", "a: 'it''s\n  x'", "a: \"\\u00b5\\\n x\"",
		"a: >2\n    x\n  y\n", "- &x !!str b\n- *x\n", "a: b\r\n  c\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		src, root, mistake := parse("f", []byte(text))
		if mistake != nil || root == nil {
			return
		}
		for node := range scalars(root) {
			places := src.align(node)
			if places == nil {
				continue
			}
			if len(places) != len(node.Value)+1 {
				t.Fatalf("%q: %d places for %q", text, len(places), node.Value)
			}
			holdPlaces(t, src, node, places)
		}
	})
}

func holdPlaces(t *testing.T, src *source, node *yaml.Node, places []position) {
	t.Helper()
	for i := 0; i < len(node.Value); {
		r, width := utf8.DecodeRuneInString(node.Value[i:])
		at := places[i]
		line := src.line(at.line)
		if at.line < 1 || at.offset < 0 || at.offset > len(line) {
			t.Fatalf("%q: place %v", node.Value, at)
		}
		rest := line[at.offset:]
		folded := r == ' ' || r == '\n'
		if !folded && !strings.HasPrefix(rest, node.Value[i:i+width]) && !strings.HasPrefix(rest, `\`) {
			t.Fatalf("%q: %q is not at %v: %q", node.Value, r, at, rest)
		}
		i += width
	}
}
