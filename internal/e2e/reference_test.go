//go:build kafka

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/skysifttest"
	"github.com/skysift/skysift/internal/testdata"
)

// reference is expected_filters.json: what Python functions say of the same
// alerts.
type reference struct {
	Filters map[string]struct{ Candids []int64 }
	Order   [][2]any // path and candid of each alert, in the order of the files
}

// realNight is the real alerts of the reference set, produced to a stage.
type realNight struct {
	*stage
	reference reference
	records   map[string]*kgo.Record // by "topic/partition/offset"
	candids   map[string][]int64     // by the same: of each alert of the record
}

func newRealNight(t *testing.T, filters string) *realNight {
	t.Helper()
	dir := testdata.Dir(t)
	n := &realNight{stage: newStage(t, 4, filters), records: map[string]*kgo.Record{}, candids: map[string][]int64{}}
	n.reference = readReference(t, filepath.Join(dir, "expected_filters.json"))
	inFile := map[string][]int64{}
	for _, entry := range n.reference.Order {
		candid, _ := entry[1].(json.Number).Int64()
		inFile[entry[0].(string)] = append(inFile[entry[0].(string)], candid)
	}
	for i, file := range testdata.Files(t, ".avro", "ztf", "ztf_fink", "ztf_multi") {
		value, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path, _ := filepath.Rel(dir, file)
		r := &kgo.Record{Key: []byte(path), Value: value, Timestamp: time.UnixMilli(1700000000000 + int64(i)),
			Headers: []kgo.RecordHeader{{Key: "survey", Value: []byte("ZTF")}}}
		n.cluster.Produce(t, n.topic, i%4, r)
		source := fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset)
		n.records[source], n.candids[source] = r, inFile[path]
	}
	return n
}

func readReference(t *testing.T, file string) (r reference) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // candids lie above 2^53
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// origin returns the record that an output came from, and which of its alerts.
func (n *realNight) origin(output *kgo.Record) (*kgo.Record, int64) {
	n.Helper()
	source, index, several := strings.Cut(header(output, "skysift-source"), "#")
	record := n.records[source]
	if record == nil {
		n.Fatalf("output of unknown source %q", source)
	}
	i := 0
	if several {
		fmt.Sscan(index, &i)
	}
	if several != (len(n.candids[source]) > 1) {
		n.Errorf("source %s#%s of a record with %d alerts", source, index, len(n.candids[source]))
	}
	return record, n.candids[source][i]
}

func TestReferenceFiltersOnRealAlerts(t *testing.T) {
	filters, err := os.ReadFile(filepath.Join(skysifttest.Root(), "examples", "reference", "filters.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	n := newRealNight(t, string(filters))
	summary := n.run()
	if summary.Consumed != int64(len(n.records)) || summary.Rejected != 0 {
		t.Errorf("%d records produced: %+v", len(n.records), summary)
	}

	passed := map[string][]int64{}
	outputs := 0
	delivered := map[*kgo.Record]bool{}
	for _, topic := range n.cluster.TopicsWithPrefix(t, n.prefix) {
		for _, output := range n.cluster.ReadAll(t, topic) {
			input, candid := n.origin(output)
			n.checkPassedOn(input, output, strings.TrimPrefix(topic, n.prefix))
			outputs++
			delivered[input] = true
			for _, m := range matches(t, output) {
				passed[m.Name] = append(passed[m.Name], candid)
			}
		}
	}
	if int64(outputs) != summary.Outputs || int64(len(delivered)) != summary.Delivered {
		t.Errorf("%d outputs of %d records are there: %+v", outputs, len(delivered), summary)
	}
	for name, want := range n.reference.Filters {
		got := slices.Sorted(slices.Values(passed[name]))
		slices.Sort(want.Candids)
		if !slices.Equal(got, want.Candids) {
			t.Errorf("%s passes %d alerts, the reference %d:\n got %v\nwant %v", name, len(got), len(want.Candids), got, want.Candids)
		}
		if summary.Filters[name].Passed != int64(len(want.Candids)) || summary.Filters[name].Errors != 0 {
			t.Errorf("the summary says of %s: %+v", name, summary.Filters[name])
		}
	}
	if len(passed) != len(n.reference.Filters) {
		t.Errorf("filters that passed: %v", slices.Sorted(maps.Keys(passed)))
	}
}

// checkPassedOn checks that an output is its input passed on: everything but
// our own headers unchanged.
func (n *realNight) checkPassedOn(input, output *kgo.Record, class string) {
	n.Helper()
	source := header(output, "skysift-source")
	if several := strings.Contains(source, "#"); !several && !bytes.Equal(input.Value, output.Value) {
		n.Errorf("%s: the value is not the input's", source)
	}
	if !bytes.Equal(input.Key, output.Key) || !input.Timestamp.Equal(output.Timestamp) || input.Partition != output.Partition {
		n.Errorf("%s: key %q, time %v, partition %d", source, output.Key, output.Timestamp, output.Partition)
	}
	if header(output, "survey") != "ZTF" {
		n.Errorf("%s: the input's own header is gone: %v", source, output.Headers)
	}
	if header(output, "_format") != "avro" || header(output, "skysift-class") != class || header(output, "skysift-schema") == "" {
		n.Errorf("%s: headers %v", source, output.Headers)
	}
	for _, m := range matches(n, output) {
		if m.Version == "" {
			n.Errorf("%s: %s has no version", source, m.Name)
		}
	}
}

// Where a record holds several alerts, each goes out in a container of its
// own. Together they are the datums of the record, byte for byte.
func TestAlertsOfOneRecordKeepTheirBytes(t *testing.T) {
	n := newRealNight(t, filterFile("all: candid > 0"))
	n.run()
	together := map[*kgo.Record][]byte{}
	count := 0
	for _, output := range n.output("all") {
		input, _ := n.origin(output)
		together[input] = append(together[input], datums(t, output.Value)...)
		count++
	}
	if count != len(n.reference.Order) {
		t.Errorf("%d outputs of %d alerts", count, len(n.reference.Order))
	}
	for source, input := range n.records {
		if !bytes.Equal(together[input], datums(t, input.Value)) {
			t.Errorf("%s (%s): the datums together differ from the record's", source, input.Key)
		}
	}
}

// datums returns the bytes of all blocks of an Avro container file, read
// without any of our own code.
func datums(t testing.TB, file []byte) (all []byte) {
	t.Helper()
	r := bytes.NewReader(file[4:])
	for count := readLong(t, r); count != 0; count = readLong(t, r) {
		if count < 0 {
			readLong(t, r)
			count = -count
		}
		for range 2 * count {
			skip(t, r, readLong(t, r))
		}
	}
	skip(t, r, 16)
	for r.Len() > 0 {
		readLong(t, r)
		size := readLong(t, r)
		start := len(file) - r.Len()
		skip(t, r, size+16)
		all = append(all, file[start:start+int(size)]...)
	}
	return all
}
