package docscheck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Document is one Markdown file.
type Document struct {
	Path     string // from the repository's root
	Blocks   []Block
	Links    []Link
	Anchors  []string // of its headings
	Needs    []Directive
	Problems []Problem // what is wrong with its form
}

// Block is one fenced block.
type Block struct {
	Line       int    // of its first line of text
	Language   string // sh, console, yaml, go, text, …
	Text       string
	Directives []Directive
}

// Link leads to another place in the documents.
type Link struct {
	Line   int
	Target string
}

// Directive is one "<!-- docs-check: name argument -->".
type Directive struct {
	Line     int
	Name     string
	Argument string
}

// directive returns the block's directive of that name.
func (b Block) directive(name string) (string, bool) {
	for _, d := range b.Directives {
		if d.Name == name {
			return d.Argument, true
		}
	}
	return "", false
}

func (b Block) has(name string) bool {
	_, ok := b.directive(name)
	return ok
}

var (
	directiveLine = regexp.MustCompile(`^\s*<!-- docs-check: ([a-z-]+) ?(.*?) -->\s*$`)
	fenceLine     = regexp.MustCompile("^\\s*```([a-z]*)")
	headingLine   = regexp.MustCompile(`^#{1,6} +(.*?) *$`)
	inlineLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeSpan      = regexp.MustCompile("`[^`]*`")
	notInAnchors  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

var (
	blockDirectives    = []string{"file", "from", "in-repository", "in", "expect-exit", "background", "eventually", "skip"}
	documentDirectives = []string{"kafka", "copy"}
)

// Parse reads one document.
func Parse(path, text string) Document {
	p := parser{document: Document{Path: path}}
	for i, line := range strings.Split(text, "\n") {
		p.line(i+1, line)
	}
	if p.block != nil {
		p.problem(p.block.Line, "the block does not end")
	}
	return p.document
}

// parser holds what one line hands to the next.
type parser struct {
	document Document
	block    *Block      // the block that the line is in
	pending  []Directive // of the block that follows
}

func (p *parser) problem(line int, format string, args ...any) {
	p.document.Problems = append(p.document.Problems, Problem{p.document.Path, line, fmt.Sprintf(format, args...)})
}

func (p *parser) line(number int, line string) {
	switch fence := fenceLine.FindStringSubmatch(line); {
	case p.block != nil && fence != nil:
		p.document.Blocks = append(p.document.Blocks, *p.block)
		p.block = nil
	case p.block != nil:
		p.block.Text += line + "\n"
	case fence != nil:
		if fence[1] == "" {
			p.problem(number, "the block does not say what it is: sh, console, yaml, go, json, text, …")
		}
		p.block = &Block{Line: number + 1, Language: fence[1], Directives: p.pending}
		p.pending = nil
	default:
		p.prose(number, line)
	}
}

func (p *parser) prose(number int, line string) {
	if match := directiveLine.FindStringSubmatch(line); match != nil {
		p.directive(Directive{Line: number, Name: match[1], Argument: match[2]})
		return
	}
	if strings.TrimSpace(line) != "" && len(p.pending) > 0 {
		p.problem(p.pending[0].Line, "no block follows the directive %s", p.pending[0].Name)
		p.pending = nil
	}
	if heading := headingLine.FindStringSubmatch(line); heading != nil {
		p.document.Anchors = append(p.document.Anchors, anchor(heading[1]))
	}
	for _, link := range inlineLink.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, ""), -1) {
		p.document.Links = append(p.document.Links, Link{Line: number, Target: link[1]})
	}
}

func (p *parser) directive(d Directive) {
	switch {
	case slices.Contains(documentDirectives, d.Name):
		p.document.Needs = append(p.document.Needs, d)
	case slices.Contains(blockDirectives, d.Name):
		p.pending = append(p.pending, d)
	default:
		p.problem(d.Line, "unknown directive %s", d.Name)
	}
}

// anchor is the name under which GitHub lets one link to a heading.
func anchor(heading string) string {
	heading = notInAnchors.ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(heading, " ", "-")
}
