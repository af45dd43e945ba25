//go:build kafka

package e2e

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/chaos"
	"github.com/skysift/skysift/internal/kafkatest"
)

// Outputs and rejects go to the second cluster, the group stays on the first;
// while the second is down partitions wait, and nothing is lost.
func TestOutputsGoToASecondCluster(t *testing.T) {
	second := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	s := newStage(t, 2, "")
	s.writeFilters(fmt.Sprintf(`version: 1
stream: {brokers: [%s], topics: [%s], group: %s}
output: {brokers: [%s], topic: "%s{class}", reject_topic: "%srejected"}
filters:
  - {name: everything, class: everything, where: candid >= 0}
`, s.cluster.Bootstrap(), s.topic, s.group, second.Bootstrap(), s.prefix, s.prefix))
	s.produceAlerts(0, 0, 6)
	s.produceAlerts(1, 0, 4)
	s.cluster.ProduceValues(t, s.topic, 1, []byte("broken"))
	p := skysift.Binary(t).Start(t, yamlRun(s)...)
	there := &stage{T: t, cluster: second, prefix: s.prefix}
	there.awaitOutput("everything", 10)
	there.awaitOutput("rejected", 1)
	s.awaitCommitted(6, 5)

	second.StopBroker(t, 0)
	s.produceAlerts(0, 6, 9)
	p.AwaitLog(t, `about="output cluster" reason="a broker of those that outputs go to (`+second.Bootstrap()+") does not answer", enough)
	if committed := s.cluster.Committed(t, s.group, s.topic); committed[0] > 6 {
		t.Errorf("committed %v while the second cluster was down", committed)
	}
	second.StartBroker(t, 0)
	there.awaitOutput("everything", 13)
	s.awaitCommitted(9, 5)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	there.mustHaveAll(t, 9, 4)
	if topics := s.cluster.TopicsWithPrefix(t, s.prefix); len(topics) > 0 {
		t.Errorf("the first cluster has %v", topics)
	}
	second.AwaitPartitions(t, s.prefix+"everything", 2) // as many as the input has
}

func TestASecondClusterThatLetsNobodyInIsToldAtTheStart(t *testing.T) {
	s := newStage(t, 1, everything)
	p := skysift.Binary(t).Start(t, s.args("--output-brokers", s.cluster.Listener("PLAIN")[0], "--output-tls", "--output-topic", "elsewhere-{class}")...)
	if code := p.ExitCode(t, enough); code != 1 || !strings.Contains(p.Log(), "output cluster: ") || !strings.Contains(p.Log(), "plain text on this port") {
		t.Errorf("exit code %d:\n%s", code, p.Log())
	}
}

// MirrorMaker puts the name of the cluster before that of the topic, and
// producers compress as they like; what one of them took back is no alert.
func TestMirroredTopicsInEveryCompression(t *testing.T) {
	cluster := kafka.Cluster(t)
	name := kafkatest.UniqueName(t)
	mirrored := "kitt-peak.ztf_20261121_" + name
	cluster.CreateTopic(t, mirrored, 5, 1, nil)
	s := &stage{T: t, cluster: cluster, topic: "*.ztf_*_" + name, group: name, prefix: name + "-out.", filters: t.TempDir() + "/filters.yaml"}
	s.writeFilters(filterFile("everything: candid >= 0"))
	codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	for partition, codec := range codecs {
		producer := cluster.Client(t, kgo.ProducerBatchCompression(codec), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID(fmt.Sprintf("%s-%d", name, partition)))
		for _, end := range []kgo.TransactionEndTry{kgo.TryAbort, kgo.TryCommit} {
			if err := producer.BeginTransaction(); err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				value := chaos.Value(partition, i)
				if end == kgo.TryAbort {
					value = chaos.Value(partition, 100+i)
				}
				producer.Produce(context.Background(), &kgo.Record{Topic: mirrored, Partition: int32(partition), Value: value}, nil)
			}
			if err := producer.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
			if err := producer.EndTransaction(context.Background(), end); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := s.run(); got.Delivered != 20 {
		t.Errorf("%+v", got)
	}
	s.mustHaveAll(t, 4, 4, 4, 4, 4)
	for _, r := range s.output("everything") {
		if source := header(r, "skysift-source"); !strings.HasPrefix(source, mirrored+"/") {
			t.Errorf("the source of an output is %s", source)
		}
	}
}
