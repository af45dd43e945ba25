package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime/decode/confluent"
	"github.com/skysift/skysift/runtime/decode/detect"
	"github.com/skysift/skysift/runtime/encode"
	"github.com/skysift/skysift/runtime/registry"
)

// inputFlags say how records are read; "" leaves it to the file of filters.
type inputFlags struct {
	format, schemas string
	topic           string // where files are judged
}

func (f *inputFlags) add(set *pflag.FlagSet) {
	set.StringVar(&f.format, "format", "", "the records' `FORMAT`: "+strings.Join(formatNames(), ", ")+"; if left out, each record's bytes tell it")
	set.StringVar(&f.schemas, "schemas", "", "where schemas are: the `FOLDER` of .avsc files or the URL of a registry; for json and msgpack samples or a JSON Schema")
}

// addTopic is for commands that judge files.
func (f *inputFlags) addTopic(set *pflag.FlagSet) {
	set.StringVar(&f.topic, "topic", "", "the `TOPIC` that the files are of, for filters with topics; if left out, a file's topic is its folder's name")
}

// input is how records are read.
type input struct {
	detect.Reader
	// endings are how files are named that hold a message.
	endings  []string
	registry *confluent.Registry // nil: none is asked
	// encoding is what encoders need to know of the input.
	encoding encode.Input
}

// alarms are what keeps records from being read.
func (in *input) alarms() []telemetry.Alarm {
	if in.registry == nil {
		return nil
	}
	return alarmsOf(in.registry.Alarms())
}

// alarmsOf are a registry's alarms as the telemetry has them.
func alarmsOf(raised []registry.Alarm) []telemetry.Alarm {
	alarms := make([]telemetry.Alarm, len(raised))
	for i, a := range raised {
		alarms[i] = telemetry.Alarm{About: a.About, Reason: a.Reason, Since: a.Since}
	}
	return alarms
}

// openInput makes what the flags and, where they leave it open, the file of
// filters say. Its error is a mistake of the file's where that said it.
func openInput(io streams, log *slog.Logger, flags inputFlags, document *spec.Document) (*input, error) {
	format := cmp.Or(flags.format, document.Stream.Format)
	place := &schemaPlace{at: cmp.Or(flags.schemas, document.Stream.Schemas), said: format != "", env: io.env, log: log}
	if err := checkFormat(format); err != nil {
		return nil, wrongFormat(flags, document, err)
	}
	in, err := newInput(format, place)
	switch {
	case err == nil:
		return in, nil
	case flags.schemas != "":
		return nil, wrong("--schemas: %w", err)
	case document.Stream.Schemas != "":
		return nil, asWrong(mistakes{document.SchemasMistake(err)})
	}
	return nil, wrong("%w: --schemas, %s or stream.schemas", err, variable("schemas"))
}

// newInput opens the format of a name or, for "", all whose records' bytes
// tell it.
func newInput(name string, place *schemaPlace) (*input, error) {
	in := &input{}
	var candidates []detect.Candidate
	for _, f := range inputFormats() {
		if name != "" && name != f.name || name == "" && f.is == nil {
			continue
		}
		opened, err := f.open(place)
		switch {
		case err != nil && name == "" && !spec.IsURL(place.at) && !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: %w (if these are samples of messages or a JSON Schema, say the format as well: json or msgpack)", f.name, err)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if name != "" || f.gather == nil { // a folder of alerts may have other things in JSON
			in.endings = append(in.endings, f.endings...)
		}
		in.Reader = opened
		candidates = append(candidates, detect.Candidate{Name: f.name, Is: f.is, Reader: opened})
	}
	if name == "" {
		in.Reader = detect.New(candidates...)
	}
	slices.Sort(in.endings)
	in.endings = slices.Compact(in.endings)
	in.registry = place.registry
	in.encoding = encode.Input{Format: name, Schemas: place.numbered, Bare: place.bare}
	return in, nil
}
