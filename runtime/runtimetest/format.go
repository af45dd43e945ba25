package runtimetest

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// Format is a format for tests that a person can write: a record's lines are
// alerts, a line's words are fields ("id=7 mag=18.5"). The word "broken" makes
// the record undecodable and "panic" makes the decoder panic; "schema=x" names
// the alert's schema.
type Format struct{}

// NewDecoder returns a decoder of such lines.
func (Format) NewDecoder(fields []filter.Field) runtime.Decoder {
	return &lineDecoder{fields: fields}
}

type lineDecoder struct {
	fields []filter.Field
	alert  filter.Alert
	line   []byte
	value  []byte
}

func (d *lineDecoder) Decode(value []byte, each func(*filter.Alert) error) error {
	d.value = value
	if len(value) == 0 {
		return errors.New("the record is empty")
	}
	for line := range bytes.Lines(value) {
		d.line = line
		if err := d.read(bytes.TrimSpace(line)); err != nil {
			return err
		}
		if err := each(&d.alert); err != nil {
			return err
		}
	}
	return nil
}

func (d *lineDecoder) read(line []byte) error {
	d.alert.Reset(len(d.fields))
	d.alert.Schema = "lines"
	for word := range bytes.FieldsSeq(line) {
		name, text, ok := bytes.Cut(word, []byte("="))
		switch {
		case string(word) == "panic":
			panic("the line says panic")
		case !ok:
			return fmt.Errorf("%q is no field: write name=number", word)
		}
		if string(name) == "schema" {
			d.alert.Schema = string(text)
		}
		d.fill(string(name), string(text))
	}
	return nil
}

func (d *lineDecoder) fill(name, text string) {
	for slot, field := range d.fields {
		if field.Path != name {
			continue
		}
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			d.alert.Values[slot] = filter.IntOf(i)
		} else if f, err := strconv.ParseFloat(text, 64); err == nil {
			d.alert.Values[slot] = filter.FloatOf(f)
		} else {
			d.alert.Values[slot] = filter.StringOf(text)
		}
	}
}

func (d *lineDecoder) Single() ([]byte, error) {
	if !d.Shape().Several {
		return d.value, nil
	}
	return d.line, nil
}

func (d *lineDecoder) Shape() runtime.Shape {
	return runtime.Shape{Several: bytes.Count(bytes.TrimSpace(d.value), []byte("\n")) > 0}
}
