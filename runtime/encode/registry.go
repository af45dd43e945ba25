package encode

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"github.com/skysift/skysift/runtime/registry"
)

// keptNumbers is how many numbers a Registry keeps.
const keptNumbers = 4096

// Fixed is the number of every schema, where no registry is asked.
type Fixed uint32

// Number returns the number.
func (f Fixed) Number(string, string) (uint32, error) { return uint32(f), nil }

// Registry registers schemas with a registry, each under the subject
// TOPIC-value.
//
// Invariants:
//   - A schema has one number for ever: it is registered once in a process.
//   - One question is under way at a time, and after one that failed, for
//     whatever reason, records wait: what a registry refuses an operator can
//     mend, and no record is at fault.
type Registry struct {
	client *registry.Client
	asking sync.Mutex // held while a question is under way

	mu     sync.Mutex
	known  map[subject]uint32
	outage registry.Outage
}

// subject is a schema of a topic's values.
type subject struct{ topic, schema string }

func (s subject) name() string { return s.topic + "-value" }

// NewRegistry returns the registry at a URL, to which nothing has been sent
// yet. user and password are its basic credentials; none where user is "".
func NewRegistry(address, user string, password func() (string, error), log *slog.Logger) (*Registry, error) {
	client, err := registry.NewClient(address, user, password)
	if err != nil {
		return nil, err
	}
	return &Registry{client: client, known: map[subject]uint32{}, outage: registry.Outage{
		Client: client, Log: log,
		Fails: "the output's schema registry gives no number; alerts of that class wait for it",
		Ends:  "the output's schema registry gives numbers again",
	}}, nil
}

// Number registers a schema, or looks up the number that it has.
func (r *Registry) Number(topic, schema string) (uint32, error) {
	key := subject{topic, schema}
	if number, err, settled := r.lookup(key); settled {
		return number, err
	}
	r.asking.Lock()
	defer r.asking.Unlock()
	if number, err, settled := r.lookup(key); settled { // asked for meanwhile
		return number, err
	}
	number, err := r.register(key)
	return r.note(key, number, err)
}

// lookup answers without asking, if that is possible or the registry is not
// to be asked yet.
func (r *Registry) lookup(key subject) (number uint32, err error, settled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number, known := r.known[key]; known {
		return number, nil, true
	}
	err = r.outage.Holds()
	return 0, err, err != nil
}

// note keeps an answer.
func (r *Registry) note(key subject, number uint32, err error) (uint32, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		return 0, r.outage.Failed(err, "subject "+key.name())
	}
	r.outage.Answered()
	if len(r.known) >= keptNumbers {
		clear(r.known)
	}
	r.known[key] = number
	return number, nil
}

// Alarms returns what stands in the way, if anything does.
func (r *Registry) Alarms() []registry.Alarm {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outage.Alarms()
}

// register asks once.
func (r *Registry) register(key subject) (uint32, error) {
	answer, err := r.client.Post(map[string]string{"schema": key.schema, "schemaType": "AVRO"}, "subjects", key.name(), "versions")
	if err != nil {
		return 0, err
	}
	return number(answer)
}

// number reads an answer.
func number(answer registry.Answer) (uint32, error) {
	var said struct {
		ID *uint32 `json:"id"`
	}
	isJSON := json.Unmarshal(answer.Body, &said) == nil
	_, message := answer.Said()
	switch {
	case answer.Status == http.StatusOK && isJSON && said.ID != nil:
		return *said.ID, nil
	case answer.Status == http.StatusOK:
		return 0, errors.New("it answers without a number: is the URL that of a schema registry?")
	case answer.Refused():
		return 0, fmt.Errorf("it refuses us (%d): check SKYSIFT_REGISTRY_USER and SKYSIFT_REGISTRY_PASSWORD, and that this user may register schemas", answer.Status)
	case answer.Status == http.StatusConflict:
		return 0, fmt.Errorf("it says that the schema does not go with those before it (%s): loosen the subject's compatibility, or write to another topic", message)
	}
	return 0, answer.Unexpected()
}
