package spec

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

// encodings are what outputs can be written as.
var encodings = []string{"passthrough", "json", "confluent", "fink"}

// CheckEncoding returns an error unless name is an encoding.
func CheckEncoding(name string) error {
	if slices.Contains(encodings, name) {
		return nil
	}
	rule := "an encoding is one of " + strings.Join(encodings, ", ")
	if near := spelling.Nearest(name, encodings); near != "" {
		rule = "did you mean " + near + "?"
	}
	return &ruleError{"unknown encoding " + quoted(name), rule}
}

// CheckRegistry returns an error unless address is a registry's. What may be a
// password in it is not repeated.
func CheckRegistry(address string) error {
	root, err := url.Parse(address)
	if err != nil || root.Host == "" || root.User != nil || root.Scheme != "http" && root.Scheme != "https" {
		return errors.New("this is no address of a schema registry: write https://host:port; its user and password come from SKYSIFT_REGISTRY_USER and SKYSIFT_REGISTRY_PASSWORD")
	}
	return nil
}

// registry reads the address of a schema registry.
func (r *reader) registry(node *yaml.Node) string {
	t, ok := r.text(node, "registry")
	if !ok {
		return ""
	}
	if err := CheckRegistry(t.value); err != nil {
		mistake := r.failWith(t.mark.node, err)
		mistake.line, mistake.Length = "", 0
		return ""
	}
	return t.value
}

func (r *reader) encoding(node *yaml.Node) (string, mark) {
	return r.word(node, "encoding", CheckEncoding), mark{r.source, aliased(node)}
}

// schemaID reads the number of a schema.
func (r *reader) schemaID(node *yaml.Node) uint32 {
	node = aliased(node)
	n, err := strconv.ParseUint(node.Value, 10, 32)
	if node.Kind != yaml.ScalarNode || err != nil || n == 0 || n > math.MaxUint32 {
		r.fail(node, "schema_id is the number of a schema in a registry, from 1 up")
		return 0
	}
	return uint32(n)
}

// classes reads what some classes' outputs have of their own.
func (r *reader) classes(node *yaml.Node) map[filter.Class]ClassOutput {
	all := map[filter.Class]ClassOutput{}
	r.pairs(node, "classes", func(name string, at, value *yaml.Node) {
		c := ClassOutput{class: mark{r.source, at}}
		r.mapping(value, fmt.Sprintf("class %s", quoted(name)), []key{
			{"topic", func(n *yaml.Node) { c.Topic, c.topic = r.outputTopic(n, "topic", CheckTopic) }},
			{"encoding", func(n *yaml.Node) { c.Encoding, c.encoding = r.encoding(n) }},
			{"schema_id", func(n *yaml.Node) { c.SchemaID = r.schemaID(n) }},
		})
		all[filter.Class(name)] = c
	})
	return all
}

// Topics are the topics of classes that have one of their own.
func (o *Output) Topics() map[filter.Class]string {
	topics := map[filter.Class]string{}
	for class, c := range o.Classes {
		if c.Topic != "" {
			topics[class] = c.Topic
		}
	}
	return topics
}

// EncodingOf is a class's encoding and, where one is given, its schemas'
// number.
func (o *Output) EncodingOf(class filter.Class) (encoding string, schemaID uint32) {
	encoding, schemaID = o.Encoding, o.SchemaID
	if c := o.Classes[class]; c.Encoding != "" {
		encoding = c.Encoding
	}
	if c := o.Classes[class]; c.SchemaID != 0 {
		schemaID = c.SchemaID
	}
	return encoding, schemaID
}

// EncodingMistake gives err, which is about a class's encoding, its place.
func (d *Document) EncodingMistake(class filter.Class, err error) *Error {
	at := d.Output.Classes[class].encoding
	if at.source == nil {
		at = d.Output.encoding
	}
	return at.mistake(err)
}

// checkClasses warns of classes that no filter has.
func (d *Document) checkClasses() {
	known := d.Classes()
	names := make([]string, len(known))
	for i, class := range known {
		names[i] = string(class)
	}
	for _, class := range slices.Sorted(maps.Keys(d.Output.Classes)) {
		if slices.Contains(known, class) {
			continue
		}
		warning := d.Output.Classes[class].class.mistake(fmt.Errorf("no filter has the class %s", quoted(string(class))))
		if near := spelling.Nearest(string(class), names); near != "" {
			warning.Suggestion = "did you mean " + near + "?"
		}
		d.Warnings = append(d.Warnings, warning)
	}
}
