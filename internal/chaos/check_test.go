package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"
)

var night = Night{Partitions: 3, PerPartition: 200}

// correct is what a faultless run writes.
func correct() (outputs []Output) {
	for _, class := range Classes() {
		for partition := range night.Partitions {
			offset := int64(0)
			for number := range night.PerPartition {
				if names := Verdict(partition, number, class); names != nil {
					outputs = append(outputs, output(class, partition, number, offset, names))
					offset++
				}
			}
		}
	}
	return outputs
}

func output(class string, partition, number int, offset int64, names []string) Output {
	filters := make([]map[string]string, len(names))
	for i, name := range names {
		filters[i] = map[string]string{"name": name, "version": "1"}
	}
	header, _ := json.Marshal(filters)
	return Output{
		Class: class, Partition: partition, Offset: offset,
		Key: Key(partition, number), Value: Value(partition, number),
		Headers: map[string]string{
			"skysift-class": class, "skysift-filters": string(header),
			"skysift-source": fmt.Sprintf("in/%d/%d", partition, number),
		},
	}
}

func TestFaultlessOutputsPass(t *testing.T) {
	r := Check(night, "in", correct())
	if faults := r.Faults(); len(faults) > 0 || r.Duplicates > 0 {
		t.Fatalf("%v\n%s", r, strings.Join(faults, "\n"))
	}
	if third := night.Alerts() / 3; r.Expected < third*8/10 || r.Expected > third*12/10 {
		t.Errorf("%d of %d alerts pass, not about a third", r.Expected, night.Alerts())
	}
}

func TestEachFaultIsSeen(t *testing.T) {
	tests := map[string]struct {
		spoil func([]Output) []Output
		want  func(Report) bool
	}{
		"one verdict dropped": {
			func(o []Output) []Output { return slices.Delete(o, 70, 71) },
			func(r Report) bool { return len(r.Lost) == 1 && len(r.Faults()) == 1 },
		},
		"a class lost": {
			func(o []Output) []Output {
				return slices.DeleteFunc(o, func(o Output) bool { return o.Class == "round" })
			},
			func(r Report) bool { return len(r.Lost) == night.Partitions*4 },
		},
		"an alert that does not belong": {
			func(o []Output) []Output { return append(o, output("round", 0, 51, 900, []string{"fiftieth"})) },
			invented,
		},
		"an alert that was never produced": {
			func(o []Output) []Output { return append(o, output("round", 0, 5000, 900, []string{"fiftieth"})) },
			invented,
		},
		"a source of another topic": {
			func(o []Output) []Output { o[3].Headers["skysift-source"] = "out/0/3"; return o },
			func(r Report) bool { return len(r.Invented) == 1 && len(r.Lost) == 1 },
		},
		"one byte changed": {
			func(o []Output) []Output { o[3].Value[1700] ^= 1; return o },
			func(r Report) bool { return len(r.Invented) == 1 && len(r.Lost) == 1 },
		},
		"another alert's bytes": {
			func(o []Output) []Output { o[3].Value = o[4].Value; return o },
			func(r Report) bool { return len(r.Invented) == 1 && len(r.Lost) == 1 },
		},
		"a key lost": {
			func(o []Output) []Output { o[3].Key = nil; return o },
			func(r Report) bool { return len(r.Invented) == 1 },
		},
		"a filter missing from the header": {
			func(o []Output) []Output { o[3].Headers["skysift-filters"] = "[]"; return o },
			func(r Report) bool { return len(r.Invented) == 1 },
		},
		"two neighbours exchanged": {
			func(o []Output) []Output { o[3].Offset, o[4].Offset = o[4].Offset, o[3].Offset; return o },
			func(r Report) bool { return len(r.Disordered) == 1 && len(r.Faults()) == 1 },
		},
		"a stretch replayed": {
			func(o []Output) []Output {
				for i := range 10 {
					again := o[3+i]
					again.Offset = int64(1000 + i)
					o = append(o, again)
				}
				return o
			},
			func(r Report) bool { return r.Duplicates == 10 && len(r.Faults()) == 0 },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := Check(night, "in", test.spoil(correct()))
			if !test.want(r) {
				t.Errorf("%v\n%s", r, strings.Join(r.Faults(), "\n"))
			}
		})
	}
}

func invented(r Report) bool { return len(r.Invented) == 1 && len(r.Faults()) == 1 }

// The alerts are written by hand; goavro must read them as what they should be.
func TestAlertsAreAvroContainers(t *testing.T) {
	value := Value(2, 150)
	if len(value) < 1800 || len(value) > 2300 {
		t.Errorf("an alert has %d bytes, not about 2 KB", len(value))
	}
	file, err := goavro.NewOCFReader(bytes.NewReader(value))
	if err != nil {
		t.Fatal(err)
	}
	if !file.Scan() {
		t.Fatal("no alert in the container")
	}
	datum, err := file.Read()
	if err != nil {
		t.Fatal(err)
	}
	alert := datum.(map[string]any)
	magnitude := alert["candidate"].(map[string]any)["magpsf"].(float32)
	if alert["candid"] != int64(2e9+150) || magnitude != float32(centimag(2, 150))/100 {
		t.Errorf("read candid %v, magpsf %v", alert["candid"], magnitude)
	}
	if file.Scan() || file.Err() != nil {
		t.Errorf("more than one alert, or %v", file.Err())
	}
}
