package kafkatest

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// StopBroker kills brokers as a power cut would. They keep their data.
func (c *Cluster) StopBroker(t testing.TB, brokers ...int) {
	t.Helper()
	c.stop(t, syscall.SIGKILL, brokers)
}

// StopBrokerCleanly stops brokers as an operator would: each hands its
// partitions over first, where another broker can take them.
func (c *Cluster) StopBrokerCleanly(t testing.TB, brokers ...int) {
	t.Helper()
	c.stop(t, syscall.SIGTERM, brokers)
}

// StartBroker starts brokers again and returns when they are ready. Brokers
// that need each other to be ready are started in one call.
func (c *Cluster) StartBroker(t testing.TB, brokers ...int) {
	t.Helper()
	if err := c.start(brokers); err != nil {
		t.Fatalf("%v\n%s", err, c.tails())
	}
}

// Pause stops a broker in its tracks: its connections stay open and nothing
// answers, until Resume.
func (c *Cluster) Pause(t testing.TB, broker int) {
	t.Helper()
	c.signal(t, broker, syscall.SIGSTOP)
}

// Resume lets a paused broker go on.
func (c *Cluster) Resume(t testing.TB, broker int) {
	t.Helper()
	c.signal(t, broker, syscall.SIGCONT)
}

// Segments returns the files that hold a partition's records at a broker,
// oldest first. They may be changed only while the broker is stopped.
func (c *Cluster) Segments(t testing.TB, broker int, topic string, partition int) []string {
	t.Helper()
	pattern := filepath.Join(c.brokers[broker].file("data"), fmt.Sprintf("%s-%d", topic, partition), "*.log")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return files
}

func (c *Cluster) stop(t testing.TB, s syscall.Signal, brokers []int) {
	t.Helper()
	for _, i := range brokers {
		if err := c.brokers[i].stop(s, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *Cluster) signal(t testing.TB, broker int, s syscall.Signal) {
	t.Helper()
	if err := c.brokers[broker].signal(s); err != nil {
		t.Fatal(err)
	}
}
