package spec

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/internal/spelling"
)

// filterTopics reads the topics whose alerts a filter judges: one, or a list.
func (r *reader) filterTopics(node *yaml.Node) ([]string, mark) {
	node = aliased(node)
	at := mark{r.source, node}
	if node.Tag == "!!null" || node.Kind == yaml.SequenceNode && len(node.Content) == 0 {
		r.fail(node, "topics is empty").Suggestion = "name the topics whose alerts the filter judges, or leave topics out: then it judges all"
		return nil, at
	}
	return r.checked(node, "topics", CheckInputTopic), at
}

// warnUnbound warns of filters that none of the input topics can reach.
func (d *Document) warnUnbound() {
	for _, f := range d.Filters() {
		if pattern, near := Unreached(f.Topics, d.Stream.Topics); pattern != "" {
			warning := f.topics.mistake(fmt.Errorf("no input topic matches %s: the filter judges none of its alerts", quoted(pattern)))
			if d.variables {
				warning = f.topics.mistake(fmt.Errorf("an entry of topics matches no input topic: the filter judges none of its alerts"))
			} else if near != "" {
				warning.Suggestion = "did you mean " + near + "?"
			}
			warning.Filter = f.Name
			d.Warnings = append(d.Warnings, warning)
		}
	}
}

// Unreached returns the first of a filter's topics that no input topic can
// match, and the input topic that was probably meant; "" where there is none,
// or no inputs are known.
func Unreached(topics, inputs []string) (pattern, near string) {
	if len(inputs) == 0 {
		return "", ""
	}
	for _, topic := range topics {
		reached := false
		for _, input := range inputs {
			reached = reached || mayMeet(topic, input)
		}
		if !reached {
			return topic, spelling.Nearest(topic, inputs)
		}
	}
	return "", ""
}

// mayMeet reports whether a topic can match both patterns. Of two patterns with
// wildcards, only what stands before the first is compared.
func mayMeet(a, b string) bool {
	const wild = `*?[\`
	before := func(pattern string) (string, bool) {
		i := strings.IndexAny(pattern, wild)
		if i < 0 {
			return pattern, false
		}
		return pattern[:i], true
	}
	startA, wildA := before(a)
	startB, wildB := before(b)
	switch {
	case wildA && wildB:
		return strings.HasPrefix(startA, startB) || strings.HasPrefix(startB, startA)
	case wildA:
		matches, err := path.Match(a, b)
		return err == nil && matches
	}
	matches, err := path.Match(b, a)
	return err == nil && matches
}
