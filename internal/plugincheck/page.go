package plugincheck

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/internal/spelling"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// simulated is how many alerts are judged where none are given.
const simulated = 200

// Simulated are alerts of a simulated night, the same on every machine.
func Simulated() ([]Alert, error) {
	night, err := simulate.New(simulate.Options{Seed: 6, Alerts: simulated})
	if err != nil {
		return nil, err
	}
	alerts := make([]Alert, night.Len())
	for i := range alerts {
		alerts[i] = Alert{Source: fmt.Sprintf("simulated#%d", i), Value: night.At(i).Value}
	}
	return alerts, nil
}

// page is what a program asks for of all alerts.
type page struct {
	paths   []string
	columns []*pluginpb.View
	alerts  []Alert
	raw     bool
	sources bool
}

// change gives the value that stands in place of v in the column.
type change func(column int, v filter.Value) filter.Value

// newPage decodes the alerts.
func newPage(d *pluginpb.Description, alerts []Alert) (*page, error) {
	p := &page{paths: d.GetFields(), alerts: alerts, raw: d.GetRaw(), sources: d.GetSources()}
	fields := make([]filter.Field, len(p.paths))
	for i, path := range p.paths {
		fields[i].Path = path
	}
	decoder := avro.New().NewDecoder(fields)
	builders := make([]pluginpb.Builder, len(fields))
	for _, alert := range alerts {
		err := decoder.Decode(alert.Value, func(a *filter.Alert) error {
			if err := a.Load(); err != nil {
				return err
			}
			for i := range builders {
				builders[i].Add(a.Values[i])
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", alert.Source, err)
		}
	}
	for i := range builders {
		p.columns = append(p.columns, pluginpb.NewView(builders[i].Column()))
	}
	return p, nil
}

// rows are n rows of the page, from the first again where it ends.
func (p *page) rows(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i % len(p.alerts)
	}
	return rows
}

func (p *page) batch(id uint64, rows []int, change change) *pluginpb.Batch {
	b := &pluginpb.Batch{Id: id, Alerts: uint32(len(rows))}
	for i, column := range p.columns {
		var builder pluginpb.Builder
		for _, row := range rows {
			v := column.At(row)
			if change != nil {
				v = change(i, v)
			}
			builder.Add(v)
		}
		b.Columns = append(b.Columns, builder.Column())
	}
	for _, row := range rows {
		if p.raw {
			b.Raw = append(b.Raw, p.alerts[row].Value)
		}
		if p.sources {
			b.Sources = append(b.Sources, p.alerts[row].Source)
		}
	}
	return b
}

// perAlert is about how many bytes an alert has in a batch.
func (p *page) perAlert() int {
	n := min(20, len(p.alerts))
	return 1 + proto.Size(p.batch(0, p.rows(n), nil))/n
}

// complete reports whether nothing is missing from a row.
func (p *page) complete(row int) bool {
	return !slices.ContainsFunc(p.columns, func(c *pluginpb.View) bool { return hasMissing(c.At(row)) })
}

func hasMissing(v filter.Value) bool {
	return v.IsMissing() || slices.ContainsFunc(v.List(), hasMissing)
}

// within returns a value as the column has it: as the only item of a list where
// the path steps into one.
func (p *page) within(column int, v filter.Value) filter.Value {
	for range strings.Count(p.paths[column], "[]") {
		v = filter.ListOf([]filter.Value{v})
	}
	return v
}

// columnsOf are the columns that hold values of a kind, in lists too.
func (p *page) columnsOf(kind filter.Kind) (found []int) {
	for i, column := range p.columns {
		for row := range p.alerts {
			v := column.At(row)
			if v.Kind() == kind || len(v.List()) > 0 && v.List()[0].Kind() == kind {
				found = append(found, i)
				break
			}
		}
	}
	return found
}

// unknown are the paths that no alert has, with what may have been meant.
func (p *page) unknown() []string {
	schema, err := avro.Describe(p.alerts[0].Value)
	if err != nil {
		return nil
	}
	var known, unknown []string
	for _, field := range schema.Fields {
		known = append(known, field.Path)
	}
	for _, path := range p.paths {
		if slices.Contains(known, path) {
			continue
		}
		if near := spelling.Nearest(path, known); near != "" {
			path += " (did you mean " + near + "?)"
		}
		unknown = append(unknown, path)
	}
	return unknown
}
