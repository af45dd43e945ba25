package plugin

import (
	"fmt"
	"math"
	"slices"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// Alert is one alert, as far as the filter's Fields say. It is valid until
// Judge returns.
//
// To read a path that is not among the filter's Fields is a mistake in the
// program: it panics, and Serve makes that the alert's error.
type Alert struct {
	page *page
	row  int
}

// page is a batch's columns under their paths.
type page struct {
	paths   []string
	columns []*pluginpb.View
	raw     [][]byte
	sources []string
}

func (p *page) column(path string) *pluginpb.View {
	// The fields are few, and a comparison of strings of different length is
	// one of integers: a map is no faster.
	for i, known := range p.paths {
		if known == path {
			return p.columns[i]
		}
	}
	panic(fmt.Sprintf("the filter reads %s, which is not among its Fields", path))
}

// NewAlert returns an alert with these fields, for tests: values are as in
// Verdict.With, nil is missing.
func NewAlert(fields map[string]any) *Alert {
	p := &page{}
	for path, value := range fields {
		var b pluginpb.Builder
		b.Add(valueOf(value))
		p.paths, p.columns = append(p.paths, path), append(p.columns, pluginpb.NewView(b.Column()))
	}
	return &Alert{page: p}
}

// Has reports whether the field is there: that it is neither null nor NaN, and
// that the alert's schema version has it.
func (a *Alert) Has(path string) bool { return !a.page.column(path).Missing(a.row) }

// Value returns a field of any kind.
func (a *Alert) Value(path string) filter.Value { return a.page.column(path).At(a.row) }

// Float returns a number, and NaN where it is missing.
func (a *Alert) Float(path string) float64 {
	column := a.page.column(path)
	if floats := column.Floats(); floats != nil && !column.Missing(a.row) {
		return floats[a.row]
	}
	return column.At(a.row).Float()
}

// Int returns an integer, with all its 64 bits; 0 where it is missing or
// a fraction.
func (a *Alert) Int(path string) int64 {
	v := a.Value(path)
	if f := v.Float(); v.Kind() == filter.Float && f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return int64(f)
	}
	return v.Int()
}

// Bool returns a boolean; false where it is missing.
func (a *Alert) Bool(path string) bool { return a.Value(path).True() }

// Text returns a text; "" where it is missing.
func (a *Alert) Text(path string) string { return a.Value(path).Text() }

// Bytes returns bytes, such as a cutout; nil where they are missing.
func (a *Alert) Bytes(path string) []byte { return a.Value(path).Bytes() }

// Floats returns the numbers of a list, such as "prv_candidates[].jd": as many
// as the list has items, NaN for those that lack it, in the alert's order. It
// is the caller's to change.
func (a *Alert) Floats(path string) []float64 {
	items, from, to := a.page.column(path).Items(a.row)
	if items == nil {
		return nil
	}
	list := make([]float64, 0, to-from)
	if floats := items.Floats(); floats != nil {
		list = append(list, floats[from:to]...)
		for i := range list {
			if items.Missing(from + i) {
				list[i] = math.NaN()
			}
		}
		return list
	}
	for i := from; i < to; i++ {
		list = append(list, items.At(i).Float())
	}
	return list
}

// Ints returns the integers of a list; 0 for items that lack it.
func (a *Alert) Ints(path string) []int64 {
	items := a.Value(path).List()
	list := make([]int64, len(items))
	for i, item := range items {
		list[i] = item.Int()
	}
	return list
}

// Texts returns the texts of a list; "" for items that lack it.
func (a *Alert) Texts(path string) []string {
	items := a.Value(path).List()
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.Text()
	}
	return list
}

// Raw returns the alert's own bytes, as they came; nil where the filter does
// not ask for Raw.
func (a *Alert) Raw() []byte {
	if a.row < len(a.page.raw) {
		return a.page.raw[a.row]
	}
	return nil
}

// Source returns where the alert came from, "topic/partition/offset"; ""
// where the filter does not ask for it.
func (a *Alert) Source() string {
	if a.row < len(a.page.sources) {
		return a.page.sources[a.row]
	}
	return ""
}

// Paths returns the fields that the alert has columns of, sorted.
func (a *Alert) Paths() []string { return slices.Sorted(slices.Values(a.page.paths)) }
