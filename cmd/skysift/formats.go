package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/samples"
	"github.com/skysift/skysift/internal/spelling"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/decode/confluent"
	"github.com/skysift/skysift/runtime/decode/detect"
	"github.com/skysift/skysift/runtime/decode/json"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// inputFormat is one format that records may be in.
type inputFormat struct {
	name string
	// endings are how files are named that hold a message of this format.
	endings []string
	// is reports whether a record is of this format, by its first bytes; nil
	// where bytes do not tell it, and the format must be said.
	is   func(value []byte) bool
	open func(*schemaPlace) (detect.Reader, error)
	// gather adds what a sample has to what others had; nil where records name
	// their schemas.
	gather func(sample []byte, seen *samples.Tree) error
}

// inputFormats is the list of input formats. Where none is said, a record is of
// the first of them that its bytes tell.
func inputFormats() []inputFormat {
	return []inputFormat{
		{"avro", []string{".avro"}, container.Is, openAvro, nil},
		{"confluent", []string{".avro", ".bin"}, confluent.Is, openConfluent, nil},
		{"json", []string{".json", ".jsonl"}, json.Is, open(json.New()), json.New().Gather},
		{"msgpack", []string{".msgpack"}, msgpack.IsPair, open(msgpack.New()), msgpack.New().Gather},
	}
}

// open is how a format is opened whose records need no schema.
func open(format detect.Reader) func(*schemaPlace) (detect.Reader, error) {
	return func(*schemaPlace) (detect.Reader, error) { return format, nil }
}

// schemaPlace is where schemas are that records do not bring.
type schemaPlace struct {
	// at is a folder, a file or a registry's URL; "" where none is said.
	at string
	// said says that the records' format was; else their bytes tell it.
	said     bool
	env      func(string) (string, bool)
	log      *slog.Logger
	registry *confluent.Registry // once opened
	// bare and numbered are the schemas there, once opened, for encoding anew.
	bare     *avro.Schema
	numbered confluent.Schemas
}

// openAvro reads container files and, where their schema is given, bare
// datums.
func openAvro(place *schemaPlace) (detect.Reader, error) {
	containers := avro.New()
	if !place.said || place.at == "" {
		return containers, nil
	}
	if spec.IsURL(place.at) {
		return nil, errors.New("a registry has many schemas, and bare Avro does not say which: give the .avsc file of the alert, or format: confluent")
	}
	packets, err := avro.ReadPackets(place.at)
	if err != nil {
		return nil, err
	}
	if len(packets) > 1 {
		return nil, fmt.Errorf("%s has %d versions, and bare Avro does not say which: name one's folder or file, such as %s", place.at, len(packets), packets[len(packets)-1].Path)
	}
	text, err := avro.ReadSchema(packets[0].Path)
	if err != nil {
		return nil, err
	}
	place.bare = packets[0].Schema
	bare, err := avro.NewBare(text)
	if err != nil {
		return nil, err
	}
	return detect.New(
		detect.Candidate{Name: "a container", Is: container.Is, Reader: containers},
		detect.Candidate{Name: "bare Avro", Is: func(value []byte) bool { return len(value) > 0 }, Reader: bare},
	), nil
}

// openConfluent reads Confluent's framing.
func openConfluent(place *schemaPlace) (detect.Reader, error) {
	switch {
	case place.at == "" && place.said:
		return nil, errors.New("schemas are named by number in Confluent's framing: say where they are, a folder of .avsc files or a registry's URL")
	case place.at == "":
		return confluent.New(noSchemas{}), nil
	case !spec.IsURL(place.at):
		folder, err := confluent.NewFolder(place.at)
		if err != nil {
			return nil, err
		}
		place.numbered = folder
		return confluent.New(folder), nil
	}
	user, _ := place.env(variable("schemas-user"))
	password, _ := place.env(variable("schemas-password"))
	registry, err := confluent.NewRegistry(confluent.RegistryConfig{URL: place.at, User: user, Password: password, Log: place.log})
	if err != nil {
		return nil, err
	}
	place.registry, place.numbered = registry, registry
	return confluent.New(registry), nil
}

// noSchemas is what is known where nobody said where schemas are.
type noSchemas struct{}

func (noSchemas) Schema(id uint32) (*avro.Schema, error) {
	return nil, fmt.Errorf("the record names schema %d and does not bring it: say where schemas are with --schemas, %s or stream.schemas, a folder of .avsc files or a registry's URL", id, variable("schemas"))
}

// formatNames are those of the list.
func formatNames() []string {
	var names []string
	for _, f := range inputFormats() {
		names = append(names, f.name)
	}
	return names
}

// checkFormat returns an error unless name is one of the list, or "".
func checkFormat(name string) error {
	names := formatNames()
	switch {
	case name == "" || slices.Contains(names, name):
		return nil
	case spelling.Nearest(name, names) != "":
		return fmt.Errorf("unknown format %q: did you mean %s?", name, spelling.Nearest(name, names))
	}
	return fmt.Errorf("unknown format %q: it is %s, or left out where the records' bytes tell it", name, strings.Join(names, ", "))
}
