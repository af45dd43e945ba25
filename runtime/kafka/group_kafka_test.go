//go:build kafka

package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

// wantOnce expects each of the values of a topic's partitions exactly once.
func wantOnce(t testing.TB, seen []string, total int) {
	t.Helper()
	slices.Sort(seen)
	if n := len(slices.Compact(slices.Clone(seen))); n != len(seen) {
		t.Errorf("%d records were read again after clean stops", len(seen)-n)
	}
	if len(seen) != total {
		t.Errorf("%d records were read, want %d", len(seen), total)
	}
}

func TestMembersThatJoinAndLeaveRepeatNothing(t *testing.T) {
	c := shared.Cluster(t)
	topic, group := c.Topic(t, 6), kafkatest.UniqueName(t)
	var r reader
	slow := func(ctx context.Context, p runtime.Partition) error {
		for {
			batch, err := p.Fetch(ctx)
			if err != nil {
				return ignoreEnd(err)
			}
			r.note(batch)
			batch.Release()
			time.Sleep(5 * time.Millisecond) // leave the rebalances something to interrupt
			if err := p.Commit(batch.Next); err != nil {
				return err
			}
		}
	}
	member := func() (stop func()) { return start(t, newSource(t, onCluster(t, c, group, topic)), slow) }

	stopProducing := make(chan struct{})
	produced := make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stopProducing:
				produced <- n
				return
			default:
				c.ProduceValues(t, topic, n%6, fmt.Appendf(nil, "v%d", n))
				n++
			}
		}
	}()
	first := member()
	await(t, "the first member reads", func() bool { return r.count() > 20 })
	second := member()
	time.Sleep(3 * time.Second)
	first()
	third := member()
	time.Sleep(3 * time.Second)
	close(stopProducing)
	n := <-produced
	await(t, "all is read", func() bool { return r.count() >= n })
	second()
	third()
	wantOnce(t, r.sorted(), n)
}

func TestSeveralMembersEndTogether(t *testing.T) {
	c := shared.Cluster(t)
	topic, group := c.Topic(t, 4), kafkatest.UniqueName(t)
	for p := range 3 { // partition 3 stays empty
		c.ProduceValues(t, topic, p, numbered("v", 0, 300)...)
	}
	var r reader
	var members sync.WaitGroup
	for range 3 {
		members.Go(func() {
			config := onCluster(t, c, group, topic)
			config.UntilEnd = true
			if err := newSource(t, config).Run(t.Context(), r.work); err != nil {
				t.Error(err)
			}
		})
	}
	members.Wait()
	wantOnce(t, r.sorted(), 900)
	for p, offset := range c.Committed(t, group, topic) {
		if want := []int64{300, 300, 300, 0}[p]; offset != want {
			t.Errorf("partition %d is committed at %d, want %d", p, offset, want)
		}
	}
}

func TestTopicsAndPartitionsThatAppearAreReadFromTheirStart(t *testing.T) {
	c := shared.Cluster(t)
	prefix := kafkatest.UniqueName(t)
	c.CreateTopic(t, prefix+"_1_a", 1, 1, nil)
	c.CreateTopic(t, prefix+"_1_b", 1, 1, nil) // not asked for
	c.ProduceValues(t, prefix+"_1_a", 0, []byte("before"))
	config := onCluster(t, c, kafkatest.UniqueName(t), prefix+"_*_a")
	config.Start = kafka.Latest
	var r reader
	s := newSource(t, config)
	stop := start(t, s, r.work)
	await(t, "the first night is open", func() bool { return len(s.Lag()) == 1 })
	time.Sleep(time.Second)
	c.ProduceValues(t, prefix+"_1_a", 0, []byte("one"))
	c.ProduceValues(t, prefix+"_1_b", 0, []byte("other"))
	await(t, "the first night is read", func() bool { return r.count() == 1 })

	c.CreateTopic(t, prefix+"_2_a", 2, 1, nil)
	c.ProduceValues(t, prefix+"_2_a", 1, []byte("two"))
	await(t, "the second night is read from its start", func() bool { return r.count() == 2 })

	c.AddPartitions(t, prefix+"_1_a", 3)
	c.ProduceValues(t, prefix+"_1_a", 2, []byte("three"))
	await(t, "the added partition is read from its start", func() bool { return r.count() == 3 })
	stop()
	want := fmt.Sprintf("%[1]s_1_a/0/1=one %[1]s_1_a/2/0=three %[1]s_2_a/1/0=two", prefix)
	if got := strings.Join(r.sorted(), " "); got != want {
		t.Errorf("read %s, want %s", got, want)
	}
}

