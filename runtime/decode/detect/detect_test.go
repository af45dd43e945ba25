package detect_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/detect"
)

// letter is a format whose records begin with a letter; its alerts have one
// field, the record's text.
type letter string

func (l letter) is(value []byte) bool { return bytes.HasPrefix(value, []byte(l)) }

func (l letter) NewDecoder(fields []filter.Field) runtime.Decoder { return &letterDecoder{letter: l} }

func (l letter) Describe(value []byte) (*filter.Schema, error) {
	if !l.is(value) {
		return nil, errors.New("no " + string(l))
	}
	return &filter.Schema{Fields: []filter.SchemaField{{Path: string(l)}}}, nil
}

type letterDecoder struct {
	letter
	record []byte
}

func (d *letterDecoder) Decode(value []byte, each func(*filter.Alert) error) error {
	if !d.is(value) {
		return errors.New("no " + string(d.letter))
	}
	d.record = value
	return each(&filter.Alert{Values: []filter.Value{filter.StringOfBytes(value)}})
}

func (d *letterDecoder) Single() ([]byte, error) { return d.record, nil }
func (d *letterDecoder) Shape() runtime.Shape    { return runtime.Shape{Container: d.letter == "a"} }

func formats(letters ...letter) *detect.Format {
	var candidates []detect.Candidate
	for _, l := range letters {
		candidates = append(candidates, detect.Candidate{Name: string(l), Is: l.is, Reader: l})
	}
	return detect.New(candidates...)
}

func TestEachRecordIsDecodedAsItsBytesSay(t *testing.T) {
	decoder := formats("a", "b").NewDecoder(nil)
	for _, record := range []string{"a1", "b1", "a2"} {
		var got string
		err := decoder.Decode([]byte(record), func(alert *filter.Alert) error {
			got = alert.Values[0].Text()
			return nil
		})
		single, singleErr := decoder.Single()
		if err != nil || singleErr != nil || got != record || string(single) != record {
			t.Errorf("%s: %q, single %q, %v, %v", record, got, single, err, singleErr)
		}
		if decoder.Shape().Container != (record[0] == 'a') {
			t.Errorf("%s: the shape is that of another format", record)
		}
	}
}

func TestARecordOfNoFormatIsHeldAgainstTheFirst(t *testing.T) {
	for _, value := range []string{"x", ""} {
		err := formats("a", "b", "c").NewDecoder(nil).Decode([]byte(value), func(*filter.Alert) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), "no a; nor do its first bytes say b or c") {
			t.Errorf("%q: %v", value, err)
		}
		if _, err := formats("a", "b").Describe([]byte(value)); err == nil || !strings.HasPrefix(err.Error(), "no a; nor") {
			t.Errorf("%q described: %v", value, err)
		}
	}
	stop := errors.New("stop")
	if err := formats("a", "b").NewDecoder(nil).Decode([]byte("b"), func(*filter.Alert) error { return stop }); err != stop {
		t.Errorf("the error of each became %v", err)
	}
}

func TestARecordIsDescribedByItsFormat(t *testing.T) {
	schema, err := formats("a", "b").Describe([]byte("b"))
	if err != nil || schema.Fields[0].Path != "b" {
		t.Errorf("%v, %v", schema, err)
	}
}
