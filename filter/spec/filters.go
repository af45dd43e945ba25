package spec

import (
	"strings"

	"github.com/skysift/skysift/filter"

	"gopkg.in/yaml.v3"
)

// maxName bounds a filter's name, which is a label of metrics and part of
// every output's headers.
const maxName = 100

func (r *reader) filters(node *yaml.Node) {
	node = aliased(node)
	if node.Tag == "!!null" {
		return
	}
	if node.Kind != yaml.SequenceNode {
		r.fail(node, "filters is a list, each filter beginning with \"- name: …\", and this is %s", describe(node))
		return
	}
	for _, child := range node.Content {
		r.filter(aliased(child))
	}
}

func (r *reader) filter(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "a filter is written as name:, class: and where: lines, and this is %s", describe(node))
		return
	}
	f := Filter{path: r.source.path, name: mark{r.source, node}, class: mark{r.source, node}}
	if name := lookup(node, "name"); name != nil && name.Kind == yaml.ScalarNode {
		r.owner.Filter = name.Value
	}
	r.mapping(node, "a filter", []key{
		{"name", func(n *yaml.Node) { f.Name = r.name(aliased(n)); f.name.node = aliased(n) }},
		{"class", func(n *yaml.Node) { f.Class = r.class(aliased(n)); f.class.node = aliased(n) }},
		{"topics", func(n *yaml.Node) { f.Topics, f.topics = r.filterTopics(n) }},
		{"description", func(n *yaml.Node) { f.Description = r.description(aliased(n)) }},
		{"where", func(n *yaml.Node) { f.Where = r.where(aliased(n)) }},
		{"annotate", func(n *yaml.Node) { f.Annotate = r.annotate(n) }},
		{"max_pass_rate", func(n *yaml.Node) { f.MaxPassRate = r.passRate(n) }},
		{"budget", func(n *yaml.Node) { f.Budget = r.budget(aliased(n)) }},
		{"ignore_warnings", func(n *yaml.Node) { f.Ignore = r.ignored(n, filter.Warnings()) }},
		{"plugin", func(n *yaml.Node) { f.Plugin = r.plugin(n) }},
	})
	f.Guarded = hasOtherKey(node, "name", "class", "description", "where", "annotate", "max_pass_rate", "budget", "ignore_warnings")
	r.missing(node, "name", "name: and a word for it")
	r.missing(node, "class", "class: and what it finds, such as class: transient")
	if lookup(node, "plugin") == nil {
		r.missing(node, "where", "where: and the test an alert must pass")
	}
	r.owner = Error{}
	r.file.Filters = append(r.file.Filters, f)
}

func (r *reader) missing(node *yaml.Node, key, suggestion string) {
	if lookup(node, key) == nil {
		r.fail(node, "the filter has no %s", key).Suggestion = "write " + suggestion
	}
}

func (r *reader) name(node *yaml.Node) string {
	if !r.isText(node, "name") {
		return ""
	}
	if err := checkName(node.Value); err != nil {
		r.failWith(node, err)
		return ""
	}
	return node.Value
}

// checkName keeps names to what a metric's label, a header, a topic and a
// command line take without quoting.
func checkName(name string) error {
	illegal := strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
	})
	if illegal || name == "" || len(name) > maxName || strings.ContainsAny(name[:1], ".-") {
		return &ruleError{"name " + quoted(name) + " cannot be used", "a filter's name has up to 100 letters, digits, '.', '_' and '-', and begins with a letter or digit"}
	}
	return nil
}

func (r *reader) class(node *yaml.Node) filter.Class {
	if !r.isText(node, "class") {
		return ""
	}
	class := filter.Class(node.Value)
	if err := class.Check(); err != nil {
		r.failWith(node, err)
		return ""
	}
	return class
}

func (r *reader) description(node *yaml.Node) string {
	if node.Kind != yaml.ScalarNode {
		r.fail(node, "description is text, and this is %s", describe(node)).Suggestion = "put it in quotes if it has \": \" in it"
		return ""
	}
	return strings.TrimSpace(node.Value)
}
