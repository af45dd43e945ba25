package main

import (
	"strconv"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// origin is where an alert comes from and who it is.
type origin struct{ source, id string }

// eachAlert decodes a file's alerts and gives each to visit, with the file's
// folder as its topic. idPath is the
// field that identifies an alert; "" where none is known.
func eachAlert(format runtime.Format, path string, value []byte, fields []filter.Field, idPath string, visit func(origin, *filter.Alert) error) error {
	fields, slot := withID(fields, idPath)
	index := 0
	return format.NewDecoder(fields).Decode(value, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		from := origin{source: path + "#" + strconv.Itoa(index)}
		if slot >= 0 {
			from.id = idText(alert.Values[slot])
		}
		index++
		alert.Topic = runtime.FileTopic(path)
		return visit(from, alert)
	})
}

// withID returns the fields with the identifier's among them, and its slot; -1
// where it has none.
func withID(fields []filter.Field, path string) ([]filter.Field, int) {
	if path == "" {
		return fields, -1
	}
	for i, field := range fields {
		if field.Path == path {
			return fields, i
		}
	}
	return append(fields[:len(fields):len(fields)], filter.Field{Path: path}), len(fields)
}

func idText(v filter.Value) string {
	switch v.Kind() {
	case filter.Int:
		return strconv.FormatInt(v.Int(), 10)
	case filter.String:
		return string(v.Bytes())
	}
	return ""
}
