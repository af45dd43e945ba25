package spec

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// The topics that alerts go to where nothing says otherwise.
const (
	DefaultTopic       = "skysift.{class}"
	DefaultRejectTopic = "skysift.rejected"
)

// classPlace stands for the class in an output topic.
const classPlace = "{class}"

// maxTopic is how long Kafka lets a topic's name be.
const maxTopic = 249

const topicRule = "a topic's name has up to 249 letters, digits, '.', '_' and '-'"

// CheckTopic returns an error unless Kafka takes name as a topic's name.
func CheckTopic(name string) error {
	illegal := strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
	})
	if illegal || name == "" || name == "." || name == ".." || len(name) > maxTopic {
		return &ruleError{"topic " + quoted(name) + " is no legal name", topicRule}
	}
	return nil
}

// CheckInputTopic returns an error unless topic is a topic's name or a
// pattern as of path.Match.
func CheckInputTopic(topic string) error {
	if !strings.ContainsAny(topic, `*?[\`) {
		return CheckTopic(topic)
	}
	if _, err := path.Match(topic, ""); err != nil {
		return &ruleError{"pattern " + quoted(topic) + " cannot be read", "* stands for any characters, ? for one, [ab] for a or b"}
	}
	return nil
}

// CheckOutputTopic returns an error unless topic names a legal topic once
// {class} is filled in.
func CheckOutputTopic(topic string) error {
	plain := strings.ReplaceAll(topic, classPlace, "class")
	if strings.ContainsAny(plain, "{}") {
		return &ruleError{"output topic " + quoted(topic) + " has braces that stand for nothing", "{class} stands for the class, and nothing else is filled in"}
	}
	if err := CheckTopic(plain); err != nil {
		return &ruleError{"output topic " + quoted(topic) + " is no legal name", topicRule + ", and {class} for the class"}
	}
	return nil
}

// TopicOf returns the topic of a class: template, or DefaultTopic where that
// is "", with {class} filled in.
func TopicOf(template string, class filter.Class) string {
	if template == "" {
		template = DefaultTopic
	}
	return strings.ReplaceAll(template, classPlace, string(class))
}

// Routes is which topics a run reads and which it writes. Flags and the
// environment can change what the file says, so a run checks its own.
type Routes struct {
	Inputs  []string // names or patterns
	Topic   string   // with {class}; "" is DefaultTopic
	Reject  string   // "" is DefaultRejectTopic
	Classes []filter.Class
	// Topics are those of classes that have one of their own.
	Topics map[filter.Class]string
	// Elsewhere says that outputs go to another cluster, where a topic of the
	// input's name is another topic.
	Elsewhere bool
}

// OtherCluster reports whether outputs to these brokers leave the stream's
// cluster, as far as their addresses tell.
func OtherCluster(stream, output []string) bool {
	return len(output) > 0 && !slices.ContainsFunc(output, func(b string) bool { return slices.Contains(stream, b) })
}

// TopicOf returns the topic of a class.
func (r Routes) TopicOf(class filter.Class) string {
	if topic := r.Topics[class]; topic != "" {
		return topic
	}
	return TopicOf(r.Topic, class)
}

// Check returns an error for each output that would be read again as input,
// that two classes or the rejected records would share, or that Kafka would
// not create beside another.
func (r Routes) Check() []error {
	var errs []error
	for _, m := range r.mistakes() {
		errs = append(errs, m.err)
	}
	return errs
}

// routeMistake is a mistake about the reject topic or the classes' topics.
// Its rule is what is wrong without the topics, which may be a variable's value.
type routeMistake struct {
	reject bool
	// class is the class whose name is at fault; "" where the topic is.
	class filter.Class
	err   error
	rule  string
}

func (r Routes) mistakes() []routeMistake {
	reject := r.Reject
	if reject == "" {
		reject = DefaultRejectTopic
	}
	found := r.readAgain(reject, "the rejected records", true)
	taken := map[string]string{clashOf(reject): reject}
	for _, class := range r.Classes {
		topic, whose := r.TopicOf(class), fmt.Sprintf("class %q", string(class))
		if err := CheckTopic(topic); err != nil {
			found = append(found, routeMistake{class: class, err: fmt.Errorf("the topic of %s: %w", whose, err), rule: "the topic of " + whose + " is no legal name: " + topicRule})
			continue
		}
		again := r.readAgain(topic, whose, false)
		if r.Topics[class] != "" && len(again) > 0 {
			again[0].class = class // whose topic is its own
		}
		found = append(found, again...)
		found = append(found, clash(taken[clashOf(topic)], topic, reject, class)...)
		taken[clashOf(topic)] = topic
	}
	return found
}

// readAgain finds an input that a topic would be read by again.
func (r Routes) readAgain(topic, whose string, reject bool) []routeMistake {
	const loop = "an alert would go round for ever"
	if r.Elsewhere {
		return nil
	}
	for _, input := range r.Inputs {
		if match, err := path.Match(input, topic); err == nil && match {
			return []routeMistake{{
				reject: reject,
				err:    fmt.Errorf("the output of %s goes to topic %s, which the input %s reads again: %s", whose, topic, quoted(input), loop),
				rule:   "the output of " + whose + " goes to an input topic: " + loop,
			}}
		}
	}
	return nil
}

// clash finds out whether a class's topic cannot stand beside other, an
// earlier one.
func clash(other, topic, reject string, class filter.Class) []routeMistake {
	whose := fmt.Sprintf("class %q", string(class))
	switch {
	case other == "":
		return nil
	case topic == reject:
		const rule = " and the rejected records have one topic: give output.reject_topic a name of its own"
		return []routeMistake{{class: class, err: fmt.Errorf("%s%s (%s)", whose, rule, topic), rule: whose + rule}}
	case topic != other:
		const rule = " has a topic that differs from another's only in '.' and '_', which Kafka refuses: rename the class"
		return []routeMistake{{class: class, err: fmt.Errorf("%s%s (%s and %s)", whose, rule, other, topic), rule: whose + rule}}
	}
	return nil
}

// clashOf is what two topics have in common that cannot exist together:
// Kafka's metrics write '.' as '_'.
func clashOf(topic string) string { return strings.ReplaceAll(topic, ".", "_") }
