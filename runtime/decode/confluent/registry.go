package confluent

import (
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/registry"
)

const (
	// A number that the registry does not know is asked for asks times, askAgain
	// apart, for a registry's members may be behind each other; then it is unknown
	// for unknownTime.
	asks, askAgain, unknownTime = 3, 400 * time.Millisecond, time.Minute
)

// Bounds on what a Registry keeps. A survey has a dozen schemas in ten years.
const (
	// keptSchemas is how many schemas are kept.
	keptSchemas = 4096
	// keptUnknown is how many unknown numbers are, and patient how many of them
	// are asked for more than once: damaged records can have any number.
	keptUnknown, patient = 1024, 16
)

// RegistryConfig says where a schema registry is.
type RegistryConfig struct {
	// URL is the registry's root: what "/schemas/ids/1" is appended to. It may
	// have user:password@ in it.
	URL string
	// User and Password are its basic credentials; none where User is "".
	User, Password string
	// Log is told when the registry does not answer and when it does again.
	Log *slog.Logger
}

// Registry knows the schemas of a registry with Confluent's REST API.
//
// Invariants:
//   - A number has one schema for ever: it is asked for once and kept.
//   - One question is under way at a time, however many records wait.
//   - Only what the registry says of a number makes that number an error; that it
//     cannot be asked is always a runtime.ErrUnavailable.
type Registry struct {
	client *registry.Client
	asking sync.Mutex // held while a question is under way

	mu      sync.Mutex
	known   map[uint32]*avro.Schema
	unknown map[uint32]refusal
	outage  registry.Outage
}

// refusal is why a number has no schema that can be used.
type refusal struct {
	err   error
	asked int
	until time.Time // when it is asked for again
}

// NewRegistry returns a registry, to which nothing has been sent yet.
func NewRegistry(config RegistryConfig) (*Registry, error) {
	client, err := registry.NewClient(config.URL, config.User, func() (string, error) { return config.Password, nil })
	if err != nil {
		return nil, err
	}
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Registry{client: client, known: map[uint32]*avro.Schema{}, unknown: map[uint32]refusal{}, outage: registry.Outage{
		Client: client, Log: log,
		Fails: "the schema registry does not answer; records whose schema is not known yet wait for it",
		Ends:  "the schema registry answers again",
	}}, nil
}

// Schema returns the schema of a number, asking the registry for it where it
// is new.
func (r *Registry) Schema(id uint32) (*avro.Schema, error) {
	if schema, err, settled := r.lookup(id); settled {
		return schema, err
	}
	r.asking.Lock()
	defer r.asking.Unlock()
	if schema, err, settled := r.lookup(id); settled { // asked for meanwhile
		return schema, err
	}
	schema, err := r.ask(id)
	return r.note(id, schema, err)
}

// lookup answers without asking, if that is possible or the registry is not
// to be asked yet.
func (r *Registry) lookup(id uint32) (schema *avro.Schema, err error, settled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.known[id]; known != nil {
		return known, nil, true
	}
	now := time.Now()
	refused, met := r.unknown[id]
	switch {
	case met && now.Before(refused.until) && refused.asked >= asks:
		return nil, refused.err, true
	case met && now.Before(refused.until):
		return nil, registry.Unavailable(refused.err), true
	}
	err = r.outage.Holds()
	return nil, err, err != nil
}

// note keeps an answer.
func (r *Registry) note(id uint32, schema *avro.Schema, err error) (*avro.Schema, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer, answered := err.(*refusedError)
	if err != nil && !answered {
		return nil, r.outage.Failed(err)
	}
	r.outage.Answered()
	if err == nil {
		if len(r.known) >= keptSchemas {
			clear(r.known)
		}
		delete(r.unknown, id)
		schema = schema.Marked("id:" + strconv.FormatUint(uint64(id), 10))
		r.known[id] = schema
		return schema, nil
	}
	return nil, r.refuse(id, answer)
}

// refuse keeps that a number has no schema, and returns what that means for
// the record.
func (r *Registry) refuse(id uint32, answer *refusedError) error {
	refused := r.unknown[id]
	if len(r.unknown) >= keptUnknown {
		clear(r.unknown)
	}
	refused.err = answer
	refused.asked++
	if !answer.mayCome || refused.asked >= asks || len(r.unknown) > patient {
		refused.asked, refused.until = asks, time.Now().Add(unknownTime)
		r.unknown[id] = refused
		return answer
	}
	refused.until = time.Now().Add(askAgain)
	r.unknown[id] = refused
	return registry.Unavailable(answer)
}

// Alarms returns what stands in the way, if anything does.
func (r *Registry) Alarms() []registry.Alarm {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outage.Alarms()
}
