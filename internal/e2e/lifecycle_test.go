//go:build kafka

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/chaos"
)

func TestUntilEndGoesOnWhereTheGroupLeftOff(t *testing.T) {
	s := newStage(t, 3, filterFile("all: candid >= 0"))
	if got := s.run(); got.Consumed != 0 {
		t.Errorf("an empty topic: %+v", got)
	}
	s.produceAlerts(0, 0, 30)
	s.produceAlerts(2, 0, 20)
	if got := s.run(); got.Consumed != 50 || got.Delivered != 50 || got.Outputs != 50 {
		t.Errorf("first run: %+v", got)
	}
	s.awaitCommitted(30, 0, 20) // the start of what was empty is resolved once
	s.produceAlerts(0, 30, 37)
	if got := s.run(); got.Consumed != 7 {
		t.Errorf("second run: %+v", got)
	}
	if got := len(s.output("all")); got != 57 {
		t.Errorf("%d outputs of 57 alerts", got)
	}
}

func TestSIGTERMDrainsAndCommits(t *testing.T) {
	s := newStage(t, 2, filterFile("all: candid >= 0"))
	s.produceAlerts(0, 0, 200)
	s.produceAlerts(1, 0, 100)
	p := s.start()
	s.awaitOutput("all", 300)
	start := time.Now()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.ExitCode(t, enough); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("leaving took %v", took)
	}
	if got := p.Summary(t); got.Consumed != 300 || got.Delivered != 300 {
		t.Errorf("%+v", got)
	}
	s.awaitCommitted(200, 100)
	if got := s.run(); got.Consumed != 0 || len(s.output("all")) != 300 {
		t.Errorf("after a clean stop %d records are read again", got.Consumed)
	}
}

// With its broker paused nothing can be drained: the first signal cannot be
// obeyed at once, the second can.
func TestSecondSignalLeavesAtOnce(t *testing.T) {
	s := newStage(t, 1, filterFile("all: candid >= 0"))
	s.produceAlerts(0, 0, 10)
	p := s.start()
	s.awaitOutput("all", 10)
	s.cluster.Pause(t, 0)
	defer s.cluster.Resume(t, 0)
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	if p.Ended() {
		t.Fatal("the first signal was obeyed although nothing can be committed")
	}
	start := time.Now()
	_ = p.Signal(syscall.SIGTERM)
	code := p.ExitCode(t, enough)
	if took := time.Since(start); took > 3*time.Second || code == 0 {
		t.Errorf("exit code %d after %v", code, took)
	}
}

// With its broker paused, SIGTERM must end the process all the same.
func TestSIGTERMEndsWithinTenSecondsWithoutABroker(t *testing.T) {
	s := newStage(t, 1, filterFile("all: candid >= 0"))
	s.produceAlerts(0, 0, 10)
	p := s.start()
	s.awaitOutput("all", 10)
	s.cluster.Pause(t, 0)
	defer s.cluster.Resume(t, 0)
	start := time.Now()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.ExitCode(t, enough) // 0 where all was committed before, else 1
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("leaving took %v", took)
	}
}

func TestMoreMembersThanPartitionsAreWarnedOf(t *testing.T) {
	s := newStage(t, 1, filterFile("all: candid >= 0"))
	first, second := s.start(), s.start()
	for deadline := time.Now().Add(enough); ; time.Sleep(100 * time.Millisecond) {
		log := strings.ToLower(first.Log() + second.Log())
		if strings.Contains(log, "more members than") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("no worker warns that it is one too many")
		}
	}
}

func TestStartPositions(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	s := newStage(t, 1, filterFile("all: candid >= 0"))
	for number := range 10 {
		s.cluster.Produce(t, s.topic, 0, &kgo.Record{
			Value: chaos.Value(0, number), Timestamp: noon.Add(time.Duration(number) * time.Minute)})
	}
	for start, want := range map[string]int64{
		"earliest": 10,
		"latest":   0,
		noon.Add(4 * time.Minute).Format(time.RFC3339): 6,
		noon.Add(-1 * time.Hour).Format(time.RFC3339):  10,
		noon.Add(100 * time.Hour).Format(time.RFC3339): 0,
	} {
		t.Run(start, func(t *testing.T) {
			one := *s
			one.T, one.group = t, s.group+"-"+strings.ReplaceAll(start, ":", "-")
			if got := one.run("--start", start); got.Consumed != want {
				t.Errorf("%d records are read, not %d", got.Consumed, want)
			}
		})
	}
}

