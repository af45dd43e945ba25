package pluginpb

import (
	"fmt"

	"github.com/skysift/skysift/filter"
)

// View reads one column by row.
type View struct {
	column *Column
	starts []int // of each list's items; nil where it has no lists
	items  *View // of a column of lists
}

// NewView returns a view of a column that is sound (see Check).
func NewView(c *Column) *View {
	v := &View{column: c}
	if lists := c.GetLists(); lists != nil {
		at := 0
		v.starts = make([]int, 0, len(lists.Lengths)+1)
		for _, n := range lists.Lengths {
			v.starts = append(v.starts, at)
			at += int(n)
		}
		v.starts = append(v.starts, at)
		v.items = NewView(lists.Items)
	}
	return v
}

// Missing reports whether row i has no value.
func (v *View) Missing(i int) bool { return v.column.GetValues() == nil || Bit(v.column.Missing, i) }

// At returns row i; it shares the column's memory.
func (v *View) At(i int) filter.Value {
	if v.Missing(i) {
		return filter.Value{}
	}
	switch c := v.column.Values.(type) {
	case *Column_Bools:
		return filter.BoolOf(c.Bools.Values[i])
	case *Column_Ints:
		return filter.IntOf(c.Ints.Values[i])
	case *Column_Floats:
		return filter.FloatOf(c.Floats.Values[i])
	case *Column_Strings:
		return filter.StringOf(c.Strings.Values[i])
	case *Column_Blobs:
		return filter.BytesOf(c.Blobs.Values[i])
	case *Column_Mixed:
		return c.Mixed.Values[i].Filter()
	case *Column_Lists:
		items := make([]filter.Value, 0, v.starts[i+1]-v.starts[i])
		for at := v.starts[i]; at < v.starts[i+1]; at++ {
			items = append(items, v.items.At(at))
		}
		return filter.ListOf(items)
	}
	return filter.Value{}
}

// Items returns the view of all lists' items, and where those of row i begin
// and end in it; nil where row i is no list.
func (v *View) Items(i int) (items *View, from, to int) {
	if v.items == nil || v.Missing(i) {
		return nil, 0, 0
	}
	return v.items, v.starts[i], v.starts[i+1]
}

// Floats returns the values of a column of floats; nil for every other.
func (v *View) Floats() []float64 { return v.column.GetFloats().GetValues() }

// Check returns an error unless the column has a value for each of n rows.
func (x *Column) Check(n int) error {
	var have int
	switch c := x.GetValues().(type) {
	case nil:
		return nil
	case *Column_Bools:
		have = len(c.Bools.GetValues())
	case *Column_Ints:
		have = len(c.Ints.GetValues())
	case *Column_Floats:
		have = len(c.Floats.GetValues())
	case *Column_Strings:
		have = len(c.Strings.GetValues())
	case *Column_Blobs:
		have = len(c.Blobs.GetValues())
	case *Column_Mixed:
		have = len(c.Mixed.GetValues())
	case *Column_Lists:
		items := 0
		for _, length := range c.Lists.GetLengths() {
			items += int(length)
		}
		if err := c.Lists.GetItems().Check(items); err != nil {
			return err
		}
		have = len(c.Lists.GetLengths())
	}
	if have != n {
		return fmt.Errorf("a column has %d values for %d rows", have, n)
	}
	return nil
}
