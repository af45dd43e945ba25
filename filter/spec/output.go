package spec

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// maxPartitions is far above what a cluster gives one topic.
const maxPartitions = 10_000

func (r *reader) output(node *yaml.Node) {
	o := &r.document.Output
	if !r.onlyOne(node, "output", &o.place) {
		return
	}
	r.mapping(node, "output", []key{
		{"topic", func(n *yaml.Node) { o.Topic, o.topic = r.outputTopic(n, "topic", CheckOutputTopic) }},
		{"reject_topic", func(n *yaml.Node) { o.RejectTopic, o.reject = r.outputTopic(n, "reject_topic", CheckTopic) }},
		{"partitions", func(n *yaml.Node) { o.Partitions = r.count(n, "partitions") }},
		{"encoding", func(n *yaml.Node) { o.Encoding, o.encoding = r.encoding(n) }},
		{"registry", func(n *yaml.Node) { o.Registry = r.registry(n) }},
		{"schema_id", func(n *yaml.Node) { o.SchemaID = r.schemaID(n) }},
		{"classes", func(n *yaml.Node) { o.Classes = r.classes(n) }},
		{"brokers", func(n *yaml.Node) { o.Brokers = r.checked(n, "brokers", CheckBroker) }},
		{"tls", func(n *yaml.Node) { o.TLS = r.tls(n) }},
		{"sasl", func(n *yaml.Node) { o.SASL = r.sasl(n) }},
	})
}

func (r *reader) outputTopic(node *yaml.Node, what string, check func(string) error) (string, mark) {
	r.document.variables = r.document.variables || hasVariable(node)
	return r.word(node, what, check), mark{r.source, aliased(node)}
}

// count reads a number of partitions, which a variable may give as well.
func (r *reader) count(node *yaml.Node, what string) int {
	node = aliased(node)
	value := node.Value
	if node.Tag != "!!int" {
		t, ok := r.text(node, what)
		if !ok {
			return 0
		}
		value = t.value
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxPartitions {
		r.fail(node, "%s is a number from 1 to %d; leave the key out for as many as the input has", what, maxPartitions)
		return 0
	}
	return n
}
