package main

import (
	"encoding/json"
	"io"

	"github.com/spf13/pflag"
)

// outputFlag is --output: words for people, or JSON for programs.
type outputFlag string

const (
	outputText outputFlag = "text"
	outputJSON outputFlag = "json"
)

// addOutput gives flags --output, and returns where its value will be.
func addOutput(flags *pflag.FlagSet) *outputFlag {
	value := outputText
	flags.Var(&value, "output", "what stdout carries: text or json")
	return &value
}

func (o *outputFlag) String() string { return string(*o) }
func (o *outputFlag) Type() string   { return "FORMAT" }

func (o *outputFlag) Set(value string) error {
	switch outputFlag(value) {
	case outputText, outputJSON:
		*o = outputFlag(value)
		return nil
	}
	return wrong("%q is neither text nor json", value)
}

func (o *outputFlag) json() bool { return *o == outputJSON }

// writeJSON writes v as one line.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
