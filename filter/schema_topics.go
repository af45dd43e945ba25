package filter

// TopicFields are the fields of the alerts of one topic; of "", those that the
// alerts of any topic may have.
type TopicFields struct {
	Topic  string
	Fields []SchemaField
}

// Of returns the schema of the alerts of some topics, names or patterns as of
// path.Match: the fields that one of these topics has. A field of different
// kinds has none that is known. It returns nil where that cannot be told: of one
// of the topics nothing is known apart.
func (s *Schema) Of(topics []string) *Schema {
	if len(topics) == 0 || len(s.Topics) == 0 {
		return nil
	}
	own := *s
	own.Fields, own.Topics = nil, nil
	at := map[string]int{}
	for _, pattern := range topics {
		known := false
		for _, topic := range s.Topics {
			bound := Filter{Topics: []string{pattern}}
			if topic.Topic == "" || !bound.Judges(topic.Topic) {
				continue
			}
			known = true
			own.join(topic.Fields, at)
		}
		if !known {
			return nil
		}
	}
	for _, topic := range s.Topics {
		if topic.Topic == "" {
			own.join(topic.Fields, at)
		}
	}
	return &own
}

// join adds fields; at is where each path stands already.
func (s *Schema) join(fields []SchemaField, at map[string]int) {
	for _, f := range fields {
		i, there := at[f.Path]
		if !there {
			at[f.Path] = len(s.Fields)
			s.Fields = append(s.Fields, f)
			continue
		}
		old := &s.Fields[i]
		old.Nullable = old.Nullable || f.Nullable
		old.Kind = sharedKind(old.Kind, f.Kind)
	}
}

func sharedKind(a, b Kind) Kind {
	switch {
	case a == b:
		return a
	case a == Int && b == Float, a == Float && b == Int:
		return Float
	}
	return Missing
}

// TopicsWith returns the topics, of those that are known apart, whose alerts
// have something at a path.
func (s *Schema) TopicsWith(path string) (topics []string) {
	for _, topic := range s.Topics {
		fields := Schema{Fields: topic.Fields}
		if _, has := fields.KindAt(path); has && topic.Topic != "" {
			topics = append(topics, topic.Topic)
		}
	}
	return topics
}
