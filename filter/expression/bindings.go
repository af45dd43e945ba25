package expression

import "github.com/skysift/skysift/filter"

// bindings say which filters judge the alerts of a topic: found once for each
// topic, and again only when the topic changes.
//
// Invariant: at most maxBindings topics are kept.
type bindings struct {
	filters []filter.Filter // nil: all judge all
	topic   string
	current *boundTo // of topic
	known   map[string]*boundTo
}

// maxBindings is far above the topics of one worker: its partitions have a few.
const maxBindings = 1024

// boundTo are the filters of one topic, ascending, and the same as a row of the
// index.
type boundTo struct {
	filters []int32
	words   []uint64
}

// row is the binding for the index; nil: all filters.
func (b *boundTo) row() []uint64 {
	if b == nil {
		return nil
	}
	return b.words
}

// bindingOf returns the filters if some of them judge some topics only.
func bindingOf(filters []filter.Filter) []filter.Filter {
	for i := range filters {
		if len(filters[i].Topics) > 0 {
			return filters
		}
	}
	return nil
}

// to returns the filters that judge alerts of the topic; nil: all.
func (b *bindings) to(topic string) *boundTo {
	switch {
	case b.filters == nil || topic == "":
		return nil
	case b.current != nil && b.topic == topic:
		return b.current
	}
	found := b.known[topic]
	if found == nil {
		if b.known == nil || len(b.known) == maxBindings {
			b.known = map[string]*boundTo{}
		}
		found = b.find(topic)
		b.known[topic] = found
	}
	b.topic, b.current = topic, found
	return found
}

func (b *bindings) find(topic string) *boundTo {
	found := &boundTo{words: make([]uint64, (len(b.filters)+63)/64)}
	for i := range b.filters {
		if b.filters[i].Judges(topic) {
			found.filters = append(found.filters, int32(i))
			found.words[i/64] |= 1 << (i % 64)
		}
	}
	return found
}
