//go:build bench

package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"

	"github.com/skysift/skysift/internal/child"
)

// bareRun, as a variable of the environment, makes this test binary the bare
// consumer: a process of its own, whose CPU time and memory are its own too.
const bareRun = "SKYSIFT_BENCH_BARE"

// fetchBytes is how much bare consumption asks for at once.
const fetchBytes = 8 << 20

func TestMain(m *testing.M) {
	if task := os.Getenv(bareRun); task != "" {
		if err := consumeBare(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// measureBare reads a topic with nothing but kafka-go's Client.Fetch, the
// faster way it has.
func measureBare(t *testing.T, cluster *kafkatest.Cluster, topic string) measure {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), bareRun+"="+cluster.Bootstrap()+" "+topic)
	out := runChild(t, cmd)
	var answer struct {
		Alerts  int
		Seconds float64
	}
	if err := json.Unmarshal(out.stdout, &answer); err != nil {
		t.Fatalf("bare consumption says %q: %v", out.stdout, err)
	}
	return measure{
		alerts: answer.Alerts, rate: float64(answer.Alerts) / answer.Seconds,
		cpu: out.usage.CPU.Seconds() / float64(answer.Alerts), rss: out.usage.PeakRSS,
	}
}

type childOutput struct {
	stdout []byte
	usage  skysifttest.Usage
}

func runChild(t *testing.T, cmd *exec.Cmd) childOutput {
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	p, err := child.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
	case <-time.After(enough):
		p.Kill()
	}
	if !p.State().Success() {
		t.Fatalf("%v: %v\n%s", cmd.Args, p.State(), stderr.String())
	}
	return childOutput{[]byte(stdout.String()), skysifttest.UsageOf(p.State())}
}

// consumeBare reads every partition of a topic up to its end, all at once, and
// tells how long that took.
func consumeBare(task string) error {
	bootstrap, topic, _ := strings.Cut(task, " ")
	client := &kafka.Client{Addr: kafka.TCP(bootstrap), Transport: &kafka.Transport{}}
	var wait sync.WaitGroup
	counts, errs := make([]int, partitions), make([]error, partitions)
	begun := time.Now()
	for p := range partitions {
		wait.Go(func() { counts[p], errs[p] = consumePartition(client, topic, p) })
	}
	wait.Wait()
	took := time.Since(begun)
	total := 0
	for _, n := range counts {
		total += n
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"alerts": total, "seconds": took.Seconds()})
}

func consumePartition(client *kafka.Client, topic string, partition int) (count int, err error) {
	buffer := make([]byte, 0, 256<<10)
	for offset := int64(0); ; {
		response, err := client.Fetch(context.Background(), &kafka.FetchRequest{
			Topic: topic, Partition: partition, Offset: offset, MinBytes: 1, MaxBytes: fetchBytes, MaxWait: time.Second})
		if err != nil {
			return count, err
		}
		if response.Error != nil {
			return count, response.Error
		}
		for {
			record, err := response.Records.ReadRecord()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return count, err
			}
			if buffer, err = readInto(buffer, record); err != nil {
				return count, err
			}
			offset = record.Offset + 1
			count++
		}
		if offset >= response.HighWatermark {
			return count, nil
		}
	}
}

// readInto reads a record's value into the buffer, which grows as needed.
func readInto(buffer []byte, record *kafka.Record) ([]byte, error) {
	if record.Key != nil {
		_ = record.Key.Close()
	}
	size := record.Value.Len()
	if cap(buffer) < size {
		buffer = make([]byte, size)
	}
	buffer = buffer[:size]
	_, err := io.ReadFull(record.Value, buffer)
	return buffer, errors.Join(err, record.Value.Close())
}
