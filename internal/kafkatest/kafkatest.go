package kafkatest

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// The versions that Skysift is tested on: the last of the 3.x line and 4.x.
const (
	Version3 = "3.9.1"
	Version4 = "4.1.1"
)

// Options shape a cluster. The zero value is what the environment asks for
// ($SKYSIFT_KAFKA_VERSION, $SKYSIFT_KAFKA_BROKERS), else one broker of Version4.
type Options struct {
	// Brokers is their number; each is a controller too.
	Brokers int
	Version string
	// Config is added to each broker's server.properties and wins over ours.
	Config map[string]string
	// Listeners adds listeners, by name, each with its security protocol (such
	// as SASL_SSL); Config holds what they need besides. The listener that the
	// brokers and this package use stays plaintext.
	Listeners map[string]string
}

// Cluster is a running cluster. Brokers are counted from 0.
type Cluster struct {
	options Options
	brokers []*broker
}

// Start starts a cluster for one test and stops it when the test ends. Where
// Java or Maven is missing the test is skipped, and fails in CI.
func Start(t testing.TB, options Options) *Cluster {
	t.Helper()
	needTools(t)
	c, err := open(options, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.close()
		if t.Failed() {
			c.logComplaints(t)
		}
	})
	return c
}

// Bootstrap returns the addresses of all brokers, joined by commas.
func (c *Cluster) Bootstrap() string { return strings.Join(c.Brokers(), ",") }

// Brokers returns the host:port of each broker, also of one that is stopped.
func (c *Cluster) Brokers() []string { return c.Listener(plain) }

// Listener returns the host:port of each broker at the listener of that name.
func (c *Cluster) Listener(name string) []string {
	addresses := make([]string, len(c.brokers))
	for i, b := range c.brokers {
		addresses[i] = address(b.ports[name])
	}
	return addresses
}

// Version is Apache Kafka's version.
func (c *Cluster) Version() string { return c.options.Version }

func (o Options) withDefaults() Options {
	if o.Version == "" {
		o.Version = os.Getenv("SKYSIFT_KAFKA_VERSION")
	}
	if o.Version == "" {
		o.Version = Version4
	}
	if o.Brokers == 0 {
		o.Brokers, _ = strconv.Atoi(os.Getenv("SKYSIFT_KAFKA_BROKERS"))
	}
	if o.Brokers == 0 {
		o.Brokers = 1
	}
	return o
}
