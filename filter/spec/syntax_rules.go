package spec

import (
	"regexp"
	"strings"
)

// syntaxRule puts a common mistake into words.
type syntaxRule struct {
	// problem has words of the parser's message; one must be in it.
	problem []string
	// line matches the line with the mistake, whose place is its first group;
	// nil matches any line.
	line *regexp.Regexp
	// around is where to look besides the line in which the parser stopped.
	around []int

	words, suggestion string
}

// search finds the mistake around the line in which the parser stopped.
func (r syntaxRule) search(s *source, line int, problem string) (position, bool) {
	told := false
	for _, word := range r.problem {
		told = told || strings.Contains(problem, word)
	}
	if !told {
		return position{}, false
	}
	if r.line == nil {
		return s.firstCharacter(line), true
	}
	for _, step := range append([]int{0}, r.around...) {
		if match := r.line.FindStringSubmatchIndex(s.line(line + step)); match != nil {
			return position{line + step, match[2]}, true
		}
	}
	return position{}, false
}

const (
	// valueOf is the beginning of a list item or of a key's value.
	valueOf = `^\s*(?:- +)?(?:- +|[\w-]+: +)`
	// ours is the beginning of a line with one of our keys.
	ours = `^ *(?:- +)?(?:name|class|where|description|annotate|define|filters|version|stream|output|topics?|brokers|group)`

	quoteWhole = "put '…' around the whole expression"
)

// inBrackets is a text inside brackets, without quotes, and what ends it.
var inBrackets = regexp.MustCompile(`[\[{,]\s*(?:[\w-]+:\s+)?[^\s'"\[\]{},#?:][^'"\[\]{},?:]*([\[{?])`)

// before looks at the lines above: a plain scalar goes on over its line's end,
// so that the parser stops in the next.
var before = []int{-1}

// misread is what the parser says where the structure of the lines is wrong.
var misread = []string{"mapping values", "expected key", "expected '-' indicator", "could not find expected ':'"}

// syntaxRules are tried in this order.
var syntaxRules = []syntaxRule{
	{[]string{"max depth"}, nil, nil,
		"nested too deep: a file of filters has a handful of levels", ""},
	{[]string{"unknown anchor"}, regexp.MustCompile(`(\*)\w`), before,
		"this alias (*name) has no anchor (&name) before it: an expression that begins with * must be quoted", quoteWhole},
	{append([]string{"tab", "token"}, misread...), regexp.MustCompile(`^ *(\t)`), []int{1, -1},
		"a tab in the indentation: YAML wants spaces", "use spaces"},
	{misread, regexp.MustCompile(valueOf + `(["'])`), before,
		"text after the closing quote: an expression that begins with a quote must be quoted whole", quoteWhole},
	{misread, regexp.MustCompile(valueOf + `([\[{])`), before,
		"text after the closing bracket: an expression that begins with a bracket must be quoted whole", quoteWhole},
	{[]string{"start any token"}, regexp.MustCompile(valueOf + "([%@`])"), nil,
		"YAML gives this character a meaning of its own: an expression that begins with it must be quoted", quoteWhole},
	{[]string{"comment or line break"}, regexp.MustCompile(valueOf + `([>|])`), nil,
		"YAML reads > and | here as the beginning of a block of text: an expression that begins with it must be quoted", quoteWhole},
	{misread, regexp.MustCompile(ours + `(:)[^\s:]`), before,
		"a space is missing after this colon", ""},
	{misread, regexp.MustCompile(ours + `( )[^:]*$`), before,
		"a colon is missing after this line's first word", ""},
	{[]string{"mapping values"}, regexp.MustCompile(`\S: .*(:) `), nil,
		"a second \": \" in one line: text with \": \" in it must be quoted", "put '…' around the whole text"},
	{[]string{"end of stream"}, regexp.MustCompile(valueOf + `(["'])`), nil,
		"this quote is not closed", ""},
	{[]string{"end of stream"}, nil, nil,
		"a quote that is opened in this line is not closed", ""},
	{[]string{"expected ',' or", "expected node content"}, inBrackets, before,
		"inside brackets YAML ends a text at [, { and ?: an expression with one of them must be quoted", "put '…' around the expression, or write it on a line of its own"},
	{[]string{"expected ',' or", "end of stream", "expected node content"}, regexp.MustCompile(`([\[{])[^\]}]*$`), []int{-1, -2, -3, -4, -5},
		"this bracket is not closed", ""},
	{[]string{"expected ',' or"}, nil, nil,
		"a list or mapping that is opened with [ or { before this is not closed", ""},
	{[]string{"unknown escape"}, regexp.MustCompile(`(\\)[^0abt\tnvfre "/\\N_LPxuU]`), nil,
		`an escape that YAML does not know: write \\ for a backslash, or put the text in '…', where \ is itself`, ""},
	{misread, nil, nil,
		"the indentation, or a missing \":\" or \"- \", makes this line unreadable: compare it with the lines above", ""},
}
