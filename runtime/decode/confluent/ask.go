package confluent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/skysift/skysift/runtime/decode/avro"
)

// Bounds on what a registry answers.
const (
	// maxAnswer is larger than avro's largest schema in JSON's quotes.
	maxAnswer = 4 << 20
	// maxReferences is how many schemas one may refer to, directly or not.
	maxReferences = 256
)

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
	for i := range path {
		path[i] = url.PathEscape(path[i])
	}
	request, err := http.NewRequest(http.MethodGet, r.root.JoinPath(path...).String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/vnd.schemaregistry.v1+json, application/json")
	if r.user != nil {
		password, _ := r.user.Password()
		request.SetBasicAuth(r.user.Username(), password)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, cause(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, failed(response.StatusCode, body)
	}
	if len(body) > maxAnswer {
		return nil, refused("it has more than %d MiB", maxAnswer>>20)
	}
	var found answer
	if err := json.Unmarshal(body, &found); err != nil || found.Schema == "" {
		return nil, fmt.Errorf("it answers with what is no schema (%s): is the URL that of a schema registry?", excerpt(body))
	}
	return &found, nil
}

// cause is err without the URL that the http package adds.
func cause(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// failed reads an answer that is none. Only a registry's own error code makes
// a 404 its word that there is no such schema: a wrong URL is a 404 too.
func failed(status int, body []byte) error {
	var said struct {
		Code    int    `json:"error_code"`
		Message string `json:"message"`
	}
	isJSON := json.Unmarshal(body, &said) == nil
	switch {
	case status == http.StatusNotFound && isJSON && said.Code != 0:
		return &refusedError{err: fmt.Errorf("the registry does not know it (%s)", excerpt([]byte(said.Message))), mayCome: true}
	case status == http.StatusNotFound:
		return errors.New("404 without a registry's error code: is the URL that of a schema registry, with its path?")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("it refuses us (%d): check SKYSIFT_SCHEMAS_USER and SKYSIFT_SCHEMAS_PASSWORD, or the user and password in the URL", status)
	}
	return fmt.Errorf("it answers %d %s (%s)", status, http.StatusText(status), excerpt(body))
}

// excerpt is the beginning of what a server said, on one line.
func excerpt(body []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(body[:min(len(body), 400)]), "\uFFFD")), " ")
	if runes := []rune(text); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return text
}
