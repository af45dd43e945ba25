//go:build chaos

package chaos

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/skysifttest"
)

const (
	sigterm = syscall.SIGTERM
	sigstop = syscall.SIGSTOP
	sigcont = syscall.SIGCONT
)

// size is how much is done: with -short a fifth of the alerts, and shorter
// faults.
type size struct {
	night Night
	// rate is how many alerts a second are produced. A worker commits four times
	// a second, so the rate decides how many alerts a kill can repeat.
	rate   int
	rounds int
	outage time.Duration
	// repeated is the share of outputs that may be there twice. The promise is 1 %
	// of a long night; in the short one there are twice as many faults to an alert.
	repeated float64
}

func sizeOf() size {
	if testing.Short() {
		return size{Night{Partitions: 16, PerPartition: 1250}, 200, 1, 10 * time.Second, 0.02}
	}
	return size{Night{Partitions: 16, PerPartition: 6250}, 400, 3, time.Minute, 0.01}
}

func TestCleanStopsLoseAndRepeatNothing(t *testing.T) {
	size := sizeOf()
	s := newStage(t, size.night)
	c := &crew{stage: s, binary: skysifttest.Build(t)}
	c.join(2)
	s.produce(size.rate)
	for range size.rounds {
		pause()
		c.join(1)
		pause()
		for range 3 { // a rolling restart
			c.leave()
			c.join(1)
			pause()
		}
		c.moveLeaders()
		c.leave()
	}
	s.awaitCommitted(3 * time.Minute)
	c.leaveAll()
	report := s.check()
	s.mustBeFaultless(report)
	if report.Duplicates > 0 {
		t.Errorf("%d outputs are there twice after clean stops", report.Duplicates)
	}
}

func TestKillsStopsAndOutagesLoseNothing(t *testing.T) {
	size := sizeOf()
	s := newStage(t, size.night)
	c := &crew{stage: s, binary: skysifttest.Build(t)}
	c.join(3)
	s.produce(size.rate)
	for round := range size.rounds {
		pause()
		c.kill()
		c.join(1)
		pause()
		c.freeze(20 * time.Second) // longer than a session lives
		pause()
		c.leave()
		c.join(1)
		c.moveLeaders()
		c.restartLeader()
		if round == 0 {
			c.outage(size.outage)
		}
	}
	s.awaitCommitted(5 * time.Minute)
	c.leaveAll()
	report := s.check()
	s.mustBeFaultless(report)
	if share := report.DuplicateShare(); share > size.repeated {
		t.Errorf("%.2f %% of the outputs are repeated, more than %.0f %%", 100*share, 100*size.repeated)
	}
}

// Outputs cannot become durable while a broker that their topics need is gone;
// offsets can. A worker that is killed then must not have committed.
func TestNothingIsCommittedBeforeItsOutputs(t *testing.T) {
	s, committed := killedBeforeItsOutputs(t, skysifttest.Build(t))
	s.mustBeFaultless(s.check())
	for partition, offset := range committed {
		if offset > firstOutput(s.night, partition) {
			t.Errorf("partition %d: offset %d was committed before the outputs below it", partition, offset)
		}
	}
}

func TestCheckerSeesAWorkerThatCommitsFirst(t *testing.T) {
	s, _ := killedBeforeItsOutputs(t, skysifttest.Build(t, "mutant_commit_first"))
	if report := s.check(); len(report.Lost) == 0 {
		t.Error("the checker sees no loss")
	}
}

func TestCheckerSeesAVerdictDropped(t *testing.T) {
	s := newStage(t, Night{Partitions: 4, PerPartition: 100})
	unlucky := 0
	for Verdict(1, unlucky, "bright") == nil {
		unlucky++
	}
	s.filters = s.writeFilters(strings.ReplaceAll(Filters,
		"where: candidate.magpsf <", fmt.Sprintf("where: candid != %d and candidate.magpsf <", candid(1, unlucky))))
	s.produce(0)
	<-s.sent
	skysifttest.Build(t).Run(t, 2*time.Minute, s.args("--until-end")...)
	if faults := s.check().Faults(); len(faults) != 1 || !strings.Contains(faults[0], fmt.Sprintf("alert 1/%d", unlucky)) {
		t.Errorf("faults: %q", faults)
	}
}

// killedBeforeItsOutputs kills a worker whose outputs cannot become durable,
// makes them possible again, and lets another worker finish. It returns what
// was committed at the kill.
func killedBeforeItsOutputs(t *testing.T, binary skysifttest.Binary) (*stage, []int64) {
	s := newStage(t, Night{Partitions: 4, PerPartition: 200})
	for _, class := range Classes() {
		s.cluster.CreateTopic(t, s.prefix+class, 4, 3, map[string]string{"min.insync.replicas": "3"})
	}
	s.produce(0)
	<-s.sent
	s.cluster.StopBrokerCleanly(t, 2)
	w := binary.Start(t, s.args()...)
	time.Sleep(15 * time.Second) // to join, fetch, judge, and try to write
	committed := s.cluster.Committed(t, s.group, s.topic)
	w.Kill()
	s.cluster.StartBroker(t, 2)
	binary.Run(t, 2*time.Minute, s.args("--until-end")...)
	return s, committed
}

// firstOutput is the number of the first alert of a partition that passes.
func firstOutput(night Night, partition int) int64 {
	for number := range night.PerPartition {
		for _, class := range Classes() {
			if Verdict(partition, number, class) != nil {
				return int64(number)
			}
		}
	}
	return int64(night.PerPartition)
}

// moveLeaders moves the leaders of some partitions of the input and of the
// outputs, with all brokers there.
func (c *crew) moveLeaders() {
	c.Helper()
	for _, topic := range []string{c.topic, c.prefix + "bright"} {
		for partition := range 3 {
			next := (c.cluster.Leader(c, topic, partition) + 1) % 3
			c.cluster.MoveLeader(c, topic, partition, next)
		}
	}
}

// restartLeader kills a broker that leads partitions, and starts it again.
func (c *crew) restartLeader() {
	c.Helper()
	leader := c.cluster.Leader(c, c.topic, 0)
	c.cluster.StopBroker(c, leader)
	pause()
	c.cluster.StartBroker(c, leader)
}

// outage takes all brokers away for as long.
func (c *crew) outage(d time.Duration) {
	c.Helper()
	c.cluster.StopBroker(c, 0, 1, 2)
	time.Sleep(d)
	c.cluster.StartBroker(c, 0, 1, 2)
}

// pause lets the workers do some work between two faults.
func pause() { time.Sleep(4 * time.Second) }
