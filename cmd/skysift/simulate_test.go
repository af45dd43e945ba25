package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkedin/goavro/v2"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
)

// typed runs one command line as a shell would.
func typed(t *testing.T, ctx context.Context, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, story bytes.Buffer
	io := streams{in: strings.NewReader(""), out: &out, err: &story, env: func(string) (string, bool) { return "", false }}
	code = execute(ctx, io, args)
	return code, out.String(), story.String()
}

// simulates runs skysift simulate, which must end well.
func simulates(t *testing.T, args ...string) simulated {
	t.Helper()
	code, stdout, stderr := typed(t, t.Context(), append([]string{"simulate", "--output", "json"}, args...)...)
	if code != exitGood {
		t.Fatalf("simulate %v: exit %d: %s", args, code, stderr)
	}
	if stderr != "" {
		t.Errorf("simulate %v: told on what is no terminal: %q", args, stderr)
	}
	var done simulated
	if err := json.Unmarshal([]byte(stdout), &done); err != nil {
		t.Fatalf("simulate %v: %v in %s", args, err, stdout)
	}
	return done
}

// truths are the first column of a truth.csv.
func truths(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var candids []string
	for _, row := range rows[1:] {
		candids = append(candids, row[0])
	}
	return candids
}

func TestSimulateRefusesWrongFlags(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ args, says string }{
		{"", "--out PATH or --topic NAME"},
		{"--out a --topic b", "exclude each other"},
		{"--topic b", "needs --brokers"},
		{"--out a --brokers localhost:9092", "goes with --topic"},
		{"--out a --alerts 0", "--alerts 0: give 1 or more"},
		{"--out a --alerts 6000000", "0 to 5000000"},
		{"--out a --alerts many", "many"},
		{"--out a --rate -1", "--rate -1"},
		{"--out a --rate NaN", "--rate NaN"},
		{"--out a --partitions 0", "--partitions 0"},
		{"--out a --night 21.11.2026", "write the date as 2026-11-21"},
		{"--out a --night 1990-01-01", "between 2017 and"},
		{"--out a --cutouts some", "must be full or none"},
		{"--out a --seeds 1", "did you mean --seed?"},
		{"--out a b", "simulate --help"},
		{"--out " + full, "is not empty (it holds mine.txt)"},
		{"--out " + full + "/mine.txt", "not a directory"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			code, _, stderr := typed(t, t.Context(), append([]string{"simulate"}, strings.Fields(test.args)...)...)
			if code != exitWrong || !strings.Contains(stderr, test.says) {
				t.Errorf("exit %d, %q; want %d and %q", code, stderr, exitWrong, test.says)
			}
			if left, _ := os.ReadDir("."); len(left) > 0 {
				t.Errorf("%s was left behind", left[0].Name())
			}
		})
	}
}

func TestSimulateWritesAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "night")
	done := simulates(t, "--out", dir, "--alerts", "30")
	candids := truths(t, filepath.Join(dir, "truth.csv"))
	if len(candids) != 30 || done.Alerts != 30 {
		t.Fatalf("%d truths, %d alerts told", len(candids), done.Alerts)
	}
	for _, candid := range candids {
		if _, err := os.Stat(filepath.Join(dir, candid+".avro")); err != nil {
			t.Error(err)
		}
	}
	if code, _, stderr := typed(t, t.Context(), "simulate", "--out", dir); code != exitWrong {
		t.Errorf("a second night over the first: exit %d, %s", code, stderr)
	}
}

func TestSimulateWritesOneAvroFile(t *testing.T) {
	t.Chdir(t.TempDir())
	simulates(t, "--out", "night.avro", "--alerts", "25", "--cutouts", "none")
	simulates(t, "--out", "again.avro", "--alerts", "25", "--cutouts", "none")
	night, err := os.ReadFile("night.avro")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile("again.avro"); !bytes.Equal(night, again) {
		t.Error("equal flags gave other bytes")
	}
	file, err := goavro.NewOCFReader(bytes.NewReader(night))
	if err != nil {
		t.Fatal(err)
	}
	candids := truths(t, "night.truth.csv")
	for i := 0; file.Scan(); i++ {
		if _, err := file.Read(); err != nil {
			t.Fatal(err)
		}
		if i == len(candids)-1 {
			return
		}
	}
	t.Errorf("fewer than %d alerts in the file: %v", len(candids), file.Err())
}

func TestSimulateWritesAnArchive(t *testing.T) {
	t.Chdir(t.TempDir())
	simulates(t, "--out", "night.tar.gz", "--alerts", "20", "--truth", "elsewhere.csv")
	candids := truths(t, "elsewhere.csv")
	file, err := os.Open("night.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	members := tar.NewReader(zipped)
	for i := 0; ; i++ {
		header, err := members.Next()
		if errors.Is(err, io.EOF) && i == len(candids) {
			return
		}
		if err != nil {
			t.Fatalf("member %d of %d: %v", i, len(candids), err)
		}
		if header.Name != candids[i]+".avro" || header.ModTime.UTC().Year() != 2026 {
			t.Errorf("member %d is %s of %v", i, header.Name, header.ModTime)
		}
	}
}

func TestSimulateOverwritesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("night.truth.csv", []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := typed(t, t.Context(), "simulate", "--out", "night.tar.gz")
	if code != exitWrong || !strings.Contains(stderr, "night.truth.csv exists") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if _, err := os.Stat("night.tar.gz"); err == nil {
		t.Error("an archive without its truth was left behind")
	}
}

func TestSimulateProducesToATopicAtARate(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	address := broker.ListenAddrs()[0]
	truth := filepath.Join(t.TempDir(), "truth.csv")
	began := time.Now()
	done := simulates(t, "--topic", "night", "--brokers", address, "--alerts", "40", "--rate", "200", "--partitions", "3", "--truth", truth)
	if took := time.Since(began); took < 190*time.Millisecond {
		t.Errorf("40 alerts at 200 a second took %v", took)
	}
	if done.To != "night" || len(truths(t, truth)) != 40 {
		t.Errorf("told %+v", done)
	}
	var total int64
	for partition := range 3 {
		conn, err := kafkago.DialLeader(t.Context(), "tcp", address, "night", partition)
		if err != nil {
			t.Fatal(err)
		}
		_, last, err := conn.ReadOffsets()
		if err != nil || last == 0 {
			t.Errorf("partition %d holds %d alerts: %v", partition, last, err)
		}
		total += last
		conn.Close()
	}
	if total != 40 {
		t.Errorf("%d alerts in the topic", total)
	}
}

func TestSimulateSaysWhichBrokerIsNotThere(t *testing.T) {
	code, _, stderr := typed(t, t.Context(), "simulate", "--topic", "night", "--brokers", "127.0.0.1:1", "--alerts", "1")
	if code != exitFailed || !strings.Contains(stderr, "127.0.0.1:1") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestSimulateKeepsWhatIsWrittenWhenStopped(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	code, _, stderr := typed(t, ctx, "simulate", "--out", "night", "--alerts", "500", "--rate", "50")
	if code != exitFailed || !strings.Contains(stderr, "stopped after") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	files, err := filepath.Glob("night/*.avro")
	if err != nil || len(files) == 0 || len(files) != len(truths(t, "night/truth.csv")) {
		t.Errorf("%d alerts and %d truths: %v", len(files), len(truths(t, "night/truth.csv")), err)
	}
}
