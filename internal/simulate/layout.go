package simulate

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// schemaText is the writer's schema of every alert.
//
//go:embed alert.avsc
var schemaText []byte

// layout is a record of the schema: its fields in order.
type layout struct{ fields []fieldLayout }

// fieldLayout is one field: what it is, whether it is a union with null
// (always [null, …]), and the record inside, also for an array of records.
type fieldLayout struct {
	name     string
	kind     string
	nullable bool
	record   *layout
}

// layouts reads Avro schemas as far as ours goes.
type layouts struct{ named map[string]*layout }

// newLayout reads the alert's record.
func newLayout(schema []byte) (*layout, error) {
	known := layouts{named: map[string]*layout{}}
	f, err := known.field(schema)
	if err != nil {
		return nil, fmt.Errorf("simulated schema: %w", err)
	}
	return f.record, nil
}

func (l *layouts) field(schema json.RawMessage) (fieldLayout, error) {
	switch schema[0] {
	case '"':
		return l.reference(schema)
	case '[':
		return l.union(schema)
	}
	return l.complex(schema)
}

func (l *layouts) reference(schema json.RawMessage) (fieldLayout, error) {
	var name string
	if err := json.Unmarshal(schema, &name); err != nil {
		return fieldLayout{}, err
	}
	if record, ok := l.named[name]; ok {
		return fieldLayout{kind: "record", record: record}, nil
	}
	return fieldLayout{kind: name}, nil
}

func (l *layouts) union(schema json.RawMessage) (fieldLayout, error) {
	var branches []json.RawMessage
	if err := json.Unmarshal(schema, &branches); err != nil {
		return fieldLayout{}, err
	}
	if len(branches) != 2 || string(branches[0]) != `"null"` {
		return fieldLayout{}, fmt.Errorf("union %.40s is not of null and one type", schema)
	}
	f, err := l.field(branches[1])
	f.nullable = true
	return f, err
}

func (l *layouts) complex(schema json.RawMessage) (fieldLayout, error) {
	var c struct {
		Type, Name, Namespace string
		Items                 json.RawMessage
		Fields                []struct {
			Name string
			Type json.RawMessage
		}
	}
	if err := json.Unmarshal(schema, &c); err != nil {
		return fieldLayout{}, err
	}
	if c.Type == "array" {
		item, err := l.field(c.Items)
		return fieldLayout{kind: "array", record: item.record}, err
	}
	record := &layout{}
	l.named[c.Namespace+"."+c.Name] = record
	for _, member := range c.Fields {
		f, err := l.field(member.Type)
		if err != nil {
			return fieldLayout{}, err
		}
		f.name = member.Name
		record.fields = append(record.fields, f)
	}
	return fieldLayout{kind: "record", record: record}, nil
}
