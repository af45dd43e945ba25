//go:build kafka

package e2e

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/chaos"
)

// verdict is one filter's on one alert, by which it is in a class.
type verdict struct {
	class, filter     string
	partition, number int
}

// verdicts compares what is in the topics with what besideAPlugin means.
type verdicts struct {
	right    int // that are there
	apart    int // of the plug-in, which came when the alert's output was gone
	lost     []verdict
	wrong    []string
	repeated []string
	late     []string // those that came after one of a later alert
}

// faults are all but what is right, the first few of each kind.
func (v *verdicts) faults() (all []string) {
	lost := make([]string, len(v.lost))
	for i, l := range v.lost {
		lost[i] = fmt.Sprint(l)
	}
	for kind, some := range map[string][]string{"lost": lost, "wrong": v.wrong, "repeated": v.repeated, "out of order": v.late} {
		for i, fault := range some {
			if i == 10 {
				all = append(all, fmt.Sprintf("%s: %d more", kind, len(some)-i))
				break
			}
			all = append(all, kind+": "+fault)
		}
	}
	return all
}

// passes says what a filter of besideAPlugin says. Candids are
// those of chaos: a thousand million to each partition.
func passes(filter string, number int) bool {
	switch filter {
	case "fiftieth":
		return number%50 == 0
	case "even":
		return number%2 == 0
	}
	return filter == "all"
}

// findVerdicts reads the topics of all classes; each input partition has
// so many alerts.
func (s *stage) findVerdicts(each int) *verdicts {
	s.Helper()
	found, seen := &verdicts{}, map[verdict]bool{}
	filters := map[string]string{"all": "all", "fiftieth": "even", "even": "even"}
	for _, class := range []string{"all", "even"} {
		last := map[string]int{}
		for _, r := range s.output(class) {
			partition, number := s.sourceOf(r)
			if number >= each || !bytes.Equal(r.Value, chaos.Value(partition, number)) {
				found.wrong = append(found.wrong, fmt.Sprintf("%s/%d/%d is not the alert that it says it is", class, r.Partition, r.Offset))
				continue
			}
			all := matches(s, r)
			for _, m := range all {
				v := verdict{class, m.Name, partition, number}
				lane := fmt.Sprint(m.Name, partition, r.Partition)
				switch {
				case filters[m.Name] != class || !passes(m.Name, number):
					found.wrong = append(found.wrong, fmt.Sprint(v))
				case m.Name == "even" && m.Annotations["quotient"] != float64((partition*1e9+number)/2):
					found.wrong = append(found.wrong, fmt.Sprintf("%v has the annotations %v", v, m.Annotations))
				case seen[v]:
					found.repeated = append(found.repeated, fmt.Sprint(v))
				case number < last[lane]:
					found.late = append(found.late, fmt.Sprint(v))
				}
				seen[v], last[lane] = true, max(last[lane], number)
			}
			if number%50 == 0 && len(all) == 1 && all[0].Name == "even" {
				found.apart++
			}
		}
	}
	for filter, class := range filters {
		for i := range 2 * each {
			v := verdict{class, filter, i % 2, i / 2}
			switch {
			case seen[v]:
				found.right++
			case passes(filter, v.number):
				found.lost = append(found.lost, v)
			}
		}
	}
	slices.SortFunc(found.lost, func(a, b verdict) int { return a.number - b.number })
	return found
}

// sourceOf reads where an output's alert came from.
func (s *stage) sourceOf(r *kgo.Record) (partition, number int) {
	s.Helper()
	if _, err := fmt.Sscanf(header(r, "skysift-source"), s.topic+"/%d/%d", &partition, &number); err != nil {
		s.Fatalf("the source %q: %v", header(r, "skysift-source"), err)
	}
	return partition, number
}
