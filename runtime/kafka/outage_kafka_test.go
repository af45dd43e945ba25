//go:build kafka

package kafka_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

// pass is work that passes every record on to class "c".
func pass(sink runtime.Sink) func(context.Context, runtime.Partition) error {
	return func(ctx context.Context, p runtime.Partition) error {
		for {
			batch, err := p.Fetch(ctx)
			if err != nil {
				return ignoreEnd(err)
			}
			outputs := make([]runtime.Output, len(batch.Records))
			for i, r := range batch.Records {
				outputs[i] = runtime.Output{Class: "c", Origin: r.Source(0, false), Topic: r.Topic, Partition: r.Partition, Key: r.Key, Value: r.Value, Time: r.Time}
			}
			settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			if ctx.Err() == nil {
				cancel()
				settling, cancel = context.WithCancel(ctx)
			}
			err = sink.Write(settling, outputs)
			cancel()
			batch.Release()
			if err != nil {
				return err
			}
			if err := p.Commit(batch.Next); err != nil {
				return err
			}
		}
	}
}

// checkPassed expects every value of every partition in order, at least once;
// it returns how many came twice.
func checkPassed(t *testing.T, c *kafkatest.Cluster, topic string, partitions, each int) (repeated int) {
	t.Helper()
	next := make([]int, partitions)
	for _, r := range c.ReadAll(t, topic) {
		var p, i int
		if _, err := fmt.Sscanf(string(r.Value), "p%d-%d", &p, &i); err != nil || p != int(r.Partition) {
			t.Fatalf("partition %d has %q", r.Partition, r.Value)
		}
		switch {
		case i == next[p]:
			next[p]++
		case i < next[p]:
			repeated++
		default:
			t.Fatalf("partition %d: %d follows %d: something is lost", p, i, next[p]-1)
		}
	}
	for p, n := range next {
		if n != each {
			t.Errorf("partition %d: %d outputs, want %d", p, n, each)
		}
	}
	return repeated
}

func TestNothingIsLostWhileBrokersStopAndLeadersMove(t *testing.T) {
	c := kafkatest.Start(t, kafkatest.Options{Brokers: 3, Config: map[string]string{"min.insync.replicas": "2"}})
	const partitions, rounds, perRound = 6, 12, 50
	topic, group := c.Topic(t, partitions), kafkatest.UniqueName(t)
	name := kafkatest.UniqueName(t)
	source := newSource(t, onCluster(t, c, group, topic))
	sink := newSink(t, kafka.SinkConfig{
		Cluster: kafka.Cluster{Brokers: c.Brokers()}, Topic: name + ".{class}", RejectTopic: name + ".rejected", Like: source.Layout,
	})
	stop := start(t, source, pass(sink))
	for round := range rounds {
		for p := range partitions {
			c.ProduceValues(t, topic, p, numbered(fmt.Sprintf("p%d-", p), round*perRound, (round+1)*perRound)...)
		}
		switch round {
		case 2:
			c.StopBroker(t, 1) // killed
		case 4:
			c.StartBroker(t, 1)
		case 6:
			c.StopBrokerCleanly(t, 2)
		case 8:
			c.StartBroker(t, 2)
		case 9:
			for p := range partitions {
				c.MoveLeader(t, topic, p, (c.Leader(t, topic, p)+1)%3)
			}
		}
	}
	await(t, "all is committed", func() bool {
		for _, offset := range c.Committed(t, group, topic) {
			if offset != rounds*perRound {
				return false
			}
		}
		return true
	})
	stop()
	t.Logf("%d of %d outputs came twice", checkPassed(t, c, name+".c", partitions, rounds*perRound), partitions*rounds*perRound)
	if alarms := source.Alarms(); len(alarms) != 0 {
		t.Errorf("alarms stand: %v", alarms)
	}
}

func TestAnOutageOfAllBrokersIsWaitedOut(t *testing.T) {
	c := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	topic, group := c.Topic(t, 2), kafkatest.UniqueName(t)
	source := newSource(t, onCluster(t, c, group, topic))
	config := sinkConfig(t, c, 2)
	stop := start(t, source, pass(newSink(t, config)))
	for p := range 2 {
		c.ProduceValues(t, topic, p, numbered(fmt.Sprintf("p%d-", p), 0, 100)...)
	}
	time.Sleep(500 * time.Millisecond)
	c.StopBroker(t, 0)
	await(t, "an alarm tells", func() bool { return len(source.Alarms()) > 0 })
	time.Sleep(10 * time.Second) // longer than the session
	c.StartBroker(t, 0)
	for p := range 2 {
		c.ProduceValues(t, topic, p, numbered(fmt.Sprintf("p%d-", p), 100, 200)...)
	}
	await(t, "all is committed", func() bool {
		offsets := c.Committed(t, group, topic)
		return offsets[0] == 200 && offsets[1] == 200
	})
	stop()
	t.Logf("%d outputs came twice", checkPassed(t, c, strings.ReplaceAll(config.Topic, "{class}", "c"), 2, 200))
}
