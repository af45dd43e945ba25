package plugin

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// Filter is a plug-in filter.
type Filter struct {
	// Name and Version are for logs. Change the version with every change of
	// what the filter passes.
	Name, Version string
	// Fields are the paths of the fields that Judge reads, as in filters.yaml:
	// "candidate.magpsf", or "prv_candidates[].jd" for the column of jd over
	// the items of a list. Judge can read no other.
	Fields []string
	// Raw asks for each alert's own bytes as well. It costs much more than
	// fields do.
	Raw bool
	// Source asks for the place in the stream that each alert came from.
	Source bool
	// Judge says whether the filter passes an alert. It is called from several
	// goroutines at once, and keeps nothing of the alert. An error says that
	// this alert could not be judged; it is then not passed, and counted.
	Judge func(*Alert) (Verdict, error)
	// BatchSize is how many alerts come at a time at most; 0: Skysift decides.
	BatchSize int
}

func (f *Filter) check() error {
	switch {
	case f.Name == "":
		return errors.New("the filter has no Name")
	case f.Judge == nil:
		return errors.New("the filter has no Judge function")
	case slices.Contains(f.Fields, ""):
		return errors.New("one of the filter's Fields is empty")
	case f.BatchSize < 0:
		return fmt.Errorf("the filter's BatchSize is %d", f.BatchSize)
	}
	return nil
}

// Verdict is what a filter says of one alert. The zero Verdict does not pass
// it.
type Verdict struct {
	Passed bool
	// Class is where it goes instead of the filter's own class; "": there.
	// filters.yaml must allow it: plugin.classes.
	Class string
	// Annotations go with the alert, in this order.
	Annotations []filter.Annotation
}

// PassIf returns a verdict without annotations.
func PassIf(passed bool) Verdict { return Verdict{Passed: passed} }

// With returns the verdict with one more annotation: a bool, number, text,
// slice of numbers, []byte or filter.Value. A value of another type is given
// as fmt prints it.
func (v Verdict) With(name string, value any) Verdict {
	v.Annotations = append(slices.Clip(v.Annotations), filter.Annotation{Name: name, Value: valueOf(value)})
	return v
}

func valueOf(value any) filter.Value {
	switch v := value.(type) {
	case nil:
		return filter.Value{}
	case filter.Value:
		return v
	case bool:
		return filter.BoolOf(v)
	case int:
		return filter.IntOf(int64(v))
	case int32:
		return filter.IntOf(int64(v))
	case int64:
		return filter.IntOf(v)
	case float32:
		return filter.FloatOf(float64(v))
	case float64:
		return filter.FloatOf(v)
	case string:
		return filter.StringOf(v)
	case []byte:
		return filter.BytesOf(v)
	case []float64:
		return listOf(v, filter.FloatOf)
	case []int64:
		return listOf(v, filter.IntOf)
	case []string:
		return listOf(v, filter.StringOf)
	case []any:
		return listOf(v, valueOf)
	}
	return filter.StringOf(strings.TrimSpace(fmt.Sprint(value)))
}

func listOf[T any](items []T, of func(T) filter.Value) filter.Value {
	values := make([]filter.Value, len(items))
	for i, item := range items {
		values[i] = of(item)
	}
	return filter.ListOf(values)
}
