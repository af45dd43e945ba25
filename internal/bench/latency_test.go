//go:build bench

package bench

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

// liveRate is the alerts a second of a busy night of Rubin: 10,000 an exposure,
// twice over in 15 s.
const liveRate = 1333

// latencies are the times from an alert's append to its topic until its append
// to its class's topic, by the broker's own clock, in order.
type latencies []time.Duration

func (l latencies) percentile(p int) time.Duration { return l[min(len(l)*p/100, len(l)-1)] }

// measureLatency produces alerts at liveRate for as long while skysift runs.
func measureLatency(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, s stock, lasting time.Duration) latencies {
	stamped := map[string]string{"message.timestamp.type": "LogAppendTime"}
	name := createOutputs(t, cluster, stamped)
	cluster.CreateTopic(t, name, partitions, 1, stamped)
	p := binary.Start(t, "run", "--filters", filters(), "--brokers", cluster.Bootstrap(), "--topics", name,
		"--group", name, "--start", "earliest", "--listen", "off", "--output-topic", name+".{class}", "--output", "json")
	p.AwaitLog(t, "joined", enough)
	time.Sleep(2 * time.Second)
	produceLive(t, cluster, name, s, lasting)
	awaitCommitted(t, cluster, name)
	if err := p.Stop(syscall.SIGTERM, time.Minute); err != nil {
		t.Fatal(err)
	}

	appended := map[string]time.Time{}
	for _, r := range cluster.ReadHeads(t, name) {
		appended[fmt.Sprintf("%s/%d/%d", name, r.Partition, r.Offset)] = r.Timestamp
	}
	var all latencies
	for _, class := range classes() {
		for _, r := range cluster.ReadHeads(t, name+"."+class) {
			all = append(all, r.Timestamp.Sub(appended[header(r, "skysift-source")]))
		}
	}
	deleteTopics(t, cluster, name)
	slices.Sort(all)
	return all
}

func produceLive(t *testing.T, cluster *kafkatest.Cluster, topic string, s stock, lasting time.Duration) {
	client := cluster.Client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ProducerLinger(0))
	begun := time.Now()
	for i := range int(lasting.Seconds() * liveRate) {
		time.Sleep(time.Until(begun.Add(time.Duration(i) * time.Second / liveRate)))
		value, _ := s.alert(i, every3)
		client.Produce(context.Background(), &kgo.Record{Topic: topic, Partition: int32(i % partitions), Value: value},
			func(_ *kgo.Record, err error) {
				if err != nil {
					t.Errorf("producing: %v", err)
				}
			})
	}
	if err := client.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > lasting*11/10 {
		t.Logf("producing %v of alerts took %v: this machine is too slow for the rate", lasting, took)
	}
}

func awaitCommitted(t *testing.T, cluster *kafkatest.Cluster, topic string) {
	spans := cluster.Spans(t, topic)
	for deadline := time.Now().Add(enough); ; time.Sleep(200 * time.Millisecond) {
		done := true
		for partition, offset := range cluster.Committed(t, topic, topic) {
			done = done && offset >= spans[partition].End
		}
		if done {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("skysift does not keep up")
		}
	}
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}
