package spec

import (
	"errors"

	"gopkg.in/yaml.v3"
)

// maxNodes bounds a file's nodes with every alias spelled out.
const maxNodes = 1 << 20

// checkAliases refuses an alias that leads to itself, and aliases of aliases
// that stand for more than anybody would write.
func checkAliases(src *source, root *yaml.Node) *Error {
	c := aliasCheck{source: src, sizes: map[*yaml.Node]int{}}
	c.size(root)
	return c.mistake
}

type aliasCheck struct {
	source  *source
	sizes   map[*yaml.Node]int // of anchored nodes; 0 while one is being counted
	mistake *Error
}

// size counts a node's nodes with every alias spelled out. The parser bounds
// the depth, but not how much each level multiplies.
func (c *aliasCheck) size(node *yaml.Node) int {
	if node.Kind == yaml.AliasNode {
		size, counted := c.sizes[node.Alias]
		if counted && size == 0 {
			c.report(node, "this alias stands for something that it is a part of: write it out")
		}
		return size
	}
	if node.Anchor != "" {
		c.sizes[node] = 0
	}
	total := 1
	for _, child := range node.Content {
		if total += c.size(child); total > maxNodes {
			c.report(child, "the aliases up to here stand for too much: write out what you need")
			return maxNodes
		}
		if c.mistake != nil {
			return total
		}
	}
	if node.Anchor != "" {
		c.sizes[node] = total
	}
	return total
}

func (c *aliasCheck) report(node *yaml.Node, words string) {
	if c.mistake == nil {
		c.mistake = mark{c.source, node}.mistake(errors.New(words))
	}
}

// aliased returns the node that an alias stands for, and every other node
// itself.
func aliased(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}
