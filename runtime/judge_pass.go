package runtime

import (
	"cmp"
	"strconv"

	"github.com/skysift/skysift/filter"
)

// pass adds the match to the alert's output for its class, making it if there
// is none: an alert has one copy per class. The alert's outputs start at first.
func (j *judge) pass(first int, alert *filter.Alert, v *filter.Verdict) error {
	j.passes = append(j.passes, v.Filter)
	match := j.matches[v.Filter]
	match.Annotations = annotationsJSON(v.Annotations)
	class := cmp.Or(v.Class, j.set.Filters[v.Filter].Class)
	for i := first; i < len(j.into.outputs); i++ {
		if j.into.outputs[i].Class == class {
			j.into.outputs[i].Matches = append(j.into.outputs[i].Matches, match)
			return nil
		}
	}
	output, err := j.output(alert)
	if err != nil {
		return err
	}
	output.Class, output.Matches = class, []Match{match}
	if err := j.encoders.encode(&output); err != nil {
		return err
	}
	j.into.add(output)
	return nil
}

// output is the alert in hand on its way to a class.
func (j *judge) output(alert *filter.Alert) (Output, error) {
	value, err := j.decoder.Single()
	if err != nil {
		return Output{}, err
	}
	shape := j.decoder.Shape()
	output := outputOf(j.record, j.record.Source(j.index, shape.Several))
	output.Value, output.ID, output.Schema, output.Container = value, j.id(alert), alert.Schema, shape.Container
	return output, nil
}

func (j *judge) id(alert *filter.Alert) string {
	if j.idSlot < 0 {
		return ""
	}
	switch v := alert.Values[j.idSlot]; v.Kind() {
	case filter.Int:
		return strconv.FormatInt(v.Int(), 10)
	case filter.String:
		return string(v.Bytes())
	}
	return ""
}

// annotationsJSON returns the annotations as a JSON object; nil for none.
func annotationsJSON(annotations []filter.Annotation) []byte {
	if len(annotations) == 0 {
		return nil
	}
	object := []byte{'{'}
	for i, a := range annotations {
		if i > 0 {
			object = append(object, ',')
		}
		object = filter.AppendJSONString(object, a.Name)
		object = append(object, ':')
		object = a.Value.AppendJSON(object)
	}
	return append(object, '}')
}

// rejection is the record on its way to the reject topic.
func rejection(record *Record, stage Stage, err error) Output {
	output := outputOf(record, record.Source(0, false))
	output.Value = record.Value
	output.Rejection = &RecordError{
		Origin: output.Origin, Topic: record.Topic, Partition: record.Partition, Offset: record.Offset,
		Stage: stage, Err: err,
	}
	return output
}

// outputOf is an output with what the record itself gives it.
func outputOf(record *Record, origin string) Output {
	return Output{
		Origin: origin, Topic: record.Topic, Partition: record.Partition,
		Key: record.Key, Headers: record.Headers, Time: record.Time,
	}
}
