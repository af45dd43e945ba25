package chaos

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Output is a record of an output topic.
type Output struct {
	// Class is the class whose topic holds it.
	Class      string
	Partition  int
	Offset     int64
	Key, Value []byte
	Headers    map[string]string
}

// Report is what Check found.
type Report struct {
	// Expected and Distinct count alerts once per class: those that should be
	// there, and those of them that are.
	Expected, Distinct int
	// Duplicates counts the repetitions of what was there already.
	Duplicates int
	// Lost, Invented and Disordered describe what is wrong, each fault once.
	Lost, Invented, Disordered []string
}

// Faults are all faults: none may be there whatever was done to the workers.
func (r Report) Faults() []string { return slices.Concat(r.Lost, r.Invented, r.Disordered) }

// DuplicateShare is the share of duplicates in what was expected.
func (r Report) DuplicateShare() float64 {
	return float64(r.Duplicates) / float64(max(r.Expected, 1))
}

func (r Report) String() string {
	return fmt.Sprintf("%d outputs expected, %d there, %d lost, %d invented, %d out of order, %d repeated (%.2f %%)",
		r.Expected, r.Distinct, len(r.Lost), len(r.Invented), len(r.Disordered), r.Duplicates, 100*r.DuplicateShare())
}

// place is an alert in a class.
type place struct {
	class             string
	partition, number int
}

// lane is the way of one input partition's alerts through one output partition.
type lane struct {
	class    string
	from, to int
}

// Check compares the outputs of a run over the night's topic with what they
// should be.
func Check(night Night, topic string, outputs []Output) Report {
	var r Report
	seen := map[place]bool{}
	last := map[lane]int{}
	for _, o := range inOrder(outputs) {
		p, err := night.identify(topic, o)
		switch {
		case err != nil:
			r.Invented = append(r.Invented, fmt.Sprintf("%s/%d/%d: %v", o.Class, o.Partition, o.Offset, err))
			continue
		case seen[p]:
			r.Duplicates++
			continue
		}
		seen[p] = true
		l := lane{o.Class, p.partition, o.Partition}
		if before, ok := last[l]; ok && p.number < before {
			r.Disordered = append(r.Disordered, fmt.Sprintf("%s/%d/%d: alert %d/%d comes first after %d/%d",
				o.Class, o.Partition, o.Offset, p.partition, p.number, p.partition, before))
		}
		last[l] = max(last[l], p.number)
	}
	r.Distinct = len(seen)
	r.Expected, r.Lost = night.missing(seen)
	return r
}

func inOrder(outputs []Output) []Output {
	return slices.SortedFunc(slices.Values(outputs), func(a, b Output) int {
		return cmp.Or(strings.Compare(a.Class, b.Class), cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
	})
}

// missing counts what should be there, and names what of it was not seen.
func (n Night) missing(seen map[place]bool) (expected int, lost []string) {
	for _, class := range Classes() {
		for partition := range n.Partitions {
			for number := range n.PerPartition {
				if Verdict(partition, number, class) == nil {
					continue
				}
				expected++
				if !seen[place{class, partition, number}] {
					lost = append(lost, fmt.Sprintf("%s: alert %d/%d is not there", class, partition, number))
				}
			}
		}
	}
	return expected, lost
}

// identify says which alert an output is, or why it cannot be that.
func (n Night) identify(topic string, o Output) (place, error) {
	p := place{class: o.Class}
	source := o.Headers["skysift-source"]
	rest, ok := strings.CutPrefix(source, topic+"/")
	if _, err := fmt.Sscanf(rest, "%d/%d", &p.partition, &p.number); err != nil || !ok {
		return p, fmt.Errorf("the source %q is no record of %s", source, topic)
	}
	if p.partition >= n.Partitions || p.number >= n.PerPartition {
		return p, fmt.Errorf("the source %s was never produced", source)
	}
	want := Verdict(p.partition, p.number, o.Class)
	switch {
	case want == nil:
		return p, fmt.Errorf("the alert %s does not belong to the class", source)
	case o.Headers["skysift-class"] != o.Class:
		return p, fmt.Errorf("the header says class %q", o.Headers["skysift-class"])
	case !slices.Equal(want, filterNames(o.Headers["skysift-filters"])):
		return p, fmt.Errorf("the header says filters %s; those that pass it are %v", o.Headers["skysift-filters"], want)
	case !bytes.Equal(o.Value, Value(p.partition, p.number)):
		return p, fmt.Errorf("the value is not that of %s", source)
	case !bytes.Equal(o.Key, Key(p.partition, p.number)):
		return p, fmt.Errorf("the key is not that of %s", source)
	}
	return p, nil
}

// filterNames reads the names from the header skysift-filters.
func filterNames(header string) []string {
	var filters []struct{ Name string }
	if json.Unmarshal([]byte(header), &filters) != nil {
		return nil
	}
	names := make([]string, len(filters))
	for i, f := range filters {
		names[i] = f.Name
	}
	return names
}
