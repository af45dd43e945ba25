package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/encode"
)

// encodings are how a run's outputs are encoded, class by class.
type encodings struct {
	output   spec.Output // with what flags say in place of the file
	routes   spec.Routes
	input    encode.Input
	registry *encode.Registry // nil: none is asked
}

// newEncodings puts together what flags and file say. flag is --output-encoding
// and registry --output-registry.
func newEncodings(flag, registry string, loaded *filters, routes spec.Routes, in *input, env func(string) (string, bool), log *slog.Logger) (*encodings, error) {
	e := &encodings{output: loaded.Output, routes: routes, input: in.encoding}
	e.output.Encoding = cmp.Or(flag, e.output.Encoding)
	e.output.Registry = cmp.Or(registry, e.output.Registry)
	if flag != "" {
		if err := spec.CheckEncoding(flag); err != nil {
			return nil, fmt.Errorf("--output-encoding: %w", err)
		}
	}
	if address := e.output.Registry; address != "" {
		if err := spec.CheckRegistry(address); err != nil {
			return nil, fmt.Errorf("--output-registry: %w", err)
		}
		user, _ := env(variable("registry-user"))
		var err error
		e.registry, err = encode.NewRegistry(address, user, spec.SecretOf(variable("registry-password"), env).Reveal, log)
		if err != nil {
			return nil, err
		}
	}
	return e, e.check(loaded)
}

// choice is what is chosen for a class.
func (e *encodings) choice(class filter.Class) encode.Choice {
	encoding, schemaID := e.output.EncodingOf(class)
	choice := encode.Choice{Encoding: encoding, Topic: e.routes.TopicOf(class)}
	switch {
	case schemaID != 0:
		choice.Numbers = encode.Fixed(schemaID)
	case e.registry != nil:
		choice.Numbers = e.registry
	}
	return choice
}

// check finds the classes that cannot be encoded as they are to be.
func (e *encodings) check(loaded *filters) error {
	var found mistakes
	var errs []error
	for _, class := range loaded.Classes() {
		err := e.choice(class).Check(e.input)
		switch {
		case err == nil:
		case loaded.Output.Classes[class].Encoding != "" || loaded.Output.Encoding == e.output.Encoding:
			found = append(found, loaded.EncodingMistake(class, fmt.Errorf("class %q: %w", class, err)))
		default:
			errs = append(errs, fmt.Errorf("--output-encoding, class %q: %w", class, err))
		}
	}
	if len(found) > 0 {
		errs = append(errs, found)
	}
	return errors.Join(errs...)
}

// encoder returns the encoder of a class.
func (e *encodings) encoder(class filter.Class) runtime.Encoder {
	return encode.New(e.choice(class), e.input)
}

// alarms are what keeps alerts from being encoded.
func (e *encodings) alarms() []telemetry.Alarm {
	if e.registry == nil {
		return nil
	}
	return alarmsOf(e.registry.Alarms())
}