func TestADeletedTopicStopsAndTheOthersGoOn(t *testing.T) {
	c := shared.Cluster(t)
	prefix := kafkatest.UniqueName(t)
	kept, deleted := prefix+"-kept", prefix+"-deleted"
	c.CreateTopic(t, kept, 1, 1, nil)
	c.CreateTopic(t, deleted, 1, 1, nil)
	config := onCluster(t, c, kafkatest.UniqueName(t), kept, deleted)
	config.MetadataInterval = time.Minute // so that the partition itself finds out
	var r reader
	s := newSource(t, config)
	start(t, s, r.work)
	await(t, "both are open", func() bool { return len(s.Lag()) == 2 })
	c.DeleteTopic(t, deleted)
	await(t, "an alarm tells", func() bool {
		alarms := s.Alarms()
		return len(alarms) == 1 && strings.HasPrefix(alarms[0].About, deleted) && strings.Contains(alarms[0].Reason, "deleted")
	})
	c.ProduceValues(t, kept, 0, []byte("on"))
	await(t, "the other is read", func() bool { return r.count() == 1 })
}

func TestOnlyCommittedRecordsAreReadAndMarkersDoNotHoldUpTheEnd(t *testing.T) {
	c := shared.Cluster(t)
	topic := c.Topic(t, 1)
	client := c.Client(t, kgo.TransactionalID(kafkatest.UniqueName(t)), kgo.DefaultProduceTopic(topic))
	for i, end := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit, kgo.TryAbort} {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for k := range 3 {
			client.Produce(t.Context(), kgo.StringRecord(fmt.Sprintf("%d-%d", i, k)), nil)
		}
		if err := errors.Join(client.Flush(t.Context()), client.EndTransaction(t.Context(), end)); err != nil {
			t.Fatal(err)
		}
	}
	for committed, want := range map[bool]string{
		true:  "0-0 0-1 0-2 2-0 2-1 2-2",
		false: "0-0 0-1 0-2 1-0 1-1 1-2 2-0 2-1 2-2 3-0 3-1 3-2",
	} {
		config := onCluster(t, c, kafkatest.UniqueName(t), topic)
		config.UntilEnd, config.ReadCommitted = true, committed
		var r reader
		if err := newSource(t, config).Run(t.Context(), r.work); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.places[topic+"/0"], " "); got != want {
			t.Errorf("read-committed %v: %s, want %s", committed, got, want)
		}
	}
}

func TestAnOffsetBelowTheLogIsAnError(t *testing.T) {
	c := shared.Cluster(t)
	topic, group := c.Topic(t, 1), kafkatest.UniqueName(t)
	c.ProduceValues(t, topic, 0, numbered("v", 0, 20)...)
	var r reader
	s := newSource(t, onCluster(t, c, group, topic))
	stop := start(t, s, r.work)
	await(t, "all is read", func() bool { return r.count() == 20 })
	stop()
	c.ProduceValues(t, topic, 0, numbered("v", 20, 40)...)
	c.DeleteRecords(t, topic, 0, 30)
	s = newSource(t, onCluster(t, c, group, topic))
	start(t, s, r.work)
	await(t, "an alarm tells", func() bool {
		alarms := s.Alarms()
		return len(alarms) == 1 && strings.Contains(alarms[0].Reason, "below its start 30: 10 records were deleted")
	})
	if r.count() != 20 {
		t.Errorf("%d records were read", r.count())
	}
}

// A member that was stopped for longer than its session must not commit what
// the next owner has passed.
func TestAStaleGenerationCannotCommit(t *testing.T) {
	c := shared.Cluster(t)
	topic, group := c.Topic(t, 1), kafkatest.UniqueName(t)
	c.ProduceValues(t, topic, 0, numbered("v", 0, 10)...)
	held := make(chan runtime.Partition, 1)
	stop := start(t, newSource(t, onCluster(t, c, group, topic)), func(ctx context.Context, p runtime.Partition) error {
		held <- p
		<-ctx.Done()
		return nil
	})
	stale := <-held
	stop()
	var r reader
	next := start(t, newSource(t, onCluster(t, c, group, topic)), r.work)
	await(t, "the next owner reads", func() bool { return r.count() == 10 })
	next()
	if err := stale.Commit(3); err == nil {
		t.Error("a commit after the generation was taken")
	}
	if err := stale.Flush(t.Context()); err == nil {
		t.Error("a flush after the generation succeeded")
	}
	if got := c.Committed(t, group, topic); got[0] != 10 {
		t.Errorf("committed %d, want 10", got[0])
	}
}
