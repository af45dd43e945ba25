//go:build kafka

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/chaos"
	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/testdata"
)

// everything is a filter file that passes every alert.
var everything = filterFile("all: candid >= 0")

// mustGoOn checks that partition 1 is worked on while partition 0 stands, and
// that the log names partition 0.
func (s *stage) mustGoOnBesides(more ...string) {
	s.Helper()
	p := s.start(more...)
	p.AwaitLog(s, s.topic+"/0", enough)
	s.produceAlerts(1, 0, 10)
	s.awaitOutput("all", 10)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		s.Fatal(err)
	}
	for _, r := range s.output("all") {
		if strings.HasPrefix(header(r, "skysift-source"), s.topic+"/0/") {
			s.Fatal("the partition that should stand was read")
		}
	}
}

func Test69OffsetBelowTheLogsStart(t *testing.T) {
	setUp := func(t *testing.T) *stage {
		s := newStage(t, 2, everything)
		s.produceAlerts(0, 0, 20)
		s.cluster.Commit(t, s.group, s.topic, 0, 5)
		s.cluster.DeleteRecords(t, s.topic, 0, 8)
		return s
	}
	t.Run("is an error", func(t *testing.T) { setUp(t).mustGoOnBesides() })
	for policy, want := range map[string]int64{"earliest": 12, "latest": 0} {
		t.Run("jumps by policy to the "+policy, func(t *testing.T) {
			if got := setUp(t).run("--out-of-range", policy); got.Consumed != want {
				t.Errorf("%d records are read, not %d", got.Consumed, want)
			}
		})
	}
}

func Test70OffsetAboveTheLogsEnd(t *testing.T) {
	setUp := func(t *testing.T) *stage {
		s := newStage(t, 2, everything)
		s.produceAlerts(0, 0, 20)
		s.cluster.Commit(t, s.group, s.topic, 0, 1000)
		return s
	}
	t.Run("is an error", func(t *testing.T) { setUp(t).mustGoOnBesides() })
	t.Run("jumps by policy to the earliest", func(t *testing.T) {
		s := setUp(t)
		p := s.start("--out-of-range", "earliest")
		s.awaitOutput("all", 20)
		if err := p.Stop(syscall.SIGTERM, enough); err != nil {
			t.Fatal(err)
		}
		s.awaitCommitted(20, 0)
	})
	t.Run("is not taken for the end", func(t *testing.T) {
		if got := setUp(t).run("--out-of-range", "earliest"); got.Consumed != 20 {
			t.Errorf("%d records are read, not 20", got.Consumed)
		}
	})
}

func Test71TopicDeletedWhileRunning(t *testing.T) {
	s := newStage(t, 1, everything)
	other := s.cluster.Topic(t, 1)
	p := s.start("--topics", s.topic+","+other, "--metadata-interval", "1s")
	s.produceAlerts(0, 0, 5)
	s.awaitOutput("all", 5)
	s.cluster.DeleteTopic(t, s.topic)
	time.Sleep(3 * time.Second)
	s.topic = other
	s.produceAlerts(0, 0, 5)
	s.awaitOutput("all", 10)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
}

func Test72PartitionsAdded(t *testing.T) {
	s := newStage(t, 1, everything)
	p := s.start("--start", "latest", "--metadata-interval", "1s")
	s.awaitCommitted(0)
	s.produceAlerts(0, 0, 5)
	s.awaitOutput("all", 5)
	s.cluster.AddPartitions(t, s.topic, 3)
	s.produceAlerts(2, 0, 5) // at once: what a new partition holds is read from its start
	s.awaitOutput("all", 10)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	if got := len(s.output("all")); got != 10 {
		t.Errorf("%d outputs of 10 alerts", got)
	}
}

func Test73ControlAndAbortedRecords(t *testing.T) {
	s := newStage(t, 1, everything)
	client := s.cluster.Client(t, kgo.TransactionalID(s.topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for number, end := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit, kgo.TryAbort} {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		record := &kgo.Record{Topic: s.topic, Value: chaos.Value(0, number)}
		if err := client.ProduceSync(t.Context(), record).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := client.EndTransaction(t.Context(), end); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.run(); got.Consumed != 2 || got.Delivered != 2 {
		t.Errorf("of two committed and two aborted records: %+v", got)
	}
	s.awaitCommitted(8) // past the last marker
}

func Test74Tombstone(t *testing.T) {
	s := newStage(t, 1, everything)
	s.cluster.Produce(t, s.topic, 0, &kgo.Record{Key: []byte("gone")}, &kgo.Record{Value: chaos.Value(0, 1)})
	if got := s.run(); got.Consumed != 2 || got.Dropped != 1 || got.Delivered != 1 || got.Rejected != 0 {
		t.Errorf("%+v", got)
	}
}

func Test75OutputTooLargeForTheTopic(t *testing.T) {
	s := newStage(t, 1, everything)
	s.cluster.CreateTopic(t, s.prefix+"all", 1, 1, map[string]string{"max.message.bytes": "1000"})
	s.produceAlerts(0, 0, 3)
	if got := s.run(); got.Rejected != 3 || got.Consumed != 3 {
		t.Errorf("%+v", got)
	}
	for i, r := range s.output("rejected") {
		if string(r.Value) != string(chaos.Value(0, i)) {
			t.Errorf("reject %d is not byte for byte the input", i)
		}
		if header(r, "skysift-stage") != "deliver" || header(r, "skysift-error") == "" {
			t.Errorf("headers %v", r.Headers)
		}
	}
}

func Test76NoWritePermissionOnOneOutput(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1, Config: kafkatest.Authorizing()})
	s := newStageOn(t, cluster, 1, filterFile("all: candid >= 0", "secret: candid == 3"))
	cluster.CreateTopic(t, s.prefix+"secret", 1, 1, nil)
	cluster.DenyWrite(t, s.prefix+"secret")
	s.produceAlerts(0, 0, 6)
	p := s.start()
	p.AwaitLog(t, s.prefix+"secret", enough)
	if committed := cluster.Committed(t, s.group, s.topic); committed[0] > 3 {
		t.Errorf("committed %v past the alert that could not be written", committed)
	}
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	if committed := cluster.Committed(t, s.group, s.topic); committed[0] > 3 {
		t.Errorf("committed %v past the alert that could not be written", committed)
	}
}

