package spec

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

func (r *reader) stream(node *yaml.Node) {
	s := &r.document.Stream
	if !r.onlyOne(node, "stream", &s.place) {
		return
	}
	r.mapping(node, "stream", []key{
		{"brokers", func(n *yaml.Node) { s.Brokers = r.checked(n, "brokers", CheckBroker) }},
		{"topics", func(n *yaml.Node) {
			s.Topics = r.checked(n, "topics", CheckInputTopic)
			s.topics = mark{r.source, aliased(n)}
			r.document.variables = r.document.variables || hasVariable(n)
		}},
		{"group", func(n *yaml.Node) { s.Group = r.word(n, "group", checkGroup) }},
		{"start", func(n *yaml.Node) { s.Start = r.word(n, "start", checkStart) }},
		{"survey", func(n *yaml.Node) {
			s.Survey = r.word(n, "survey", nil)
			s.survey = mark{r.source, aliased(n)}
		}},
		{"format", func(n *yaml.Node) {
			s.Format = r.word(n, "format", nil)
			s.format = mark{r.source, aliased(n)}
		}},
		{"schemas", func(n *yaml.Node) {
			s.Schemas = r.beside(r.word(n, "schemas", nil))
			s.schemas = mark{r.source, aliased(n)}
		}},
		{"tls", func(n *yaml.Node) { s.TLS = r.tls(n) }},
		{"sasl", func(n *yaml.Node) { s.SASL = r.sasl(n) }},
	})
}

// beside is the path that a file means which stands beside the file of
// filters; a URL stays as it is.
func (r *reader) beside(path string) string {
	if path == "" || IsURL(path) || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(r.source.path), path)
}

// IsURL reports whether schemas are at an address instead of in a folder.
func IsURL(schemas string) bool {
	return strings.HasPrefix(schemas, "http://") || strings.HasPrefix(schemas, "https://")
}

// onlyOne refuses a section that an earlier file has as well.
func (r *reader) onlyOne(node *yaml.Node, what string, place *mark) bool {
	if place.source != nil {
		r.fail(node, "%s is in %s too: one file of a folder says it", what, place.source.path)
		return false
	}
	*place = mark{r.source, aliased(node)}
	return true
}

// word reads one string that check, unless nil, finds right.
func (r *reader) word(node *yaml.Node, what string, check func(string) error) string {
	t, ok := r.text(node, what)
	if !ok || check != nil && !r.right(t, what, check) {
		return ""
	}
	return t.value
}

// checked reads a list of strings that check finds right.
func (r *reader) checked(node *yaml.Node, what string, check func(string) error) []string {
	all := r.texts(node, what)
	return values(slices.DeleteFunc(all, func(t text) bool { return !r.right(t, what, check) }))
}

// right reports whether check finds a string right. Its words may repeat the
// string, so they are left out where that came from the environment.
func (r *reader) right(t text, what string, check func(string) error) bool {
	err := check(t.value)
	if err == nil {
		return true
	}
	if t.expanded() {
		err = fmt.Errorf("%s is wrong once its variables are filled in: %s", what, ruleOf(err))
	}
	r.failWith(t.mark.node, err)
	return false
}

// ruleError is an error whose rule can be told without the value that breaks it.
type ruleError struct{ value, rule string }

func (e *ruleError) Error() string { return e.value + ": " + e.rule }

func ruleOf(err error) string {
	if e, ok := err.(*ruleError); ok {
		return e.rule
	}
	return "see the documentation of this key"
}

// CheckBroker returns an error unless broker is an address "host:port".
func CheckBroker(broker string) error {
	host, port, err := net.SplitHostPort(broker)
	number, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || host == "" || number == 0 {
		return &ruleError{"broker " + quoted(broker) + " cannot be reached", "a broker is host:port, such as localhost:9092"}
	}
	return nil
}

func checkGroup(group string) error {
	if len(group) > maxTopic {
		return &ruleError{"group " + quoted(group) + " is too long", fmt.Sprintf("a group has up to %d characters", maxTopic)}
	}
	return nil
}

// startTimes are the forms of time that a start may have, UTC unless it says so.
var startTimes = []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly}

func checkStart(start string) error {
	if start == "earliest" || start == "latest" {
		return nil
	}
	for _, layout := range startTimes {
		if _, err := time.Parse(layout, start); err == nil {
			return nil
		}
	}
	return &ruleError{"start " + quoted(start) + " cannot be read", "a start is earliest, latest, or a UTC time such as 2026-03-01T00:00:00Z"}
}
