package confluent

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/registry"
)

// maxReferences is how many schemas one may refer to, directly or not.
const maxReferences = 256

// refusedError is the registry's word that a number has no usable schema.
type refusedError struct {
	err error
	// mayCome says that it may have one soon.
	mayCome bool
}

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

func refused(format string, args ...any) *refusedError {
	return &refusedError{err: fmt.Errorf(format, args...)}
}

// answer is what the registry says of a schema.
type answer struct {
	Schema     string      `json:"schema"`
	Type       string      `json:"schemaType"` // "" is AVRO
	References []reference `json:"references"`
}

// reference is a named type that a schema leaves to another.
type reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// ask asks for the schema of a number and for those that it refers to. An
// error that is no refusedError says why there was no answer.
func (r *Registry) ask(id uint32) (*avro.Schema, error) {
	found, err := r.get("schemas", "ids", strconv.FormatUint(uint64(id), 10))
	if err != nil {
		return nil, about(err, "schema %d", id)
	}
	if found.Type != "" && found.Type != "AVRO" {
		return nil, refused("schema %d is one of %s; only Avro's are read", id, found.Type)
	}
	named, err := r.follow(found.References)
	if err != nil {
		return nil, about(err, "schema %d", id)
	}
	schema, err := avro.ParseSchema([]byte(found.Schema), named...)
	if err != nil {
		return nil, refused("schema %d: %w", id, err)
	}
	return schema, nil
}

// about says of which schema a refusal is.
func about(err error, format string, args ...any) error {
	var answer *refusedError
	if errors.As(err, &answer) {
		return &refusedError{err: fmt.Errorf(format+": %w", append(args, answer.err)...), mayCome: answer.mayCome}
	}
	return err
}

// follow returns the schemas referred to, and those that they refer to.
func (r *Registry) follow(open []reference) ([][]byte, error) {
	var named [][]byte
	seen := map[string]bool{}
	for len(open) > 0 {
		next := open[0]
		open = open[1:]
		version := strconv.Itoa(next.Version)
		if key := next.Subject + "\x00" + version; seen[key] {
			continue
		} else if seen[key] = true; len(seen) > maxReferences {
			return nil, refused("it refers to more than %d others", maxReferences)
		}
		found, err := r.get("subjects", next.Subject, "versions", version)
		if err != nil {
			return nil, about(err, "its reference to %s (subject %s, version %s)", next.Name, next.Subject, version)
		}
		named = append(named, []byte(found.Schema))
		open = append(open, found.References...)
	}
	return named, nil
}

// get asks one question.
func (r *Registry) get(path ...string) (*answer, error) {
	said, err := r.client.Get(path...)
	switch {
	case err != nil:
		return nil, err
	case said.Status != http.StatusOK:
		return nil, failed(said)
	case said.Cut:
		return nil, refused("it has more than %d MiB", registry.MaxAnswer>>20)
	}
	var found answer
	if err := json.Unmarshal(said.Body, &found); err != nil || found.Schema == "" {
		return nil, fmt.Errorf("it answers with what is no schema (%s): is the URL that of a schema registry?", registry.Excerpt(string(said.Body)))
	}
	return &found, nil
}

// failed reads an answer that is none. Only a registry's own error code makes
// a 404 its word that there is no such schema: a wrong URL is a 404 too.
func failed(said registry.Answer) error {
	code, message := said.Said()
	switch {
	case said.Status == http.StatusNotFound && code != 0:
		return &refusedError{err: fmt.Errorf("the registry does not know it (%s)", message), mayCome: true}
	case said.Status == http.StatusNotFound:
		return errors.New("404 without a registry's error code: is the URL that of a schema registry, with its path?")
	case said.Refused():
		return fmt.Errorf("it refuses us (%d): check SKYSIFT_SCHEMAS_USER and SKYSIFT_SCHEMAS_PASSWORD, or the user and password in the URL", said.Status)
	}
	return said.Unexpected()
}
