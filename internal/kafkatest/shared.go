package kafkatest

import (
	"os"
	"sync"
	"testing"
)

// Shared is one cluster for all tests of a package, started by the first that
// asks for it:
//
//	var kafka kafkatest.Shared
//
//	func TestMain(m *testing.M) { kafka.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		cluster := kafka.Cluster(t)
//		topic := cluster.Topic(t, 4)
//		…
type Shared struct {
	Options Options

	mu      sync.Mutex
	dir     string
	cluster *Cluster
	err     error
}

// Main runs the package's tests, stops the cluster, does what else is to be
// done after them, and exits.
func (s *Shared) Main(m *testing.M, after ...func()) {
	code := m.Run()
	for _, do := range after {
		do()
	}
	if s.cluster != nil {
		s.cluster.close()
	}
	if s.dir != "" {
		removeAll(s.dir)
	}
	os.Exit(code)
}

// Cluster returns the package's cluster. Its brokers' logs are shown with a
// test that fails.
func (s *Shared) Cluster(t testing.TB) *Cluster {
	t.Helper()
	needTools(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster == nil && s.err == nil {
		if s.dir, s.err = os.MkdirTemp("", "skysift-kafka-*"); s.err == nil {
			s.cluster, s.err = open(s.Options, s.dir)
		}
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			s.cluster.logComplaints(t)
		}
	})
	return s.cluster
}
