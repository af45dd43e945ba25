package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// startTimeout bounds the way from a broker's start to its first answer; a
// busy machine needs many times the usual three seconds.
const startTimeout = 4 * time.Minute

// open starts a cluster below dir. A port that someone else took between its
// choice and the broker's start costs another attempt.
func open(options Options, dir string) (*Cluster, error) {
	options = options.withDefaults()
	libs, err := jars(options.Version)
	if err != nil {
		return nil, err
	}
	for attempt := range 3 {
		c := &Cluster{options: options}
		err = c.open(libs, filepath.Join(dir, "attempt-"+strconv.Itoa(attempt)))
		if err == nil {
			return c, nil
		}
		err = fmt.Errorf("starting Apache Kafka %s: %w\n%s", options.Version, err, c.tails())
		c.close()
		if !strings.Contains(err.Error(), "already in use") {
			break
		}
	}
	return nil, err
}

func (c *Cluster) open(libs, dir string) error {
	names := []string{plain, controller}
	for name := range c.options.Listeners {
		names = append(names, name)
	}
	ports, err := freePorts(c.options.Brokers * len(names))
	if err != nil {
		return err
	}
	for i := range c.options.Brokers {
		b := &broker{id: i, libs: libs, dir: filepath.Join(dir, strconv.Itoa(i)), ports: map[string]int{}}
		for _, name := range names {
			b.ports[name], ports = ports[0], ports[1:]
		}
		c.brokers = append(c.brokers, b)
	}
	if err := c.format(); err != nil {
		return err
	}
	return c.start(c.all())
}

// format prepares each broker's folder, all at once: each is a Java start.
func (c *Cluster) format() error {
	errs := make([]error, len(c.brokers))
	var wait sync.WaitGroup
	for i, b := range c.brokers {
		wait.Go(func() { errs[i] = b.format(c.properties(i)) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (c *Cluster) start(brokers []int) error {
	for _, i := range brokers {
		if err := c.brokers[i].start(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for _, i := range brokers {
		if err := c.awaitReady(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// awaitReady returns when broker i answers and sees itself and all other running
// brokers as members of the cluster.
func (c *Cluster) awaitReady(ctx context.Context, i int) error {
	for {
		if c.brokers[i].exited() {
			return fmt.Errorf("broker %d ended by itself", i)
		}
		err := c.probe(ctx, i)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("broker %d is not ready in time: %w", i, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *Cluster) probe(ctx context.Context, i int) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers()[i]))
	if err != nil {
		return err
	}
	defer client.Close()
	meta, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, client.SeedBrokers()[0])
	if err != nil {
		return err
	}
	known := map[int]bool{}
	for _, b := range meta.Brokers {
		known[int(b.NodeID)] = true
	}
	for _, b := range c.brokers {
		if b.running() && !known[b.id] {
			return fmt.Errorf("broker %d does not know broker %d yet", i, b.id)
		}
	}
	return nil
}

func (c *Cluster) close() {
	for _, b := range c.brokers {
		b.kill()
	}
}

func (c *Cluster) all() []int {
	all := make([]int, len(c.brokers))
	for i := range all {
		all[i] = i
	}
	return all
}

func (c *Cluster) tails() string {
	var text strings.Builder
	for _, b := range c.brokers {
		fmt.Fprintf(&text, "--- the end of broker %d's log\n%s\n", b.id, b.tail())
	}
	return text.String()
}

// logComplaints shows with a test that has failed what the brokers complain of.
func (c *Cluster) logComplaints(t testing.TB) {
	t.Helper()
	for _, b := range c.brokers {
		t.Logf("the last complaints in broker %d's log:\n%s", b.id, b.complaints())
	}
}

// removeAll is os.RemoveAll for the folder of a cluster whose brokers may have
// written their last a moment ago.
func removeAll(dir string) {
	for range 10 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
