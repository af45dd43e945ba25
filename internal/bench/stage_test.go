//go:build bench

package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/internal/skysifttest"
	"github.com/skysift/skysift/internal/testdata"
)

const (
	partitions = 16
	// fullSize is the least size of an alert with all its cutouts.
	fullSize = 55_000
	// enough is longer than any run here takes.
	enough = 10 * time.Minute
)

// stock is the alerts that the benchmark repeats.
type stock struct {
	passing, others [][]byte
	real            bool
}

// meanSize is the mean size in bytes of alerts of which share pass.
func (s stock) meanSize(share float64) float64 {
	return share*mean(s.passing) + (1-share)*mean(s.others)
}

func mean(values [][]byte) float64 {
	sum := 0
	for _, v := range values {
		sum += len(v)
	}
	return float64(sum) / float64(len(values))
}

// newStock takes real alerts with cutouts, or where there are none simulated
// ones, and lets skysift say which of them pass.
func newStock(t *testing.T, binary skysifttest.Binary) stock {
	files, isReal := realFiles(t)
	if !isReal {
		files = simulatedFiles(t)
	}
	passes := map[string]bool{}
	args := append([]string{"replay", "--filters", filters(), "--output", "json"}, files...)
	lines := bufio.NewScanner(strings.NewReader(binary.Run(t, enough, args...).Stdout()))
	for lines.Scan() {
		var match struct{ Source string }
		if err := json.Unmarshal(lines.Bytes(), &match); err != nil {
			t.Fatalf("replay says %q: %v", lines.Text(), err)
		}
		path, _, _ := strings.Cut(match.Source, "#")
		passes[path] = true
	}
	s := stock{real: isReal}
	for _, file := range files {
		value, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if passes[file] {
			s.passing = append(s.passing, value)
		} else {
			s.others = append(s.others, value)
		}
	}
	if len(s.passing) == 0 || len(s.others) == 0 {
		t.Fatalf("of %d alerts %d pass: some must and some must not", len(files), len(s.passing))
	}
	return s
}

func realFiles(t *testing.T) (files []string, ok bool) {
	if os.Getenv("CI") == "" && os.Getenv("SKYSIFT_TESTDATA") == "" {
		if _, err := os.Stat(filepath.Join(skysifttest.Root(), "..", "shared", "data", "manifest.json")); err != nil {
			return nil, false
		}
	}
	for _, file := range testdata.Files(t, ".avro", "ztf") {
		if info, err := os.Stat(file); err == nil && info.Size() >= fullSize {
			files = append(files, file)
		}
	}
	return files, true
}

func simulatedFiles(t *testing.T) (files []string) {
	night, err := simulate.New(simulate.Options{Seed: 1, Alerts: 200})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for alert, more := night.Next(); more; alert, more = night.Next() {
		file := filepath.Join(dir, fmt.Sprintf("%04d.avro", len(files)))
		if err := os.WriteFile(file, alert.Value, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func filters() string {
	return filepath.Join(skysifttest.Root(), "internal", "bench", "testdata", "filters.yaml")
}

// alert is alert i of a topic of which one in every alerts passes: each block
// of that many has one that does. Which partition it goes to does not follow
// from whether it passes.
func (s stock) alert(i, every int) (value []byte, passes bool) {
	block, within := i/every, i%every
	if within == (block*7)%every {
		return s.passing[block%len(s.passing)], true
	}
	return s.others[i%len(s.others)], false
}

// load produces n alerts, of which one in every passes, and returns the topic
// and how many pass.
func load(t *testing.T, cluster *kafkatest.Cluster, s stock, n, every int) (topic string, passing int) {
	topic = cluster.Topic(t, partitions)
	client := cluster.Client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.MaxBufferedBytes(128<<20))
	for i := range n {
		value, passes := s.alert(i, every)
		if passes {
			passing++
		}
		client.Produce(t.Context(), &kgo.Record{Topic: topic, Partition: int32(i % partitions), Value: value},
			func(_ *kgo.Record, err error) {
				if err != nil {
					t.Errorf("loading: %v", err)
				}
			})
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return topic, passing
}