// A group that started at the latest record reads on from there, also where
// it was away when the next ones came.
func TestLatestIsResolvedOnce(t *testing.T) {
	s := newStage(t, 1, filterFile("all: candid >= 0"))
	s.produceAlerts(0, 0, 10)
	if got := s.run("--start", "latest"); got.Consumed != 0 {
		t.Errorf("%d records are read from the latest on", got.Consumed)
	}
	s.produceAlerts(0, 10, 14)
	if got := s.run("--start", "latest"); got.Consumed != 4 {
		t.Errorf("%d records are read, not the 4 that came meanwhile", got.Consumed)
	}
}

func TestGlobPicksUpTheNextNight(t *testing.T) {
	s := newStage(t, 2, filterFile("all: candid >= 0"))
	prefix := s.topic
	p := s.start("--topics", prefix+"*_programid1", "--metadata-interval", "1s")
	nights := []string{prefix + "-20260101_programid1", prefix + "-20260102_programid1"}
	for i, night := range nights {
		s.cluster.CreateTopic(t, night, 2, 1, nil)
		s.topic = night
		s.produceAlerts(0, 0, 20)
		s.produceAlerts(1, 0, 20)
		s.awaitOutput("all", 40*(i+1))
	}
	s.cluster.CreateTopic(t, prefix+"-20260102_programid2", 1, 1, nil)
	s.topic = prefix + "-20260102_programid2"
	s.produceAlerts(0, 0, 5)
	for _, s.topic = range nights {
		s.awaitCommitted(20, 20)
	}
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	if got := len(s.output("all")); got != 80 {
		t.Errorf("%d outputs of 80 alerts: something was lost or repeated", got)
	}
}

func TestReload(t *testing.T) {
	s := newStage(t, 1, filterFile("before: candid >= 0"))
	p := s.start()
	s.produceAlerts(0, 0, 10)
	s.awaitOutput("before", 10)

	s.writeFilters("version: 1\nfilters:\n  - {name: broken, class: x, where: candidate.magpfs < 3}\n")
	p.AwaitLog(t, "magpfs", enough) // the mistake is told
	s.produceAlerts(0, 10, 20)
	s.awaitOutput("before", 20) // and the running set stays

	s.writeFilters(filterFile("after: candid >= 0"))
	for number := 20; len(s.output("after")) == 0; number++ {
		s.produceAlerts(0, number, number+1)
		time.Sleep(50 * time.Millisecond)
	}
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, class := range []string{"before", "after"} {
		for _, r := range s.output(class) {
			seen[header(r, "skysift-source")]++
		}
	}
	total := p.Summary(t).Consumed
	for offset := range total {
		if n := seen[fmt.Sprintf("%s/0/%d", s.topic, offset)]; n != 1 {
			t.Errorf("record %d has %d outputs over the reload", offset, n)
		}
	}
}

func TestSIGHUPReloads(t *testing.T) {
	s := newStage(t, 1, filterFile("before: candid >= 0"))
	p := s.start()
	s.produceAlerts(0, 0, 1)
	s.awaitOutput("before", 1)
	if err := p.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.AwaitLog(t, "reload", enough)
	s.produceAlerts(0, 1, 2)
	s.awaitOutput("before", 2)
}

func TestOutputTopicsHaveTheInputsPartitions(t *testing.T) {
	s := newStage(t, 5, filterFile("all: candid >= 0"))
	for partition := range 5 {
		s.produceAlerts(partition, 0, 3)
	}
	s.run()
	var got []int
	for _, span := range s.cluster.Spans(t, s.prefix+"all") {
		got = append(got, int(span.End-span.Start))
	}
	if !slices.Equal(got, []int{3, 3, 3, 3, 3}) {
		t.Errorf("outputs per partition: %v", got)
	}
}

func TestOutputPartitionIsTheInputsModuloTheCount(t *testing.T) {
	s := newStage(t, 5, filterFile("all: candid >= 0"))
	s.cluster.CreateTopic(t, s.prefix+"all", 2, 1, nil)
	for partition := range 5 {
		s.produceAlerts(partition, 0, 1)
	}
	s.run()
	for _, r := range s.output("all") {
		var partition int32
		fmt.Sscanf(header(r, "skysift-source"), s.topic+"/%d/", &partition)
		if r.Partition != partition%2 {
			t.Errorf("a record of partition %d is in partition %d of 2", partition, r.Partition)
		}
	}
}
