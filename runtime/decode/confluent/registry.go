package confluent

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// The times of a Registry.
const (
	// askTime is how long an answer may take. It is below the time in which a
	// run must have stopped.
	askTime = 5 * time.Second
	// firstWait and longestWait are between questions to a registry that does not
	// answer; each is twice the one before.
	firstWait, longestWait = 250 * time.Millisecond, 30 * time.Second
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

// Alarm is a registry that does not answer.
type Alarm struct {
	About  string // the registry's URL, without credentials
	Reason string
	Since  time.Time
}

// Registry knows the schemas of a registry with Confluent's REST API.
//
// Invariants:
//   - A number has one schema for ever: it is asked for once and kept.
//   - One question is under way at a time, and a registry that does not answer
//     is asked no more often than its back-off says, however many records wait.
//   - Only what the registry says of a number makes that number an error; that it
//     cannot be asked is always a runtime.ErrUnavailable.
type Registry struct {
	root   *url.URL
	user   *url.Userinfo // nil: none
	client *http.Client
	log    *slog.Logger

	asking sync.Mutex // held while a question is under way

	mu      sync.Mutex
	known   map[uint32]*avro.Schema
	unknown map[uint32]refusal
	since   time.Time // it has not answered since; zero: it does
	reason  error
	wait    time.Duration // before the next question, from next's setting on
	next    time.Time
}

// refusal is why a number has no schema that can be used.
type refusal struct {
	err   error
	asked int
	until time.Time // when it is asked for again
}

// NewRegistry returns a registry, to which nothing has been sent yet.
func NewRegistry(config RegistryConfig) (*Registry, error) {
	root, err := url.Parse(config.URL)
	if err != nil || root.Host == "" || root.Scheme != "http" && root.Scheme != "https" {
		// The URL may have a password in it, and so may its parser's error.
		return nil, fmt.Errorf("the schema registry's URL cannot be read: it is written https://host:port, and what is special in a user's name or password is written %%40 for @")
	}
	r := &Registry{
		root: root, user: root.User, client: &http.Client{Timeout: askTime}, log: config.Log,
		known: map[uint32]*avro.Schema{}, unknown: map[uint32]refusal{},
	}
	if config.User != "" {
		r.user = url.UserPassword(config.User, config.Password)
	}
	root.User = nil
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	return r, nil
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
		return nil, unavailable(refused.err), true
	case !r.since.IsZero() && now.Before(r.next):
		return nil, unavailable(r.reason), true
	}
	return nil, nil, false
}

// unavailable says of err that the record is to wait.
func unavailable(err error) error { return fmt.Errorf("%w: %w", runtime.ErrUnavailable, err) }

// note keeps an answer.
func (r *Registry) note(id uint32, schema *avro.Schema, err error) (*avro.Schema, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer, answered := err.(*refusedError)
	if err != nil && !answered {
		return nil, unavailable(r.fails(err))
	}
	r.answers()
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
	return unavailable(answer)
}

// fails notes that the registry does not answer, and returns it in full.
func (r *Registry) fails(err error) error {
	now := time.Now()
	r.wait = min(max(2*r.wait, firstWait), longestWait)
	r.next = now.Add(r.wait)
	if r.since.IsZero() {
		r.since = now
	}
	r.reason = fmt.Errorf("schema registry %s: %w", r.root, err)
	r.log.Warn("the schema registry does not answer; records whose schema is not known yet wait for it",
		"registry", r.root.String(), "error", err, "again_in", r.wait)
	return r.reason
}

// answers notes that the registry answers.
func (r *Registry) answers() {
	if !r.since.IsZero() {
		r.log.Info("the schema registry answers again", "registry", r.root.String(), "after", time.Since(r.since).Round(time.Millisecond))
	}
	r.since, r.wait, r.next = time.Time{}, 0, time.Time{}
}

// Alarms returns what stands in the way, if anything does.
func (r *Registry) Alarms() []Alarm {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since.IsZero() {
		return nil
	}
	return []Alarm{{About: "schema registry " + r.root.String(), Reason: r.reason.Error(), Since: r.since}}
}