// The broker sends a batch as its disk holds it, so a bad disk shows only here.
func Test78WrongChecksum(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	s := newStageOn(t, cluster, 2, everything)
	s.produceAlerts(0, 0, 10)
	cluster.StopBrokerCleanly(t, 0)
	flipByte(t, cluster.Segments(t, 0, s.topic, 0)[0])
	cluster.StartBroker(t, 0)
	s.mustGoOnBesides()
}

func flipByte(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 0x10
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A partition counts at most its own replicas as missing, so this takes three
// brokers, one of them away.
func Test79NotEnoughReplicasWaits(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 3})
	s := newStageOn(t, cluster, 1, everything)
	cluster.CreateTopic(t, s.prefix+"all", 1, 3, map[string]string{"min.insync.replicas": "3"})
	cluster.StopBrokerCleanly(t, 2)
	s.produceAlerts(0, 0, 10)
	p := s.start()
	p.AwaitLog(t, s.prefix+"all", enough)
	if committed := cluster.Committed(t, s.group, s.topic); committed[0] > 0 {
		t.Errorf("committed %v before anything was written", committed)
	}
	cluster.StartBroker(t, 2)
	s.awaitOutput("all", 10)
	s.awaitCommitted(10)
}

func Test81EveryBrokerGone(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	s := newStageOn(t, cluster, 2, everything)
	s.produceAlerts(0, 0, 10)
	p := s.start()
	s.awaitOutput("all", 10)
	cluster.StopBroker(t, 0)
	outage := 15 * time.Second
	if os.Getenv("SKYSIFT_TEST_LONG") != "" {
		outage = time.Minute
	}
	time.Sleep(outage)
	if p.Ended() {
		t.Fatal("skysift ended while its broker was away")
	}
	cluster.StartBroker(t, 0)
	s.produceAlerts(1, 0, 10)
	s.awaitOutput("all", 20)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil || p.State().ExitCode() != 0 {
		t.Fatalf("%v, %v", err, p.State())
	}
}

// What cannot be decoded goes to the reject topic byte for byte, with the
// reason, and the run goes on.
func TestMalformedFilesAreRejected(t *testing.T) {
	s := newStage(t, 1, everything)
	inputs := map[string][]byte{"empty record": {}}
	for _, file := range testdata.Files(t, ".avro", "malformed") {
		value, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inputs[filepath.Base(file)] = value
	}
	for name, value := range inputs {
		s.cluster.Produce(t, s.topic, 0, &kgo.Record{Key: []byte(name), Value: value}, &kgo.Record{Value: chaos.Value(0, 1)})
	}
	summary := s.run()
	rejected := map[string]bool{}
	for _, r := range s.output("rejected") {
		name := string(r.Key)
		rejected[name] = true
		if string(r.Value) != string(inputs[name]) {
			t.Errorf("%s: the value is not the input's", name)
		}
		if header(r, "skysift-stage") != "decode" || header(r, "skysift-error") == "" || header(r, "skysift-source") == "" {
			t.Errorf("%s: headers %v", name, r.Headers)
		}
	}
	for name := range inputs {
		if want := mustBeRejected(name); rejected[name] != want {
			t.Errorf("%s: rejected %v, want %v", name, rejected[name], want)
		}
	}
	if summary.Consumed != int64(2*len(inputs)) || summary.Rejected != int64(len(rejected)) {
		t.Errorf("%d records produced, %d rejects there: %+v", 2*len(inputs), len(rejected), summary)
	}
	good := 0
	for _, r := range s.output("all") {
		if string(r.Value) == string(chaos.Value(0, 1)) {
			good++
		}
	}
	if good != len(inputs) {
		t.Errorf("%d of the %d good alerts between the bad passed", good, len(inputs))
	}
}

// mustBeRejected says which malformed files hold something that cannot be
// decoded. The others are containers without an alert, or with a schema that
// is wrong in ways that do not hide the alert.
func mustBeRejected(name string) bool {
	for _, prefix := range []string{"empty_part", "bad_default", "candid_rounded"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	return true
}
