package kafka

import (
	"context"
	"path"
	"slices"
	"strings"
)

// patterns are the topics' names and patterns of a source.
type patterns []string

func isPattern(s string) bool { return strings.ContainsAny(s, `*?[\`) }

// named says that a topic was asked for by its name, not by a pattern.
func (p patterns) named(topic string) bool { return slices.Contains(p, topic) }

func (p patterns) match(topic string) bool {
	return slices.ContainsFunc(p, func(pattern string) bool {
		matched, err := path.Match(pattern, topic)
		return matched && err == nil
	})
}

// find returns the topics there are that match, by name. Topics in the midst
// of being made or deleted are left out; they are seen the next time.
func (p patterns) find(ctx context.Context, c *cluster) (map[string]topicState, error) {
	var names []string // none: all topics
	if !slices.ContainsFunc(p, isPattern) {
		names = p
	}
	states, err := c.describe(ctx, names...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]topicState)
	for _, s := range states {
		if s.err == nil && !s.internal && len(s.leaders) > 0 && p.match(s.name) {
			found[s.name] = s
		}
		if denied(s.err) && p.named(s.name) {
			return nil, explainTopic(s.name, s.err)
		}
	}
	return found, nil
}

// placesOf lists the partitions of topics.
func placesOf(topics map[string]topicState) []place {
	var places []place
	for name, s := range topics {
		for i := range s.leaders {
			places = append(places, place{name, i})
		}
	}
	slices.SortFunc(places, comparePlaces)
	return places
}

func comparePlaces(a, b place) int {
	if c := strings.Compare(a.topic, b.topic); c != 0 {
		return c
	}
	return a.partition - b.partition
}

func sameNames(a, b map[string]topicState) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			return false
		}
	}
	return true
}
