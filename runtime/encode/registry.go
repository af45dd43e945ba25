package encode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime"
)

// The times of a Registry.
const (
	// askTime is how long an answer may take; it is below the time in which a run
	// must have stopped.
	askTime = 5 * time.Second
	// firstWait and longestWait are between questions that fail; each is twice
	// the one before.
	firstWait, longestWait = 250 * time.Millisecond, 30 * time.Second
)

const (
	// maxAnswer bounds what a registry answers, in bytes.
	maxAnswer = 1 << 20
	// keptNumbers is how many numbers are kept.
	keptNumbers = 4096
)

// Fixed is the number of every schema, where no registry is asked.
type Fixed uint32

// Number returns the number.
func (f Fixed) Number(string, string) (uint32, error) { return uint32(f), nil }

// Alarm is a registry that does not give a number.
type Alarm struct {
	About  string // the registry's URL, without credentials
	Reason string
	Since  time.Time
}

// Registry registers schemas with Confluent's REST API, each under the subject
// TOPIC-value.
//
// Invariants:
//   - A schema has one number for ever: it is registered once in a process.
//   - One question is under way at a time, and after one that failed, for
//     whatever reason, records wait: what a registry refuses an operator can
//     mend, and no record is at fault.
type Registry struct {
	root   *url.URL
	user   string // of basic credentials; "": none
	secret func() (string, error)
	client *http.Client
	log    *slog.Logger

	asking sync.Mutex // held while a question is under way

	mu     sync.Mutex
	known  map[subject]uint32
	since  time.Time // it has given no number since; zero: it does
	reason error
	wait   time.Duration
	next   time.Time
}

// subject is a schema of a topic's values.
type subject struct{ topic, schema string }

// NewRegistry returns the registry at a URL, to which nothing has been sent
// yet. user and password are its basic credentials; none where user is "".
func NewRegistry(address, user string, password func() (string, error), log *slog.Logger) (*Registry, error) {
	root, err := url.Parse(address)
	if err != nil || root.Host == "" || root.User != nil || root.Scheme != "http" && root.Scheme != "https" {
		// What it is may have a password in it, and so may its parser's error.
		return nil, errors.New("the schema registry's URL cannot be read: it is written https://host:port, without a user in it")
	}
	return &Registry{root: root, user: user, secret: password, client: &http.Client{Timeout: askTime}, log: log, known: map[subject]uint32{}}, nil
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
	number, err := r.register(topic, schema)
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
	if !r.since.IsZero() && time.Now().Before(r.next) {
		return 0, unavailable(r.reason), true
	}
	return 0, nil, false
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", runtime.ErrUnavailable, err) }

// note keeps an answer.
func (r *Registry) note(key subject, number uint32, err error) (uint32, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		return 0, unavailable(r.fails(key.topic, err))
	}
	if !r.since.IsZero() {
		r.log.Info("the output's schema registry gives numbers again", "registry", r.root.String(), "after", time.Since(r.since).Round(time.Millisecond))
	}
	r.since, r.wait = time.Time{}, 0
	if len(r.known) >= keptNumbers {
		clear(r.known)
	}
	r.known[key] = number
	return number, nil
}

// fails notes that there is no number, and returns why in full.
func (r *Registry) fails(topic string, err error) error {
	now := time.Now()
	r.wait = min(max(2*r.wait, firstWait), longestWait)
	r.next = now.Add(r.wait)
	if r.since.IsZero() {
		r.since = now
	}
	r.reason = fmt.Errorf("schema registry %s, subject %s-value: %w", r.root, topic, err)
	r.log.Warn("the output's schema registry gives no number; alerts of that class wait for it", "registry", r.root.String(),
		"subject", topic+"-value", "error", err, "again_in", r.wait)
	return r.reason
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

// register asks once.
func (r *Registry) register(topic, schema string) (uint32, error) {
	body, err := json.Marshal(map[string]string{"schema": schema, "schemaType": "AVRO"})
	if err != nil {
		return 0, err
	}
	address := r.root.JoinPath("subjects", url.PathEscape(topic+"-value"), "versions")
	request, err := http.NewRequest(http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	request.Header.Set("Accept", "application/vnd.schemaregistry.v1+json, application/json")
	if r.user != "" {
		password, err := r.secret()
		if err != nil {
			return 0, err
		}
		request.SetBasicAuth(r.user, password)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return 0, cause(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, err
	}
	return number(response.StatusCode, answer)
}

// number reads an answer.
func number(status int, answer []byte) (uint32, error) {
	var said struct {
		ID      *uint32 `json:"id"`
		Message string  `json:"message"`
	}
	isJSON := json.Unmarshal(answer, &said) == nil
	switch {
	case status == http.StatusOK && isJSON && said.ID != nil:
		return *said.ID, nil
	case status == http.StatusOK:
		return 0, errors.New("it answers without a number: is the URL that of a schema registry?")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return 0, fmt.Errorf("it refuses us (%d): check SKYSIFT_REGISTRY_USER and SKYSIFT_REGISTRY_PASSWORD, and that this user may register schemas", status)
	case status == http.StatusConflict:
		return 0, fmt.Errorf("it says that the schema does not go with those before it (%s): loosen the subject's compatibility, or write to another topic", excerpt(said.Message))
	}
	return 0, fmt.Errorf("it answers %d %s (%s)", status, http.StatusText(status), excerpt(said.Message))
}

// cause is err without the URL that the http package adds.
func cause(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// excerpt is the beginning of what a server said, on one line.
func excerpt(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text[:min(len(text), 400)], "\uFFFD")), " ")
	if runes := []rune(text); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return text
}
